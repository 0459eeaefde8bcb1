package import FeedModel

/// One poll of one feed leaves this: its new records in the order of the document, and the feed's state after it.
package struct FeedCommit: Sendable {
    /// The feed that was polled.
    package var feed: FeedIdentifier
    /// Its new records, which get their numbers in this order.
    package var records: [PendingRecord]
    /// The feed's state after the poll.
    package var state: FeedState

    /// A commit of one poll; it is not looked at before it is committed.
    package init(feed: FeedIdentifier, records: [PendingRecord], state: FeedState) {
        self.feed = feed
        self.records = records
        self.state = state
    }
}

/// A commit has stored this. Everything in it is durable.
package struct CommitResult: Sendable, Equatable {
    /// The number of the first record; the others follow in the order given.
    package var firstSeq: UInt64
    /// How many records were stored.
    package var count: Int
    /// Records that cannot be stored, which have no number: too long for a line, or with a raw line feed in them.
    package var refused: [Refusal] = []

    /// A record that no line can hold.
    package struct Refusal: Sendable, Equatable {
        /// The feed that it came from.
        package var feed: FeedIdentifier
        /// The article's identity.
        package var uid: ArticleIdentifier
        /// Why no line can hold it.
        package var reason: String
    }
}
