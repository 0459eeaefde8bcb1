internal import Digest
internal import FeedModel
internal import Scheduling

/// What a poll makes of a feed's state. Pure: the caller stores it, and only after the articles (polling.md §2.6).
extension FeedState {
    /// The document came whole, was read as a feed, and its articles are stored with this state.
    mutating func succeed(at time: Timestamp, status: Int?, plan: PollPlan) {
        lastPoll = time
        lastSuccess = time
        self.status = status
        failures = 0
        failure = nil
        adopt(plan)
    }

    /// Anything else. Validators stay as they are (polling.md §2.5).
    mutating func fail(at time: Timestamp, status: Int?, failure: Failure, plan: PollPlan) {
        lastPoll = time
        self.status = status
        failures += 1
        self.failure = failure
        adopt(plan)
    }

    private mutating func adopt(_ plan: PollPlan) {
        nextPoll = plan.next
        intervalSeconds = plan.interval
        notBefore = plan.notBefore
    }

    /// Whether the feed's server has asked to be left alone, so that only `--force` polls it.
    func isHeldBack(at now: Timestamp) -> Bool {
        notBefore.map { $0 > now } ?? false
    }
}
