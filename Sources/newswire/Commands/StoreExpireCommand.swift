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
            keep; while it runs, it is the service that removes what is asked for here, if root or its own user asks. \
            While the machine's clock is in doubt only a time is taken, and no span.

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
        guard let (cutoff, isByClock) = cutoff(configuration.store.keep) else {
            throw CommandFailure(
                .usage,
                "[store] keep is \"forever\" in \(configuration.path): name a time with --before, or set keep = \"90d\""
            )
        }
        let report =
            try ask(configuration, cutoff, isByClock: isByClock) ?? expire(configuration, cutoff, isByClock: isByClock)
        StandardError.write(
            "newswire: \(dryRun ? "would remove" : "removed") \(report.records) records in \(report.segments) segments,"
                + " \(ByteCount.text(report.bytes)), stored before \(cutoff)")
        if let obstacle = report.obstacle {
            StandardError.write("newswire: what is older and was left: \(obstacle)")
        }
    }

    /// Lets the running service do it; nil where none runs.
    private func ask(
        _ configuration: Configuration, _ cutoff: Timestamp, isByClock: Bool
    ) throws(CommandFailure) -> RetentionReport? {
        guard let service = try ServiceSession.open(configuration) else { return nil }
        var report: RetentionReport?
        let request = ControlRequest.expire(
            before: cutoff, isByClock: isByClock && !dryRun, isForced: force, isDryRun: dryRun)
        try service.ask(request) { report = RetentionReport($0) }
        guard let report else {
            throw CommandFailure(
                .ioError, "asking the running service: its answer is not understood; restart it, it may be older")
        }
        return report
    }

    private func expire(
        _ configuration: Configuration, _ cutoff: Timestamp, isByClock: Bool
    ) throws -> RetentionReport {
        let logger = common.logger(configuration)
        let clock = PollClock.system
        return try CommandFailure.wrappingAll {
            // Reading says sooner than writing that there is no store.
            _ = try StoreReader(directory: configuration.store.directory)
            let store = try IngestionSession.openStore(configuration.store, clock: clock, logger)
            defer { store.close() }
            if isByClock, !dryRun, let doubt = clock.doubt {
                throw CommandFailure(.ioError, RetentionJob.refusal(doubt, before: cutoff))
            }
            return RetentionReport(
                try store.expire(before: cutoff, now: clock.now(), force: force, isDryRun: dryRun))
        }
    }

    /// Before when articles go, and whether it is the clock that says so.
    private func cutoff(_ keep: StoreSettings.Retention) -> (Timestamp, isByClock: Bool)? {
        let now = SystemClock.now()
        if let before { return (before.time(now: now), before.isSpan) }
        return keep.span.map { (RetentionPace(keep: $0, now: now).cutoff, true) }
    }
}
