internal import ArgumentParser
internal import ArticleStore
internal import CShims
internal import Configuration
internal import Fetching
internal import Glibc
internal import Ingestion
internal import Logging
internal import UnixSignals

struct DeliverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliver",
        abstract: "Gives new articles to a command, a URL or a mailbox, batch by batch, as they come.",
        discussion: """
            The command is run once for each batch, without a shell, and reads the articles as lines of JSON from its \
            standard input. When it ends with status 0, the consumer's cursor moves past the batch. When it ends \
            otherwise, it gets the same articles again after 1 s, then after 2 s, and so on up to 5 min. A batch may \
            come twice, but none is skipped.

            The command's environment has PATH, HOME, USER, LOGNAME, LANG, LC_ALL, TZ and TMPDIR, the variables that \
            --env names, and NEWSWIRE_CONSUMER, NEWSWIRE_COUNT, NEWSWIRE_FIRST_SEQ, NEWSWIRE_LAST_SEQ, \
            NEWSWIRE_ATTEMPT (from 1), NEWSWIRE_CONFIG and NEWSWIRE_STORE.

            With --to each batch is a request to a URL, and an answer of 200 to 299 moves the cursor. It has the headers \
            webhook-id, the same each time that a batch is sent, webhook-timestamp and, with --secret, \
            webhook-signature, as Standard Webhooks has them. Redirects are not followed. Retry-After is heeded for up \
            to an hour. An answer of 410 ends the delivery with status 77. A URL in a network that is not public needs \
            [deliver] private_networks. Proxy and certificates are those of [fetch].

            A template is a text with places: {{title}}, {{title:80}} for 80 characters at most, {{title|slack}} so that \
            nothing in it is taken for markup. The names are title, url, summary, text, authors, tags, published, feed, \
            feed_title, uid, version, seq, kind, stored_at, and json for the article as it is stored. The markups are \
            slack, markdown and html. Where it makes JSON, which a name that ends with .json or .ndjson says, values \
            are written as parts of strings.

            With --mail each article is a message, as text and as HTML that is safe to show, and the cursor moves when the \
            mail server has taken it. smtps:// is TLS from the first word, smtp:// with STARTTLS, which a server on \
            another machine has to offer; on this machine smtp:// is not encrypted. The port is 465, 587, or 25 on this \
            machine. Edits (--updates) are replies to the first version. A message that is sent again has the same \
            Message-ID. --timeout is that of a message.

            A command, URL or mail server that goes on failing keeps the articles behind the batch waiting, for ever, and \
            newswire consumers and newswire status say so. With --attempts and --dead-letter such a batch is kept in a \
            file, and the consumer goes on behind it.

            SIGTERM and SIGINT end newswire deliver. With --once it ends when all that is stored has been delivered, \
            or with status 69 as soon as a batch is refused.

            EXAMPLE
              newswire deliver --as mailer -- /usr/local/bin/send-mail
              newswire deliver --as index --batch 500 --wait 5s -- load
              newswire deliver --as cron --once -- jq -r .title
              newswire deliver --as hook --to https://example.org/hook --secret file:hook.secret
              newswire deliver --as chat --to file:slack.url --template slack.json
              newswire deliver --as desk --mail desk@example.org --from now
              newswire deliver --as hourly --mail desk@example.org --digest 1h --smtp smtps://mail.example.org \
            --smtp-user news --smtp-password file:/etc/newswire/smtp.password
            """)

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp(
            "The name of the consumer whose articles are delivered, and whose cursor moves.", valueName: "NAME"),
        completion: Completions.consumers)
    var consumer: String

    @OptionGroup var beginning: ConsumerStartOption

    @Option(
        help: ArgumentHelp(
            "Deliver at most this many articles at a time (1 to 100000, of a digest 1000). Left out: 100 to a command and in "
                + "a digest, 1 to a URL or a mailbox.", valueName: "N"))
    var batch: Int?

    @Option(help: ArgumentHelp("Once there is an article, wait this long for more.", valueName: "SPAN"))
    var wait = SpanArgument(seconds: 0)

    @Option(
        help: ArgumentHelp(
            "End the command, the request or the message if it takes longer than this for a batch. Left out: 5m, and 30s "
                + "for a URL.", valueName: "SPAN"))
    var timeout: SpanArgument?

    @Flag(help: "Deliver what is stored, then end.")
    var once = false

    @Option(
        help: ArgumentHelp(
            "Give a batch up after it was tried in vain so often (1 to 10000), and keep it in the folder of --dead-letter. "
                + "Left out: never.", valueName: "N"))
    var attempts: Int?

    @Option(
        name: .customLong("dead-letter"),
        help: ArgumentHelp(
            "Keep batches that were given up in this folder, a file for each. Needs --attempts.", valueName: "DIR"),
        completion: .directory)
    var deadLetter: String?

    @Option(
        name: .customLong("env"),
        help: ArgumentHelp(
            "Give the command this variable of the environment, too. May be repeated.", valueName: "NAME"))
    var variables: [String] = []

    @OptionGroup var http: HTTPTargetOptions

    @OptionGroup var mail: MailOptions

    @OptionGroup var fullText: FullTextOption

    @Option(
        name: .customLong("wait-fulltext"),
        help: ArgumentHelp(
            "Hold an article back until its page was fetched or is known not to come, but no longer than this after it was "
                + "stored. Those behind it wait as well.", valueName: "SPAN"))
    var waitFullText: SpanArgument?

    @OptionGroup var choice: ArticleChoice

    @OptionGroup var common: CommonOptions

    @Argument(
        parsing: .postTerminator, help: ArgumentHelp("The command and its arguments, after --.", valueName: "COMMAND"))
    var command: [String] = []

    func validate() throws {
        if choice.refilter, choice.events { throw ArticleChoice.eventsHaveNoRules }
        try fullText.check(choice)
        if waitFullText != nil, fullText.fullText == nil || fullText.fullText == .only {
            throw ValidationError("--wait-fulltext needs --fulltext prefer or both.")
        }
        let targets = [!command.isEmpty, http.to != nil, mail.mail != nil]
        switch targets.count(where: { $0 }) {
        case 0:
            throw ValidationError(
                "Name a command after --, such as: -- /usr/local/bin/load-index, a URL with --to, or an address with --mail."
            )
        case 1: break
        default:
            throw ValidationError(
                "Articles go to one of a command, a URL and a mailbox: use the command after --, --to or --mail.")
        }
        if let name = http.namesWithoutURL.first { throw ValidationError("\(name) needs --to.") }
        if let name = mail.namesWithoutAddress.first { throw ValidationError("\(name) needs --mail.") }
        if command.isEmpty, !variables.isEmpty { throw ValidationError("--env is for a command, and there is none.") }
        if mail.mail != nil, choice.events { throw ValidationError("--mail sends articles, and --events has none.") }
        if mail.digest != nil {
            if wait.seconds > 0 { throw ValidationError("--digest and --wait both say how long to wait; use one.") }
            if most > MailDigest.mostArticles {
                throw ValidationError("--batch takes 1 to \(MailDigest.mostArticles) with --digest.")
            }
        }
        if let batch, !(1...100_000).contains(batch) { throw ValidationError("--batch takes 1 to 100000.") }
        if (attempts == nil) != (deadLetter == nil) {
            throw ValidationError(
                "--attempts and --dead-letter need each other: no batch is given up that is kept nowhere.")
        }
        if let attempts, !(1...10_000).contains(attempts) { throw ValidationError("--attempts takes 1 to 10000.") }
        if timeout?.seconds == 0 { throw ValidationError("--timeout takes at least 1s.") }
    }

    func run() async throws {
        let configuration = try loaded()
        let directory = choice.directory(configuration)
        let logger = common.logger(configuration)
        let target = try target(configuration, logger)
        if let deadLetter, access(deadLetter, W_OK | X_OK) != 0 {
            throw CommandFailure(
                .usage,
                "delivering: batches cannot be kept in \(deadLetter): \(SystemReason.text(errno)); make that folder, "
                    + "writable for this command")
        }
        let stop = newswire_eventfd()
        guard stop >= 0 else { throw CommandFailure(.ioError, "starting: \(SystemReason.text(errno))") }
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let listening = Task {
            for await _ in signals { _ = eventfd_write(stop, 1) }
        }
        defer {
            listening.cancel()
            close(stop)
        }
        let filter = try choice.filter(
            configuration, fullText: fullText.join(choice, wait: pageWait(configuration)), isForConsumer: true)
        let (consumer, options, start) = (consumer, options, beginning.start)
        let notifier = ServiceNotifier(environment: CommonOptions.environment)
        let ending = try await BlockingWork.run {
            try CommandFailure.wrappingAll {
                let reader = try StoreReader(directory: directory)
                let cursors = try Cursors(directory: directory)
                // One for a consumer at a time: held to the end.
                let turn = try cursors.lockForDump(consumer)
                defer { withExtendedLifetime(turn) {} }
                return try Delivery(
                    consumer: consumer, filter: filter, target: target, options: options, reader: reader,
                    cursors: cursors, watch: ArticleWatch(directory: directory), notifier: notifier, logger: logger,
                    stop: stop
                ).run(from: start)
            }
        }
        switch ending {
        case .done: break
        case .failed: throw CommandFailure(.allFailed, "")
        case .ended(let reason):
            throw CommandFailure(
                .endedForGood,
                "delivering for the consumer \(consumer): \(reason); it is not asked again before newswire deliver is "
                    + "started anew, and the cursor stays where it is")
        }
    }

    /// A folder that systemd has made for the command (StateDirectory=) is not the store.
    private func loaded() throws -> Configuration {
        var environment = CommonOptions.environment
        environment["STATE_DIRECTORY"] = nil
        return try common.loadForStore(environment: environment)
    }

    private func target(_ configuration: Configuration, _ logger: Logger) throws -> any DeliveryTarget {
        if let options = try http.target(batch: most) {
            let environment = CommonOptions.environment
            return HTTPTarget(
                options,
                requests: RequestBuilder(configuration, version: Version.newswire, environment: environment),
                engine: try IngestionSession.startedEngine(), environment: environment, logger: logger)
        }
        if let options = try mail.target() {
            return MailTarget(options, environment: CommonOptions.environment)
        }
        guard let program = DeliveryCommand(command, environment: environment(configuration)) else {
            throw CommandFailure(
                .usage, "delivering to \(command[0]): there is no such program that may be run; name it by its path")
        }
        return program
    }

    private func pageWait(_ configuration: Configuration) -> PageWait? {
        waitFullText.map { span in
            PageWait(
                feeds: Set(configuration.feeds.filter { $0.pages.mode != .never }.map(\.id)),
                milliseconds: span.seconds * 1000)
        }
    }

    /// The most articles of a batch.
    private var most: Int { batch ?? (command.isEmpty && mail.digest == nil ? 1 : 100) }

    private var options: Delivery.Options {
        Delivery.Options(
            batch: most, wait: (mail.digest ?? wait).seconds * 1000,
            timeout: (timeout?.seconds ?? (http.to == nil ? 300 : 30)) * 1000, once: once,
            isOfEvents: choice.events,
            deadLetters: attempts.flatMap { attempts in
                deadLetter.map { DeadLetters(attempts: attempts, directory: $0) }
            })
    }

    private static let passedOn = ["HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR"]

    private func environment(_ configuration: Configuration) -> [String: String] {
        var result = ["PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
        for name in ["PATH"] + Self.passedOn + variables {
            if let value = CommonOptions.environment[name] { result[name] = value }
        }
        result["NEWSWIRE_CONFIG"] = configuration.path
        result["NEWSWIRE_STORE"] = configuration.store.directory
        return result
    }
}
