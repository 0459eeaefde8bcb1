package import JSONText

/// `ExtractedPage` is what was taken out of a page: the article's text, and what the page says of it.
package struct ExtractedPage: Sendable {
    package var fields = PageFields()
    /// The line below the headline that leads to the text, without being part of it.
    package var standfirst: String?
    /// Paragraphs apart by an empty line, 2 MiB at most; empty where the page has no article.
    package var text = ""
    /// The same blocks as clean HTML, URLs absolute.
    package var html = ""
    /// From 0 to 1: how sure it is that this is the article, and all of it.
    package var quality = 0.0
    /// The URLs of further pages of the article that the page links to, by their numbers (`FurtherPages`).
    package var furtherPages: [Int: String] = [:]
    /// So many pages the article has, by the page's own links; nil where it has no other.
    package var pages: Int?
    /// What the page looks like where it is nobody's article; its text is still what was found, of little `quality`.
    package var notice: PageNotice?
    /// What of the page could not be read, in whole sentences.
    package var warnings: [String] = []
    /// False for what is no HTML at all.
    package var isPage = true

    package init() {}

    /// A page that could not be read at all.
    ///
    /// - Parameter reason: a sentence.
    package init(unreadable reason: String) {
        isPage = false
        warnings = [reason]
    }

    package var hasArticle: Bool { !text.isEmpty }

    /// Writes it as one JSON object, without what has no value.
    ///
    /// - Parameter id: written as the first member where there is one.
    package func write(to json: inout JSONWriter, id: String? = nil) {
        json.beginObject()
        json.member("id", id)
        json.member("title", fields.title)
        json.member("standfirst", standfirst)
        if hasArticle {
            json.member("text", text)
            json.member("html", html)
        }
        json.member("authors", fields.authors)
        json.member("published", fields.published?.description)
        json.member("modified", fields.modified?.description)
        json.member("image", fields.image)
        json.member("language", fields.language)
        json.member("canonical_url", fields.canonicalURL)
        json.member("site", fields.site)
        json.flag("paywall", fields.isPaywalled)
        json.member("pages", pages)
        json.member("quality", (quality * 100).rounded() / 100)
        json.member("warnings", warnings)
        json.endObject()
    }
}
