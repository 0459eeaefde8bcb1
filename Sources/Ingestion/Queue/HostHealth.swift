package import ArticleStore
package import Configuration
package import FeedModel
private import Locking
package import Scheduling

/// `HostHealth` is what all polls of a process know together: which hosts are to be left alone, how far apart they want
/// their requests, and whether the network is down (polling.md §8). Any thread may ask and tell it.
package final class HostHealth: Sendable {
    private let records: Locked<HostRecords>
    private let outages: Locked<OutageDetector>

    /// Begins with what is remembered.
    ///
    /// - Parameters:
    ///   - remembered: the schedules of feeds, each with the key of its host.
    ///   - reachedAt: when a server answered last.
    ///   - now: pauses from a clock that was ahead count from here.
    package init(
        remembered: some Sequence<(schedule: FeedState.Schedule, host: String)> = [], reachedAt: Timestamp? = nil,
        at now: Timestamp
    ) {
        var known = HostRecords()
        for (schedule, host) in remembered { known.remember(schedule, host: host, at: now) }
        records = Locked(known)
        outages = Locked(OutageDetector(reachedAt: reachedAt))
    }

    /// Takes in what a feed's schedule says of its host, which another machine has found.
    ///
    /// - Parameter host: the key of its allowance.
    package func learn(_ schedule: FeedState.Schedule, host: String, at now: Timestamp) {
        guard schedule.isOfHost else { return }
        records.withLock { $0.remember(schedule, host: host, at: now) }
    }

    /// Returns the last pause of a host, which may be over.
    ///
    /// - Parameter host: the key of its allowance.
    package func pause(of host: String, at now: Timestamp) -> FeedState.Pause? {
        records.withLock { $0.pause(of: host, at: now) }
    }

    /// Returns the end of a host's pause that is in force; nil where it may be asked.
    package func pausedUntil(_ host: String, at now: Timestamp) -> Timestamp? {
        records.withLock { $0.until(host, at: now) }
    }

    /// Returns the pauses in force, in the order of their hosts.
    package func activePauses(at now: Timestamp) -> [(host: String, until: Timestamp)] {
        records.withLock { $0.active(at: now) }
    }

    /// Returns the allowance of a host at the pace that its refusals have shown.
    package func paced(_ allowance: HostAllowance, of host: String, at now: Timestamp) -> HostAllowance {
        allowance.at(pace: records.withLock { $0.pace(of: host, at: now) })
    }

    /// Takes in what a host has answered, and says what that comes to.
    func hear(_ answer: HostAnswer, at now: Timestamp) -> HostVerdict {
        records.withLock { $0.hear(answer, at: now) }
    }

    /// Tells whether the machine's own network is taken to be down.
    package var isNetworkDown: Bool { outages.withLock { $0.isDown } }

    /// Feeds that failed to connect for the first time since then may have done so for the last outage of the network; nil
    /// where there was none.
    var outageOnset: Timestamp? { outages.withLock { $0.onset } }

    /// Takes in whether a poll has reached its host.
    ///
    /// - Returns: the network as it is thought to be, and whether that is new.
    func observe(_ reach: HostReach, at moment: PollClock.Moment) -> NetworkState {
        let attempt = OutageDetector.Attempt(
            host: FeedHash.of(reach.host), isReached: reach.isReached, isPublic: reach.isPublic,
            failingSince: reach.failingSince)
        return outages.withLock { outages in
            let hasChanged = outages.observe(attempt, at: moment.now, steady: moment.steady)
            return NetworkState(isDown: outages.isDown, hasChanged: hasChanged)
        }
    }
}

/// `HostReach` says whether a poll has reached the host that it asked first.
struct HostReach: Equatable {
    var host: String
    /// Whether some answer came, whatever it said.
    var isReached: Bool
    /// Whether the server that answered is on a public address; nil where that is not known.
    var isPublic: Bool?
    /// Since when the feed has failed to connect; nil where it did not before.
    var failingSince: Timestamp?
}

/// `NetworkState` is what the process thinks of its own network after a poll.
struct NetworkState: Equatable {
    var isDown: Bool
    var hasChanged: Bool
}

extension HostHealth {
    /// Begins with what is remembered of the configured feeds.
    ///
    /// - Parameters:
    ///   - isClockDoubtful: pauses that begin in the future are left out. A single round would count them from now
    ///     each time, and never come to their end.
    ///   - schedule: of a feed that has a pause or a pace; nil for others.
    package convenience init(
        _ configuration: Configuration, reachedAt: Timestamp? = nil, at now: Timestamp, isClockDoubtful: Bool = false,
        schedule: (FeedIdentifier) -> (schedule: FeedState.Schedule, adoptedURL: String?)?
    ) {
        let allowances = HostAllowances(configuration)
        var remembered: [(schedule: FeedState.Schedule, host: String)] = []
        for feed in configuration.feeds {
            guard let (known, adopted) = schedule(feed.id), known.isOfHost else { continue }
            var schedule = known
            if isClockDoubtful, let pause = schedule.pause,
                pause.since > now.adding(milliseconds: PauseRules.clockTolerance)
            {
                schedule.pause = nil
            }
            remembered.append((schedule, allowances.allowance(for: feed, adoptedURL: adopted).key))
        }
        self.init(remembered: remembered, reachedAt: reachedAt, at: now)
    }

    /// Begins with what commands that only look have read of the store.
    package convenience init(
        _ configuration: Configuration, at now: Timestamp, states: [FeedIdentifier: FeedState]
    ) {
        self.init(configuration, at: now) { states[$0].map { ($0.schedule, $0.move.adopted) } }
    }

    /// Begins with what the store remembers, of which hardly any feed has a pause or a pace.
    package convenience init(
        _ configuration: Configuration, at now: Timestamp, isClockDoubtful: Bool = false, _ store: ArticleStore
    ) {
        var known: [FeedIdentifier: (FeedState.Schedule, String?)] = [:]
        var reachedAt: Timestamp?
        store.forEachState { feed, state in
            let outlook = state.outlook
            if outlook.schedule.isOfHost { known[feed] = (outlook.schedule, outlook.adoptedURL) }
            if outlook.failureKind == nil, let last = outlook.lastPoll { reachedAt = max(reachedAt ?? last, last) }
        }
        self.init(configuration, reachedAt: reachedAt, at: now, isClockDoubtful: isClockDoubtful) { known[$0] }
    }
}

extension FeedState.Schedule {
    /// Whether it says something of the feed's host.
    var isOfHost: Bool { pause != nil || hostPace != nil }
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
        if case .due = selection, let hours = feed.options.hours, !hours.contains(now) {
            return "outside of its hours (\(hours)); `newswire poll \(feed.id)` polls it"
        }
        var pausedHost: String?
        if selection != .force { pausedHost = health.pausedUntil(host, at: now).map { Self.pausedHost(host, $0) } }
        guard let known = state else { return pausedHost }
        let state = known.believed(at: now, of: feed, schedule)
        if state.isHeld(at: now) { return "paused; `newswire resume \(feed.id)` ends that" }
        // What else is remembered of another URL does not count.
        guard known.isOf(feed.url) else { return pausedHost }
        if case .force = selection { return nil }
        if state.schedule.isGoneForGood { return "gone for good, as its server said twice; --force asks again" }
        if let pausedHost { return pausedHost }
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

    /// The reason of a feed whose turn does not come in this round.
    static func paced(_ host: String, pace: Int64) -> String {
        "\(host) is asked once in \(pace / 1000) s, as it has refused more; a later round takes it"
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
