internal import ArgumentParser
internal import Configuration

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

    func validate() throws { try SecretArgument.check("--smtp-password", password.map { [$0] } ?? []) }

    /// Writes down what was given.
    func fill(_ settings: inout DeliverySettings) {
        settings.mail = mail.map { text in
            text.split(separator: ",", omittingEmptySubsequences: false).map { String($0.drop { $0 == " " }) }
        }
        settings.smtp = smtp
        settings.smtpUser = user
        settings.smtpPassword = password?.secret
        settings.smtpCA = caFile
        settings.smtpInsecure = isInsecure ? true : nil
        settings.mailFrom = from
        settings.digest = digest?.span
    }
}
