package import FeedModel

/// Names the fields that make a version another one.
package enum ChangedFields {
    /// - Returns: names as in JSON Feed, in the order in which an item has them.
    ///
    /// - Parameter isShort: the old record was kept without its content, so only some fields can be compared.
    package static func names(from old: Article, to new: Article, isShort: Bool = false) -> [String] {
        var names: [String] = []
        func note(_ name: String, _ isSame: Bool) {
            if !isSame { names.append(name) }
        }
        if isShort {
            note("url", link(old.url) == link(new.url))
            note("title", collapsed(old.title) == collapsed(new.title))
            note("date_published", date(old) == date(new))
            return names
        }
        note("url", link(old.url) == link(new.url))
        note("title", collapsed(old.title) == collapsed(new.title))
        note("content_html", collapsed(old.contentHTML) == collapsed(new.contentHTML))
        note("content_text", collapsed(old.contentText) == collapsed(new.contentText))
        note("summary", collapsed(old.summary) == collapsed(new.summary))
        note("date_published", date(old) == date(new))
        note("authors", old.authors.map(person) == new.authors.map(person))
        note("tags", old.tags == new.tags)
        note("attachments", old.attachments.map { link($0.url) } == new.attachments.map { link($0.url) })
        return names
    }

    private static func date(_ article: Article) -> String? {
        if let published = article.published { return String(published.seconds) }
        return article.rawDates.first { $0.field == "date_published" }?.text
    }

    /// An author without a name is stored under the address.
    private static func person(_ author: Author) -> [String?] {
        [author.name ?? author.email ?? author.url, author.email]
    }

    private static func link(_ url: String?) -> String? {
        url.map { CanonicalURL.key($0) ?? $0 }
    }

    private static func collapsed(_ text: String?) -> [UInt8]? {
        guard let text else { return nil }
        var bytes: [UInt8] = []
        NormalizedText.appendCollapsed(text, to: &bytes)
        return bytes
    }
}
