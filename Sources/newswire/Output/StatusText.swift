internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Glibc
internal import JSONText

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
        if let fleet { lines.append("fleet     \(fleet)") }
        if let trouble = figures["fleet"]?["trouble"]?.string { lines.append("          NOT IN ORDER: \(trouble)") }
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

    /// How the machine stands in its fleet; nil for a machine alone, and where no service runs.
    private var fleet: String? {
        guard let fleet = figures["fleet"] else { return nil }
        func count(_ key: String) -> Int64 { fleet[key]?.integer ?? 0 }
        var parts: [String] = []
        if fleet["joined"]?.bool == true {
            parts.append(
                "\(counted(count("shards"), "shard")), its lease lasts \(Int64(fleet["lease_seconds"]?.double ?? 0)) s")
        } else {
            parts.append("not in the fleet")
        }
        let behind = count("behind")
        parts.append(behind == 0 ? "has the whole log" : "\(behind) entr\(behind == 1 ? "y" : "ies") of the log behind")
        if let since = fleet["engine_since"]?.string.flatMap({ Timestamp(rfc3339: $0) }) {
            let word = fleet["engine_reachable"]?.bool == true ? "has answered" : "HAS NOT ANSWERED"
            parts.append("the engine \(word) for \(span(now.seconds - since.seconds))")
        }
        return "\(fleet["machine"]?.string ?? "?"), of \(counted(count("machines"), "machine")): "
            + parts.joined(separator: ", ")
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
