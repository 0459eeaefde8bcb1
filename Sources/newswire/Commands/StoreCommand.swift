internal import ArgumentParser
internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Glibc
internal import Ingestion
internal import JSONText
internal import Logging

struct StoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Verifies the store, shows its size, and removes what is too old.",
        discussion: """
            EXAMPLE
              # read every byte, and print the head
              newswire store verify
              # sizes and counts
              newswire store stats
              # remove what is older than [store] keep
              newswire store expire
            """,
        subcommands: [StoreVerifyCommand.self, StoreStatsCommand.self, StoreExpireCommand.self])
}

struct StoreStatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Shows sizes and counts of the store, without reading all of it.",
        discussion: """
            EXAMPLE
              newswire store stats
              newswire store stats --json | jq .article_bytes
            """)

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        let settings = try common.loadForStore().store
        let statistics = try CommandFailure.wrapping { () throws(StoreError) in
            try StoreReader(directory: settings.directory).statistics()
        }
        var output = StandardOutput()
        if json {
            try output.write(object(statistics, settings.directory))
        } else {
            for line in lines(statistics, settings) { try output.write(line: line) }
        }
        try output.flush()
    }

    private func object(_ statistics: StoreStatistics, _ directory: String) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("directory", directory)
        json.member("segments", statistics.segments)
        json.member("article_bytes", statistics.articleBytes)
        json.member("first_seq", statistics.firstSeq)
        json.member("last_seq", statistics.lastSeq)
        json.member("first_stored", statistics.firstStored)
        json.member("last_stored", statistics.lastStored)
        json.member("identity_bytes", statistics.identityBytes)
        json.member("index_bytes", statistics.indexBytes)
        json.member("index_entries", statistics.indexEntries)
        json.member("blocked", statistics.blocked)
        json.member("feeds", statistics.feeds)
        json.member("state_bytes", statistics.stateBytes)
        json.member("consumers", statistics.consumers)
        json.key("being_written")
        json.bool(statistics.isBeingWritten)
        json.endObject()
        return json.finish() + [UInt8(ascii: "\n")]
    }

    private func lines(_ statistics: StoreStatistics, _ settings: StoreSettings) -> [String] {
        func size(_ bytes: UInt64) -> String { ByteCount.text(bytes) }
        var lines = ["store: \(settings.directory)\(statistics.isBeingWritten ? " (being written)" : "")"]
        if let first = statistics.firstSeq {
            lines.append("records: \(statistics.lastSeq - first + 1) (\(first) to \(statistics.lastSeq))")
            if let from = statistics.firstStored, let to = statistics.lastStored {
                lines.append("stored: \(from) to \(to)")
            }
            if first > 1 {
                lines.append("removed by retention: \(first - 1), identities \(size(statistics.identityBytes))")
            }
        } else {
            lines.append("records: 0")
        }
        if statistics.blocked > 0 { lines.append("blocked by rules: \(statistics.blocked)") }
        lines.append("articles: \(size(statistics.articleBytes)) in \(statistics.segments) segments")
        let waiting = statistics.indexEntries == 0 && statistics.lastSeq > 0 ? "; what is newer waits in memory" : ""
        lines.append("index: \(size(statistics.indexBytes)), \(statistics.indexEntries) entries\(waiting)")
        lines.append("feeds: \(statistics.feeds), states \(size(statistics.stateBytes))")
        lines.append("consumers: \(statistics.consumers)")
        switch settings.keep {
        case .forever: lines.append("kept: forever")
        case .span(let span): lines.append("kept: \(span.components.seconds / 86_400) days")
        }
        return lines
    }
}

struct StoreVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Reads every byte of the store, and proves that it is whole.",
        discussion: """
            Each record is compared with its checksum, and all of them with the chain of hashes. The numbers of the \
            records, what retention has left, the index and the cursors are compared with the articles. If anything is \
            wrong, it ends with status 65. The service may run meanwhile.

            The last line is the head: the number and the hash of the last record. Written down elsewhere, it proves \
            later that no record up to that one was altered, removed or put in.

            EXAMPLE
              newswire store verify | tee verified.txt
              newswire store verify --head "$(cat head.txt)"
            """)

    @Option(
        help: ArgumentHelp(
            "Check that the store still has this head, which was written down before.", valueName: "SEQ:HASH"))
    var head: StoreVerifier.Head?

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let directory = try common.loadForStore().store.directory
        let result = try await verify(directory, head: head)
        var problems = problems(of: result)
        let events = ArticleStore.eventsFolder(of: directory)
        if ConfigurationPath.fileExists(events) {
            problems += self.problems(of: try await verify(events, head: nil)).map { "events: \($0)" }
        }
        try print(result)
        if !problems.isEmpty {
            throw CommandFailure(
                .badInput,
                "verifying \(directory): the store is not as it should be: \(problems.joined(separator: "; "))")
        }
    }

    private func verify(_ directory: String, head: StoreVerifier.Head?) async throws -> VerifierResult {
        let progress = ByteProgress("verified")
        defer { progress.clear() }
        do throws(StoreError) {
            let verifier = try StoreVerifier(directory: directory, head: head)
            let cores = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
            return try await verifier.run(
                workers: cores, progress: { progress.show($0, of: $1) },
                damage: { damage in
                    progress.clear()
                    StandardError.write("newswire: \(damage)")
                })
        } catch {
            progress.clear()
            throw CommandFailure(error)
        }
    }

    private func print(_ result: VerifierResult) throws(OutputError) {
        var output = StandardOutput()
        func count(_ kind: RecordKind) -> UInt64 { result.kinds[kind] ?? 0 }
        try output.write(line: "segments: \(result.segments), \(result.bytes) bytes")
        let extent = result.records > 0 ? " (\(result.firstSeq) to \(result.lastSeq))" : ""
        try output.write(line: "records: \(result.records)\(extent)")
        try output.write(
            line: "kinds: \(count(.new)) new, \(count(.update)) updates, \(count(.duplicate)) duplicates,"
                + " \(count(.alias)) aliases" + (count(.fulltext) > 0 ? ", \(count(.fulltext)) pages" : ""))
        if result.removedRecords > 0 {
            try output.write(line: "removed by retention: \(result.removedRecords) records, whose identities are there")
        }
        if result.unfinishedBytes > 0 {
            try output.write(
                line: "unfinished write at the end: \(result.unfinishedBytes) bytes; the next start takes it away")
        }
        if result.damagedStateLines > 0 {
            try output.write(line: "damaged feed states: \(result.damagedStateLines); those feeds are polled anew")
        }
        try output.write(line: "verdict: \(result.isWhole ? "whole" : "damaged")")
        try output.write(line: "head: \(result.lastSeq):\(result.head)")
        try output.flush()
    }

    private func problems(of result: VerifierResult) -> [String] {
        var problems: [String] = []
        if result.damages > 0 {
            problems.append("\(result.damages) damaged places in the articles; put them back from a copy")
        }
        if result.lostRecords > 0 {
            let (first, last) = (result.lastSeq + 1, result.lastSeq + result.lostRecords)
            problems.append("records \(first) to \(last) had been stored and are gone; put them back from a copy")
        }
        if result.indexErrors > 0 {
            problems.append(
                "the index is wrong in \(result.indexErrors) places; stop newswire and remove the folder `index`,"
                    + " it is made again")
        }
        for name in result.wrongCursors {
            problems.append(
                "the cursor of \(name) holds no number or stands beyond the last record;"
                    + " set it with `newswire ack \(name) SEQ`")
        }
        guard let head else { return problems }
        switch result.headAnswer {
        case .found, nil: break
        case .beyondEnd:
            problems.append("the store ends at \(result.lastSeq), before the head \(head.seq): records are gone")
        case .notThere: problems.append("there is no record \(head.seq) to compare the head with")
        case .different(let chain):
            problems.append(
                "record \(head.seq) has the hash \(chain), not that of the head: something up to there was changed")
        }
        return problems
    }
}

extension StoreVerifier.Head: ExpressibleByArgument {
    init?(argument: String) { self.init(argument) }
}

struct StoreExpireCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "expire",
        abstract: "Removes the oldest articles, whole segments at a time.",
        discussion: """
            newswire still knows the articles that it has removed, so that they do not come back as new. What a \
            consumer has not had yet is kept, and the consumer is named.

            The service does this by itself once a day, as [store] keep says. While it runs, it also does what is \
            asked for here, if root or its own user asks. While the machine's clock is in doubt, a span is refused, \
            and --before needs a time.

            EXAMPLE
              newswire store expire --dry-run
              newswire store expire --before 90d
            """)

    @Option(
        help: ArgumentHelp(
            "Remove what was stored before this time: RFC 3339, a date, or a span ago (90d). Left out: as [store] keep says.",
            valueName: "T")
    )
    var before: TimeArgument?

    @Flag(help: "Remove what a consumer has not had yet, and what is damaged, too.")
    var force = false

    @Flag(name: .customLong("dry-run"), help: "Say what would be removed, and remove nothing.")
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
        if let losers = report.losers {
            StandardError.write("newswire: what \(dryRun ? "would be" : "was") removed was not had by \(losers) yet")
        }
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
        guard configuration.fleet == nil || force || dryRun else {
            throw CommandFailure(
                .inUse,
                "removing old articles of \(configuration.store.directory): no service runs on it, and it alone knows what the "
                    + "fleet's consumers have had; start it: `systemctl start newswire`")
        }
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

    /// The time before which articles are removed, and whether that time comes from the clock.
    private func cutoff(_ keep: StoreSettings.Retention) -> (Timestamp, isByClock: Bool)? {
        let now = SystemClock.now()
        if let before { return (before.time(now: now), before.isSpan) }
        return keep.span.map { (RetentionPace(keep: $0, now: now).cutoff, true) }
    }
}
