internal import ArgumentParser
package import Configuration
package import FeedModel
package import Ingestion
package import JSONText
package import Scheduling

/// `FeedHealth` is what is known of a feed, for people and as JSON (contract.md §1).
package struct FeedHealth: Sendable {
    /// `State` says in one word how a feed is.
    package enum State: String, Sendable, CaseIterable {
        case ok, failing, gone, paused, never
    }

    private let feed: FeedConfiguration
    private let known: FeedState?
    /// How the feed is.
    package let state: State
    /// Feeds that end on the same URL.
    package var sameAs: [FeedIdentifier] = []
    /// How far apart the feed's host has its requests; nil where it has refused none.
    package var hostPace: HostPaceText?
    /// How many of the feed's pages wait, and until when they are left alone.
    package var pages: (waiting: Int, pausedUntil: Timestamp?) = (0, nil)
    private let now: Timestamp

    /// The time until which a person, or the feed's host, wants it to rest; nil where nobody does.
    package let pausedUntil: Timestamp?

    /// - Parameters:
    ///   - known: what is remembered of the feed, as `FeedState.shown` gives it; nil where nothing is.
    ///   - hostPause: until when the feed's host wants, or wanted, to be left alone.
    package init(_ feed: FeedConfiguration, _ known: FeedState?, hostPause: Timestamp?, now: Timestamp) {
        self.feed = feed
        self.known = known
        self.now = now
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

    /// Since when nothing new has come, where that is silence.
    package var silentSince: Timestamp? { known?.silentSince(feed) }

    /// Redacted.
    package var url: String { URLRedaction.redacted(feed.url) }

    /// The time of the next poll; nil where there is none, and where it is not known.
    package var nextPoll: Timestamp? {
        guard feed.enabled, let next = known?.nextPoll, pausedUntil != FeedState.Schedule.forGood else { return nil }
        return pausedUntil.map { max($0, next) } ?? next
    }

    /// What decided on the next poll.
    package var reason: PollTerms.Reason? {
        guard let reason = known?.schedule.reason, reason != .none else { return nil }
        return reason
    }

    var jsonLine: [UInt8] {
        var json = JSONWriter()
        write(to: &json)
        return json.bytes + [UInt8(ascii: "\n")]
    }

    /// Writes it as `feeds --json` does.
    package func write(to json: inout JSONWriter) {
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
        json.member("host_pace_seconds", hostPace?.seconds)
        json.member("silent_since", silentSince)
        if pages.waiting > 0 { json.member("pages_waiting", pages.waiting) }
        json.member("pages_paused_until", pages.pausedUntil)
        json.member("articles", known?.articles ?? 0)
        json.member("blocked", known?.recentBlocks?.lastWeek(at: now))
        if known?.churn?.idsMeanNothing ?? false { json.member("ids", "unstable") }
        json.member("volatile_parameters", known?.churn?.volatileParameters ?? [])
        if let long = known?.longDocument {
            json.member("document_items", Int(long.items))
            json.member("left_items", Int(long.left))
        }
        if let volatility = known?.volatility {
            json.member("volatile_articles", Int(volatility.articles))
            json.member("volatile_parts", volatility.moves)
        }
        json.endObject()
    }

    /// What the table of `feeds` shows of it, in the order of `columns`.
    func cells(_ times: TimeText) -> [String] {
        [
            state.rawValue, feed.id.text, feed.title ?? known?.title ?? "", "\(known?.articles ?? 0)",
            known?.lastPoll.map(times.ago) ?? "never", next(times),
        ]
    }

    static let columns = [
        TextTable.Column(title: "STATE"), TextTable.Column(title: "FEED", least: 16),
        TextTable.Column(title: "TITLE", least: 10, isOptional: true),
        TextTable.Column(title: "ARTICLES", isNumber: true, isOptional: true),
        TextTable.Column(title: "POLLED", isOptional: true), TextTable.Column(title: "NEXT"),
    ]

    private func next(_ times: TimeText) -> String {
        if !feed.enabled { return "disabled" }
        if pausedUntil == FeedState.Schedule.forGood { return "when resumed" }
        return nextPoll.map(times.until) ?? (state == .never ? "due" : "never")
    }

    /// What is said below its row.
    ///
    /// - Parameter all: also what is as it should be.
    func details(_ times: TimeText, all: Bool) -> [String] {
        var lines: [String] = []
        let isFailing = state == .failing || state == .gone
        if all || isFailing { lines.append(url) }
        if let failure = known?.failure {
            let count = known?.failures ?? 0
            var since = known?.schedule.failingSince.map { "\(times.since($0)), " } ?? ""
            if count > 1 { since += "\(count) times in a row: " }
            lines.append("\(since)\(failure.word): \(failure.message)")
        }
        if all, let interval = known?.intervalSeconds {
            lines.append("every \(SpanText.text(interval))\(reason.map { ": \($0.sentence)" } ?? "")")
        }
        if all, let hostPace { lines.append(hostPace.sentence) }
        if let until = pages.pausedUntil {
            lines.append("full text: its pages are refused, and left alone until \(Timestamp(seconds: until.seconds))")
        }
        if all, pages.waiting > 0 {
            lines.append("full text: \(pages.waiting) \(pages.waiting == 1 ? "page waits" : "pages wait")")
        }
        if let silentSince { lines.append("nothing new \(times.since(silentSince))") }
        if let insecurity = feed.insecurity { lines.append("insecure: \(insecurity)") }
        if let churn = known?.churn?.sentence { lines.append(churn) }
        if let long = known?.longDocument?.sentence { lines.append(long) }
        if let volatility = known?.volatility?.sentence { lines.append("volatile: \(volatility)") }
        if let blocks = known?.recentBlocks, blocks.blocksAll(at: now), let sentence = blocks.sentence {
            lines.append("blocked: \(sentence)")
        }
        if let notice = feed.moveNotice(known) { lines.append(notice) }
        if !sameAs.isEmpty {
            let others = sameAs.prefix(5).map(\.text).joined(separator: ", ")
            lines.append("the same URL in the end as \(others): one of them is enough")
        }
        if all, !feed.tags.isEmpty { lines.append("tags: \(feed.tags.joined(separator: ", "))") }
        return lines
    }
}

/// `HostPaceText` says how far apart a host has its requests, as its refusals have shown (polling.md §8).
package struct HostPaceText: Sendable {
    /// So many seconds lie between its requests.
    package let seconds: Int
    private let host: String
    private let feeds: Int

    /// Makes nothing where the host is asked as often as the configuration says.
    package init?(_ host: String, _ allowance: HostAllowance, _ allowances: HostAllowances) {
        guard allowance.pace > allowance.delay else { return nil }
        self.host = host
        seconds = Int((allowance.pace + 500) / 1000)
        feeds = allowances.feeds(of: host)
    }

    /// For people.
    package var sentence: String {
        let round = feeds > 1 ? "; its \(feeds) feeds come round in \(SpanText.text(feeds * seconds))" : ""
        return "\(host) is asked once in \(SpanText.text(seconds)), as it has refused more\(round)"
    }
}

extension FeedConfiguration {
    /// What is not protected as it should be (security.md §13).
    fileprivate var insecurity: String? {
        self.tlsVerify || isLocalFile ? nil : "certificates are not verified (tls_verify = false)"
    }
}

extension FeedHealth.State: ExpressibleByArgument {}
