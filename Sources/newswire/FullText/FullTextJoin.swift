internal import ArgumentParser
internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Ingestion
internal import JSONText
internal import Locking

extension DeliverySettings.FullText: ExpressibleByArgument {}

/// Puts the pages of articles together with the articles, for one dump or delivery.
final class FullTextJoin: Sendable {
    private struct State {
        var keys: KeyLookup?
        /// The records behind this one are given with the pages that there are.
        var start: UInt64 = 0
    }

    let choice: DeliverySettings.FullText
    /// Whether pages are given that come after their article was given.
    private let updates: Bool
    /// How long articles are held back for their pages; nil where they are not.
    let wait: PageWait?
    private let state = Locked(State())

    init(_ choice: DeliverySettings.FullText, updates: Bool, wait: PageWait? = nil) {
        self.choice = choice
        self.wait = wait
        self.updates = updates
    }

    /// Begins to give what stands behind a record; to be called before each pass over the store.
    func begin(after seq: UInt64, in reader: StoreReader) throws {
        let known = state.withLock { state in
            defer { state = State(keys: nil, start: seq) }
            return state.keys
        }
        if choice == .only { return }
        var keys = try known ?? KeyLookup(reader)
        try keys.refresh(reader)
        state.withLock { $0.keys = keys }
    }

    /// Whether a record that is the page of an article is given by itself, as far as its envelope tells.
    var givesPages: Bool { choice == .only || updates }

    /// Whether that page is given by itself: not where its article is given with it.
    func gives(page: StoredRecord) -> Bool {
        if choice == .only { return true }
        guard let seq = page.seq, let article = page.pageOf else { return false }
        return state.withLock { article <= $0.start || seq > $0.keys?.seen ?? 0 }
    }

    /// Returns the article with what its page says; nil where there is no page.
    func joined(_ article: StoredRecord, in reader: StoreReader) throws -> StoredRecord? {
        let keys = state.withLock { $0.keys }
        guard let uid = article.uid, let seq = try keys?.record(key: PageKey.of(uid)),
            let record = try reader.record(seq: seq), record.kind == .fulltext, record.uid == uid,
            let page = record.page
        else { return nil }
        switch choice {
        case .only: return nil
        case .both: return article.adding(page: page.with(text: record))
        case .prefer:
            let said = article.adding(page: page)
            return page["teaser"]?.bool == true ? said : said.saying(record)
        }
    }
}

extension JSONValue {
    /// The page with its text in it.
    fileprivate func with(text record: StoredRecord) -> JSONValue {
        var members = object ?? []
        if let html = record.json["content_html"] { members.append(.init(key: "content_html", value: html)) }
        if let text = record.json["content_text"] { members.append(.init(key: "content_text", value: text)) }
        return .object(members)
    }
}

extension StoredRecord {
    private static let bodies: Set = ["content_html", "content_text"]

    /// The record with what is known of the article's page.
    fileprivate func adding(page: JSONValue) -> StoredRecord {
        changing(item: { $0 }, adding: [.init(key: "\(RecordMember.page)", value: page)])
    }

    /// The record with the text of the page in the place of the feed's.
    fileprivate func saying(_ page: StoredRecord) -> StoredRecord {
        var members = (json.object ?? []).filter { !Self.bodies.contains($0.key) }
        let texts = (page.json.object ?? []).filter { Self.bodies.contains($0.key) }
        let place = members.firstIndex { $0.key == "\(Self.ownMember)" } ?? members.endIndex
        members.insert(contentsOf: texts, at: place)
        return StoredRecord(.object(members))
    }
}
