internal import FeedModel
internal import FeedParsing
internal import JSONText

extension Article {
    /// Reduces what may hold HTML to the allow-list (`--sanitize`).
    mutating func sanitize() {
        contentHTML = contentHTML.map { HTMLSanitizer.sanitize($0, baseURL: url) }
        summary = summary.map { HTMLSanitizer.sanitize($0, baseURL: url) }
    }
}

extension Feed {
    mutating func sanitize() {
        for index in articles.indices { articles[index].sanitize() }
        description = description.map { HTMLSanitizer.sanitize($0, baseURL: homePageURL) }
        copyright = copyright.map { HTMLSanitizer.sanitize($0, baseURL: homePageURL) }
    }
}

extension StoredRecord {
    /// The record with its HTML reduced; its checksum and chain do not fit it, and are left out.
    func sanitizingHTML() -> StoredRecord {
        changing { member in
            guard ["content_html", "summary"].contains(member.key), let html = member.value.string else {
                return member
            }
            return .init(key: member.key, value: .string(HTMLSanitizer.sanitize(html, baseURL: url)))
        }
    }
}
