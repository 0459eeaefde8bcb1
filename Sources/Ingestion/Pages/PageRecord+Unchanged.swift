internal import Archiving
internal import Configuration
internal import FeedModel
internal import JSONText

/// A page that is as it was when it was stored for an earlier version of its article.
extension PageRecord {
    /// - Parameters:
    ///   - page: the answer, which has no bytes (304).
    ///   - previous: the page as it was stored.
    ///   - former: the version of the article for which that was; nil where nobody knows it any more.
    ///   - settings: those by which the page was read, and is read today.
    /// - Returns: nil where nothing was stored that can be said again.
    init?(
        unchanged page: FetchedPage, as previous: StoredRecord, of former: StoredRecord?, for article: StoredRecord,
        settings: PageSettings
    ) throws(PageFetcher.Failure) {
        guard var content = PageContent(previous), let stored = previous.page else { return nil }
        // How sure it is goes by what the feed says, and that is another thing in this version.
        let before = former.map { PageAgreement.share(of: content, for: $0) } ?? 1
        content.quality =
            min(1, content.quality / max(before, PageTask.leastQuality))
            * PageAgreement.share(of: content, for: article)
        content = try PageTask.likely(.success(content))
        var page = page
        page.etag = page.etag ?? stored["etag"]?.string
        page.lastModified = page.lastModified ?? stored["last_modified"]?.string
        self.init(page: page, content: content, settings: settings, article: article)
        self.previous = previous
        digest = stored["sha256"]?.string
        archive = stored["archive"]?.string.flatMap { ArchivePlace($0) }
    }
}

extension PageContent {
    /// Takes the article out of the record of its page; nil where that has none.
    fileprivate init?(_ record: StoredRecord) {
        guard let page = record.page, let html = record.contentHTML, let text = record.contentText,
            let quality = page["quality"]?.double,
            let extractor = page["extractor"]?.integer.flatMap({ Int(exactly: $0) })
        else { return nil }
        self.init(quality: quality, html: html, text: text, extractor: extractor)
        title = page["title"]?.string
        standfirst = page["standfirst"]?.string
        authors = page["authors"]?.array?.compactMap(\.string) ?? []
        published = page["published"]?.string
        modified = page["modified"]?.string
        image = page["image"]?.string
        language = page["language"]?.string
        isPaywalled = page["paywall"]?.bool == true
        warnings = page["warnings"]?.array?.compactMap(\.string) ?? []
    }
}
