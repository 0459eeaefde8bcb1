internal import Configuration
internal import FeedModel

/// Which of the feeds that a person names are passed over, and why (contract.md §1).
struct SkipRules {
    let selection: PollSelection
    let watch: HostWatch
    let now: Timestamp

    /// - Parameter host: the key of the feed's host.
    func reasonToSkip(_ feed: FeedConfiguration, _ state: FeedState?, host: String) -> String? {
        if !feed.enabled { return "disabled in the configuration" }
        // What is remembered of another URL does not count.
        guard let state, state.isOf(feed.url) else { return nil }
        if state.isHeld(at: now) { return "paused; `newswire resume \(feed.id)` ends that" }
        if case .force = selection { return nil }
        if state.schedule.isGoneForGood { return "gone for good, as its server said twice; --force asks again" }
        if let until = watch.pause(of: host)?.until, until > now { return Self.pausedHost(host, until) }
        if case .all = selection {
            // Without the interval: only what the server asked for counts.
            return state.isHeldBack(at: now) ? "its server asked to be left alone for a while; --force polls it" : nil
        }
        guard let next = state.nextPoll, next > now else { return nil }
        return "not due"
    }

    static func pausedHost(_ host: String, _ until: Timestamp) -> String {
        "paused: \(host) asked to be left alone until \(Timestamp(seconds: until.seconds)); --force polls it"
    }
}

extension PollReport {
    static func skipped(_ feed: FeedConfiguration, _ state: FeedState?, _ reason: String) -> PollReport {
        var report = PollReport(feed: feed.id, url: URLRedaction.redacted(feed.url), outcome: .skipped)
        report.nextPoll = feed.enabled ? state?.nextPoll : nil
        report.notes = [reason]
        return report
    }
}
