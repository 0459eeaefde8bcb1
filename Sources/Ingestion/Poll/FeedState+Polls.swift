package import FeedModel
internal import Scheduling

/// What a poll makes of a feed's state. Pure: the caller stores it, and only after the articles (polling.md §2.6).
extension FeedState {
    /// The document came whole, was read as a feed, and its articles are stored with this state.
    mutating func succeed(at time: Timestamp, status: Int?, decision: PollDecision) {
        lastPoll = time
        lastSuccess = time
        self.status = status
        failures = 0
        failure = nil
        adopt(decision)
    }

    /// Anything else. Validators stay as they are (polling.md §2.5).
    mutating func fail(at time: Timestamp, status: Int?, failure: Failure, decision: PollDecision) {
        lastPoll = time
        self.status = status
        failures += 1
        self.failure = failure
        adopt(decision)
    }

    private mutating func adopt(_ decision: PollDecision) {
        schedule = decision.schedule
        nextPoll = decision.next
        intervalSeconds = decision.terms.interval
        notBefore = decision.notBefore
    }

    /// Another URL is configured: where the old one led, and how its server fared, says nothing of this one.
    mutating func forgetServer() {
        move = Move()
        failures = 0
        failure = nil
        nextPoll = nil
        notBefore = nil
        schedule.failureQuarters = 0
        schedule.refusals = 0
        schedule.failingSince = nil
        schedule.goneSince = nil
        schedule.isGoneForGood = false
        schedule.pause = nil
    }

    /// Whether the feed's server has asked to be left alone, so that only `--force` polls it.
    func isHeldBack(at now: Timestamp) -> Bool {
        notBefore.map { $0 > now } ?? false
    }

    /// A person has paused the feed.
    package func isHeld(at now: Timestamp) -> Bool {
        schedule.heldUntil.map { $0 > now } ?? false
    }
}
