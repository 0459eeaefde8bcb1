private import FeedModel

extension OPMLDocument {
    /// The feeds of a configuration that another program could fetch, their first tag being their folder. Their URLs
    /// are written as they are, with what secrets are in them, since they would be useless without.
    package init(exporting configuration: Configuration, title: String) {
        let entries = configuration.feeds.filter { !$0.isLocalFile }.map { feed in
            Entry(url: feed.url, title: feed.title, tags: feed.tags)
        }
        self.init(title: title, entries: entries)
    }

    /// The document as OPML 2.0 in UTF-8. Reading it gives the same entries, grouped by their first tag.
    package func xml() -> [UInt8] {
        var bytes: [UInt8] = []
        let title = Self.escaped(title ?? "")
        bytes += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n".utf8
        bytes += "  <head>\n    <title>\(title)</title>\n  </head>\n  <body>\n".utf8
        for (folders, entries) in grouped() {
            var indent = "    "
            for folder in folders {
                bytes += "\(indent)<outline text=\"\(Self.escaped(folder))\">\n".utf8
                indent += "  "
            }
            for (entry, categories) in entries { bytes += "\(indent)\(Self.outline(entry, categories))\n".utf8 }
            for _ in folders {
                indent.removeLast(2)
                bytes += "\(indent)</outline>\n".utf8
            }
        }
        bytes += "  </body>\n</opml>\n".utf8
        return bytes
    }

    private typealias Group = (folders: [String], entries: [(entry: Entry, categories: [String])])

    /// The folders in the order in which they first come.
    private func grouped() -> [Group] {
        var groups: [Group] = []
        var indexes: [[String]: Int] = [:]
        for entry in entries {
            // Categories are separated by commas and slashes; tags that hold one become folders.
            let fitsCategories = !entry.tags.dropFirst().contains { $0.utf8.contains { ",/".utf8.contains($0) } }
            let folders = fitsCategories ? Array(entry.tags.prefix(1)) : entry.tags
            let categories = Array(entry.tags.dropFirst(folders.count))
            if let index = indexes[folders] {
                groups[index].entries.append((entry, categories))
            } else {
                indexes[folders] = groups.count
                groups.append((folders, [(entry, categories)]))
            }
        }
        return groups
    }

    private static func outline(_ entry: Entry, _ categories: [String]) -> String {
        // An outline needs a text; the URL stands for a title that is not known, and is read as none.
        let title = escaped(entry.title ?? entry.url)
        var result = "<outline type=\"rss\" text=\"\(title)\" title=\"\(title)\" xmlUrl=\"\(escaped(entry.url))\""
        if let siteURL = entry.siteURL { result += " htmlUrl=\"\(escaped(siteURL))\"" }
        if !categories.isEmpty { result += " category=\"\(escaped(categories.joined(separator: ",")))\"" }
        return result + "/>"
    }

    /// Text as it may stand in an element or between double quotes. What XML cannot hold becomes U+FFFD; what could steer a
    /// terminal is written as its number.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\t", "\n", "\r": result += "&#\(scalar.value);"
            case "\u{0}"..."\u{1f}", "\u{fffe}", "\u{ffff}": result += "\u{fffd}"
            case _ where SafeText.isUnsafe(scalar): result += "&#\(scalar.value);"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
