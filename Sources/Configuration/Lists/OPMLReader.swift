private import FeedParsing
private import Text

extension OPMLDocument {
    /// `ReadError` says why bytes are no OPML.
    package struct ReadError: Error, Sendable, Equatable {
        /// The line is counted from 1.
        package var line: Int
        /// The message goes on where "the file" begins: `is larger than 64 MiB`.
        package var message: String
    }

    /// Reads a document of at most 64 MiB.
    ///
    /// It is decoded and mended as feeds are, and what of it could not be read for sure is a warning of the kind `lost`.
    /// Entities that the document declares are never followed. Throws where the root is not `<opml>`.
    package static func read(_ bytes: [UInt8]) throws(ReadError) -> OPMLDocument {
        guard bytes.count <= LoadingState.Limit.fileBytes else {
            throw ReadError(line: 1, message: "is larger than 64 MiB")
        }
        var reader = OPMLReader()
        let flaws = MendedDocument.read(bytes) { reader.take($0, line: $1) }
        guard reader.hasRoot else {
            throw ReadError(line: 1, message: "is no OPML: there is no <opml> element at its start")
        }
        var document = reader.document
        for flaw in flaws {
            document.warnings.append(
                Warning(line: flaw.line, message: flaw.message, kind: flaw.isLoss ? .lost : .mended))
        }
        let ordered = document.warnings.enumerated().sorted {
            ($0.element.line, $0.offset) < ($1.element.line, $1.offset)
        }
        document.warnings = ordered.map(\.element)
        return document
    }
}

/// Collects outlines from the tags of a document.
private struct OPMLReader {
    private(set) var document = OPMLDocument()
    private(set) var hasRoot = false
    /// The names of the open folders, as tags: feeds of one folder share them.
    private var folders = FeedTags()
    /// The open outlines; the mending of markup ends what is nested deeper than 250.
    private var outlines: [Outline] = []
    private var sawFolder = false
    private var isInHead = false
    /// The text of the document's title, while that element is open.
    private var title: String?
    private var isFull = false
    private typealias Warning = OPMLDocument.Warning

    private struct Outline {
        var line: Int
        /// It is a folder, whether or not its name is one of the tags.
        var isFolder: Bool
        /// Its name is the last of the tags.
        var isTag = false
        /// It is a feed without an address, as far as can be told before its end.
        var isWithoutURL = false
        var name: String?
    }

    /// - Returns: whether the document may be OPML.
    mutating func take(_ event: MendedDocument.Event, line: Int) -> Bool {
        switch event {
        case .start(let tag):
            guard hasRoot else {
                hasRoot = tag.name == "opml"
                if !tag.isWhole { lose("the tag <opml> cannot be read for sure", line) }
                return hasRoot
            }
            if tag.name == "title", outlines.isEmpty, document.title == nil { title = "" }
            if tag.name == "head" { isInHead = true }
            if tag.name == "outline" {
                outline(tag, line)
            } else if tag.attributes["xmlurl"] != nil {
                lose("a tag <\(ListText.cleaned(tag.name, limit: 40))> has an xmlUrl and is no outline", line)
            } else if !tag.isWhole {
                lose("a tag <\(ListText.cleaned(tag.name, limit: 40))> cannot be read for sure", line)
            }
        case .end(let name, let isImplied): end(name, isImplied, line)
        case .strayEnd(let name):
            if name == "outline", sawFolder {
                lose("an </outline> closes nothing: feeds may have lost their folder", line)
            }
        case .text(let text):
            if let count = title?.utf8.count {
                if count < 65_536 { title?.append(text) }
            } else if Self.isPartOfTag(text) {
                lose("a part of a tag stands between the outlines", line)
            } else if !isInHead, Self.holdsAddress(text) {
                lose("text between the outlines holds the address of what may be a feed", line)
            }
        case .looseAngle:
            if title == nil { lose("a < begins no tag: what follows it was taken as text", line) }
        }
        return true
    }

    private mutating func lose(_ message: String, _ line: Int) { warn(message, line, .lost) }

    private mutating func warn(_ message: String, _ line: Int, _ kind: Warning.Kind) {
        if document.warnings.count < LoadingState.Limit.diagnostics {
            document.warnings.append(Warning(line: line, message: message, kind: kind))
        } else if document.warnings.count == LoadingState.Limit.diagnostics {
            document.warnings.append(Warning(line: line, message: "and more like these", kind: .lost))
        }
    }

    private mutating func end(_ name: String, _ isImplied: Bool, _ line: Int) {
        if name == "title", let title {
            document.title = ListText.cleaned(title, limit: 4096)
            self.title = nil
        }
        if name == "head" { isInHead = false }
        guard name == "outline", let last = outlines.popLast() else { return }
        if last.isTag { folders.removeLast() }
        if last.isFolder, isImplied {
            lose("the folder of line \(last.line) is not closed before here: feeds may have tags of others", line)
        }
        if last.isWithoutURL {
            warn("\(ListText.named(last.name))was left out: it is a feed without an xmlUrl", last.line, .leftOut)
        }
    }

    private mutating func outline(_ tag: MendedDocument.Tag, _ line: Int) {
        var attributes = tag.attributes
        if !outlines.isEmpty { outlines[outlines.count - 1].isWithoutURL = false }
        if !tag.isWhole {
            let problem =
                "an outline cannot be read for sure: its quotation marks are wrong, or it says one thing twice"
            guard attributes["xmlurl"] == nil || !tag.doubtful.contains("xmlurl") else {
                lose("\(problem); it was left out", line)
                return outlines.append(Outline(line: line, isFolder: false))
            }
            lose(problem, line)
            for name in tag.doubtful { attributes[name] = nil }
        }
        let names = [attributes["title"], attributes["text"]].compactMap { $0 }
        let name = names.lazy.map { ListText.cleaned($0, limit: 4096) }.first { !$0.isEmpty }
        // Names of feeds are titles; names of all else are folders.
        guard let url = attributes["xmlurl"].map(Self.trimmed), !url.isEmpty else {
            let type = attributes["type"].map { Self.trimmed($0).lowercased() } ?? ""
            if type == "include" { warn("\(ListText.named(name))was left out: it is another list", line, .leftOut) }
            let others = attributes.values.contains { FeedAddress.isWeb($0) }
            outlines.append(
                Outline(
                    line: line, isFolder: true, isTag: name.map { folders.add($0) } ?? false,
                    isWithoutURL: ["rss", "atom", "feed"].contains(type) || type.isEmpty && others, name: name))
            sawFolder = true
            return
        }
        outlines.append(Outline(line: line, isFolder: false))
        guard document.entries.count < LoadingState.Limit.feeds else {
            if !isFull { lose("holds more than a million feeds", line) }
            isFull = true
            return
        }
        document.entries.append(
            OPMLDocument.Entry(
                url: url, title: name == url ? nil : name,
                tags: tags(withCategories: attributes["category"] ?? ""),
                siteURL: attributes["htmlurl"].map(Self.trimmed), line: line))
    }

    /// Categories are separated by commas, and their own parts by slashes.
    private func tags(withCategories categories: String) -> [String] {
        if categories.isEmpty || folders.isFull { return folders.list }
        var tags = folders
        for category in categories.utf8.split(whereSeparator: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "/") }) {
            if tags.isFull { break }
            tags.add(String(Substring(category)))
        }
        return tags.list
    }

    /// Whether text that should be none has what attributes have: an outline without its `<`, or one that ended too early.
    private static func isPartOfTag(_ text: String) -> Bool {
        var last: UInt8 = 0
        for byte in text.utf8 where byte > 0x20 {
            if last == UInt8(ascii: "="), byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") { return true }
            last = byte
        }
        return false
    }

    /// Whether text that should be none may be what is left of an outline without its `<` and its quotation marks.
    private static func holdsAddress(_ text: String) -> Bool {
        let text = text.lowercased()
        return ["xmlurl=", "http://", "https://"].contains { text.contains($0) }
    }

    private static func trimmed(_ text: String) -> String {
        String(text.unicodeScalars.trimming { $0.properties.isWhitespace })
    }
}
