internal import ArgumentParser
internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Ingestion
internal import JSONText

struct FeedsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "feeds",
        abstract: "Shows how each feed is doing.",
        discussion: """
            EXAMPLE
              newswire feeds --failing
              newswire feeds --json | jq -r 'select(.failures > 3).url'
            """)

    @Flag(help: "Show only feeds whose last poll failed.")
    var failing = false

    @Flag(help: "Print one line of JSON for each feed.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        var configuration = try common.load()
        let states = try readStates(configuration)
        configuration = configuration.recognising(states.values.knownFeeds)
        var output = StandardOutput()
        var shown = 0
        let shared = sharedURLs(configuration.feeds, states)
        let now = SystemClock.now()
        let allowances = HostAllowances(configuration)
        let hostHealth = HostHealth(configuration, at: now) { states[$0] }
        for feed in configuration.feeds {
            let host = allowances.allowance(for: feed, state: states[feed.id]).key
            let state = states[feed.id]?.shown(at: now, of: feed, configuration.schedule)
            var health = FeedHealth(feed, state, hostPause: hostHealth.pause(of: host, at: now)?.until, now: now)
            health.sameAs = shared[feed.id] ?? []
            if failing, health.state != .failing, health.state != .gone { continue }
            shown += 1
            try output.write(json ? health.jsonLine : Array((health.line + "\n").utf8))
        }
        try output.flush()
        if !json, shown == 0 {
            StandardError.write(
                configuration.feeds.isEmpty ? "newswire: no feeds are configured" : "newswire: no feed is failing")
        }
    }

    /// For each feed, the others whose servers say that they are to be found at the same URL (polling.md §9).
    private func sharedURLs(
        _ feeds: [FeedConfiguration], _ states: [FeedIdentifier: FeedState]
    ) -> [FeedIdentifier: [FeedIdentifier]] {
        // Feeds that were configured with one URL twice are meant so.
        guard states.values.contains(where: { $0.move.target != nil }) else { return [:] }
        let groups = Dictionary(grouping: feeds.filter(\.enabled)) { states[$0.id]?.move.target ?? $0.url }
        var result: [FeedIdentifier: [FeedIdentifier]] = [:]
        for group in groups.values where group.count > 1 && Set(group.map(\.url)).count > 1 {
            for feed in group { result[feed.id] = group.map(\.id).filter { $0 != feed.id } }
        }
        return result
    }

    /// A store that does not exist yet knows nothing.
    private func readStates(_ configuration: Configuration) throws -> [FeedIdentifier: FeedState] {
        guard ConfigurationPath.fileExists(configuration.store.directory) else { return [:] }
        let states = try CommandFailure.wrapping { () throws(StoreError) in
            try StoreReader(directory: configuration.store.directory).states()
        }
        return Dictionary(states.map { ($0.feed, $0) }, uniquingKeysWith: { $1 })
    }
}

/// What is known of a feed, for people and as JSON (contract.md §1).
struct FeedHealth {
    enum State: String {
        case ok, failing, gone, paused, never
    }

    private let feed: FeedConfiguration
    private let known: FeedState?
    let state: State
    /// Feeds that end on the same URL.
    var sameAs: [FeedIdentifier] = []

    /// The time until which a person, or the feed's host, wants it to rest; nil where nobody does.
    private let pausedUntil: Timestamp?

    /// - Parameter hostPause: until when the feed's host wants, or wanted, to be left alone.
    init(_ feed: FeedConfiguration, _ known: FeedState?, hostPause: Timestamp?, now: Timestamp) {
        self.feed = feed
        self.known = known
        let held = known.flatMap { $0.isHeld(at: now) ? $0.schedule.heldUntil : nil }
        let rest = known?.failure == nil ? hostPause.flatMap { $0 > now ? $0 : nil } : nil
        pausedUntil = held ?? rest
        if !feed.enabled || pausedUntil != nil {
            state = .paused
        } else if known?.failure?.kind == .gone {
            state = .gone
        } else if let known, known.failure != nil {
            state = .failing
        } else {
            state = known?.lastPoll == nil ? .never : .ok
        }
    }

    private var url: String { URLRedaction.redacted(feed.url) }

    /// The time of the next poll; nil where there is none, and where it is not known.
    private var nextPoll: Timestamp? {
        guard feed.enabled, let next = known?.nextPoll, pausedUntil != FeedState.Schedule.forGood else { return nil }
        return pausedUntil.map { max($0, next) } ?? next
    }

    /// What decided on the next poll.
    private var reason: PollTerms.Reason? {
        guard let reason = known?.schedule.reason, reason != .none else { return nil }
        return reason
    }

    var jsonLine: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("feed", feed.id.text)
        json.member("url", url)
        json.member("title", feed.title ?? known?.title)
        json.member("state", state.rawValue)
        json.member("insecure", feed.insecurity)
        json.member("moved_to", known?.move.adopted)
        json.member("moved_since", known?.move.adoptedSince)
        json.member("redirect_to", known?.move.candidate)
        json.member("same_as", sameAs.map(\.text))
        json.member("last_poll", known?.lastPoll)
        json.member("last_success", known?.lastSuccess)
        json.member("last_status", known?.status)
        json.member("failures", known?.failures ?? 0)
        json.member("error_class", known?.failure?.word)
        json.member("error", known?.failure?.message)
        json.member("next_poll", nextPoll)
        json.member("interval_seconds", known?.intervalSeconds)
        json.member("reason", reason?.word)
        json.member("paused_until", pausedUntil)
        json.member("articles", known?.articles ?? 0)
        if known?.churn?.idsMeanNothing ?? false { json.member("ids", "unstable") }
        json.member("volatile_parameters", known?.churn?.volatileParameters ?? [])
        json.endObject()
        return json.bytes + [UInt8(ascii: "\n")]
    }

    private var why: String {
        if pausedUntil != nil { return "; paused until then" }
        return reason.map { "; \($0.sentence)" } ?? ""
    }

    var line: String {
        var text = "\(state.rawValue.padded(8))\(feed.id.text.padded(31)) "
        if let title = feed.title ?? known?.title { text += "\(title)  " }
        let articles = known?.articles ?? 0
        text += articles == 1 ? "1 article" : "\(articles) articles"
        if let last = known?.lastPoll { text += ", polled \(Timestamp(seconds: last.seconds))" }
        if let next = nextPoll {
            text += ", next \(Timestamp(seconds: next.seconds))"
            if let interval = known?.intervalSeconds { text += " (every \(SpanText.text(interval))" + why + ")" }
        }
        var lines = [text]
        if let failure = known?.failure {
            let count = known?.failures ?? 0
            lines.append("        \(count > 1 ? "\(count) times in a row: " : "")\(failure.word): \(failure.message)")
        }
        if let insecurity = feed.insecurity { lines.append("        insecure: \(insecurity)") }
        if let churn = known?.churn?.sentence { lines.append("        \(churn)") }
        if let notice = feed.moveNotice(known) { lines.append("        \(notice)") }
        if !sameAs.isEmpty {
            let others = sameAs.prefix(5).map(\.text).joined(separator: ", ")
            lines.append("        the same URL in the end as \(others): one of them is enough")
        }
        return lines.map(SafeText.line).joined(separator: "\n")
    }
}

extension FeedConfiguration {
    /// What is not protected as it should be (security.md §13).
    fileprivate var insecurity: String? {
        self.tlsVerify || isLocalFile ? nil : "certificates are not verified (tls_verify = false)"
    }
}
