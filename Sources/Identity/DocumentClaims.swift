import Digest
import FeedModel

/// `DocumentClaims` is the index of a document's items by what they have taken: which item is which known article, and
/// which item is going to be found under which key. One article is one item, and one key leads to one.
///
/// Items are named by their place in `DocumentItems`.
struct DocumentClaims {
    private var articles: [ArticleIdentifier: Int] = [:]
    private var keys: [Hash128: Int] = [:]
    /// Articles that stand in the document and are none of its items here: they are known, and have not changed.
    var others: Set<ArticleIdentifier> = []

    /// The item that is this article.
    func item(being uid: ArticleIdentifier) -> Int? { articles[uid] }

    /// The item to which this key was given in this document.
    func item(having key: Hash128) -> Int? { keys[key] }

    func isTaken(_ uid: ArticleIdentifier) -> Bool { articles[uid] != nil || others.contains(uid) }

    /// Whether an article is this item already, or nothing in the document.
    func isFree(_ uid: ArticleIdentifier, for place: Int) -> Bool {
        articles[uid] ?? place == place && !others.contains(uid)
    }

    func isTaken(_ key: Hash128) -> Bool { keys[key] != nil }

    mutating func reserveCapacity(articles count: Int) { articles.reserveCapacity(count) }

    mutating func reserveCapacity(keys count: Int) { keys.reserveCapacity(count) }

    /// Makes an item the article.
    ///
    /// - Returns: the item that was it so far.
    @discardableResult
    mutating func take(_ uid: ArticleIdentifier, for place: Int) -> Int? {
        articles.updateValue(place, forKey: uid)
    }

    mutating func take(_ key: Hash128, for place: Int) { keys[key] = place }

    /// Gives an item those of its keys that no other item was given before.
    ///
    /// - Returns: the keys that the item has got.
    mutating func takeFree(_ wanted: [Hash128], for place: Int) -> [Hash128] {
        var result = wanted
        // Nearly always all of them are free.
        if wanted.contains(where: { keys[$0] != nil }) { result.removeAll { keys[$0] != nil } }
        for key in result { keys[key] = place }
        return result
    }

    /// Lets an article be no item of the document.
    mutating func release(_ uid: ArticleIdentifier) { articles[uid] = nil }

    /// Takes keys back that an item was given.
    mutating func release(_ given: [Hash128], from place: Int) {
        for key in given where keys[key] == place { keys[key] = nil }
    }

    /// Follows items to their new places; what a removed item was is free again. To be called before keys are given.
    mutating func renumber(_ places: [Int: Int]) {
        precondition(keys.isEmpty)
        articles = articles.compactMapValues { places[$0] }
    }
}
