internal import FeedModel

/// `MigrationDetector` tells whether all ids of a feed have changed at once, because the program that makes it is
/// another one or runs elsewhere (identity.md §5). It only counts.
struct MigrationDetector {
    /// So many articles must be gone from the document, and be back under other ids. A feed that is made by another
    /// program than before, or comes from another URL, needs no such number.
    private static let leastCount = 5
    private static let leastOfAll = 2

    let facts: DocumentFacts
    /// The document has so many items.
    let itemCount: Int
    /// So many of them have ids that are not known.
    let unknownCount: Int

    /// Whether ids are not known, and articles of the document before are gone, which is to be had for nothing.
    var hasGone: Bool {
        facts.isWhole && unknownCount > 0 && (goneCount ?? 0) > 0
    }

    /// Whether so many ids are not known, and so many articles gone, that it is worth looking for pairs.
    var isPossible: Bool {
        guard facts.isWhole else { return false }
        return isEnough(unknownCount) && isEnough(goneCount ?? unknownCount)
    }

    /// Whether at least half of the items have ids that are not known, and at least half of the articles of the document
    /// before are gone.
    var isReplaced: Bool {
        guard facts.isWhole, itemCount > 0, let previous = facts.previousCount, let gone = goneCount else {
            return false
        }
        return unknownCount * 2 >= itemCount && gone * 2 >= previous
    }

    /// So many more articles had the document before than are known in this one; nil where its number is not known.
    private var goneCount: Int? { facts.previousCount.map { $0 - (itemCount - unknownCount) } }

    /// Whether so many pairs, each an unknown id and an article that was known under another, make a migration.
    func isEnough(_ count: Int) -> Bool { count >= leastCount && count * 2 >= facts.previousCount ?? itemCount }

    private var leastCount: Int {
        if facts.isArmed { return 1 }
        // Where no item has kept its id, two tell as much as five of many.
        return unknownCount == itemCount ? Self.leastOfAll : Self.leastCount
    }
}
