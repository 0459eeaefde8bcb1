internal import ArgumentParser
internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Ingestion
internal import Locking

extension DeliverySettings.FullText: ExpressibleByArgument {}

/// Puts the pages of articles together with the articles, for one dump or delivery (fulltext.md §10).
final class FullTextJoin: Sendable {
    private struct State {
        var keys: KeyLookup?
        /// The records behind this one are given with the pages that there are.
        var start: UInt64 = 0
        /// The last record of this pass that was looked at.
        var last: UInt64 = 0
        /// With which pages articles were given in the passes before.
        var given = GivenPages()
        /// Of articles of which more than the newest page was asked for.
        var chains: [ArticleIdentifier: PageChain] = [:]
    }

    /// Of so many articles it is remembered which pages they have.
    private static let mostChains = 1000

    /// An article with its page.
    struct Joined {
        let article: StoredRecord
        /// The page was fetched for this version of the article, and not for an earlier one.
        let isOfVersion: Bool
    }

    let choice: DeliverySettings.FullText
    /// Whether pages are given that come after their article was given.
    private let updates: Bool
    /// How long articles are held back for their pages; nil where they are not.
    let wait: PageWait?
    private let state: Locked<State>

    convenience init(_ choice: DeliverySettings.FullText, updates: Bool, wait: PageWait? = nil) {
        self.init(choice, updates: updates, wait: wait, State())
    }

    private init(_ choice: DeliverySettings.FullText, updates: Bool, wait: PageWait?, _ state: State) {
        self.choice = choice
        self.wait = wait
        self.updates = updates
        self.state = Locked(state)
    }

    /// The same for who waits by another configuration, which has the ids by which the store knows feeds.
    func renewed(by configuration: Configuration) -> FullTextJoin {
        FullTextJoin(
            choice, updates: updates, wait: wait?.renewed(by: configuration), state.withLock { $0 })
    }

    /// Begins to give what stands behind a record; to be called before each pass over the store.
    func begin(after seq: UInt64, in reader: StoreReader) throws {
        let known = state.withLock { state in
            if let keys = state.keys {
                state.given.pass(from: state.start, through: state.last, withPagesTo: keys.seen)
            }
            state.given.begin(after: seq)
            defer { (state.keys, state.start, state.last) = (nil, seq, seq) }
            return state.keys
        }
        if choice == .only { return }
        var keys = try known ?? KeyLookup(reader)
        try keys.refresh(reader)
        state.withLock { $0.keys = keys }
    }

    /// A record is looked at, whatever it is; to be called for each of a pass, in order.
    func look(at seq: UInt64) {
        if givesPages { state.withLock { $0.last = seq } }
    }

    /// Whether a record that is the page of an article is given by itself, as far as its envelope tells.
    var givesPages: Bool { choice == .only || updates }

    /// Whether that page is given by itself: not where its article is given with it.
    func gives(page: StoredRecord) -> Bool {
        if choice == .only { return true }
        guard let seq = page.seq, let article = page.pageOf else { return false }
        return state.withLock { state in
            seq > (article > state.start ? state.keys?.seen ?? 0 : state.given.pages(of: article))
        }
    }

    /// Returns the article with what its page says; nil where this version of it has no page.
    func joined(_ article: StoredRecord, in reader: StoreReader) throws -> Joined? {
        guard let uid = article.uid, let version = article.version, let page = try page(of: uid, version, in: reader)
        else { return nil }
        return try joined(article, page, in: reader)
    }

    /// The same of a line, which is read as JSON only where the article has a page.
    func joined(_ article: RecordSlice, in reader: StoreReader) throws -> Joined? {
        guard let uid = article.envelope.uid,
            let page = try page(of: uid, UInt64(article.envelope.version), in: reader),
            let record = StoredRecord(line: article.bytes)
        else { return nil }
        return try joined(record, page, in: reader)
    }

    /// The newest page of that version or an earlier one, whatever its link.
    private func page(
        of uid: ArticleIdentifier, _ version: UInt64, in reader: StoreReader
    ) throws(StoreError) -> VersionPage? {
        if choice == .only { return nil }
        let keys = state.withLock { $0.keys }
        guard let newest = try keys?.record(key: PageKey.of(uid)),
            let page = VersionPage(try reader.record(seq: newest), of: uid)
        else { return nil }
        if page.record.version.map({ $0 <= version }) ?? false { return page }
        guard let seq = try chain(of: uid, newest, in: reader).page(of: version) else { return nil }
        return VersionPage(try reader.record(seq: seq), of: uid)
    }

    private func chain(
        of uid: ArticleIdentifier, _ newest: UInt64, in reader: StoreReader
    ) throws(StoreError) -> PageChain {
        if let known = state.withLock({ $0.chains[uid] }), known.newest == newest { return known }
        let chain = try PageChain(of: uid, newest: newest, in: reader)
        state.withLock { state in
            if state.chains.count >= Self.mostChains { state.chains.removeAll() }
            state.chains[uid] = chain
        }
        return chain
    }

    private func joined(
        _ article: StoredRecord, _ page: VersionPage, in reader: StoreReader
    ) throws(StoreError) -> Joined? {
        guard page.isUnderLink(of: article) else { return nil }
        let joined =
            if choice == .both {
                page.beside(article)
            } else if page.isTeaser {
                page.said(of: article)
            } else if try page.isBehind(article, in: reader) {
                // What the feed has corrected stands, and nothing is lost of the page.
                page.beside(article)
            } else {
                page.inPlace(of: article)
            }
        return Joined(article: joined, isOfVersion: page.isOfVersion(article))
    }
}
