/// `SurplusItems` is what of a document stands beyond its first items and is not held in memory (security.md §4).
package struct SurplusItems: Sendable, Equatable {
    /// These are known articles that say what is stored of them.
    package var known: [ArticleIdentifier] = []
    /// So many may be new, and found no room.
    package var leftNew = 0
    /// So many known ones say something else than what is stored, and found no room.
    package var leftChanged = 0

    package init() {}

    /// So many found no room.
    package var left: Int { leftNew + leftChanged }
}

/// `ItemStanding` is what is known of an item of a document by itself.
package enum ItemStanding: Sendable, Equatable {
    /// It may be a new article.
    case new
    /// It is a known article that says something else than what is stored.
    case changed
    /// It is this article, and says what is stored.
    case known(ArticleIdentifier)
}

extension FeedState {
    /// `LongDocument` says that a feed's last document had more items than are looked at without asking what is known of
    /// them. Most feeds have none.
    package struct LongDocument: Sendable, Equatable, StatePart {
        /// The document had so many items.
        package var items: Int32 = 0
        /// So many of them were not taken, because there was no room.
        package var left: Int32 = 0
        /// Whether the rest is to be taken with the next poll, also where the document has not changed.
        package var isToBeReadAgain = false

        package init() {}

        mutating func visit<Coder: StateCoder & ~Copyable>(_ coder: inout Coder) {
            coder.field("document_items", &items, absent: 0)
            coder.field("left_items", &left, absent: 0)
            coder.field("read_again", &isToBeReadAgain, absent: false)
        }
    }
}
