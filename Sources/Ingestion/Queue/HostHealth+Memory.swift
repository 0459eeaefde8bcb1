package import ArticleStore
package import Configuration
package import FeedModel
internal import Scheduling

extension HostHealth {
    /// With what is remembered of the configured feeds.
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

    /// The same from the store, of which hardly any feed is looked at.
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
