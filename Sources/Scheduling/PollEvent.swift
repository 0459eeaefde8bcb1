package import FeedModel

/// What happened at a poll, as far as the schedule wants to know.
package struct PollEvent: Sendable {
    /// When the request began, and when all was over.
    package var startedAt: Timestamp
    package var endedAt: Timestamp
    /// For when it had been planned, and the interval in force; nil where it was not planned.
    package var due: Timestamp?
    package var interval: Int?
    package var result: Result
    /// Nothing is decided for good by a clock that is in doubt.
    package var isClockDoubtful = false
    /// Whether the feed can be asked conditionally the next time.
    package var hasValidators = true
    package var freshness: Freshness?
    /// How long the server asked to be left alone, in seconds.
    package var retryAfter: Int?
    package var hints = PollingHints()

    package init(startedAt: Timestamp, endedAt: Timestamp, result: Result) {
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.result = result
    }

    /// In seconds (polling.md §3).
    package struct Freshness: Sendable, Equatable {
        package var lifetime: Int
        package var age: Int

        package init(lifetime: Int, age: Int) {
            self.lifetime = lifetime
            self.age = age
        }
    }

    package enum Result: Sendable {
        /// 304, or the very bytes of the last time.
        case unchanged
        case document(Document)
        case failure(Failure)
    }

    package struct Document: Sendable {
        /// Items that can be told apart, and those of them that were not known: known ones that have got other ids
        /// (identity.md §5) are not new.
        package var items: Int
        package var newItems: Int
        /// When new items were published, as far as they say so, in any order; others may be among them.
        package var dates: [Timestamp] = []
        /// The feed was never read before: all of it is new, and says nothing of what was missed.
        package var isFirst = false
        package var isExpired = false

        package init(items: Int, newItems: Int) {
            self.items = items
            self.newItems = newItems
        }
    }

    /// How a failure is met (polling.md §8).
    package enum Failure: Sendable, Equatable, CaseIterable {
        /// It will not mend itself soon.
        case hard
        case soft
        /// The name server asks for patience.
        case temporary
        /// 429, 503.
        case busy
        /// 403, or a bot challenge.
        case refused
        /// 401.
        case credentials
        /// 410.
        case gone

        /// In quarters of a hard failure.
        var weight: UInt16 {
            switch self {
            case .hard, .credentials, .gone: 4
            case .soft, .busy, .refused: 2
            case .temporary: 1
            }
        }
    }
}
