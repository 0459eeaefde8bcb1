internal import ArgumentParser
internal import Configuration

/// The options of `deliver` that say how articles go to a URL.
struct HTTPTargetOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Send the articles to this http or https URL in place of a command. A URL that is a secret is named by where \
            it is found, as file:PATH, credential:NAME or env:NAME. It may hold {{uid}} and the like where --batch is 1.
            """, valueName: "URL"))
    var to: String?

    @Option(help: ArgumentHelp("Send them with this method, POST or PUT.", valueName: "METHOD"))
    var method: DeliverySettings.Method?

    @Option(
        help: ArgumentHelp(
            """
            Send the articles as an array of JSON or as lines of JSON. Left out: one article as an object, several as an \
            array.
            """, valueName: "array|lines"))
    var body: DeliverySettings.Body?

    @Option(
        help: ArgumentHelp("Send what this file makes of each article (docs/delivering.md).", valueName: "FILE"),
        completion: .file())
    var template: String?

    @Option(
        name: .customLong("content-type"),
        help: ArgumentHelp(
            "Say that the template makes this, where the ending of its name does not.", valueName: "TYPE"))
    var contentType: String?

    @Flag(help: "Pack what is sent with gzip.")
    var gzip = false

    @Option(
        help: ArgumentHelp(
            """
            Send this header, too. May be repeated. A value that is a secret is written as file:PATH, credential:NAME or \
            env:NAME.
            """, valueName: "NAME: VALUE"))
    var header: [HeaderArgument] = []

    @Option(help: ArgumentHelp("Send this secret as a bearer token.", valueName: "SECRET"))
    var bearer: SecretArgument?

    @Option(
        name: .customLong("secret"),
        help: ArgumentHelp(
            """
            Sign each request with this secret, by the rules of Standard Webhooks. May be repeated: where a secret is \
            changed, both sign.
            """, valueName: "SECRET"))
    var signers: [SecretArgument] = []

    @Option(
        help: ArgumentHelp(
            "Take an answer for a good one only where its first 64 KiB hold this text.", valueName: "TEXT"))
    var expect: String?

    func validate() throws {
        try SecretArgument.check("--bearer", bearer.map { [$0] } ?? [])
        try SecretArgument.check("--secret", signers)
        guard header.allSatisfy({ $0.field != nil }) else {
            throw ValidationError(
                "--header takes NAME: VALUE, of a header that is not newswire's own; a secret value is written as file:PATH, "
                    + "credential:NAME or env:NAME.")
        }
    }

    /// Writes down what was given.
    func fill(_ settings: inout DeliverySettings) {
        settings.to = to.map { text in SecretArgument.secret(text).map { .secret($0) } ?? .text(text) }
        settings.method = method
        settings.body = body
        settings.template = template
        settings.contentType = contentType
        settings.gzip = gzip ? true : nil
        settings.headers = header.isEmpty ? nil : header.compactMap(\.field)
        settings.bearer = bearer?.secret
        settings.secret = signers.isEmpty ? nil : signers.compactMap(\.secret)
        settings.expect = expect
    }
}

extension DeliverySettings.Method: ExpressibleByArgument {}
extension DeliverySettings.Body: ExpressibleByArgument {}

/// A header on the command line: `Name: value`, where the value may be where a secret is found.
struct HeaderArgument: ExpressibleByArgument {
    /// nil where the argument is no header: it may hold a secret, and nothing may repeat it.
    let field: HeaderField?

    init(argument: String) { field = Self.field(argument) }

    private static func field(_ argument: String) -> HeaderField? {
        guard let colon = argument.firstIndex(of: ":") else { return nil }
        let name = String(argument[..<colon])
        let text = String(argument[argument.index(after: colon)...].drop { $0 == " " })
        guard HeaderRules.isToken(name), HeaderRules.refusal(ofName: name, in: .delivery) == nil,
            HeaderRules.isValue(text)
        else { return nil }
        return HeaderField(
            name: name, value: SecretArgument.secret(text).map { .secret($0) } ?? .text(text))
    }
}
