package import Configuration
package import FeedModel

/// Which feeds a round takes beside those that are due (contract.md §1).
package enum PollSelection: String, Sendable {
    case due
    /// Those that are not due too, but for the ones whose server asked to be left alone.
    case all
    case force
}

/// One round over some feeds: each is polled once, or passed over with a reason.
package final class PollRound: PollLoopOwner {
    private let feeds: [FeedConfiguration]
    private let selection: PollSelection
    private let poller: FeedPoller
    private let allowances: HostAllowances
    private let watch: HostWatch
    private let now: @Sendable () -> Timestamp
    private let state: (FeedIdentifier) -> FeedState?
    private let report: (PollReport) -> Void
    private let begun: Timestamp

    /// - Parameters:
    ///   - watch: the poller's.
    ///   - report: called for each feed, skipped ones included, one call at a time.
    package init(
        feeds: [FeedConfiguration], selection: PollSelection, poller: FeedPoller, allowances: HostAllowances,
        watch: HostWatch, now: @escaping @Sendable () -> Timestamp, state: @escaping (FeedIdentifier) -> FeedState?,
        report: @escaping (PollReport) -> Void
    ) {
        self.feeds = feeds
        self.selection = selection
        self.poller = poller
        self.allowances = allowances
        self.watch = watch
        self.now = now
        self.state = state
        self.report = report
        begun = now()
    }

    /// Reports the feeds that are passed over, and puts the others in line.
    package func fill(_ loop: PollLoop) {
        for (number, feed) in feeds.enumerated() {
            let state = state(feed.id)
            let (key, allowance) = allowances.allowance(for: feed, state: state)
            if let reason = reasonToSkip(feed, state, host: key) {
                report(Self.skipped(feed, state, reason))
                continue
            }
            loop.add(PollEntry(feed: number, host: key, due: begun, allowance: allowance))
        }
    }

    private static func skipped(_ feed: FeedConfiguration, _ state: FeedState?, _ reason: String) -> PollReport {
        var skipped = PollReport(feed: feed.id, url: URLRedaction.redacted(feed.url), outcome: .skipped)
        skipped.nextPoll = feed.enabled ? state?.nextPoll : nil
        skipped.notes = [reason]
        return skipped
    }

    private func reasonToSkip(_ feed: FeedConfiguration, _ state: FeedState?, host: String) -> String? {
        if !feed.enabled { return "disabled in the configuration" }
        // What is remembered of another URL does not count.
        guard let state, state.url == URLRedaction.redacted(feed.url) else { return nil }
        if state.isHeld(at: begun) { return "paused; `newswire resume \(feed.id)` ends that" }
        if case .force = selection { return nil }
        if state.schedule.isGoneForGood { return "gone for good, as its server said twice; --force asks again" }
        if let until = watch.pause(of: host)?.until, until > begun { return Self.pausedHost(host, until) }
        if case .all = selection {
            // Without the interval: only what the server asked for counts.
            return state.isHeldBack(at: begun) ? "its server asked to be left alone for a while; --force polls it" : nil
        }
        guard let next = state.nextPoll, next > begun else { return nil }
        return "not due"
    }

    private static func pausedHost(_ host: String, _ until: Timestamp) -> String {
        "paused: \(host) asked to be left alone until \(Timestamp(seconds: until.seconds)); --force polls it"
    }

    package func poll(_ feed: Int) -> @Sendable () async -> PollReport {
        let poller = poller
        let feed = feeds[feed]
        let state = state(feed.id)
        let host = allowances.allowance(for: feed, state: state).key
        // A host that has had enough during this round has had enough of this round.
        if let pause = watch.pause(of: host), pause.since >= begun, pause.until > now() {
            let skipped = Self.skipped(feed, state, Self.pausedHost(host, pause.until))
            return { skipped }
        }
        return { await poller.poll(feed) }
    }

    package func finished(_ feed: Int, _ report: PollReport) -> PollEntry? {
        self.report(report)
        return nil
    }

    package func replacement(running: Set<Int>) -> [PollEntry] { [] }

    package func line(after interruption: PollInterruption, except running: Set<Int>) -> [PollEntry] { [] }

    package func heartbeat(now: Timestamp, nextDue: Timestamp?) {}
}
