private import FeedModel

/// `OPMLWriter` writes a list as OPML 2.0 in UTF-8, a piece at a time, so that very many feeds are never in memory as text.
package struct OPMLWriter {
    /// A piece has about so many bytes.
    private static let pieceBytes = 64 << 10

    private struct Group {
        var folders: [String]
        /// Of the entries.
        var places: [Int32]
    }

    private let entry: (Int) -> OPMLDocument.Entry
    private var groups: ArraySlice<Group>
    /// How many entries of the first group were written.
    private var written = 0
    private var bytes: [UInt8] = []
    private var isEnded = false

    /// - Parameters:
    ///   - title: of the whole list.
    ///   - tags: of each entry, in their order.
    ///   - entry: gives the entry at a place, once for each.
    package init(title: String?, tags: some Sequence<[String]>, entry: @escaping (Int) -> OPMLDocument.Entry) {
        self.entry = entry
        groups = Self.grouped(tags)[...]
        bytes += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n".utf8
        bytes += "  <head>\n    <title>\(Self.escaped(title ?? ""))</title>\n  </head>\n  <body>\n".utf8
    }

    /// The next piece; nil behind the last.
    package mutating func next() -> [UInt8]? {
        if isEnded { return nil }
        while bytes.count < Self.pieceBytes, let group = groups.first { writeEntry(of: group) }
        if groups.isEmpty {
            bytes += "  </body>\n</opml>\n".utf8
            isEnded = true
        }
        let piece = bytes
        bytes = []
        return piece
    }

    private mutating func writeEntry(of group: Group) {
        if written == 0 {
            for (depth, folder) in group.folders.enumerated() {
                bytes += "\(Self.indent(depth))<outline text=\"\(Self.escaped(folder))\">\n".utf8
            }
        }
        let entry = entry(Int(group.places[written]))
        let categories = entry.tags.dropFirst(group.folders.count)
        bytes += "\(Self.indent(group.folders.count))\(Self.outline(entry, categories))\n".utf8
        written += 1
        guard written == group.places.count else { return }
        for depth in group.folders.indices.reversed() { bytes += "\(Self.indent(depth))</outline>\n".utf8 }
        groups.removeFirst()
        written = 0
    }

    private static func indent(_ depth: Int) -> String { String(repeating: " ", count: 4 + 2 * depth) }

    /// The folders in the order in which they first come.
    private static func grouped(_ tags: some Sequence<[String]>) -> [Group] {
        var groups: [Group] = []
        var indexes: [[String]: Int] = [:]
        for (place, tags) in tags.enumerated() {
            // Categories are separated by commas and slashes; tags that hold one become folders.
            let fitsCategories = !tags.dropFirst().contains { $0.utf8.contains { ",/".utf8.contains($0) } }
            let folders = fitsCategories ? Array(tags.prefix(1)) : tags
            if let index = indexes[folders] {
                groups[index].places.append(Int32(place))
            } else {
                indexes[folders] = groups.count
                groups.append(Group(folders: folders, places: [Int32(place)]))
            }
        }
        return groups
    }

    private static func outline(_ entry: OPMLDocument.Entry, _ categories: ArraySlice<String>) -> String {
        // An outline needs a text; the URL stands for a title that is not known, and is read as none.
        let url = escaped(entry.url)
        let title = entry.title.map { escaped($0) } ?? url
        var result = "<outline type=\"rss\" text=\"\(title)\" title=\"\(title)\" xmlUrl=\"\(url)\""
        if let siteURL = entry.siteURL { result += " htmlUrl=\"\(escaped(siteURL))\"" }
        if !categories.isEmpty { result += " category=\"\(escaped(categories.joined(separator: ",")))\"" }
        return result + "/>"
    }

    /// Text as it may stand in an element or between double quotes. What XML cannot hold becomes U+FFFD; what could
    /// steer a terminal is written as its number.
    private static func escaped(_ text: String) -> String {
        // Nearly all texts are ASCII in which nothing has to be written otherwise.
        let isPlain = text.utf8.allSatisfy { byte in
            byte >= 0x20 && byte < 0x7f && byte != UInt8(ascii: "&") && byte != UInt8(ascii: "<")
                && byte != UInt8(ascii: ">") && byte != UInt8(ascii: "\"")
        }
        if isPlain { return text }
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
