internal import ArgumentParser
internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Ingestion
internal import JSONText
internal import Scheduling

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Reports how newswire has behaved.",
        subcommands: [PolitenessReport.self])
}

struct PolitenessReport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "politeness",
        abstract: "Reports how politely newswire has treated the servers that it polls.",
        discussion: """
            It looks at the last 50 polls of each feed. For each host it counts how often each rule of politeness was \
            kept and how often it was broken, with examples.

            EXAMPLE
              newswire report politeness
              newswire report politeness --json |
                jq 'select(.violations > 0)'
            """)

    @Flag(help: "Print one line of JSON for each host.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        let configuration = try common.loadWithKnownFeeds()
        let hosts = try CommandFailure.wrappingAll { try audit(configuration) }
        var output = StandardOutput()
        if json {
            for host in hosts { try output.write(line(host)) }
        } else {
            for line in text(hosts) { try output.write(line: SafeText.line(line)) }
        }
        try output.flush()
    }

    private func audit(_ configuration: Configuration) throws -> [PolitenessAudit.Host] {
        let directory = configuration.store.directory
        guard ConfigurationPath.fileExists(directory) else { return [] }
        let states = configuration.remembered(try StoreReader(directory: directory).states())
        let reader = try PollHistoryReader(directory: directory)
        let allowances = HostAllowances(configuration)
        let now = SystemClock.now()
        let health = HostHealth(configuration, at: now, states: states)
        var audit = PolitenessAudit()
        for feed in configuration.feeds where !feed.isLocalFile {
            guard let state = states[feed.id] else { continue }
            let (key, allowance) = allowances.allowance(for: feed, state: state)
            let polls = try reader.polls(of: state, hash: UInt32(truncatingIfNeeded: FeedHash.of(feed.id)))
            audit.add(feed: feed.id, host: key, allowance: health.paced(allowance, of: key, at: now), polls: polls)
        }
        return audit.finish()
    }

    private func line(_ host: PolitenessAudit.Host) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("host", host.name)
        json.member("requests", host.polls)
        json.member("not_modified", host.notModified)
        json.member("bytes", host.bytes)
        json.member("forced", host.forced)
        if host.pace > 0 { json.member("pace_seconds", Int((host.pace + 500) / 1000)) }
        json.member("violations", host.violations)
        json.key("criteria")
        json.beginObject()
        for criterion in PolitenessAudit.Criterion.allCases {
            guard let count = host.counts[criterion] else { continue }
            json.key(criterion.rawValue)
            json.beginObject()
            json.member("checked", count.checked)
            json.member("violations", count.violations)
            if !count.examples.isEmpty {
                json.key("examples")
                json.beginArray()
                for example in count.examples { write(example, to: &json) }
                json.endArray()
            }
            json.endObject()
        }
        json.endObject()
        json.endObject()
        return json.bytes + [UInt8(ascii: "\n")]
    }

    private func write(_ example: PolitenessAudit.Example, to json: inout JSONWriter) {
        json.beginObject()
        json.member("feed", example.feed.text)
        json.member("time", example.time)
        json.member("early_seconds", example.early)
        json.endObject()
    }

    // MARK: For people

    private func text(_ hosts: [PolitenessAudit.Host]) -> [String] {
        if hosts.isEmpty { return ["no polls are kept yet"] }
        let requests = hosts.reduce(0) { $0 + $1.polls }
        let unchanged = hosts.reduce(0) { $0 + $1.notModified }
        let forced = hosts.reduce(0) { $0 + $1.forced }
        var lines = [
            "\(requests) requests to \(hosts.count) hosts, \(percent(unchanged, of: requests)) of them answered with 304"
                + (forced > 0 ? "; \(forced) were forced by hand and are not judged by their time" : "")
        ]
        for criterion in PolitenessAudit.Criterion.allCases {
            let counts = hosts.compactMap { $0.counts[criterion] }
            let checked = counts.reduce(0) { $0 + $1.checked }
            let violations = counts.reduce(0) { $0 + $1.violations }
            // Nothing that could have gone wrong is no success.
            guard checked > 0 else { continue }
            let share = percent(checked - violations, of: checked)
            lines.append("\(share.padded(9))\("\(checked - violations) of \(checked)".padded(18))\(criterion.sentence)")
        }
        let slow = hosts.filter { $0.pace > 0 }
        if !slow.isEmpty { lines.append("") }
        for host in slow.prefix(20) {
            lines.append(
                "\(host.name) is asked once in \(SpanText.text(Int(host.pace / 1000))), as it has refused more")
        }
        if slow.count > 20 { lines.append("and \(slow.count - 20) more hosts; --json shows all") }
        let guilty = hosts.filter { $0.violations > 0 }
        if !guilty.isEmpty { lines.append("") }
        for host in guilty.prefix(20) { lines += examples(of: host) }
        if guilty.count > 20 { lines.append("and \(guilty.count - 20) more hosts; --json shows all") }
        return lines
    }

    private func examples(of host: PolitenessAudit.Host) -> [String] {
        var lines = ["\(host.name): \(host.polls) requests"]
        for criterion in PolitenessAudit.Criterion.allCases {
            guard let count = host.counts[criterion], count.violations > 0 else { continue }
            lines.append("  \(count.violations) not: \(criterion.sentence)")
            for example in count.examples {
                let early = example.early.map { ", \(($0 * 10).rounded() / 10) s too early" } ?? ""
                lines.append("    \(example.feed) at \(example.time)\(early)")
            }
        }
        return lines
    }

    private func percent(_ part: Int, of whole: Int) -> String {
        guard whole > 0 else { return "0 %" }
        // Rounded down: 100 % means all.
        return "\(Double(part * 1000 / whole) / 10) %"
    }
}

extension PolitenessAudit.Criterion {
    fileprivate var sentence: String {
        switch self {
        case .conditional: "asked conditionally, once validators were known"
        case .exactValidators: "validators sent back exactly as they were kept"
        case .freshness: "not before the last answer's freshness ended"
        case .retryAfter: "not before Retry-After ended"
        case .hostPause: "no feed of a host while the host was paused"
        case .dueTime: "not before the feed was due"
        case .hostDelay: "requests to one host no closer than its delay"
        case .gone: "feeds that are gone for good left alone"
        }
    }
}
