package import FeedModel

/// What one poll of one feed leaves: its new records in the order of the document, and the feed's state after it.
package struct FeedCommit: Sendable {
    package var feed: FeedIdentifier
    package var records: [PendingRecord]
    package var state: FeedState

    package init(feed: FeedIdentifier, records: [PendingRecord], state: FeedState) {
        self.feed = feed
        self.records = records
        self.state = state
    }
}

/// What a commit did. Everything in it is durable.
package struct CommitResult: Sendable, Equatable {
    /// The number of the first record and how many there are; the records have their numbers in the order given.
    package var firstSeq: UInt64
    package var count: Int
    /// Records that cannot be stored, which have no number: too long for a line, or with a raw line feed in them.
    package var refused: [Refusal] = []

    package struct Refusal: Sendable, Equatable {
        package var feed: FeedIdentifier
        package var uid: ArticleIdentifier
        package var reason: String
    }
}
