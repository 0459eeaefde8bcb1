internal import FeedModel
internal import PageExtraction

extension PageContent {
    /// Reads pages by the rules of `newswire extract`.
    package static let reading: PageReading = { bytes, contentType, url in
        let page = PageExtractor.extract(
            bytes, PageExtractor.Context(url: url, contentType: contentType, now: SystemClock.now()))
        guard page.isPage, page.hasArticle else { return nil }
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
        return content
    }

    /// The number of the rules, which goes up when they change what comes out.
    static let extractor = 1
}
