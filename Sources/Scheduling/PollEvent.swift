package import FeedModel

/// `PollEvent` is what happened at a poll, as far as the schedule wants to know.
package struct PollEvent: Sendable {
    /// The request began then.
    package var startedAt: Timestamp
    /// The poll was over then.
    package var endedAt: Timestamp
    /// The poll had been planned for then; nil where it was not planned.
    package var due: Timestamp?
    /// The interval in force was this many seconds; nil where the poll was not planned.
    package var interval: Int?
    /// The feed's document was last read, or unchanged, then; nil where that is not known.
    package var lastRead: Timestamp?
    /// The poll brought this.
    package var result: Result
    /// A person has asked for the poll.
    package var isByHand = false
    /// The clock is in doubt, so nothing is decided for good by it.
    package var isClockDoubtful = false
    /// The feed can be asked conditionally the next time.
    package var hasValidators = true
    /// The answer is fresh for so long; nil where it does not say.
    package var freshness: Freshness?
    /// The server asked to be left alone for this many seconds.
    package var retryAfter: Int?
    /// The feed asks this of those who poll it.
    package var hints = PollingHints()

    package init(startedAt: Timestamp, endedAt: Timestamp, result: Result) {
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.result = result
    }

    /// `Freshness` is how long an answer may be used, in seconds (polling.md §3).
    package struct Freshness: Sendable, Equatable {
        /// The answer is fresh for this many seconds from when it was made.
        package var lifetime: Int
        /// The answer was made this many seconds ago.
        package var age: Int

        package init(lifetime: Int, age: Int) {
            self.lifetime = lifetime
            self.age = age
        }
    }

    /// `Result` is what a poll brought.
    package enum Result: Sendable {
        /// 304, or the very bytes of the last time.
        case unchanged
        case document(Document)
        case failure(Failure)
    }

    /// `Document` is a document that was read, in figures.
    package struct Document: Sendable {
        /// The document has this many items that can be told apart.
        package var items: Int
        /// Counts those of them that were not known. Known ones that have got other ids (identity.md §5) are not new.
        package var newItems: Int
        /// The new items were published then, as far as they say so, in any order; dates of others may be among them.
        package var dates: [Timestamp] = []
        /// The feed was never read before: all of it is new, and says nothing of what was missed.
        package var isFirst = false
        /// The feed says that it is over.
        package var isExpired = false
        /// There was no room for all of the new items, and there will be at the next poll.
        package var hasMore = false

        package init(items: Int, newItems: Int) {
            self.items = items
            self.newItems = newItems
        }
    }

    /// `Failure` is how a failure is met (polling.md §8).
    package enum Failure: Sendable, Equatable, CaseIterable {
        /// It will not mend itself soon.
        case hard
        case soft
        /// The server has answered as it should, and the document ends early: what is whole in it has been read, and
        /// the next time it may be whole.
        case cutShort
        /// The document has ended early several times in a row.
        case cutShortAgain
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
            case .cutShort, .cutShortAgain: 0
            }
        }
    }
}

/// `PollSettings` is what a person has set for the schedule of a feed, in seconds (contract.md §2).
package struct PollSettings: Sendable, Equatable {
    /// The feed has this fixed interval; nil: an adaptive one.
    package var interval: Int?
    /// The adaptive interval begins here.
    package var initialInterval = 3600
    /// No interval is shorter.
    package var minInterval = 600
    /// No interval is longer.
    package var maxInterval = 86_400
    /// Freshness puts a poll off by no more than this.
    package var maxAgeCap = 86_400
    /// The feed is polled by itself only in these times of day; nil: at any time.
    package var hours: PollingHours?
    /// The feed is a file of this machine, which needs no politeness.
    package var isLocal = false

    package init() {}
}
