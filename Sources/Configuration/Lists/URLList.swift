private import FeedModel

/// A list of URLs, one a line, as newsboat's urls file: `URL "tag" "~Title"`; `#` begins a comment.
enum URLList {
    struct Line {
        var number: Int
        var url: String
        var title: String?
        /// The tags as they stand in the line, where one may stand twice.
        var tags: [String]
    }

    /// Calls `body` for each line that names a feed.
    ///
    /// `problem` says why it cannot be read for sure, and goes on where "the line" begins; nil where it can.
    static func read(_ bytes: [UInt8], _ body: (Line, _ problem: String?) -> Void) {
        bytes.withUnsafeBufferPointer { bytes in
            var start = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
            var number = 1
            while start < bytes.count {
                // Files of old Macs end their lines so.
                let end =
                    bytes[start...].firstIndex { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") } ?? bytes.count
                let line = UnsafeBufferPointer(rebasing: bytes[start..<end])
                if let (fields, problem) = fields(of: line), let url = fields.first {
                    body(assemble(url, fields.dropFirst(), number), problem)
                }
                let isPair =
                    end + 1 < bytes.count && bytes[end] == UInt8(ascii: "\r") && bytes[end + 1] == UInt8(ascii: "\n")
                start = end + (isPair ? 2 : 1)
                number += 1
            }
        }
    }

    /// It looks at bytes, as newsboat does: to `Character`, a tilde with an accent behind it is another character, and
    /// to find that out takes many times as long.
    private static func assemble(_ url: String, _ others: ArraySlice<String>, _ number: Int) -> Line {
        var line = Line(number: number, url: url, title: nil, tags: [])
        for field in others {
            if field.utf8.first == UInt8(ascii: "~") {
                line.title = String(field.unicodeScalars.dropFirst())
            } else if !field.isEmpty, field.utf8.count > 1 || field.utf8.first != UInt8(ascii: "!") {
                // newsboat hides a feed tagged "!"; here nothing is shown that could be hidden.
                line.tags.append(field)
            }
        }
        return line
    }

    /// The words of a line, quoted ones with their spaces; nil for an empty line or a comment.
    private static func fields(of line: UnsafeBufferPointer<UInt8>) -> ([String], problem: String?)? {
        var fields: [String] = []
        var problem: String?
        var index = 0
        while index < line.count {
            let byte = line[index]
            if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r") {
                index += 1
                continue
            }
            if byte == UInt8(ascii: "#") { break }
            let field: String?
            let isQuoted = byte == UInt8(ascii: "\"")
            if isQuoted {
                var text: [UInt8] = []
                index += 1
                while index < line.count, line[index] != UInt8(ascii: "\"") {
                    if line[index] == UInt8(ascii: "\\"), index + 1 < line.count { index += 1 }
                    text.append(line[index])
                    index += 1
                }
                if index >= line.count { problem = "has a quotation mark that is not closed" }
                index += 1
                field = String(validating: text, as: UTF8.self)
            } else {
                let start = index
                while index < line.count, line[index] > 0x20 { index += 1 }
                // A control character inside a word stays in it, to be refused with the URL.
                while index < line.count, line[index] < 0x20, line[index] != 0x09, line[index] != 0x0d { index += 1 }
                field = String(validating: line[start..<index], as: UTF8.self)
            }
            if field == nil { problem = "is not UTF-8" }
            if !isQuoted, let url = fields.first, let field, isRest(field, of: url) {
                problem =
                    "has \(TOMLText.quoted(ListText.cleaned(field, limit: 80))) behind the URL, as if there were a space in "
                    + "it; write %20 for the space, or quotes around a tag"
            }
            // As a tag it would be a feed that nobody polls and nobody misses.
            if !fields.isEmpty, field?.contains("://") ?? false {
                problem = "names a second URL; write each on a line of its own"
            }
            fields.append(field ?? "")
        }
        return fields.isEmpty ? nil : (fields, problem)
    }

    /// Whether a word that is meant for a tag looks like the rest of a URL that was broken by a space: it would be left to
    /// a feed that nobody has named.
    private static func isRest(_ word: String, of url: String) -> Bool {
        guard let scheme = url.firstRange(of: "://"), word.utf8.first != UInt8(ascii: "~"), word.utf8.count < 2048
        else {
            return false
        }
        if word.utf8.contains(UInt8(ascii: "=")) { return true }
        let name = word.split(separator: "/").last?.lowercased() ?? ""
        let endings = ["xml", "rss", "atom", "rdf", "json"]
        if endings.contains(where: { name.hasSuffix(".\($0)") }) { return true }
        let isPath = word.utf8.contains(UInt8(ascii: "/"))
        if isPath, name == "feed" || endings.contains(name) { return true }
        // A host of one label may be one of this network, and tags may stand behind it.
        let host = url[scheme.upperBound...]
        let isCutHost = host != "localhost" && !host.utf8.contains { ".:/?[".utf8.contains($0) }
        return isCutHost && (isPath || word.utf8.contains(UInt8(ascii: ".")))
    }
}

/// Adds the feeds of a URL list to a configuration.
struct URLListReader {
    let file: ConfigurationFile
    let state: LoadingState

    func read(_ bytes: [UInt8]) {
        var isFull = false
        URLList.read(bytes) { line, problem in
            guard !isFull else { return }
            let place = file.place(line.number)
            if let problem { return state.error(problem, at: place) }
            var feed: PendingFeed
            switch FeedAddress.parse(listed: line.url, { state.warning($0, at: place) }) {
            case .web(let url, let host): feed = PendingFeed(url: url, origin: .host(host), tags: [], place: place)
            case .local(let path, let url): feed = PendingFeed(url: url, origin: .file(path), tags: [], place: place)
            case .refused(let reason): return state.error("the URL \(reason)", at: place)
            }
            if let title = line.title, !title.isEmpty { feed.title = ListText.cleaned(title, limit: 4096) }
            feed.tags = FeedTags(line.tags).list
            switch state.feeds.add(feed) {
            case .merged(let other):
                state.warning("\(URLRedaction.redacted(feed.url)) \(other.message)", at: place)
            case .tooMany:
                isFull = true
                state.error("there are more than \(LoadingState.Limit.feeds) feeds", at: place)
            case .added, .alike, .sameURL, .sameID: break
            }
        }
    }
}

/// Titles and tags of lists that other programs wrote: made fit rather than refused.
enum ListText {
    /// A title as a message begins with it, so that a person knows which feed of a long line is meant; empty for none.
    static func named(_ title: String?) -> String {
        guard let title, !title.isEmpty else { return "" }
        return "\(TOMLText.quoted(cleaned(title, limit: 200))) "
    }

    /// The text without control characters, with single spaces, and of at most `limit` bytes.
    static func cleaned(_ text: String, limit: Int) -> String {
        if isClean(text), text.utf8.count <= limit { return text }
        var result = ""
        var needsSpace = false
        for scalar in text.unicodeScalars {
            if scalar.properties.isWhitespace || TextRules.isInvisible(scalar) {
                needsSpace = !result.isEmpty
                continue
            }
            guard result.utf8.count + UTF8.width(scalar) + 1 <= limit else { break }
            if needsSpace { result.unicodeScalars.append(" ") }
            needsSpace = false
            result.unicodeScalars.append(scalar)
        }
        return result
    }

    /// Whether there is nothing to clean in what most titles and tags are: ASCII with single spaces.
    private static func isClean(_ text: String) -> Bool {
        var last = UInt8(ascii: " ")
        for byte in text.utf8 {
            guard byte >= 0x20, byte < 0x7f, byte != 0x20 || last != 0x20 else { return false }
            last = byte
        }
        return last != 0x20
    }
}
