extension Options {
    /// The rows of `deliver.d/NAME.toml`, each of which is an option of `newswire deliver`, too.
    static let deliveries: [Option] = targets + pace + choice + requests + messages

    private static let targets: [Option] = [
        Option(
            "to", .textOrSecret,
            """
            The http or https URL that articles are sent to. A URL that is a secret, as those of chats are, is written as \
            where it is found: { file = "chat.url" }.
            """, example: "\"https://example.org/hook\"", in: .delivery(\.to)),
        Option(
            "command", .command,
            """
            The command that articles are given to, and its arguments, each a text of the list. A path is relative to this \
            file; a name without a slash is looked for in PATH.
            """, example: "[\"/usr/local/bin/load-index\", \"--quiet\"]", in: .delivery(\.command)),
        Option(
            "mail", .textOrTexts(limit: DeliverySettings.mostRecipients),
            "The address that articles are mailed to, or a list of addresses.", example: "\"desk@example.org\"",
            in: .delivery(\.mail)),
        Option(
            "env", .variables, "Variables of the environment that the command gets, too.", example: "[\"API_HOST\"]",
            in: .delivery(\.env)),
    ]

    private static let pace: [Option] = [
        Option(
            "from", .start,
            """
            Where a consumer that is new begins: "now", "beginning", the number of the first record, or a time. It counts \
            once: from then on the consumer has its cursor.
            """, example: "\"now\"", in: .delivery(\.from)),
        Option(
            "batch", .integer(in: DeliverySettings.batches),
            """
            How many articles are delivered at a time, at most. If it is left out: 100 to a command and in a digest, 1 to a \
            URL or a mailbox.
            """, example: "100", in: .delivery(\.batch)),
        Option(
            "wait", .span(in: DeliverySettings.waits), "How long more articles are waited for, once there is one.",
            example: "\"5s\"", in: .delivery(\.wait)),
        Option(
            "timeout", .span(in: DeliverySettings.timeouts),
            "How long a batch may take. If it is left out: 5m, and 30s for a URL.", example: "\"1m\"",
            in: .delivery(\.timeout)),
        Option(
            "attempts", .integer(in: DeliverySettings.attemptCounts),
            """
            After how many attempts in vain a batch is given up, and kept in the folder of dead_letter. If both are left \
            out, it is never.
            """, example: "20", in: .delivery(\.attempts)),
        Option(
            "dead_letter", .requiredPath, "The folder for batches that were given up, a file for each.",
            example: "\"/var/lib/chat\"", in: .delivery(\.deadLetter)),
    ]

    private static let choice: [Option] = [
        Option(
            "feeds", .feedIDs, "Only articles of the feeds with these ids.", example: "[\"example\"]",
            in: .delivery(\.feeds)),
        Option(
            "tags", .tags,
            "Only articles to which a rule has given one of these labels, or whose feed had one of these tags.",
            example: "[\"defence\"]", in: .delivery(\.tags)),
        Option(
            "match", .queries, "Only articles that this query matches, or all queries of a list.",
            example: "'drone* OR \"unmanned aircraft\"'", in: .delivery(\.match)),
        Option("updates", .boolean, "Whether edits come, too.", example: "true", in: .delivery(\.updates)),
        Option(
            "duplicates", .boolean, "Whether articles come that another feed had first.", example: "true",
            in: .delivery(\.duplicates)),
        Option(
            "blocked", .boolean, "Whether articles come that rules have blocked.", example: "true",
            in: .delivery(\.blocked)),
        Option(
            "refilter", .boolean,
            "Whether today's rules are asked, in place of what they said when an article was stored.",
            example: "true", in: .delivery(\.refilter)),
        Option(
            "no_initial", .boolean, "Whether what was in a feed already when it was first polled is left out.",
            example: "true", in: .delivery(\.noInitial)),
        Option(
            "events", .boolean, "Whether events come in place of articles.", example: "true", in: .delivery(\.events)),
        Option(
            "fulltext", .word,
            """
            What comes of the pages of articles, as far as those were fetched: "prefer" puts a page's text in the place of \
            the feed's, "both" beside it, and with "only" the pages come alone. What match asks for is looked for in what is \
            given.
            """, example: "\"prefer\"", in: .delivery(\.fullText)),
        Option(
            "wait_fulltext", .span(in: DeliverySettings.waits),
            """
            How long after it was stored an article is held back, and those behind it, until its page was fetched or is \
            known not to come.
            """, example: "\"1m\"", in: .delivery(\.waitFullText)),
    ]

    private static let requests: [Option] = [
        Option(
            "method", .word, "The method of the requests. If it is left out, it is POST.", example: "\"PUT\"",
            in: .delivery(\.method)),
        Option(
            "body", .word,
            """
            Whether a request has its articles as an "array" of JSON or as "lines" of JSON. If it is left out, one article \
            is an object, and several are an array.
            """, example: "\"lines\"", in: .delivery(\.body)),
        Option(
            "template", .requiredPath, "A file that says what is made of each article (docs/delivering.md).",
            example: "\"slack.json\"", in: .delivery(\.template)),
        Option(
            "content_type", .label(limit: 256),
            "What the template makes, where the ending of its name does not say it.",
            example: "\"text/plain; charset=utf-8\"", in: .delivery(\.contentType)),
        Option("gzip", .boolean, "Whether what is sent is packed.", example: "true", in: .delivery(\.gzip)),
        Option(
            "headers", .headers(of: .delivery), "Header fields to send, as for a feed.",
            example: "{ X-Api-Key = { file = \"chat.key\" }, X-Room = \"attic\" }", in: .delivery(\.headers)),
        Option(
            "bearer", .secret, "A secret that is sent as \"Authorization: Bearer\".",
            example: "{ file = \"chat.token\" }", in: .delivery(\.bearer)),
        Option(
            "secret", .secrets(limit: 16),
            "The secret by which requests are signed, or a list of them: while one is changed, both sign.",
            example: "{ file = \"hook.secret\" }", in: .delivery(\.secret)),
        Option(
            "expect", .label(limit: 4096), "Only an answer whose first 64 KiB hold this text is a good one.",
            example: "'\"errors\":false'", in: .delivery(\.expect)),
    ]

    private static let messages: [Option] = [
        Option(
            "smtp", .label(limit: 2048),
            "The mail server: smtps://HOST[:PORT] or smtp://HOST[:PORT]. If it is left out, it is smtp://localhost.",
            example: "\"smtps://mail.example.org\"", in: .delivery(\.smtp)),
        Option(
            "smtp_user", .label(limit: 1024), "The name to log in with at the mail server.", example: "\"news\"",
            in: .delivery(\.smtpUser)),
        Option(
            "smtp_password", .secret, "The password to that name, which is a secret.",
            example: "{ file = \"smtp.password\" }", in: .delivery(\.smtpPassword)),
        Option(
            "smtp_ca", .requiredPath, "A PEM file with the certificates to trust, in place of the system's.",
            example: "\"/etc/ssl/mail.pem\"", in: .delivery(\.smtpCA)),
        Option(
            "smtp_insecure", .boolean,
            "Whether mail may go to another machine without encryption. It cannot be had together with a password.",
            example: "true", in: .delivery(\.smtpInsecure)),
        Option(
            "mail_from", .label(limit: 320),
            "The address that mail is from. If it is left out, it is newswire at this machine's name.",
            example: "\"newswire@example.org\"", in: .delivery(\.mailFrom)),
        Option(
            "digest", .span(in: DeliverySettings.timeouts),
            "How long more articles are waited for, all of which are then one message.", example: "\"1h\"",
            in: .delivery(\.digest)),
    ]
}

extension DeliverySettings: OptionValues {
    static let table = OptionTable.delivery
    static let standard: Self? = nil
    static let rows = Options.rows(of: Self.self)
}
