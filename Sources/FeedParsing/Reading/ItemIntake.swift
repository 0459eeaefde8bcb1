import FeedModel

/// `ItemIntake` decides which items of a document are held in memory (security.md §4).
///
/// The first ones are, whatever they are: in nearly all documents that is all of them. Of those beyond it is asked what is
/// known of each. One that is known and says what is stored is remembered by its identity alone, so that what is new is
/// taken wherever it stands: at the end, or in the middle of a list that is sorted by something else.
struct ItemIntake {
    /// Of items that may be new, so many times the limit are held beyond it: a first poll wants them all.
    private static let roomForNew = 4

    /// What stands beyond the limit and is not held.
    private(set) var surplus = SurplusItems()
    /// Whether the document has more items than the limit.
    private(set) var isBeyondLimit = false
    private let limit: Int
    private let standing: ParseLimits.Standing?
    private var count = 0
    private var newCount = 0
    private var changedCount = 0

    init(_ limits: ParseLimits) {
        limit = limits.items
        standing = limits.standing
    }

    /// Whether no item is held from here on.
    var isClosed: Bool { count >= limit && standing == nil }

    /// Takes in that so many items come while it is closed.
    mutating func leave(_ number: Int = 1) {
        isBeyondLimit = true
        surplus.leftNew += number
    }

    /// Tells whether the next item is to be held.
    mutating func holds(_ article: Article, homePageURL: @autoclosure () -> String?) -> Bool {
        if count < limit {
            count += 1
            return true
        }
        isBeyondLimit = true
        guard article.isIdentifiable else { return false }
        switch standing?(article, homePageURL()) {
        case nil: surplus.leftNew += 1
        case .known(let uid): surplus.known.append(uid)
        case .changed:
            changedCount += 1
            if changedCount <= limit { return true }
            surplus.leftChanged += 1
        case .new:
            newCount += 1
            if newCount <= limit * Self.roomForNew { return true }
            surplus.leftNew += 1
        }
        return false
    }
}
