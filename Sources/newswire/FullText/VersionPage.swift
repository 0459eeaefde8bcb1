internal import ArticleStore
internal import FeedModel
internal import Identity
internal import JSONText

/// `VersionPage` is the page that belongs to a version of an article (fulltext.md §10.4): the newest that was fetched for that
/// version or an earlier one, under the link that the version has. A page of a later version would say what the version does
/// not, and one of another link may be of another article.
struct VersionPage {
    /// The record of the page, as it was stored.
    let record: StoredRecord
    /// What it says of the page beside the text.
    private let page: JSONValue

    /// - Returns: nil for a record that is no page of that article.
    init?(_ record: StoredRecord?, of uid: ArticleIdentifier) {
        guard let record, record.kind == .fulltext, record.uid == uid, let page = record.page else { return nil }
        self.record = record
        self.page = page
    }

    /// Whether an article leads to the page: its link is the one under which the page was asked for, or where it was found.
    func isUnderLink(of article: StoredRecord) -> Bool {
        guard let link = article.url else { return false }
        return [record.url, page["url"]?.string].contains { $0.map { Self.isSame($0, link) } ?? false }
    }

    private static func isSame(_ one: String, _ other: String) -> Bool {
        if one == other { return true }
        guard let key = CanonicalURL.key(one) else { return false }
        return key == CanonicalURL.key(other)
    }

    /// Whether it was fetched for that very version.
    func isOfVersion(_ article: StoredRecord) -> Bool { record.pageOf == article.seq }

    /// The feed itself says more than the page.
    var isTeaser: Bool { page["teaser"]?.bool == true }

    /// Whether the feed says something else in this version than in the one for which the page was fetched, so that the page
    /// may not say it yet. Where nobody knows any more what the feed said then, it may.
    func isBehind(_ article: StoredRecord, in reader: StoreReader) throws(StoreError) -> Bool {
        if isOfVersion(article) { return false }
        guard let seq = record.pageOf, let before = try reader.record(seq: seq) else { return true }
        return before.article.bodyText != article.article.bodyText
    }

    // MARK: The article with its page

    /// The article with what is known of the page.
    func said(of article: StoredRecord) -> StoredRecord { article.adding(page: page) }

    /// The article with the page's text beside its own.
    func beside(_ article: StoredRecord) -> StoredRecord {
        article.adding(page: .object((page.object ?? []) + Self.texts(of: record)))
    }

    /// The article with the page's text in the place of its own.
    func inPlace(of article: StoredRecord) -> StoredRecord {
        said(of: article).saying(Self.texts(of: record))
    }

    private static func texts(of record: StoredRecord) -> [JSONValue.Member] {
        (record.json.object ?? []).filter { StoredRecord.bodies.contains($0.key) }
    }
}

extension StoredRecord {
    fileprivate static let bodies: Set = ["content_html", "content_text"]

    fileprivate func adding(page: JSONValue) -> StoredRecord {
        changing(item: { $0 }, adding: [.init(key: "\(RecordMember.page)", value: page)])
    }

    fileprivate func saying(_ texts: [JSONValue.Member]) -> StoredRecord {
        var members = (json.object ?? []).filter { !Self.bodies.contains($0.key) }
        let place = members.firstIndex { $0.key == "\(Self.ownMember)" } ?? members.endIndex
        members.insert(contentsOf: texts, at: place)
        return StoredRecord(.object(members))
    }
}
