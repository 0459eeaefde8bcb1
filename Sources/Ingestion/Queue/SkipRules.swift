internal import Configuration
internal import FeedModel

/// Which of the feeds that a person names are passed over, and why (contract.md §1).
struct SkipRules {
    let selection: PollSelection
    let health: HostHealth
    let schedule: ScheduleSettings
    let now: Timestamp
    /// Whether the clock is in doubt: then a plan that was made in the future holds nothing up.
    let isClockDoubtful: Bool

    /// - Parameter host: the key of the feed's host.
    func reasonToSkip(_ feed: FeedConfiguration, _ state: FeedState?, host: String) -> String? {
        if !feed.enabled { return "disabled in the configuration" }
        // What is remembered of another URL does not count.
        guard let known = state, known.isOf(feed.url) else { return nil }
        let state = known.believed(at: now, of: feed, schedule)
        if state.isHeld(at: now) { return "paused; `newswire resume \(feed.id)` ends that" }
        if case .force = selection { return nil }
        if state.schedule.isGoneForGood { return "gone for good, as its server said twice; --force asks again" }
        if let until = health.pausedUntil(host, at: now) { return Self.pausedHost(host, until) }
        if isClockDoubtful, FeedOutlook(known, at: known.url).isFromFuture(at: now) { return nil }
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

    /// The host has said so to a feed that was polled just before.
    static func pausedMeanwhile(_ host: String, _ until: Timestamp) -> String {
        "paused: \(host) has just asked another feed of it to be left alone until \(Timestamp(seconds: until.seconds))"
    }

    /// The host cannot be asked within seconds.
    static func spaced(_ host: String, _ until: Timestamp) -> String {
        "\(host) was asked a short while ago, and by its delay it is asked again at \(Timestamp(seconds: until.seconds))"
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
