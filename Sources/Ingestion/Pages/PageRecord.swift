internal import Archiving
internal import ArticleStore
internal import Configuration
package import Digest
package import FeedModel
internal import JSONText

/// `PageKey` is the key by which the index finds the page of an article.
package enum PageKey {
    package typealias Key = Hash128

    /// Returns the key for an article.
    package static func of(_ uid: ArticleIdentifier) -> Hash128 {
        Array("page\0\(uid)".utf8).withUnsafeBytes { XXH3.hash128($0) }
    }
}

/// `PageRecord` makes the record of a page that was fetched and read (docs/store.md): what the page says of its article,
/// beside what the feed says, which stays as it is.
struct PageRecord {
    var page: FetchedPage
    let content: PageContent
    /// What the configuration said of the feed's pages when it was read.
    let settings: PageSettings
    /// So many pages of the article are in it.
    var pages = 1
    let article: StoredRecord
    /// The record of the page as it was before; nil where there is none.
    var previous: StoredRecord?
    /// Where the page is kept as it came; nil where it is not.
    var archive: ArchivePlace?
    /// Where those behind it are, of an article that stands on several.
    var archivedFurther: [ArchivePlace] = []
    /// The SHA-256 of the page's bytes, where they did not come again; nil where they are those of `page`.
    var digest: String?

    /// Tells pages apart by their text alone.
    static func hash(_ content: PageContent) -> Hash128 {
        Array(content.text.utf8).withUnsafeBytes { XXH3.hash128($0) }
    }

    /// Whether the feed itself says more than the page, which is a teaser then.
    var isTeaser: Bool { content.text.utf8.count < FeedBody(article).text.utf8.count }

    /// Nil where the article has no identity or version, which every record of a store has.
    var pending: PendingRecord? {
        guard let uid = article.uid, let version = article.version.flatMap(UInt32.init(exactly:)) else { return nil }
        return PendingRecord(
            prefix: prefix, uid: uid, kind: .fulltext, version: version, isInitial: article.isInitial,
            contentHash: Self.hash(content), keys: [PageKey.of(uid)])
    }

    private var prefix: [UInt8] {
        var json = JSONWriter(capacity: content.html.utf8.count + content.text.utf8.count + 4096)
        json.beginObject()
        json.member("id", article.id)
        json.member("url", article.url)
        json.member("title", article.title ?? content.title)
        json.member("content_html", content.html)
        json.member("content_text", content.text)
        json.member("date_published", article.publishedText)
        json.key(StoredRecord.ownMember)
        json.beginObject()
        json.member(RecordMember.feedURL, article.feedURL)
        json.member(RecordMember.feedTitle, article.feedTitle)
        json.member(RecordMember.feedTags, article.feedTags)
        json.key(RecordMember.page)
        writePage(to: &json)
        json.member(RecordMember.changed, changed)
        json.member(RecordMember.previous, previous?.seq)
        json.member(RecordMember.labels, article.labels)
        return json.bytes
    }

    private func writePage(to json: inout JSONWriter) {
        json.beginObject()
        json.member("article", article.seq)
        json.member("url", URLRedaction.redacted(page.url))
        json.member("fetched_at", Timestamp(seconds: page.fetchedAt.seconds))
        json.member("status", page.status)
        json.member("etag", page.etag.flatMap { $0.utf8.count <= 1024 ? $0 : nil })
        json.member("last_modified", page.lastModified)
        if pages > 1 { json.member("pages", pages) }
        json.member("title", content.title)
        json.member("standfirst", content.standfirst)
        json.member("authors", content.authors)
        json.member("published", content.published)
        json.member("modified", content.modified)
        json.member("image", content.image)
        json.member("language", content.language)
        json.flag("paywall", content.isPaywalled)
        json.flag("teaser", isTeaser)
        json.member("quality", (content.quality * 100).rounded() / 100)
        json.member("extractor", content.extractor)
        PageSelectors(settings).write(to: &json)
        json.member("sha256", digest ?? Self.sha256(page.bytes))
        json.member("warnings", content.warnings)
        json.member("archive", archive?.description)
        json.member("archive_further", archivedFurther.map(\.description))
        json.endObject()
    }

    private static func sha256(_ bytes: [UInt8]) -> String {
        var digest = MessageDigest(.sha256)
        digest.update(bytes)
        return Hex.string(digest.finish())
    }

    private var changed: [String] {
        guard let previous else { return [] }
        return PageChanges(from: previous, to: content).fields
    }
}
