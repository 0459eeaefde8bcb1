internal import Configuration
internal import FeedModel
internal import Glibc
internal import Text

/// How a consumer gets its articles, wherever a person has written it: there is one set of rules about what goes with what.
struct DeliveryDescription {
    var settings: DeliverySettings
    let source: DeliverySource

    /// Says what is wrong with it as far as no file has to be read for that.
    func check() throws(DeliveryProblem) {
        try checkTarget()
        try checkPace()
        try checkChoice()
        try checkURL()
        try checkBody()
        try checkHeaders()
        _ = try mailOptions()
        _ = try start()
    }

    /// The most articles of a batch.
    var batch: Int { settings.batch ?? (settings.command == nil && settings.digest == nil ? 1 : 100) }

    /// Where a consumer that is new begins; nil where nobody has said it.
    func start() throws(DeliveryProblem) -> ConsumerStart? {
        guard let from = settings.from else { return nil }
        if let start = ConsumerStart(argument: from) { return start }
        throw DeliveryProblem(
            "from",
            "\(source.name("from")) takes now, beginning, the number of a record, or a time such as 2026-05-20 or 36h")
    }

    /// - Parameter once: whether to end when all that is there has been delivered.
    func options(once: Bool) -> Delivery.Options {
        func milliseconds(_ span: Duration?) -> Int64? { span.map { $0.components.seconds * 1000 } }
        return Delivery.Options(
            batch: batch, wait: milliseconds(settings.digest ?? settings.wait) ?? 0,
            timeout: milliseconds(settings.timeout) ?? (settings.to == nil ? 300_000 : 30_000), once: once,
            isOfEvents: settings.events ?? false,
            deadLetters: settings.attempts.flatMap { attempts in
                settings.deadLetter.map { DeadLetters(attempts: attempts, directory: $0) }
            })
    }

    /// Says that batches cannot be kept where they are to be kept.
    func checkDeadLetters() throws(DeliveryProblem) {
        guard let folder = settings.deadLetter, access(folder, W_OK | X_OK) != 0 else { return }
        throw DeliveryProblem(
            "dead_letter",
            "batches cannot be kept in \(folder): \(SystemReason.text(errno)); make that folder, writable for this command"
        )
    }

    /// Which articles are delivered. Reads the store, where feeds or tags are named.
    func filter(_ configuration: Configuration) throws -> DumpFilter {
        do {
            if case .file = source { try checkWholeIDs(configuration) }
            return try ArticleChoice(settings).filter(configuration, fullText: join, isForConsumer: true)
        } catch let failure as CommandFailure {
            throw source.error(failure)
        }
    }

    /// What is given of pages; nil where nobody asks for any.
    private var join: FullTextJoin? {
        settings.fullText.map { fullText in
            FullTextJoin(
                fullText, updates: settings.updates ?? false, wait: settings.waitFullText.map { PageWait($0) })
        }
    }

    /// The start of an id, which a person may type, would mean another feed as soon as there is one that begins so.
    private func checkWholeIDs(_ configuration: Configuration) throws {
        let known = StoredFeeds(configuration)
        for feed in settings.feeds ?? [] where try !known.resolve([feed.text]).contains(feed) {
            throw CommandFailure(
                .usage, "feeds: \(feed) has to be the whole id of a feed; `newswire feeds` lists them")
        }
    }
}

// MARK: What goes with what

extension DeliveryDescription {
    private func checkTarget() throws(DeliveryProblem) {
        let written = settings.written
        let targets = ["command", "to", "mail"].filter(written.contains)
        let names = "\(source.name("command")), \(source.name("to")) or \(source.name("mail"))"
        if targets.isEmpty { throw DeliveryProblem("to", "it is not said where articles go; write one of \(names)") }
        if targets.count > 1 {
            throw DeliveryProblem(
                targets[1], "articles go to one of a command, a URL and a mailbox; use only one of \(names)")
        }
        if settings.to == nil, let key = written.first(where: DeliverySettings.keysOfURL.contains) {
            throw DeliveryProblem(key, "\(source.name(key)) needs \(source.name("to"))")
        }
        if settings.mail == nil, let key = written.first(where: DeliverySettings.keysOfMail.contains) {
            throw DeliveryProblem(key, "\(source.name(key)) needs \(source.name("mail"))")
        }
        if settings.command == nil, settings.env != nil {
            throw DeliveryProblem("env", "\(source.name("env")) is for a command, and there is none")
        }
    }

    private func checkPace() throws(DeliveryProblem) {
        try check("batch", settings.batch, in: DeliverySettings.batches, String.init)
        try check("attempts", settings.attempts, in: DeliverySettings.attemptCounts, String.init)
        try check("timeout", settings.timeout, in: DeliverySettings.timeouts, ConfigDuration.text)
        try check("wait", settings.wait, in: DeliverySettings.waits, ConfigDuration.text)
        try check("digest", settings.digest, in: DeliverySettings.timeouts, ConfigDuration.text)
        if settings.digest != nil {
            if settings.wait ?? .zero > .zero {
                throw DeliveryProblem(
                    "wait", "\(source.name("digest")) and \(source.name("wait")) both say how long to wait; use one")
            }
            if batch > MailDigest.mostArticles {
                throw DeliveryProblem(
                    "batch",
                    "\(source.name("batch")) takes 1 to \(MailDigest.mostArticles) with \(source.name("digest"))")
            }
        }
        if (settings.attempts == nil) != (settings.deadLetter == nil) {
            throw DeliveryProblem(
                settings.attempts == nil ? "dead_letter" : "attempts",
                "\(source.name("attempts")) and \(source.name("dead_letter")) need each other: no batch is given up that is "
                    + "kept nowhere")
        }
    }

    private func check<Value>(
        _ key: String, _ value: Value?, in range: ClosedRange<Value>, _ text: (Value) -> String
    ) throws(DeliveryProblem) {
        guard let value, !range.contains(value) else { return }
        throw DeliveryProblem(
            key, "\(source.name(key)) takes \(text(range.lowerBound)) to \(text(range.upperBound))")
    }

    private func checkChoice() throws(DeliveryProblem) {
        try checkFullText()
        guard settings.events == true else { return }
        if settings.mail != nil {
            throw DeliveryProblem(
                "events", "\(source.name("mail")) sends articles, and \(source.name("events")) has none")
        }
        if settings.refilter == true {
            throw DeliveryProblem(
                "refilter",
                "\(source.name("refilter")) and \(source.name("events")) cannot be used together: rules are asked of articles "
                    + "alone")
        }
    }

    private func checkFullText() throws(DeliveryProblem) {
        let (name, wait) = (source.name("fulltext"), source.name("wait_fulltext"))
        if settings.waitFullText != nil, settings.fullText == nil || settings.fullText == .only {
            throw DeliveryProblem("wait_fulltext", "\(wait) needs \(name), which says prefer or both")
        }
        guard settings.fullText != nil else { return }
        if settings.events == true {
            throw DeliveryProblem(
                "fulltext", "\(name) and \(source.name("events")) cannot be used together: events have no pages")
        }
        if settings.refilter == true {
            throw DeliveryProblem(
                "fulltext",
                "\(name) and \(source.name("refilter")) cannot be used together: rules are not asked of pages")
        }
    }

    private func checkBody() throws(DeliveryProblem) {
        if settings.expect?.isEmpty == true {
            throw DeliveryProblem("expect", "\(source.name("expect")) is empty, and no answer could hold that")
        }
        if settings.template == nil, settings.contentType != nil {
            throw DeliveryProblem(
                "content_type",
                "\(source.name("content_type")) says what \(source.name("template")) makes, and there is none")
        }
        if settings.template != nil, settings.body != nil {
            throw DeliveryProblem(
                "body", "\(source.name("body")) and \(source.name("template")) both say what is sent; use one")
        }
    }

    private func checkHeaders() throws(DeliveryProblem) {
        let headers = settings.headers ?? []
        if headers.count > HeaderRules.most {
            throw DeliveryProblem("headers", "\(source.name("headers")) may be written \(HeaderRules.most) times")
        }
        for header in headers {
            guard case .text = header.value, HeaderRules.holdsSecret(header.name) else { continue }
            throw DeliveryProblem(
                "headers",
                "\(source.name("headers")): what \(header.name) holds is a secret, which others could read here; name where "
                    + "it is found, by \(source.secretForms)")
        }
    }
}
