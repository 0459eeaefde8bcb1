package import FeedModel
package import Querying

/// `IndexedEntry` is one article as a reader of feeds sees it: all its versions are one entry (web.md §7).
package struct IndexedEntry: Sendable, Equatable {
    /// The number of its first record that no rule blocks. It stays that.
    package var id: UInt64
    /// The number of its newest version that no rule blocks.
    package var newest: UInt64
    package var feed: FeedIdentifier
    /// When the first record was stored.
    package var storedAt: Timestamp
    /// When the newest version was stored.
    package var changedAt: Timestamp

    package init(id: UInt64, newest: UInt64, feed: FeedIdentifier, storedAt: Timestamp, changedAt: Timestamp) {
        self.id = id
        self.newest = newest
        self.feed = feed
        self.storedAt = storedAt
        self.changedAt = changedAt
    }
}

/// `EntryRequest` says which entries are wanted, and how many.
package struct EntryRequest: Sendable {
    package enum Order: Sendable { case newestFirst, oldestFirst }

    /// Entries of these feeds; nil for all.
    package var feeds: Set<FeedIdentifier>?
    /// Entries whose id is larger; nil where there is no bound.
    package var after: UInt64?
    /// Entries whose id is smaller; nil where there is no bound.
    package var before: UInt64?
    /// Entries stored at that time or later.
    package var since: Timestamp?
    /// Entries stored before that time.
    package var until: Timestamp?
    /// Entries of which some version matches that no rule has blocked. It must have no /regex/, which `Query` sees to where it
    /// is read for `.searching`.
    package var query: Query?
    package var order = Order.newestFirst
    package var limit = 50
    /// So many are left out before the first.
    package var offset = 0
    /// Counting ends here: 0 where no count is wanted. What is left out by `offset` counts, and so does what is behind `limit`.
    package var countLimit = 0
    /// How long counting may go on behind the last entry that is wanted; nil where it may take as long as all of it.
    package var countPatience: Duration?

    package init() {}
}

/// `EntryPage` is what was found.
package struct EntryPage: Sendable {
    package struct Found: Sendable, Equatable {
        package var entry: IndexedEntry
        /// The number of the newest version that matches; that of the entry's newest where nothing was searched for.
        package var matched: UInt64
        /// Whether only an earlier version matches.
        package var isEarlierVersion: Bool { matched != entry.newest }
    }

    package var found: [Found] = []
    /// How many there are, as far as `EntryRequest.countLimit`; nil where nobody asked.
    package var count: Int?
    /// Whether there are more than `count` says.
    package var isCountCut = false
    /// Records before this number are not in the index yet; 0 where all that are there are.
    package var searchedFrom: UInt64 = 0
}

/// `RecordRequest` says which records are wanted, each by itself: what `dump --match` would give.
package struct RecordRequest: Sendable {
    /// Records of these feeds; nil for all.
    package var feeds: Set<FeedIdentifier>?
    /// Records whose number is larger; nil where there is no bound.
    package var after: UInt64?
    /// Records whose number is smaller; nil where there is no bound.
    package var before: UInt64?
    /// Records stored at that time or later.
    package var since: Timestamp?
    /// Records stored before that time.
    package var until: Timestamp?
    /// Records that match.
    package var query: Query?
    /// Later versions, beside those that give an article for the first time because all before were blocked.
    package var updates = false
    /// Copies of what another feed had before, and versions of such.
    package var duplicates = false
    /// What rules have blocked.
    package var blocked = false
    /// What was in its feed when that was polled first.
    package var initial = true
    package var order = EntryRequest.Order.newestFirst
    package var limit = 50
    /// Counting ends here: 0 where no count is wanted.
    package var countLimit = 0

    package init() {}
}

/// `RecordPage` is the numbers of the records that were found, in the order that was asked for.
package struct RecordPage: Sendable, Equatable {
    package var found: [UInt64] = []
    /// As in `EntryPage`.
    package var count: Int?
    package var isCountCut = false
    package var searchedFrom: UInt64 = 0
}
