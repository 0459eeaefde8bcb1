internal import Configuration
internal import FeedModel
internal import PageExtraction

extension PageContent {
    /// Reads pages by the rules of `newswire extract`.
    package static let reading: PageReading = { bytes, contentType, url, settings, fetchedAt in
        let page = PageExtractor.extract(
            bytes,
            PageExtractor.Context(
                url: url, contentType: contentType, now: fetchedAt,
                selection: PageSelection(container: settings.container, remove: settings.remove)))
        guard page.isPage else { return .failure(.notHTML) }
        if page.notice?.isWall == true { return .failure(.refused) }
        guard page.hasArticle else { return .failure(.noArticle) }
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
        return .success(content)
    }

    /// The number of the rules, which goes up when they change what comes out.
    package static let extractor = 3
}
