/// What of a feed's state decides when it is polled and in which condition it is: so little that all feeds can be looked
/// at one after another.
package struct FeedOutlook: Sendable, Equatable {
    package var schedule: FeedState.Schedule
    package var lastPoll: Timestamp?
    package var nextPoll: Timestamp?
    package var intervalSeconds: Int?
    /// `FeedState.Failure.kind`; nil where the last poll went well.
    package var failureKind: FailureKind?
    /// Whether it is remembered of the URL that is configured now.
    package var isOfURL: Bool
    /// `FeedState.Move.adopted`.
    package var adoptedURL: String?
}

extension FeedOutlook {
    /// - Parameter url: the feed's as configured.
    package init(_ state: FeedState, at url: String) {
        self.init(
            schedule: state.schedule, lastPoll: state.lastPoll, nextPoll: state.nextPoll,
            intervalSeconds: state.intervalSeconds, failureKind: state.failure?.kind, isOfURL: state.isOf(url),
            adoptedURL: state.move.adopted)
    }

    /// A person has paused the feed.
    package func isHeld(at now: Timestamp) -> Bool {
        schedule.heldUntil.map { $0 > now } ?? false
    }
}
