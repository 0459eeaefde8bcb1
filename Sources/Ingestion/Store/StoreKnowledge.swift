internal import ArticleStore
internal import Digest
internal import FeedModel
internal import Identity
private import Locking

/// `StoreKnowledge` answers identity's questions about one document from the store.
///
/// A publisher chooses what is read: many items with the link of one long article have it read for each of them. Beyond
/// a limit records count as if they could not be read any more.
final class StoreKnowledge: ArticleKnowledge {
    private let store: ArticleStore
    private let feed: FeedIdentifier
    private let otherIDs: [FeedIdentifier]
    private var bytesLeft: Int

    /// - Parameters:
    ///   - rules: of the feed; records under each of its ids are its own.
    ///   - limit: bytes of records that are read.
    init(store: ArticleStore, _ rules: IdentityRules, limit: Int = 128 << 20) {
        self.store = store
        feed = rules.feed
        otherIDs = rules.otherIDs
        bytesLeft = limit
    }

    func known(_ key: Hash128) throws(StoreError) -> KnownArticle? { try store.known(key: key) }

    var readsAhead: Bool { store.readsAhead }

    func prepare(_ keys: [Hash128]) { store.prepare(keys) }

    func stored(_ seq: UInt64) throws(StoreError) -> StoredArticle? {
        guard bytesLeft > 0, let line = try store.article(seq: seq) else { return nil }
        bytesLeft -= line.count
        guard let record = StoredRecord(line: line) else { return nil }
        var article = StoredArticle(record, seq: seq)
        article.site = FeedSite(urls: [record.feedURL, store.state(of: article.feed)?.move.adopted].compactMap { $0 })
        if otherIDs.contains(article.feed) { article.feed = feed }
        return article
    }
}

extension StoredArticle {
    init(_ record: StoredRecord, seq: UInt64) {
        self.init(
            article: record.article, feed: record.feed ?? FeedIdentifier(""), isShort: record.isShort,
            first: record.first ?? seq, firstSeen: record.firstSeen ?? (record.version == 1 ? record.storedAt : nil),
            storedAt: record.storedAt)
    }
}

/// `KeyLocks` are the keys under which articles are being judged and stored right now.
///
/// Two feeds that bring the same article at the same time must not both find that nobody has it. Each locks the keys
/// of its links before it asks the store, and gives them up once its articles are stored; whoever comes second waits
/// for that. All keys are locked at once or none, so nobody waits while others wait for him.
final class KeyLocks: Sendable {
    private struct State {
        var taken = Set<Hash128>()
        var waiting: [CheckedContinuation<Void, Never>] = []

        func isFree(_ keys: [Hash128]) -> Bool {
            // There are no others in nearly every poll.
            taken.isEmpty || keys.allSatisfy { !taken.contains($0) }
        }
    }

    private let state = Locked(State())

    /// Waits until nobody else has one of the keys. Each call is to be followed by `release` with the same keys.
    func take(_ keys: [Hash128]) async {
        while !keys.isEmpty, !tryTaking(keys) {
            await withCheckedContinuation { continuation in
                let isFree = state.withLock { state in
                    if state.isFree(keys) { return true }
                    state.waiting.append(continuation)
                    return false
                }
                if isFree { continuation.resume() }
            }
        }
    }

    private func tryTaking(_ keys: [Hash128]) -> Bool {
        state.withLock { state in
            guard state.isFree(keys) else { return false }
            for key in keys { state.taken.insert(key) }
            return true
        }
    }

    func release(_ keys: [Hash128]) {
        if keys.isEmpty { return }
        let waiting = state.withLock { state in
            for key in keys { state.taken.remove(key) }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
