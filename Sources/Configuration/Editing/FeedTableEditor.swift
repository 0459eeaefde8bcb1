/// Changes one `[[feed]]` or `[[filter]]` table of a file, or what stands at its top, and leaves all else in it as it is to the
/// byte.
struct FeedTableEditor {
    /// Why a table is not changed, and what a person can do in its place.
    struct Refusal: Error {
        /// It goes on where "it is not changed, because" ends.
        var reason: String
        /// It begins a sentence.
        var advice: String
    }

    /// What is left of a file from which a table is removed.
    struct Rest {
        var bytes: [UInt8]
        /// The line of a comment above the table that was left where it is.
        var comment: Int?
        /// There is nothing left, and newswire has made the file.
        var isEmptied = false
    }

    private let lines: TOMLLines
    private let header: Int
    private let table: TOMLNode

    /// - Parameters:
    ///   - line: where the table begins.
    ///   - name: of the table, which stands in two brackets.
    init(_ bytes: [UInt8], line: Int, of name: StaticString = "feed") throws(Refusal) {
        lines = TOMLLines(bytes)
        header = line
        let tables = (try? TOMLDocument(bytes))?.root?.member(name)?.children
        guard let table = tables?.first(where: { $0.line == line }), line <= lines.count,
            lines.begins(line, with: "[[")
        else {
            throw Refusal(reason: "no [[\(name)]] table begins there", advice: "Change it there by hand.")
        }
        self.table = table
    }

    /// What stands at the top of a file, to give keys that are there another value.
    init(top bytes: [UInt8]) throws(Refusal) {
        lines = TOMLLines(bytes)
        header = 1
        guard let root = (try? TOMLDocument(bytes))?.root else {
            throw Refusal(reason: "it is not TOML", advice: "Change it there by hand.")
        }
        table = root
    }

    /// The file without the table, and without a comment that `newswire add` has put above it.
    func removing() throws(Refusal) -> Rest {
        let last = table.lastLine
        guard !lines.hasComment(in: lines.range(header...last)) else {
            throw Refusal(
                reason: "there are comments in its table",
                advice: "Delete lines \(header) to \(last) there, and keep of the comments what you want.")
        }
        var first = header
        var rest = Rest(bytes: [])
        if header > 1, let comment = lines.comment(header - 1) {
            if FeedFile.isOwn(comment: comment) { first -= 1 } else { rest.comment = header - 1 }
        }
        var end = last
        if first == 1 || lines.isBlank(first - 1) {
            while end < lines.count, lines.isBlank(end + 1) { end += 1 }
        }
        let range = lines.range(first...end)
        rest.bytes = Array(lines.bytes[..<range.lowerBound] + lines.bytes[range.upperBound...])
        rest.isEmptied = first < header && rest.bytes.allSatisfy { $0 <= 0x20 }
        return rest
    }

    /// The file with another value of a key of the table.
    ///
    /// - Parameter value: as TOML has it, on one line.
    func setting(_ key: StaticString, to value: String) throws(Refusal) -> [UInt8] {
        let advice = "Write there: \(key) = \(value)"
        if let old = table.member(key) {
            let (start, end) = old.extent
            let range = lines.offset(start.line, column: start.column)..<lines.offset(end.line, column: end.column)
            guard !lines.hasComment(in: range) else {
                throw Refusal(reason: "there are comments in its \(key)", advice: advice)
            }
            return Array(lines.bytes[..<range.lowerBound] + value.utf8 + lines.bytes[range.upperBound...])
        }
        // Behind the URL, which each table has, and before tables that are in this one.
        guard let url = table.member("url") else {
            throw Refusal(reason: "its table has no url", advice: advice)
        }
        let line = url.extent.end.line
        let place = lines.range(line...line).upperBound
        let found = lines.lineBreak(line)
        let lineBreak = found.isEmpty ? [UInt8(ascii: "\n")] : found
        let text = lines.indentation(url.keyLine) + Array("\(key) = \(value)".utf8) + lineBreak
        return Array(lines.bytes[..<place] + (found.isEmpty ? lineBreak : []) + text + lines.bytes[place...])
    }
}
