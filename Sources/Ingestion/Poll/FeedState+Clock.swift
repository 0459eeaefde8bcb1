package import ArticleStore
package import Configuration
package import FeedModel
internal import Scheduling

/// What is remembered of a feed where the clock was wrong when it was noted (contract.md §6). The service, one round of
/// `poll`, `feeds`, `status` and `explain` all go by this.
extension FeedState {
    /// No feed was polled before newswire was written.
    private static let beginning = Timestamp(year: 2026, month: 1, day: 1)

    /// The state as it can be: what has happened has not happened in the future, and what is to come is as far from now as
    /// it was from then, but never further than it can be.
    package func believed(
        at now: Timestamp, of feed: FeedConfiguration, _ settings: ScheduleSettings
    ) -> FeedState {
        let soon = now.adding(milliseconds: PauseRules.clockTolerance)
        func happened(_ time: Timestamp?) -> Timestamp? { time.map { $0 > soon ? now : $0 } }
        func began(_ time: Timestamp?) -> Timestamp? { time.map { $0 > soon || $0 < Self.beginning ? now : $0 } }
        var state = self
        let due = DueTimes(now: now, maxInterval: settings.maxInterval.milliseconds)
        let outlook = FeedOutlook(self, at: url)
        state.nextPoll = nextPoll.map { due.believable($0, DueTimes.Feed(number: 0, feed, outlook, settings)) }
        state.notBefore = notBefore.map { believed(notBefore: $0, at: now, soon, settings) }
        state.lastPoll = happened(lastPoll)
        state.lastSuccess = happened(lastSuccess)
        state.tagRepeats.since = happened(tagRepeats.since)
        state.move.since = happened(move.since)
        state.move.adoptedSince = happened(move.adoptedSince)
        state.schedule.failingSince = began(schedule.failingSince)
        state.schedule.goneSince = began(schedule.goneSince)
        state.schedule.pause = schedule.pause.map { PauseRules.believable($0, at: now) }
        if let latest = schedule.rhythm.latest, latest > soon {
            state.schedule.rhythm = Rhythm(latest: now, gaps: schedule.rhythm.gaps)
        }
        return state
    }

    /// The same for people, with the times of the last polls as they were noted: nobody is told of a poll that was not.
    package func shown(at now: Timestamp, of feed: FeedConfiguration, _ settings: ScheduleSettings) -> FeedState {
        var state = believed(at: now, of: feed, settings)
        state.lastPoll = lastPoll
        state.lastSuccess = lastSuccess
        return state
    }

    private func believed(
        notBefore: Timestamp, at now: Timestamp, _ soon: Timestamp, _ settings: ScheduleSettings
    ) -> Timestamp {
        let longest = max(PauseRules.maxRetryAfter, Int(settings.maxAgeCap.components.seconds))
        guard let last = lastPoll, last > soon else { return min(notBefore, now.adding(seconds: longest)) }
        let wait = min(max(notBefore.seconds - last.seconds, 0), Int64(longest))
        return now.adding(seconds: Int(wait))
    }
}

extension FeedOutlook {
    /// Whether the feed was last polled, or its server last asked to be left alone, in what is the future now.
    func isFromFuture(at now: Timestamp) -> Bool {
        let soon = now.adding(milliseconds: PauseRules.clockTolerance)
        return lastPoll.map { $0 > soon } ?? false || schedule.pause.map { $0.since > soon } ?? false
    }
}

extension ArticleStore {
    /// Puts right what is remembered of the configured feeds from a clock that was ahead. Does nothing while the clock is
    /// in doubt: then the other one may have been right.
    package func setRight(_ configuration: Configuration, by clock: PollClock) {
        guard let now = clock.trusted else { return }
        for feed in configuration.feeds {
            guard outlook(of: feed.id, at: feed.url)?.isFromFuture(at: now) ?? false, let state = state(of: feed.id)
            else {
                continue
            }
            _ = stage(state.believed(at: now, of: feed, configuration.schedule))
        }
        writeStates()
    }
}
