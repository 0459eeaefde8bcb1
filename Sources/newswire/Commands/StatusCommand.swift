internal import Archiving
internal import ArgumentParser
internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Glibc
internal import Ingestion
internal import JSONText
internal import Querying

struct StatusCommand: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json, prometheus
    }

    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows the state of the service and of the store.",
        discussion: """
            A running service is asked. If none runs, what is on disk is shown.

            EXAMPLE
              newswire status
              newswire status --json | jq .feeds.failing
              newswire status --format prometheus
            """)

    @Flag(help: "Print one JSON object; the same as --format json.")
    var json = false

    @Option(help: ArgumentHelp("How the figures are printed.", valueName: "FORMAT"))
    var format = Format.text

    @OptionGroup var common: CommonOptions

    func run() throws {
        let path = try common.path()
        let loaded = try PatientWork.run("reading the configuration \(path)") {
            Result { () throws(ConfigurationError) in
                try ConfigurationLoader.load(path: path, environment: CommonOptions.environment)
            }
        }
        var wrong: ConfigurationError?
        let configuration: Configuration
        switch loaded {
        case .success(let right): configuration = right
        case .failure(let error):
            guard let substitute = CommonOptions.substitute(for: path, error) else { throw error }
            configuration = substitute.configuration
            wrong = error
        }
        let store = configuration.store.directory
        let format = json ? Format.json : format
        let answer = try PatientWork.run("asking the service of the store \(store)") {
            try Self.answer(configuration, isPrometheus: format == .prometheus)
        }
        let text =
            try answer
            // What is on the disk may be much.
            ?? PatientWork.run("reading the store \(store)", limit: 20) {
                try Self.onDisk(configuration, isPrometheus: format == .prometheus)
            }
        if let wrong, format != .text { StandardError.write("newswire: the configuration is wrong: \(wrong.first)") }
        var output = StandardOutput()
        switch format {
        case .prometheus: try output.write(text)
        case .json: try output.write(line: String(decoding: text, as: UTF8.self))
        case .text:
            let figures = (try? JSONParser.parse(text).value) ?? .null
            for line in StatusText(figures, wrong: wrong, now: SystemClock.now()).lines {
                try output.write(line: SafeText.line(line))
            }
        }
        try output.flush()
    }

    /// - Returns: nil where no service runs.
    private static func answer(_ configuration: Configuration, isPrometheus: Bool) throws -> [UInt8]? {
        guard let service = try ServiceSession.open(configuration) else { return nil }
        var answer: [UInt8] = []
        if isPrometheus {
            try service.ask(.metrics) { answer = Array(($0.string ?? "").utf8) }
        } else {
            try service.ask(.status) { value in
                var json = JSONWriter()
                value.write(to: &json)
                answer = json.finish()
            }
        }
        return answer
    }

    private static func onDisk(_ configuration: Configuration, isPrometheus: Bool) throws -> [UInt8] {
        let figures = try onDisk(configuration)
        if isPrometheus { return Array(figures.prometheus.utf8) }
        var json = JSONWriter()
        figures.write(to: &json)
        return json.finish()
    }

    /// The figures where no service runs. Feeds without an id have the one that the store knows them by.
    private static func onDisk(_ configuration: Configuration) throws -> StatusFigures {
        let directory = configuration.store.directory
        // Who may not look is told so, and not that there is nothing.
        let reader = try CommandFailure.wrapping { () throws(StoreError) in
            try StoreReader.ifThere(directory: directory)
        }
        var figures = StatusFigures.onDisk(store: directory)
        figures.archive = ArchiveFigures.onDisk(at: configuration.archive.folder(store: directory))
        let states = (try? reader?.states()) ?? []
        let configuration = configuration.recognising(states.knownFeeds)
        let known = configuration.remembered(states)
        let now = SystemClock.now()
        for feed in configuration.feeds {
            let state = known[feed.id]?.shown(at: now, of: feed, configuration.schedule)
            let outlook = state.map { FeedOutlook($0, at: feed.url) }
            figures.feeds[FeedCondition(isEnabled: feed.enabled, outlook, now: now), default: 0] += 1
            figures.marked.count(outlook?.marks ?? [])
            let held = outlook?.isHeld(at: now) ?? false ? outlook?.schedule.heldUntil : nil
            guard feed.enabled, held != FeedState.Schedule.forGood, let planned = state?.nextPoll ?? held else {
                continue
            }
            let next = max(planned, held ?? planned)
            figures.nextPoll = min(figures.nextPoll ?? next, next)
            figures.oldestOverdue = max(figures.oldestOverdue, (now.milliseconds - next.milliseconds) / 1000)
        }
        figures.hostsPaused = HostHealth(configuration, at: now, states: known).activePauses(at: now).count
        if !configuration.filters.isEmpty {
            figures.blockedLastDay = configuration.feeds.reduce(0) {
                $0 + (known[$1.id]?.recentBlocks?.lastDay(at: now) ?? 0)
            }
        }
        return figures
    }
}

/// `newswire status` as a person reads it, from what `--json` says.
struct StatusText {
    private let figures: JSONValue
    private let wrong: ConfigurationError?
    private let now: Timestamp

    /// - Parameter wrong: what is wrong with the configuration on disk at present.
    init(_ figures: JSONValue, wrong: ConfigurationError? = nil, now: Timestamp) {
        self.figures = figures
        self.wrong = wrong
        self.now = now
    }

    var lines: [String] {
        var lines = [service]
        if let configuration { lines.append("config    \(configuration)") }
        if let failure = figures["store_failure"]?.string { lines.append("          NOTHING IS STORED: \(failure)") }
        for delay in figures["waiting_for"]?.array ?? [] { lines.append("          WAITING: \(delay.string ?? "?")") }
        if figures["offline"]?.bool == true {
            lines.append("          offline: this machine's network seems to be down")
        }
        if let doubt = figures["clock_doubt"]?.string {
            lines.append("clock     in doubt: \(doubt); nothing old is removed, what is stored says clock_doubtful")
        }
        lines.append("feeds     \(feeds)")
        if let blocked = count("feeds_blocked_whole"), blocked > 0 {
            lines.append(
                "          RULES BLOCK ALL of \(counted(blocked, "feed")): `newswire feeds` says which, `newswire filters`"
                    + " what each rule does")
        }
        lines.append("polls     \(polls)")
        if let pages { lines.append("pages     \(pages)") }
        for file in figures["damaged_pages"]?.array ?? [] {
            lines.append(
                "          PAGES MAY BE MISSING: state/pages was damaged, and is \(file.string ?? "?"); what waited in its"
                    + " damaged part is not fetched; look at the disk, then remove that file")
        }
        lines.append("store     \(store)")
        if let archive { lines.append("archive   \(archive)") }
        if let waiting = figures["retention"]?["waiting"]?.integer, let until = figures["retention"]?["until"]?.string {
            lines.append(
                "retention \(counted(waiting, "record")) too old by [store] keep all at once: a tenth of the store goes"
                    + " each day until \(until); `newswire store expire` removes them now")
        }
        for consumer in figures["consumers"]?.array ?? [] {
            let behind =
                consumer["behind"]?.integer.map { "\(counted($0, "record")) behind" } ?? "its cursor cannot be read"
            let name = (consumer["name"]?.string ?? "?") + (consumer["events"]?.bool ?? false ? " (events)" : "")
            var line = "consumer  \(name): \(behind)"
            if let published = consumer["published"]?["published"]?.integer {
                line += ", \(counted(published, "article")) published"
                if let seq = consumer["published"]?["bus_seq"]?.integer { line += ", the bus at \(seq)" }
            }
            if let failing = consumer["failing"], let reason = failing["reason"]?.string {
                let since = failing["since"]?.string.flatMap { Timestamp(rfc3339: $0) }
                line +=
                    ", FAILING\(since.map { " for \(span(now.seconds - $0.seconds))" } ?? ""): \(reason), "
                    + "\(counted(failing["attempts"]?.integer ?? 1, "time"))"
            }
            lines.append(line)
        }
        return lines
    }

    /// What is wrong with the configuration, where and since when, and by which one the service polls.
    private var configuration: String? {
        let found = time("configuration_wrong_since")
        if let wrong {
            // Nobody has told the service yet: then the file has been so since it was written.
            let since = found ?? wrong.writtenAt
            let age = since.map { " for \(span(now.seconds - $0.seconds))" } ?? ""
            let others = wrong.diagnostics.count { $0.severity == .error } - 1
            let effect = isRunning ? "the service goes on with the one before" : "the service would not start with it"
            return "wrong\(age): \(wrong.first)\(others > 0 ? " (and \(counted(Int64(others), "more error")))" : "")"
                + "; \(effect), `newswire check` says all"
        }
        guard let reason = figures["configuration_error"]?.string else { return nil }
        let age = found.map { " for \(span(now.seconds - $0.seconds))" } ?? ""
        return "not in force as it is on disk\(age): \(reason); as you can read it, it is right by now: "
            + "`systemctl reload newswire`"
    }

    private var isRunning: Bool { figures["running"]?.bool == true }

    private var service: String {
        guard isRunning else { return "service   not running: this is what is on disk" }
        var text = "service   running"
        if let pid = count("pid") { text += " as process \(pid)" }
        if let start = time("started_at") {
            text += ", for \(span(now.seconds - start.seconds))"
        }
        if let version = figures["version"]?.string { text += " (newswire \(version))" }
        return text
    }

    private var feeds: String {
        let members = figures["feeds"]?.object ?? []
        let total = members.reduce(0) { $0 + ($1.value.integer ?? 0) }
        let parts = members.filter { ($0.value.integer ?? 0) > 0 }.map { "\($0.value.integer ?? 0) \($0.key)" }
        return "\(total)" + (parts.isEmpty ? "" : ": " + parts.joined(separator: ", "))
    }

    private var polls: String {
        var parts: [String] = []
        if let polls = figures["polls"]?.object {
            let total = polls.reduce(0) { $0 + ($1.key == "skipped" ? 0 : $1.value.integer ?? 0) }
            parts.append("\(total) since the start, \(figures["polls"]?["failed"]?.integer ?? 0) of them failed")
            parts.append("\(count("polls_running") ?? 0) running")
        }
        if let next = time("next_poll") {
            let wait = next.seconds - now.seconds
            parts.append(wait > 0 ? "next in \(span(wait))" : "next at once")
        }
        if let churn = count("feeds_with_id_churn"), churn > 0 {
            parts.append("\(counted(churn, "feed")) with id churn")
        }
        if let long = count("feeds_over_item_limit"), long > 0 {
            parts.append("\(counted(long, "feed")) with more items than the limit")
        }
        if let volatile = count("feeds_with_volatile_articles"), volatile > 0 {
            parts.append("\(counted(volatile, "feed")) with volatile articles")
        }
        if let blocked = count("blocked_24h"), blocked > 0 {
            parts.append("\(counted(blocked, "article")) blocked in 24 h")
        }
        if let paused = count("hosts_paused"), paused > 0 { parts.append("\(counted(paused, "host")) paused") }
        if let late = count("oldest_overdue_seconds"), late > 60 { parts.append("the oldest \(span(late)) overdue") }
        return parts.isEmpty ? "none yet" : parts.joined(separator: ", ")
    }

    /// How it is with the pages of articles; nil where no running service fetches any.
    private var pages: String? {
        guard let pages = figures["fulltext"] else { return nil }
        func count(_ key: String) -> Int64 { pages[key]?.integer ?? 0 }
        let failed = (pages["failures"]?.object ?? []).reduce(0) { $0 + ($1.value.integer ?? 0) }
        var parts = ["\(count("waiting")) wait", "\(count("stored")) stored since the start", "\(failed) tries failed"]
        if count("given_up") > 0 { parts.append("\(count("given_up")) given up because too many waited") }
        if count("paused_feeds") > 0 { parts.append("\(counted(count("paused_feeds"), "feed")) left alone") }
        return parts.joined(separator: ", ")
    }

    private var store: String {
        let store = figures["store"] ?? .null
        var text = "\(store["directory"]?.string ?? "?"): \(counted(store["last_seq"]?.integer ?? 0, "record"))"
        text += ", \(size(store["bytes"]?.integer ?? 0)) in \(counted(store["segments"]?.integer ?? 0, "file"))"
        if let free = store["free_bytes"]?.integer { text += ", \(size(free)) free" }
        return text
    }

    /// Nil where there is none.
    private var archive: String? {
        guard let archive = figures["archive"] else { return nil }
        var text =
            "\(archive["directory"]?.string ?? "?"): \(size(archive["bytes"]?.integer ?? 0)) in "
            + counted(archive["files"]?.integer ?? 0, "file")
        if let trouble = archive["degraded"]?.string { text += ", NOTHING IS ARCHIVED: \(trouble)" }
        if let lost = archive["not_archived"]?.integer, lost > 0 { text += ", \(counted(lost, "page")) not archived" }
        return text
    }

    private func count(_ key: String) -> Int64? { figures[key]?.integer }
    private func time(_ key: String) -> Timestamp? { figures[key]?.string.flatMap { Timestamp(rfc3339: $0) } }

    private func span(_ seconds: Int64) -> String {
        switch seconds {
        case ..<120: "\(max(0, seconds)) s"
        case ..<7200: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3600) h"
        default: "\(seconds / 86_400) days"
        }
    }

    private func counted(_ count: Int64, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    private func size(_ bytes: Int64) -> String { ByteCount.text(UInt64(max(0, bytes))) }
}

extension ConfigurationError {
    /// When the file of the first error was written; nil where that cannot be seen.
    fileprivate var writtenAt: Timestamp? {
        var status = stat()
        guard let file = diagnostics.first(where: { $0.severity == .error })?.file, stat(file, &status) == 0 else {
            return nil
        }
        return Timestamp(seconds: Int64(status.st_mtim.tv_sec))
    }
}
