package import Configuration
package import FeedModel

/// `PageContent` is the article that a page has, taken out of it: what a `PageReading` returns.
package struct PageContent: Sendable, Equatable {
    /// The headline is plain text.
    package var title: String?
    /// The text between headline and article is plain text.
    package var standfirst: String?
    /// The authors have these names.
    package var authors: [String] = []
    /// The page says that the article was published then, in RFC 3339.
    package var published: String?
    /// The page says that the article was changed last then, in RFC 3339.
    package var modified: String?
    /// The article's picture has this URL.
    package var image: String?
    /// The article is in this language, by its BCP 47 tag.
    package var language: String?
    /// Whether the page says that not all of the article is shown to everybody.
    package var isPaywalled = false
    /// How sure it is that this is the article, from 0 to 1.
    package var quality: Double
    /// The article as HTML of few elements, in which nothing is active.
    package var html: String
    /// The article as plain text, paragraphs apart by an empty line.
    package var text: String
    /// What looked wrong with the page, a word or a sentence each.
    package var warnings: [String] = []
    /// The URLs of further pages of the article that the page links to, by their numbers.
    package var furtherPages: [Int: String] = [:]
    /// The rules that took it out had this number, which grows when they change.
    package var extractor: Int

    package init(quality: Double, html: String, text: String, extractor: Int) {
        self.quality = quality
        self.html = html
        self.text = text
        self.extractor = extractor
    }
}

/// A `PageReading` takes the article out of a page's bytes, or says that it is no page or has none. It is called on a thread that
/// computes, for as long as it takes, and must bound that itself.
///
/// - Parameters:
///   - bytes: the page, decompressed.
///   - contentType: as the server wrote it; nil where it did not.
///   - url: where the page was found, after all redirects.
///   - settings: what the feed's table says of its pages.
///   - fetchedAt: no time that the page names is believed that is more than a day later. So the same page gives the same whenever
///     it is read.
package typealias PageReading =
    @Sendable (
        _ bytes: [UInt8], _ contentType: String?, _ url: String, _ settings: PageSettings, _ fetchedAt: Timestamp
    ) -> Result<PageContent, PageFailure>
