internal import ArgumentParser
internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Glibc
internal import Ingestion
internal import Logging
internal import Publishing

struct PublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Publishes new articles to NATS, Kafka, PostgreSQL or Redis as they come, at least once.",
        discussion: """
            The table [publish.NAME] of newswire.toml(5) says where articles go and which. A message is the article's line as \
            the store has it, with the headers Newswire-Id, the same for each repetition, Newswire-Seq, Newswire-Uid, \
            Newswire-Version, Newswire-Kind, Newswire-Feed and Newswire-Stored-At; of PostgreSQL and Redis, columns and fields.

            The consumer's cursor moves when the bus has acknowledged what was sent. NATS, PostgreSQL and Redis are asked where \
            they end whenever a connection is made, and publishing goes on behind that. Where their last message is not the \
            store's, or lies more than a day back, nothing is published, and the status is 65. A bus that is away is tried \
            again after 1 s, 2 s, 4 s, up to 60 s. Where it does not let newswire in, the status is 77; where there is no such \
            stream or table, or its certificate is not trusted, 78.

            What is larger than the bus takes goes without its content, and says so in Newswire-Omitted.

            The program newswire-publish does it, in a package of its own; where it is not installed, the status is 69. \
            newswire-publish@NAME.service runs it.

            SIGTERM and SIGINT end newswire publish. With --once it ends when all that is stored has been published, or with \
            status 69 where the bus is away.

            EXAMPLE
              newswire publish --as index --setup         # make the stream or table
              newswire publish --as index --check         # how far the bus is, and what comes next
              newswire publish --as index
            """)

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp(
            "The name of the consumer whose articles are published: that of its table.", valueName: "NAME"))
    var consumer: String

    @Flag(help: "Publish what is stored, then end.")
    var once = false

    @Flag(help: "Connect, say how far the bus is and what would be published next, and write nothing.")
    var check = false

    @Flag(help: "Make the stream or the table, then end. What is there stays as it is.")
    var setup = false

    @OptionGroup var common: CommonOptions

    /// Milliseconds that a batch may take.
    private static let timeout: Int64 = 60_000
    /// Seconds after which a bus that is away is tried again at the latest.
    private static let longestBackoff = 60

    func validate() throws {
        if [once, check, setup].count(where: { $0 }) > 1 {
            throw ValidationError("Use one of --once, --check and --setup.")
        }
    }

    func run() async throws {
        guard let maker = Program.buses else { try Self.executePublisher() }
        let configuration = try common.loadForStore(environment: Self.environment)
        let logger = common.logger(configuration)
        let settings = try settings(configuration)
        let connector = BusConnector(settings: settings, maker: maker, environment: CommonOptions.environment)
        let place = BusPlace(consumer: consumer, connector: connector)
        if setup { return try await BlockingWork.run { try place.setUp() } }
        let filter = CurrentFilter(
            try filter(settings, configuration), configuration, environment: Self.environment)
        let directory = configuration.store.directory
        if check { return try await BlockingWork.run { try place.check(directory, filter.filter) } }
        let figures = (try? Cursors(directory: directory))?.publishFigures(of: consumer)
        var options = Delivery.Options(batch: settings.batch, wait: 0, timeout: Self.timeout, once: once)
        options.command = "newswire publish"
        options.longestBackoff = Self.longestBackoff
        try await DeliverySession(
            consumer: consumer, filter: filter,
            target: BusTarget(connector, consumer: consumer, figures: figures ?? PublishFigures(), logger: logger),
            options: options, directory: directory, isOfFleet: configuration.fleet != nil, logger: logger
        ).run(from: nil)
    }

    /// A folder that systemd has made for the unit (StateDirectory=) is not the store.
    private static var environment: [String: String] {
        CommonOptions.environment.filter { $0.key != "STATE_DIRECTORY" }
    }

    private func settings(_ configuration: Configuration) throws -> PublishSettings {
        // What can be read of a wrong file may lack what a person has written of this.
        if let error = configuration.warnings.first(where: { $0.severity == .error }) {
            throw CommandFailure(
                .badConfiguration,
                "publishing for the consumer \(consumer): the configuration is wrong: \(error); `newswire check` says all"
            )
        }
        if let settings = configuration.publications.first(where: { $0.name == consumer }) {
            guard DeliveryFolder(beside: configuration.path).file(of: consumer) == nil else {
                throw CommandFailure(
                    .badConfiguration,
                    "publishing for the consumer \(consumer): deliver.d has a delivery of that name, and both would move its "
                        + "cursor; give one of them another name")
            }
            return settings
        }
        let names = configuration.publications.map(\.name)
        throw CommandFailure(
            .usage,
            "publishing for the consumer \(consumer): \(configuration.path) has no table "
                + "[publish.\(TOMLText.key(consumer))]"
                + (names.isEmpty
                    ? "; write one that says where articles go" : "; there are \(names.joined(separator: ", "))"))
    }

    private func filter(_ settings: PublishSettings, _ configuration: Configuration) throws -> DumpFilter {
        var choice = DeliverySettings()
        choice.feeds = settings.feeds
        choice.tags = settings.tags
        choice.updates = settings.updates
        choice.duplicates = settings.duplicates
        choice.noInitial = !settings.initial
        do {
            return try ArticleChoice(choice).filter(configuration, isForConsumer: true)
        } catch let failure as CommandFailure {
            throw CommandFailure(
                failure.status == .usage ? .badConfiguration : failure.status,
                "[publish.\(TOMLText.key(consumer))]: \(failure.message)")
        }
    }

    /// Puts newswire-publish in the place of this process: it lies beside this program, or where PATH leads.
    ///
    /// - Throws: why that cannot be.
    private static func executePublisher() throws -> Never {
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let own = String(decoding: buffer[..<max(0, length)].map(UInt8.init(bitPattern:)), as: UTF8.self)
        let beside = own.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        // The words behind the command, which may have stood behind options.
        let words = try CommandWords.normalized(Array(CommandLine.arguments.dropFirst()), for: Newswire.self)
            .dropFirst()
        var arguments: [UnsafeMutablePointer<CChar>?] = (["newswire-publish"] + words).map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        execv("\(beside)/newswire-publish", &arguments)
        if errno == ENOENT { execvp("newswire-publish", &arguments) }
        guard errno == ENOENT else {
            throw CommandFailure(.allFailed, "publishing: newswire-publish cannot be run: \(SystemReason.text(errno))")
        }
        throw CommandFailure(
            .allFailed,
            "publishing: there is no program newswire-publish; it is in a package of its own: apt install newswire-publish"
        )
    }
}
