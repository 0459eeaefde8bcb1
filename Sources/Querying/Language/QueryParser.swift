private import Text

/// Reads the grammar of filters.md §1.
///
/// It goes once over the text, and as deep as brackets may be.
struct QueryParser {
    private(set) var warnings: [QueryIssue] = []

    private let text: String
    private let bytes: [UInt8]
    private let use: QueryUse
    private var offset = 0
    private var terms = 0
    private var depth = 0

    init(_ text: String, _ use: QueryUse) {
        self.text = text
        // What is too long is refused before it is read.
        bytes = Array(text.utf8.prefix(QueryLimits.bytes + 1))
        self.use = use
    }

    /// Reads all of it.
    mutating func parse() throws(QueryIssue) -> QueryNode {
        guard bytes.count <= QueryLimits.bytes else {
            throw issue("a query has at most \(QueryLimits.bytes) bytes", at: QueryLimits.bytes)
        }
        if let control = bytes.firstIndex(where: { ($0 < 0x20 && !Self.isSpace($0)) || $0 == 0x7f }) {
            throw issue("a control character stands here", at: control)
        }
        let node = try alternatives()
        if offset < bytes.count { throw issue("a bracket is closed that was not opened", at: offset) }
        return node
    }

    // MARK: - Structure

    private mutating func alternatives() throws(QueryIssue) -> QueryNode {
        var nodes = [try sequence()]
        while skipWord("OR") { nodes.append(try sequence()) }
        return Self.joined(nodes, by: QueryNode.any) { if case .any(let inner) = $0 { inner } else { nil } }
    }

    private mutating func sequence() throws(QueryIssue) -> QueryNode {
        var nodes: [QueryNode] = []
        while true {
            skipSpace()
            if offset == bytes.count || bytes[offset] == UInt8(ascii: ")") || isWord("OR") { break }
            nodes.append(try unary())
        }
        if nodes.isEmpty {
            let isOR = isWord("OR")
            throw issue(
                isOR ? "a term is missing before OR; \"OR\" in quotes is the word" : "a term is missing", at: offset)
        }
        return Self.joined(nodes, by: QueryNode.all) { if case .all(let inner) = $0 { inner } else { nil } }
    }

    /// Makes one node of several, of which those of the same kind are taken apart.
    private static func joined(
        _ nodes: [QueryNode], by join: ([QueryNode]) -> QueryNode, inner: (QueryNode) -> [QueryNode]?
    ) -> QueryNode {
        if nodes.count == 1 { return nodes[0] }
        return join(nodes.flatMap { inner($0) ?? [$0] })
    }

    private mutating func unary() throws(QueryIssue) -> QueryNode {
        let start = offset
        if bytes[offset] == UInt8(ascii: "-") {
            offset += 1
            guard offset < bytes.count, !startsSpace(offset), bytes[offset] != UInt8(ascii: ")") else {
                throw issue("what is not wanted has to stand right behind the -", at: start)
            }
            if bytes[offset] == UInt8(ascii: "-") { throw issue("one - is enough", at: offset) }
            return .not(try primary())
        }
        if skipWord("NOT") {
            skipSpace()
            guard offset < bytes.count, bytes[offset] != UInt8(ascii: ")"), !isWord("OR"), !isWord("NOT"),
                bytes[offset] != UInt8(ascii: "-")
            else {
                throw issue("behind NOT stands what is not wanted; \"NOT\" in quotes is the word", at: start)
            }
            return .not(try primary())
        }
        return try primary()
    }

    private mutating func primary() throws(QueryIssue) -> QueryNode {
        let start = offset
        guard bytes[offset] == UInt8(ascii: "(") else { return .condition(try condition()) }
        if depth == QueryLimits.depth {
            throw issue("brackets stand in at most \(QueryLimits.depth) others", at: start)
        }
        depth += 1
        offset += 1
        let node = try alternatives()
        guard offset < bytes.count else { throw issue("the bracket that is opened here is not closed", at: start) }
        depth -= 1
        offset += 1
        try expectEnd(behind: "the bracket")
        return node
    }

    private mutating func condition() throws(QueryIssue) -> QueryCondition {
        let start = offset
        terms += 1
        if terms > QueryLimits.terms { throw issue("a query has at most \(QueryLimits.terms) terms", at: start) }
        if isWord("AND") {
            throw issue("a blank is enough instead of AND; \"AND\" in quotes is the word", at: start)
        }
        let field = try self.field()
        let value = try self.value(of: field)
        if field == nil, case .word(let word) = value.kind,
            let message = QueryNearMiss.message(of: word, before: bytes[offset...])
        {
            warnings.append(issue(message, at: start))
        }
        let reader = QueryValueReader(query: text, use: use)
        return try reader.condition(field, value)
    }

    /// Reads `name:`, or nothing where no name with a colon stands here.
    private mutating func field() throws(QueryIssue) -> QueryField? {
        let start = offset
        var end = offset
        while end < bytes.count, !endsWord(end), bytes[end] != UInt8(ascii: ":") {
            if bytes[end] == UInt8(ascii: "/"), end == start { return nil }
            end += 1
        }
        guard end < bytes.count, bytes[end] == UInt8(ascii: ":") else { return nil }
        let name = String(decoding: bytes[start..<end], as: UTF8.self)
        guard let field = QueryField(rawValue: name) else {
            let nearest = EditDistance.nearest(to: name, among: QueryField.allCases.map(\.rawValue))
            let advice = nearest.map { ": did you mean \($0):?" } ?? "; the fields are \(QueryField.names)."
            throw issue(
                "there is no field \(quoted(name))\(advice) A word with a colon in it is written in quotes", at: start)
        }
        offset = end + 1
        return field
    }

    // MARK: - Values

    private mutating func value(of field: QueryField?) throws(QueryIssue) -> QueryValue {
        let start = offset
        let name = field?.rawValue ?? ""
        guard offset < bytes.count, !startsSpace(offset), bytes[offset] != UInt8(ascii: ")") else {
            throw issue("the value has to stand right behind \(name):", at: start)
        }
        switch bytes[offset] {
        case UInt8(ascii: "\""): return QueryValue(.quoted(try quotedText()), at: start)
        case UInt8(ascii: "/"): return QueryValue(.pattern(try pattern()), at: start)
        case UInt8(ascii: "("):
            throw issue("a field has one value: write it again for each, \(name):one OR \(name):other", at: start)
        case UInt8(ascii: "-") where field != nil:
            throw issue("the - stands before the field: -\(name):", at: start)
        default: break
        }
        while offset < bytes.count, !endsWord(offset) { offset += 1 }
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") {
            throw issue("a quotation mark stands within a word", at: offset)
        }
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "(") {
            throw issue("a blank is missing before the bracket", at: offset)
        }
        let word = String(decoding: bytes[start..<offset], as: UTF8.self)
        if let first = word.unicodeScalars.first, "\u{201c}\u{201d}\u{201e}\u{201f}".unicodeScalars.contains(first) {
            throw issue("quotation marks are straight ones here: \"several words\"", at: start)
        }
        return QueryValue(.word(word), at: start)
    }

    /// Reads what stands between quotation marks; `\"` and `\\` are such characters themselves.
    private mutating func quotedText() throws(QueryIssue) -> String {
        let start = offset
        var content: [UInt8] = []
        offset += 1
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "\"") {
            if bytes[offset] == UInt8(ascii: "\\"), offset + 1 < bytes.count,
                bytes[offset + 1] == UInt8(ascii: "\"") || bytes[offset + 1] == UInt8(ascii: "\\")
            {
                offset += 1
            }
            content.append(bytes[offset])
            offset += 1
        }
        guard offset < bytes.count else { throw issue("the quotation mark is not closed", at: start) }
        offset += 1
        try expectEnd(behind: "the quotation mark")
        return String(decoding: content, as: UTF8.self)
    }

    /// Reads what stands between slashes, as it is: `\/` means a slash to RE2 as well.
    private mutating func pattern() throws(QueryIssue) -> String {
        let start = offset
        offset += 1
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "/") {
            offset += bytes[offset] == UInt8(ascii: "\\") && offset + 1 < bytes.count ? 2 : 1
        }
        guard offset < bytes.count else {
            throw issue("the /regex/ is not closed; words that begin with a slash are written in quotes", at: start)
        }
        offset += 1
        try expectEnd(behind: "the /regex/; a slash within it is written \\/")
        return String(decoding: bytes[start + 1..<offset - 1], as: UTF8.self)
    }

    private func expectEnd(behind what: String) throws(QueryIssue) {
        guard offset == bytes.count || startsSpace(offset) || bytes[offset] == UInt8(ascii: ")") else {
            throw issue("a blank is missing behind \(what)", at: offset)
        }
    }

    // MARK: - Characters

    private func issue(_ message: String, at offset: Int) -> QueryIssue { QueryIssue(message, at: offset, in: text) }

    private mutating func skipSpace() {
        while offset < bytes.count, startsSpace(offset) { offset += spaceLength(offset) }
    }

    /// Passes over an operator, with the blanks before it, where it stands here.
    private mutating func skipWord(_ word: StaticString) -> Bool {
        skipSpace()
        guard isWord(word) else { return false }
        offset += word.utf8CodeUnitCount
        return true
    }

    /// Whether this operator stands here, and no longer word, field or value.
    private func isWord(_ word: StaticString) -> Bool {
        let end = offset + word.utf8CodeUnitCount
        guard end <= bytes.count,
            bytes[offset..<end].elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: end - offset))
        else { return false }
        return end == bytes.count || endsWord(end)
    }

    private func endsWord(_ index: Int) -> Bool {
        switch bytes[index] {
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "\""): true
        default: startsSpace(index)
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0d) }

    private func startsSpace(_ index: Int) -> Bool { spaceLength(index) > 0 }

    /// How many bytes of white space begin here; the no-break space and the wide one of East Asian keyboards count.
    private func spaceLength(_ index: Int) -> Int {
        if Self.isSpace(bytes[index]) { return 1 }
        if bytes[index...].starts(with: "\u{a0}".utf8) { return 2 }
        return bytes[index...].starts(with: "\u{3000}".utf8) ? 3 : 0
    }
}

/// A value as it was written.
struct QueryValue {
    enum Kind {
        case word(String)
        case quoted(String)
        /// What stands between the slashes.
        case pattern(String)
    }

    let kind: Kind
    /// Where it begins in the query, with its quotation mark or slash.
    let offset: Int

    init(_ kind: Kind, at offset: Int) {
        self.kind = kind
        self.offset = offset
    }
}

/// A name or value as messages show it, cut where it is long.
func quoted(_ text: String) -> String { "\"\(text.count > 40 ? text.prefix(40) + "…" : text[...])\"" }
