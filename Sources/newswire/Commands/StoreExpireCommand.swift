internal import ArgumentParser
internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Ingestion
internal import Logging

struct StoreExpireCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "expire",
        abstract: "Removes the oldest articles, whole segments at a time.",
        discussion: """
            What is removed is known all the same, and does not come back as new. A consumer that has not had it yet is
            named, and nothing that it needs is removed. The service does this by itself, once a day; by hand it is for
            when no service runs.

            EXAMPLE
              newswire store expire --dry-run
              newswire store expire --before 90d
            """)

    @Option(
        help: ArgumentHelp(
            "What was stored before then: RFC 3339, a date, or a span ago (90d). Else by [store] keep.", valueName: "T")
    )
    var before: TimeArgument?

    @Flag(help: "Also what a consumer has not had yet, and what is damaged.")
    var force = false

    @Flag(name: .customLong("dry-run"), help: "Say what would be removed; remove nothing.")
    var dryRun = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        let configuration = try common.load()
        guard let cutoff = cutoff(configuration.store.keep) else {
            throw CommandFailure(
                .usage,
                "[store] keep is \"forever\" in \(configuration.path): name a time with --before, or set keep = \"90d\""
            )
        }
        let directory = configuration.store.directory
        let logger = common.logger(configuration)
        let result = try CommandFailure.wrapping { () throws(StoreError) in
            // Reading says sooner than writing that there is no store.
            _ = try StoreReader(directory: directory)
            var options = StoreOptions(clock: SystemClock.now)
            options.segmentSize = UInt64(configuration.store.segmentSize)
            let store = try ArticleStore.open(at: directory, options: options) { logger.warning("\($0)") }
            defer { store.close() }
            return try store.expire(before: cutoff, force: force, isDryRun: dryRun)
        }
        StandardError.write(
            "newswire: \(dryRun ? "would remove" : "removed") \(result.records) records in \(result.segments) segments,"
                + " \(ByteCount.text(result.bytes)), stored before \(cutoff)")
        if let obstacle = result.obstacle {
            StandardError.write("newswire: what is older and was left: \(obstacle)")
        }
    }

    private func cutoff(_ keep: StoreSettings.Retention) -> Timestamp? {
        let now = SystemClock.now()
        if let before { return before.time(now: now) }
        return keep.cutoff(now: now)
    }
}
