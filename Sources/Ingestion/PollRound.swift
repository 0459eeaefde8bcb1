package import Configuration
package import FeedModel
private import Locking

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
    private let poller: FeedPoller
    private let report: (PollReport) -> Void

    /// - Parameter report: called for each feed, skipped ones included, one call at a time.
    package init(feeds: [FeedConfiguration], poller: FeedPoller, report: @escaping (PollReport) -> Void) {
        self.feeds = feeds
        self.poller = poller
        self.report = report
    }

    /// Reports the feeds that are passed over, and puts the others in line.
    package func fill(
        _ loop: PollLoop, selection: PollSelection, allowances: HostAllowances, now: Timestamp,
        state: (FeedIdentifier) -> FeedState?
    ) {
        for (number, feed) in feeds.enumerated() {
            let state = state(feed.id)
            if let reason = reasonToSkip(feed, state, selection: selection, now: now) {
                var skipped = PollReport(feed: feed.id, url: URLRedaction.redacted(feed.url), outcome: .skipped)
                skipped.nextPoll = feed.enabled ? state?.nextPoll : nil
                skipped.notes = [reason]
                report(skipped)
                continue
            }
            let (key, allowance) = allowances.allowance(for: feed, state: state)
            loop.add(PollEntry(feed: number, host: key, due: now, allowance: allowance))
        }
    }

    private func reasonToSkip(
        _ feed: FeedConfiguration, _ state: FeedState?, selection: PollSelection, now: Timestamp
    ) -> String? {
        if !feed.enabled { return "disabled in the configuration" }
        guard let state else { return nil }
        switch selection {
        case .force: return nil
        case .all:
            // Without the interval: only what the server asked for counts.
            return state.isHeldBack(at: now) ? "its server asked to be left alone for a while; --force polls it" : nil
        case .due:
            guard let next = state.nextPoll, next > now else { return nil }
            return "not due"
        }
    }

    package func poll(_ feed: Int) -> @Sendable () async -> PollReport {
        let poller = poller
        let feed = feeds[feed]
        return { await poller.poll(feed) }
    }

    package func finished(_ feed: Int, _ report: PollReport) -> PollEntry? {
        self.report(report)
        return nil
    }

    package func replacement(running: Set<Int>) -> [PollEntry] { [] }

    package func heartbeat(now: Timestamp, nextDue: Timestamp?) {}
}
