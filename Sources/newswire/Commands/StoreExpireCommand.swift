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
            named, and nothing that it needs is removed. The service does this by itself, once a day, by its [store]
            keep; while it runs, it is the service that removes what is asked for here, if root or its own user asks.

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
        let report = try ask(configuration, cutoff) ?? expire(configuration, cutoff)
        StandardError.write(
            "newswire: \(dryRun ? "would remove" : "removed") \(report.records) records in \(report.segments) segments,"
                + " \(ByteCount.text(report.bytes)), stored before \(cutoff)")
        if let obstacle = report.obstacle {
            StandardError.write("newswire: what is older and was left: \(obstacle)")
        }
    }

    /// Lets the running service do it; nil where none runs.
    private func ask(_ configuration: Configuration, _ cutoff: Timestamp) throws(CommandFailure) -> RetentionReport? {
        guard let service = try ServiceSession.open(configuration) else { return nil }
        var report: RetentionReport?
        try service.ask(.expire(before: cutoff, isForced: force, isDryRun: dryRun)) { report = RetentionReport($0) }
        guard let report else {
            throw CommandFailure(
                .ioError, "asking the running service: its answer is not understood; restart it, it may be older")
        }
        return report
    }

    private func expire(_ configuration: Configuration, _ cutoff: Timestamp) throws -> RetentionReport {
        let logger = common.logger(configuration)
        return try CommandFailure.wrapping { () throws(StoreError) in
            // Reading says sooner than writing that there is no store.
            _ = try StoreReader(directory: configuration.store.directory)
            let store = try IngestionSession.openStore(configuration.store, logger)
            defer { store.close() }
            return RetentionReport(try store.expire(before: cutoff, force: force, isDryRun: dryRun))
        }
    }

    private func cutoff(_ keep: StoreSettings.Retention) -> Timestamp? {
        let now = SystemClock.now()
        if let before { return before.time(now: now) }
        return keep.cutoff(now: now)
    }
}
