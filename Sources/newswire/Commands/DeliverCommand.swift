internal import ArgumentParser
internal import ArticleStore
internal import Configuration
internal import Fetching
internal import Ingestion
internal import Logging

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
            nothing in it is taken for markup. The names are title, url, summary, text, page (with --fulltext both), authors, \
            tags, published, feed, feed_title, uid, version, seq, kind, stored_at, and json for the article as it is stored. The markups are \
            slack, markdown and html. Where it makes JSON, which a name that ends with .json or .ndjson says, values \
            are written as parts of strings.

            With --mail each article is a message, as text and as HTML that is safe to show, and the cursor moves when the \
            mail server has taken it. smtps:// is TLS from the first word, smtp:// with STARTTLS, which a server on \
            another machine has to offer; on this machine smtp:// is not encrypted. The port is 465, 587, or 25 on this \
            machine. Edits (--updates) are replies to the first version. A message that is sent again has the same \
            Message-ID. --timeout is that of a message.

            Without a target, deliver.d/NAME.toml beside the configuration says where articles go and how, with a key for \
            each option here (newswire.toml(5)), none of which may then stand on the command line as well; or there is a \
            program deliver.d/NAME, which is the command. newswire-deliver@NAME.service runs it so.

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
              newswire deliver --as hook --once               # as deliver.d/hook.toml says
              newswire deliver --as hourly --mail desk@example.org --digest 1h --smtp smtps://mail.example.org \
            --smtp-user news --smtp-password file:/etc/newswire/smtp.password
            """)

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp(
            "The name of the consumer whose articles are delivered, and whose cursor moves.", valueName: "NAME"),
        completion: Completions.deliveries)
    var consumer: String

    @OptionGroup var beginning: ConsumerStartOption

    @Option(
        help: ArgumentHelp(
            "Deliver at most this many articles at a time (1 to 100000, of a digest 1000). Left out: 100 to a command and in "
                + "a digest, 1 to a URL or a mailbox.", valueName: "N"))
    var batch: Int?

    @Option(
        help: ArgumentHelp(
            "Once there is an article, wait this long for more. Left out: not at all.", valueName: "SPAN"))
    var wait: SpanArgument?

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
        // Without a target, it is in deliver.d that it is said.
        guard settings.hasTarget else { return }
        do throws(DeliveryProblem) {
            try DeliveryDescription(settings: settings, source: .commandLine).check()
        } catch {
            throw ValidationError("\(error.message).")
        }
    }

    /// All that the command line says of the delivery.
    private var settings: DeliverySettings {
        var settings = DeliverySettings()
        settings.command = command.isEmpty ? nil : command
        settings.env = variables.isEmpty ? nil : variables
        settings.from = beginning.start?.description
        settings.batch = batch
        settings.wait = wait?.span
        settings.timeout = timeout?.span
        settings.attempts = attempts
        settings.deadLetter = deadLetter
        settings.fullText = fullText.fullText
        settings.waitFullText = waitFullText?.span
        http.fill(&settings)
        mail.fill(&settings)
        choice.fill(&settings)
        return settings
    }

    func run() async throws {
        let configuration = try loaded()
        let logger = common.logger(configuration)
        let delivery = try description(configuration, logger)
        let (target, start): (any DeliveryTarget, ConsumerStart?)
        do {
            try delivery.checkDeadLetters()
            (target, start) = (try self.target(delivery, configuration, logger), try delivery.start())
        } catch let problem as DeliveryProblem {
            throw delivery.source.error(problem)
        }
        do {
            let filter = CurrentFilter(
                try delivery.filter(configuration), configuration, environment: Self.environment)
            try await DeliverySession(
                consumer: consumer, filter: filter, target: target, options: delivery.options(once: once),
                directory: EventsOption.directory(configuration, events: delivery.settings.events ?? false),
                // Events are each machine's own.
                isOfFleet: configuration.fleet != nil && delivery.settings.events != true, logger: logger
            ).run(from: start)
        } catch {
            await target.shutDown()
            throw error
        }
        await target.shutDown()
    }

    /// A folder that systemd has made for the command (StateDirectory=) is not the store.
    private func loaded() throws -> Configuration {
        try common.loadForStore(environment: Self.environment)
    }

    private static var environment: [String: String] {
        CommonOptions.environment.filter { $0.key != "STATE_DIRECTORY" }
    }

    /// What the command line says, where it names a target; else what deliver.d has for the consumer.
    private func description(_ configuration: Configuration, _ logger: Logger) throws -> DeliveryDescription {
        var delivery = DeliveryDescription(settings: settings, source: .commandLine)
        let folder = DeliveryFolder(beside: configuration.path)
        if delivery.settings.hasTarget {
            if Cursors.isName(consumer), let file = folder.file(of: consumer) {
                logger.warning(
                    "the command line says where articles go, and \(file) is not used",
                    metadata: ["consumer": "\(consumer)"])
            }
            return delivery
        }
        switch try entry(in: folder) {
        case .program(let path): delivery.settings.command = [path]
        case .file(let file):
            let names = delivery.settings.written.map(delivery.source.name)
            guard names.isEmpty else {
                throw CommandFailure(
                    .usage,
                    "delivering for the consumer \(consumer): \(file.path) says how, and \(names.joined(separator: ", ")) "
                        + "here would say it otherwise; write it there")
            }
            delivery = DeliveryDescription(settings: file.settings, source: .file(file))
        }
        do throws(DeliveryProblem) {
            try delivery.check()
        } catch {
            throw delivery.source.error(error)
        }
        return delivery
    }

    private func entry(in folder: DeliveryFolder) throws -> DeliveryFolder.Entry {
        guard Cursors.isName(consumer) else {
            throw CommandFailure(
                .usage,
                "delivering: \(TOMLText.quoted(consumer)) is no name for a consumer; use 1 to 64 letters, digits, dots, "
                    + "underscores and hyphens, no dot first")
        }
        do throws(DeliveryFolder.Failure) {
            return try folder.entry(of: consumer)
        } catch {
            switch error {
            case .wrong(let error): throw error
            case .missing(let file, let program):
                throw CommandFailure(
                    .usage,
                    "delivering for the consumer \(consumer): there is neither \(file), which would say how, nor a program "
                        + "\(program) that may be run; write one of them, or name a command after --, such as "
                        + "-- /usr/local/bin/load-index, a URL with --to, or an address with --mail")
            }
        }
    }

    private func target(
        _ delivery: DeliveryDescription, _ configuration: Configuration, _ logger: Logger
    ) throws -> any DeliveryTarget {
        let environment = CommonOptions.environment
        if let options = try delivery.requestOptions() {
            return HTTPTarget(
                options,
                requests: RequestBuilder(configuration, version: Version.newswire, environment: environment),
                engine: try IngestionSession.startedEngine(), environment: environment, logger: logger)
        }
        if let options = try delivery.mailOptions() { return MailTarget(options, environment: environment) }
        guard let program = try delivery.program(environment: commandEnvironment(delivery, configuration)) else {
            // Cannot be: a description without a target has been refused.
            throw CommandFailure(.usage, "delivering: it is not said where articles go")
        }
        return program
    }

    private static let passedOn = ["HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR"]

    private func commandEnvironment(
        _ delivery: DeliveryDescription, _ configuration: Configuration
    ) -> [String: String] {
        var result = [String: String]()
        for name in ["PATH"] + Self.passedOn + (delivery.settings.env ?? []) {
            if let value = CommonOptions.environment[name] { result[name] = value }
        }
        result["PATH"] = result["PATH"] ?? DeliveryCommand.standardPath
        result["NEWSWIRE_CONFIG"] = configuration.path
        result["NEWSWIRE_STORE"] = configuration.store.directory
        return result
    }
}
