import Digest
import FeedModel

/// `WaitingEntries` holds what the index knows and its table does not yet: it is found at once, and goes into the table
/// many keys at a time, in the order of the table's places.
///
/// A key takes about 50 bytes, because tens of thousands wait.
struct WaitingEntries {
    private struct Slot {
        var key: Hash128
        /// The index in `articles` of the article that the key stands for or leads to.
        var article: UInt32
        var isLink: Bool
        var isAlias: Bool
        var countsOld: Bool
    }

    private let salt: Hash128
    private let sharedBits: Int
    private var articles: [KnownArticle] = []
    private var slots: [Slot] = []
    /// The places of a hash table with open addressing, in the order of the keys' hashes: each holds one more than an
    /// index in `slots`, or 0.
    private var table: [UInt32] = []

    /// - Parameters:
    ///   - salt: the salt of the index's table.
    ///   - sharedBits: how many bits at the beginning of their hashes all keys have in common.
    init(salt: Hash128, sharedBits: Int = 0) {
        self.salt = salt
        self.sharedBits = sharedBits
    }

    /// How many keys there are.
    var count: Int { slots.count }

    private func place(of key: Hash128) -> Int {
        let hash = IndexHeader.hash(of: key, salt) << UInt64(sharedBits)
        var place = Int(hash.multipliedFullWidth(by: UInt64(table.count)).high)
        while table[place] != 0, slots[Int(table[place] - 1)].key != key {
            place = place + 1 == table.count ? 0 : place + 1
        }
        return place
    }

    private func content(_ slot: Slot) -> IndexSlot.Content {
        let article = articles[Int(slot.article)]
        return slot.isLink ? .link(to: article.uid, seq: article.seq) : .article(article)
    }

    func find(_ key: Hash128) -> IndexSlot.Content? {
        if slots.isEmpty { return nil }
        let number = table[place(of: key)]
        return number == 0 ? nil : content(slots[Int(number - 1)])
    }

    /// Takes in an entry, in the place of an older one with the same key.
    ///
    /// - Parameter replaying: the entry may be in the table already.
    mutating func add(_ entry: ArticleIndex.Entry, replaying: Bool = false) {
        let article = UInt32(articles.count)
        articles.append(entry.known)
        entry.forEachChange(replaying: replaying) { put($0, article) }
    }

    /// Takes in what a record means for one key alone.
    mutating func add(_ change: IndexChange) {
        let article = UInt32(articles.count)
        switch change.content {
        case .article(let known): articles.append(known)
        case .link(let uid, let seq):
            // A link is written with no more than the uid and the number of the article that it leads to.
            let nothing = Hash128(high: 0, low: 0)
            articles.append(
                KnownArticle(
                    uid: uid, seq: seq, version: 0, contentHash: nothing, modified: nil, recentChanges: 0))
        }
        put(change, article)
    }

    private mutating func put(_ change: IndexChange, _ article: UInt32) {
        var isLink = false
        if case .link = change.content { isLink = true }
        var slot = Slot(
            key: change.key, article: article, isLink: isLink, isAlias: change.isAlias, countsOld: change.countsOld)
        if (slots.count + 1) * 3 > table.count * 2 { grow() }
        let place = place(of: change.key)
        if table[place] == 0 {
            slots.append(slot)
            table[place] = UInt32(slots.count)
            return
        }
        let number = Int(table[place] - 1)
        guard change.applied(to: content(slots[number])) != nil else { return }
        // The change that this one replaces never reaches the table. So this one gets its right to take an article's
        // place there, and to count the slot as taken anew.
        slot.isAlias = slot.isAlias || slots[number].isAlias
        slot.countsOld = slot.countsOld || slots[number].countsOld
        slots[number] = slot
    }

    private mutating func grow() {
        table = [UInt32](repeating: 0, count: max(64, table.count * 2))
        for number in slots.indices { table[place(of: slots[number].key)] = UInt32(number + 1) }
    }

    /// Returns the numbers of all slots in the order of the places that their keys have in the index's table.
    func inOrder() -> [UInt32] {
        // The places here have nearly that order: only keys that found their place taken, or that wrapped from the end
        // to the beginning, stand elsewhere. Sorting what is nearly in order is quick.
        var order: [UInt32] = []
        order.reserveCapacity(slots.count)
        for number in table where number != 0 { order.append(number - 1) }
        order.sort { hash($0) < hash($1) }
        return order
    }

    private func hash(_ number: UInt32) -> UInt64 { IndexHeader.hash(of: slots[Int(number)].key, salt) }

    func change(_ number: UInt32) -> IndexChange {
        let slot = slots[Int(number)]
        return IndexChange(
            key: slot.key, content: content(slot), isAlias: slot.isAlias, countsOld: slot.countsOld)
    }

    /// Drops all slots but those of the numbers.
    mutating func keep(_ numbers: [UInt32]) {
        var kept = WaitingEntries(salt: salt, sharedBits: sharedBits)
        for number in numbers {
            let change = change(number)
            kept.articles.append(articles[Int(slots[Int(number)].article)])
            kept.put(change, UInt32(kept.articles.count - 1))
        }
        self = kept
    }
}
