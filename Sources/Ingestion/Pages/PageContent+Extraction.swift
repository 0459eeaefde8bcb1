internal import FeedModel
internal import PageExtraction

extension PageContent {
    /// Reads pages by the rules of `newswire extract`.
    package static let reading: PageReading = { rereading($0, $1, $2, SystemClock.now()) }

    /// Reads pages that were fetched at some time by the same rules, so that the same page gives the same whenever it is read.
    package static let rereading: PageRereading = { bytes, contentType, url, fetchedAt in
        let page = PageExtractor.extract(
            bytes, PageExtractor.Context(url: url, contentType: contentType, now: fetchedAt))
        let isWall = page.notice?.isWall == true
        guard page.isPage, page.hasArticle || isWall else { return nil }
        var content = PageContent(
            quality: page.quality, html: page.html, text: page.text, extractor: PageContent.extractor)
        content.title = page.fields.title
        content.standfirst = page.standfirst
        content.authors = page.fields.authors
        content.published = page.fields.published.map { "\($0.instant)" }
        content.modified = page.fields.modified.map { "\($0.instant)" }
        content.image = page.fields.image
        content.language = page.fields.language
        content.isPaywalled = page.fields.isPaywalled
        content.warnings = page.warnings
        content.furtherPages = page.furtherPages
        content.isWall = isWall
        return content
    }

    /// The number of the rules, which goes up when they change what comes out.
    package static let extractor = 2
}
