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

extension JSONValue {
    /// An item's line with its HTML reduced; its checksum and chain no longer fit and are left out.
    func sanitizingHTML() -> JSONValue {
        guard case .object(let members) = self else { return self }
        let base = self["url"]?.string
        return .object(
            members.map { member in
                switch (member.key, member.value) {
                case ("content_html", .string(let html)), ("summary", .string(let html)):
                    .init(key: member.key, value: .string(HTMLSanitizer.sanitize(html, baseURL: base)))
                case ("_newswire", .object(let own)):
                    .init(
                        key: member.key,
                        value: .object(own.filter { !["prev", "chain", "xxh3"].contains($0.key) }))
                default: member
                }
            })
    }
}
