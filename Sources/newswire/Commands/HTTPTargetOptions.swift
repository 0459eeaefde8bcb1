internal import ArgumentParser
internal import Configuration
internal import FeedModel
internal import Fetching
internal import JSONText
internal import Text
internal import Web

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
    var method: RequestPayload.Method?

    @Option(
        help: ArgumentHelp(
            """
            Send the articles as an array of JSON or as lines of JSON. Left out: one article as an object, several as an \
            array.
            """, valueName: "array|lines"))
    var body: BodyForm?

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

    enum BodyForm: String, ExpressibleByArgument, CaseIterable {
        case array, lines
    }

    /// Options that mean nothing without a URL, as they were written; empty where there are none.
    var namesWithoutURL: [String] {
        guard to == nil else { return [] }
        let isSet = [
            ("--method", method != nil), ("--body", body != nil), ("--template", template != nil),
            ("--content-type", contentType != nil), ("--gzip", gzip), ("--header", !header.isEmpty),
            ("--bearer", bearer != nil), ("--secret", !signers.isEmpty), ("--expect", expect != nil),
        ]
        return isSet.filter(\.1).map(\.0)
    }

    /// How articles are sent; nil where they go elsewhere.
    ///
    /// - Parameter batch: the most articles of a batch.
    func target(batch: Int) throws(CommandFailure) -> HTTPTarget.Options? {
        guard let to else { return nil }
        var options = HTTPTarget.Options(url: try url(to, batch: batch))
        options.method = method ?? .post
        options.body = try form(batch: batch)
        options.isPacked = gzip
        options.headers = header.map { (name: $0.name, value: $0.value) }
        options.bearer = bearer?.secret
        options.signers = signers.map(\.secret)
        options.expected = expect
        return options
    }

    private func url(_ text: String, batch: Int) throws(CommandFailure) -> HTTPTarget.TextOrSecret {
        if let secret = SecretArgument(argument: text) { return .secret(secret.secret) }
        if text.contains("{{") {
            guard batch == 1 else {
                throw usage("--to has a place for what an article says, and a batch has several; use --batch 1")
            }
            do throws(ArticleTemplate.Problem) {
                _ = try ArticleTemplate(text, form: .url)
            } catch {
                throw usage("--to: \(error)")
            }
        }
        do throws(WebURL.Problem) {
            _ = try WebURL(String(text.prefix { $0 != "{" }))
        } catch {
            throw usage("--to takes a URL such as https://example.org/hook, or file:PATH, credential:NAME or env:NAME")
        }
        return .text(text)
    }

    private func form(batch: Int) throws(CommandFailure) -> HTTPBody {
        guard let template else {
            if contentType != nil { throw usage("--content-type says what a --template makes, and there is none") }
            switch body {
            case .array: return .array
            case .lines: return .lines
            case nil: return batch == 1 ? .object : .array
            }
        }
        if body != nil { throw usage("--body and --template both say what is sent; use one") }
        return try TemplateFile(path: template, contentType: contentType).body(batch: batch)
    }

    private func usage(_ message: String) -> CommandFailure { CommandFailure(.usage, "delivering: \(message)") }
}

extension RequestPayload.Method: ExpressibleByArgument {}

/// A header on the command line: `Name: value`, where the value may be where a secret is found.
struct HeaderArgument: ExpressibleByArgument {
    let name: String
    let value: HTTPTarget.TextOrSecret

    /// What newswire says by itself, or libcurl does.
    private static let reserved: Set<String> = [
        "content-type", "content-length", "content-encoding", "transfer-encoding", "host", "connection", "expect",
        "webhook-id", "webhook-timestamp", "webhook-signature",
    ]

    init?(argument: String) {
        guard let colon = argument.firstIndex(of: ":") else { return nil }
        name = String(argument[..<colon])
        let isToken = !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
        let text = argument[argument.index(after: colon)...].drop { $0 == " " }
        guard isToken, !Self.reserved.contains(name.lowercased()), text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f })
        else { return nil }
        value = SecretArgument(argument: String(text)).map { .secret($0.secret) } ?? .text(String(text))
    }
}
