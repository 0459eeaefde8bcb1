internal import ArgumentParser
internal import Configuration
internal import Fetching
internal import Glibc

/// The options of `deliver` that say how articles go to a mailbox.
struct MailOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Mail the articles to these addresses in place of giving them to a command: each article is a message.",
            valueName: "ADDRESS[,ADDRESS]"))
    var mail: String?

    @Option(
        help: ArgumentHelp(
            "Hand the mail to this server, as smtps://HOST[:PORT] or smtp://HOST[:PORT]. Left out: smtp://localhost.",
            valueName: "URL"))
    var smtp: String?

    @Option(
        name: .customLong("smtp-user"),
        help: ArgumentHelp("Log in to the mail server with this name. Needs --smtp-password.", valueName: "NAME"))
    var user: String?

    @Option(
        name: .customLong("smtp-password"),
        help: ArgumentHelp(
            "Where the password of --smtp-user is found: file:PATH, credential:NAME or env:NAME.", valueName: "SECRET"))
    var password: SecretArgument?

    @Option(
        name: .customLong("smtp-ca"),
        help: ArgumentHelp(
            "Trust the certificates in this file, in PEM, in place of the system's.", valueName: "FILE"),
        completion: .file())
    var caFile: String?

    @Flag(
        name: .customLong("smtp-insecure"),
        help: "Send mail to another machine without encryption. It cannot be had together with a password.")
    var isInsecure = false

    @Option(
        name: .customLong("mail-from"),
        help: ArgumentHelp(
            "Send the mail from this address. Left out: newswire at this machine's name.", valueName: "ADDRESS"))
    var from: String?

    @Option(
        help: ArgumentHelp(
            """
            Once there is an article, wait this long for more, and mail what has come as one message with the beginning of \
            each.
            """, valueName: "SPAN"))
    var digest: SpanArgument?

    /// Recipients of a message, at most: what servers have to take (RFC 5321 §4.5.3.1.8).
    private static let mostRecipients = 100

    /// Options that mean nothing without an address, as they were written; empty where there are none.
    var namesWithoutAddress: [String] {
        guard mail == nil else { return [] }
        let isSet = [
            ("--smtp", smtp != nil), ("--smtp-user", user != nil), ("--smtp-password", password != nil),
            ("--smtp-ca", caFile != nil), ("--smtp-insecure", isInsecure), ("--mail-from", from != nil),
            ("--digest", digest != nil),
        ]
        return isSet.filter(\.1).map(\.0)
    }

    func validate() throws {
        if mail != nil { _ = try target() }
    }

    /// How articles are mailed; nil where they go elsewhere.
    func target() throws(ValidationError) -> MailTarget.Options? {
        guard let mail else { return nil }
        var recipients: [MailAddress] = []
        for part in mail.split(separator: ",", omittingEmptySubsequences: false) {
            recipients.append(try address("--mail", String(part.drop { $0 == " " })))
        }
        guard recipients.count <= Self.mostRecipients else {
            throw ValidationError("--mail takes \(Self.mostRecipients) addresses at most.")
        }
        if (user == nil) != (password == nil) {
            throw ValidationError("--smtp-user and --smtp-password need each other.")
        }
        let server = try server()
        if password != nil, isInsecure, server.encryption == .none, !server.isLocal {
            throw ValidationError("--smtp-insecure would send the password for everybody on the way to read.")
        }
        return MailTarget.Options(
            server: server, composer: MailComposer(sender: try sender(), recipients: recipients), user: user,
            password: password?.secret, isDigest: digest != nil)
    }

    private func server() throws(ValidationError) -> MailServer {
        var server: MailServer
        do throws(MailServer.Problem) {
            server = try MailServer(smtp ?? "smtp://localhost")
        } catch {
            switch error {
            case .malformed:
                throw ValidationError("--smtp takes a URL such as smtps://mail.example.org or smtp://localhost:25.")
            case .login:
                throw ValidationError(
                    "--smtp takes no login, which everybody could read: use --smtp-user and --smtp-password.")
            }
        }
        server.isInsecure = isInsecure
        if let caFile {
            guard access(caFile, R_OK) == 0 else {
                throw ValidationError("--smtp-ca \(caFile) cannot be read: \(SystemReason.text(errno)).")
            }
            server.caFile = caFile
        }
        return server
    }

    private func sender() throws(ValidationError) -> MailAddress {
        if let from { return try address("--mail-from", from) }
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0,
            let sender = try? MailAddress(
                "newswire@\(String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))")
        else { throw ValidationError("This machine's name makes no address to send from: name one with --mail-from.") }
        return sender
    }

    private func address(_ option: String, _ text: String) throws(ValidationError) -> MailAddress {
        do throws(MailAddress.Problem) {
            return try MailAddress(text)
        } catch {
            throw ValidationError("\(option): “\(text)” \(error).")
        }
    }
}
