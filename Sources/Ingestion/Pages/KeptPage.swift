package import Archiving
package import FeedModel
internal import Fetching

/// `KeptPage` is a page as the archive has it: a `response`, and behind it a `metadata` record that says whose it is.
package struct KeptPage: Sendable {
    /// Where it is.
    package let place: ArchivePlace
    /// The feed had this id when it was fetched.
    package let feed: FeedIdentifier
    package let uid: ArticleIdentifier
    /// The record of the article that links to it.
    package let article: UInt64
    /// Which page of the article it is, from 1, where that stands on several.
    package let part: Int
    /// It was asked for then.
    package let date: Timestamp
    /// Where it was found after redirects, without secrets.
    package let url: String
    package let response: HTTPBlock

    /// The fields of the `metadata` record.
    private enum Field {
        static let feed = "feed"
        static let uid = "uid"
        static let version = "version"
        static let article = "seq"
        static let part = "part"
        static let extractor = "extractor"
        static let outcome = "outcome"
        static let quality = "quality"
        static let hop = "hop"
    }

    /// Makes the records of a page, each packed, one behind the other.
    ///
    /// - Parameter part: which page of the article it is, from 1.
    static func records(
        _ page: FetchedPage, _ found: Result<PageContent, PageFailure>, of article: StoredRecord, part: Int
    ) -> [UInt8] {
        let url = URLRedaction.redacted(page.url)
        let date = page.answer?.begun ?? page.fetchedAt
        let block = HTTPBlock(status: page.status, fields: page.answer?.fields.pairs ?? [], body: page.bytes)
        var response = WARCRecord(
            .response, at: date, of: url, contentType: HTTPBlock.type, block: block.bytes, payload: page.bytes)
        response.header.add(WARCRecord.Name.address, ifThere: page.answer?.address)
        var fields = WARCFields()
        fields.add(Field.feed, ifThere: article.feed?.text)
        fields.add(Field.uid, ifThere: article.uid.map { "\($0)" })
        fields.add(Field.version, ifThere: article.version.map { "\($0)" })
        fields.add(Field.article, ifThere: article.seq.map { "\($0)" })
        if part > 1 { fields.add(Field.part, "\(part)") }
        fields.add(Field.extractor, "\(PageContent.extractor)")
        fields.add(Field.outcome, Self.outcome(found))
        if case .success(let content) = found {
            fields.add(Field.quality, "\((content.quality * 100).rounded() / 100)")
        }
        for hop in page.answer?.redirects ?? [] {
            fields.add(Field.hop, "\(hop.status) \(URLRedaction.redacted(hop.to))")
        }
        var metadata = WARCRecord(
            .metadata, at: date, of: url, contentType: WARCRecord.fieldsType, block: fields.bytes)
        metadata.header.add(WARCRecord.Name.refersTo, ifThere: response.id)
        metadata.header.add(WARCRecord.Name.concurrentTo, ifThere: response.id)
        return response.packed + metadata.packed
    }

    /// Takes a page out of its two records; nil where they are not those of one.
    package init?(_ response: WARCRecord, _ metadata: WARCRecord, at place: ArchivePlace) {
        guard response.kind == .response, metadata.kind == .metadata, let id = response.id,
            metadata.header[WARCRecord.Name.refersTo] == id, let date = response.date,
            let url = response.header[WARCRecord.Name.target], let block = HTTPBlock(response.block)
        else { return nil }
        let fields = WARCFields(metadata.block[...])
        guard let feed = fields[Field.feed], let uid = fields[Field.uid].flatMap({ ArticleIdentifier($0) }),
            let article = fields[Field.article].flatMap({ UInt64($0) })
        else { return nil }
        self.place = place
        self.feed = FeedIdentifier(feed)
        self.uid = uid
        self.article = article
        part = fields[Field.part].flatMap { Int($0) } ?? 1
        self.date = date
        self.url = url
        self.response = block
    }

    /// The page as it was fetched, as far as its record needs it.
    var fetched: FetchedPage {
        FetchedPage(
            url: url, status: response.status, etag: response.field("ETag"),
            contentType: response.field("Content-Type"),
            bytes: response.body, fetchedAt: date)
    }

    /// What came of it, in the words of `PageFailure`.
    private static func outcome(_ found: Result<PageContent, PageFailure>) -> String {
        do throws(PageFetcher.Failure) {
            _ = try PageTask.likely(found)
            return "found"
        } catch {
            return error.kind.rawValue
        }
    }
}
