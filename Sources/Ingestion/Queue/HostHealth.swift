package import ArticleStore
package import Configuration
package import FeedModel
private import Locking
internal import Scheduling

/// `HostHealth` is what all polls of a process know together: which hosts are to be left alone, and whether the network
/// is down (polling.md §8). Any thread may ask and tell it.
package final class HostHealth: Sendable {
    private let pauses: Locked<HostPauses>
    private let outages = Locked(OutageDetector())

    /// Begins with the pauses that are remembered.
    ///
    /// - Parameters:
    ///   - remembered: the states of feeds, each with the key of its host.
    ///   - now: pauses from a clock that was ahead count from here.
    package init(remembered: some Sequence<(state: FeedState, host: String)> = [], at now: Timestamp) {
        var known = HostPauses()
        for (state, host) in remembered {
            if let pause = state.schedule.pause { known.add(pause, host: host, at: now) }
        }
        pauses = Locked(known)
    }

    /// Returns the last pause of a host, which may be over.
    ///
    /// - Parameter host: the key of its allowance.
    package func pause(of host: String, at now: Timestamp) -> FeedState.Pause? {
        pauses.withLock { $0.pause(of: host, at: now) }
    }

    /// Returns the end of a host's pause that is in force; nil where it may be asked.
    package func pausedUntil(_ host: String, at now: Timestamp) -> Timestamp? {
        pauses.withLock { $0.until(host, at: now) }
    }

    /// Returns the pauses in force, in the order of their hosts.
    package func activePauses(at now: Timestamp) -> [(host: String, until: Timestamp)] {
        pauses.withLock { $0.active(at: now) }
    }

    /// Tells whether the machine's own network is taken to be down.
    package var isNetworkDown: Bool { outages.withLock { $0.isDown } }

    /// Takes in what a host has just asked for.
    func record(_ pause: FeedState.Pause, host: String, at now: Timestamp) {
        pauses.withLock { $0.add(pause, host: host, at: now) }
    }

    /// Takes in whether a poll has reached its host.
    ///
    /// - Returns: the network as it is thought to be, and whether that is new.
    func observe(_ reach: HostReach, at now: SteadyTime) -> NetworkState {
        let hash = FeedHash.of(reach.host)
        return outages.withLock { outages in
            let hasChanged = outages.observe(host: hash, isReached: reach.isReached, isNews: reach.isNews, at: now)
            return NetworkState(isDown: outages.isDown, hasChanged: hasChanged)
        }
    }
}

/// `HostReach` says whether a poll has reached the host that it asked first.
struct HostReach: Equatable {
    var host: String
    /// Whether some answer came, whatever it said.
    var isReached: Bool
    /// Whether the feed did not fail the same way the last time: one that has long been dead says nothing of the network.
    var isNews: Bool
}

/// `NetworkState` is what the process thinks of its own network after a poll.
struct NetworkState: Equatable {
    var isDown: Bool
    var hasChanged: Bool
}

extension HostHealth {
    /// Begins with the pauses that are remembered of the configured feeds.
    ///
    /// - Parameter isClockDoubtful: pauses that begin in the future are left out. A single round would count them from now
    ///   each time, and never come to their end.
    package convenience init(
        _ configuration: Configuration, at now: Timestamp, isClockDoubtful: Bool = false,
        state: (FeedIdentifier) -> FeedState?
    ) {
        let allowances = HostAllowances(configuration)
        var remembered: [(state: FeedState, host: String)] = []
        for feed in configuration.feeds {
            guard let state = state(feed.id), let pause = state.schedule.pause else { continue }
            if isClockDoubtful, pause.since > now.adding(milliseconds: PauseRules.clockTolerance) { continue }
            remembered.append((state, allowances.allowance(for: feed, state: state).key))
        }
        self.init(remembered: remembered, at: now)
    }

    /// Begins with the pauses that the store remembers, of which hardly any feed has one.
    package convenience init(
        _ configuration: Configuration, at now: Timestamp, isClockDoubtful: Bool = false, _ store: ArticleStore
    ) {
        var paused: [FeedIdentifier: FeedState] = [:]
        store.forEachState { feed, state in
            if state.schedule.pause != nil { paused[feed] = state.state(of: feed) }
        }
        if paused.isEmpty {
            self.init(at: now)
        } else {
            self.init(configuration, at: now, isClockDoubtful: isClockDoubtful) { paused[$0] }
        }
    }
}

/// `SkipRules` say which of the feeds that a person names are passed over, and why (contract.md §1).
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
        guard let known = state else { return nil }
        let state = known.believed(at: now, of: feed, schedule)
        if state.isHeld(at: now) { return "paused; `newswire resume \(feed.id)` ends that" }
        // What else is remembered of another URL does not count.
        guard known.isOf(feed.url) else { return nil }
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

    /// The reason of a feed whose host has asked another feed, polled just before, to leave it alone.
    static func pausedMeanwhile(_ host: String, _ until: Timestamp) -> String {
        "paused: \(host) has just asked another feed of it to be left alone until \(Timestamp(seconds: until.seconds))"
    }

    /// The reason of a feed whose host cannot be asked within seconds.
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
