/// A `[[feed]]` table that is written for a person to keep: by `newswire import` and `newswire add`.
package struct FeedTable: Sendable, Equatable {
    package var url: String
    package var id: String?
    package var title: String?
    package var tags: [String]

    package init(url: String, id: String? = nil, title: String? = nil, tags: [String] = []) {
        self.url = url
        self.id = id
        self.title = title
        self.tags = tags
    }

    /// TOML with only the keys that say something; ends in a line break.
    package var text: String {
        var result = "[[feed]]\nurl = \(TOMLText.quoted(url))\n"
        if let id { result += "id = \(TOMLText.quoted(id))\n" }
        if let title, !title.isEmpty { result += "title = \(TOMLText.quoted(title))\n" }
        if !tags.isEmpty { result += "tags = \(TOMLText.list(tags))\n" }
        return result
    }
}

extension OPMLDocument {
    /// The feeds of a document that was read, as tables that load without an error: each URL once, with the tags of all its places. What cannot be
    /// a feed here (`file:`, a password in the URL) is left out with a warning.
    package func feedTables() -> (tables: [FeedTable], warnings: [Warning]) {
        var tables: [FeedTable] = []
        var indexes: [String: Int] = [:]
        var warnings = self.warnings
        for entry in entries {
            switch FeedAddress.parse(entry.url, relativeTo: "/") {
            case .web: break
            case .local:
                warnings.append(Warning(line: entry.line, message: "is a local file and was left out"))
                continue
            case .refused(let reason):
                warnings.append(Warning(line: entry.line, message: "was left out: its xmlUrl \(reason)"))
                continue
            }
            if let index = indexes[entry.url] {
                tables[index].tags = FeedTags.joined(tables[index].tags, entry.tags)
                continue
            }
            indexes[entry.url] = tables.count
            let title = entry.title.map { ListText.cleaned($0, limit: 4096) }
            tables.append(FeedTable(url: entry.url, title: title, tags: entry.tags))
        }
        return (tables, warnings)
    }
}
