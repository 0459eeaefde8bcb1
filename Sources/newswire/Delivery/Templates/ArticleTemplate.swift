internal import FeedModel
internal import JSONText
internal import Text

/// A text with places for what an article says: `{{title}}`, `{{summary:300}}`, `{{title|slack}}`, `{{summary:300|html}}`.
///
/// A place has a name (`TemplateField`), at most so many characters, and the markup that must not be taken for markup where
/// it goes (`TemplateMarkup`). What an article says never ends the string, line or part of a URL that its place is in.
struct ArticleTemplate: Sendable {
    /// What the text is made into, and so how a value is written.
    enum Form: Sendable {
        /// Values are parts of strings.
        case json
        case text
        /// Values are parts of a path or a query.
        case url
    }

    /// Why a text is no template: a part of a sentence.
    struct Problem: Error, Equatable, CustomStringConvertible {
        let description: String
    }

    private enum Piece: Sendable {
        case text([UInt8])
        case value(TemplateField, limit: Int, TemplateMarkup?)
    }

    /// Characters of a value that says nothing else; more than any chat shows.
    static let standardLimit = 4000
    /// What may be asked for.
    private static let limits = 1...100_000

    private let pieces: [Piece]
    private let form: Form

    init(_ text: String, form: Form) throws(Problem) {
        self.form = form
        var pieces: [Piece] = []
        var rest = text[...]
        while let start = rest.firstRange(of: "{{") {
            pieces.append(.text(Array(rest[..<start.lowerBound].utf8)))
            guard let end = rest[start.upperBound...].firstRange(of: "}}") else {
                throw Problem(description: "“\(Self.shown(rest[start.lowerBound...]))” is not ended by }}")
            }
            pieces.append(try Self.value(rest[start.upperBound..<end.lowerBound]))
            rest = rest[end.upperBound...]
        }
        pieces.append(.text(Array(rest.utf8)))
        self.pieces = pieces
    }

    /// `name`, `name:300`, `name|markup` or `name:300|markup`.
    private static func value(_ text: Substring) throws(Problem) -> Piece {
        let halves = text.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
        let parts = halves[0].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let field: TemplateField = try named(parts[0], "a value", "values")
        var limit = standardLimit
        if parts.count > 1 {
            guard let number = Int(parts[1]), limits.contains(number) else {
                throw Problem(
                    description:
                        "“{{\(shown(text))}}” has no length behind its colon; it takes 1 to \(limits.upperBound)")
            }
            limit = number
        }
        guard halves.count > 1 else { return .value(field, limit: limit, nil) }
        let markup: TemplateMarkup = try named(halves[1], "a markup", "markups")
        return .value(field, limit: limit, markup)
    }

    private static func named<Name: RawRepresentable<String> & CaseIterable>(
        _ text: Substring, _ kind: String, _ kinds: String
    ) throws(Problem) -> Name {
        if let name = Name(rawValue: String(text)) { return name }
        let names = Name.allCases.map(\.rawValue)
        let advice =
            EditDistance.nearest(to: String(text), among: names).map { "did you mean \($0)?" }
            ?? "the \(kinds) are \(names.joined(separator: ", "))"
        throw Problem(description: "“\(shown(text))” is not \(kind) that a template knows; \(advice)")
    }

    private static func shown(_ text: Substring) -> String { SafeText.line(String(text.prefix(40))) }

    /// Appends the text with what an article says in its places.
    ///
    /// - Parameter line: the record as the store has it, without a line feed. Throws where it is none.
    func append(_ line: ArraySlice<UInt8>, to bytes: inout [UInt8]) throws {
        append(StoredRecord(try JSONParser.parse(Array(line)).value), line: line, to: &bytes)
    }

    /// The same of a record that was read already.
    ///
    /// - Parameter line: the record as the store has it, without a line feed.
    func append(_ record: StoredRecord, line: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        for piece in pieces {
            switch piece {
            case .text(let text): bytes.append(contentsOf: text)
            case .value(.json, _, _): bytes.append(contentsOf: line)
            case .value(let field, let limit, let markup):
                let whole = field.value(of: record)
                // A part of a URL leads nowhere, or elsewhere.
                let value = field == .url && whole.count > limit ? "" : Self.cut(whole, to: limit)
                append(markup?.escaped(value, isURL: field == .url) ?? value, to: &bytes)
            }
        }
    }

    private func append(_ value: String, to bytes: inout [UInt8]) {
        switch form {
        case .text: bytes.append(contentsOf: value.utf8)
        case .json:
            var json = JSONWriter()
            json.string(value)
            // Without the quotes, which stand in the template.
            bytes.append(contentsOf: json.finish().dropFirst().dropLast())
        case .url:
            for byte in value.utf8 {
                if byte.isASCIIAlphanumeric || "-._~".utf8.contains(byte) {
                    bytes.append(byte)
                } else {
                    PercentEncoding.append(byte, to: &bytes)
                }
            }
        }
    }

    /// So many characters at most, the last of which then is `…`; cut behind a word where there is one in the second half.
    static func cut(_ text: String, to limit: Int) -> String {
        guard let end = text.index(text.startIndex, offsetBy: limit, limitedBy: text.endIndex), end < text.endIndex
        else {
            return text
        }
        let head = text[..<text.index(before: end)]
        let half = text.index(text.startIndex, offsetBy: limit / 2)
        // The head may end with a whole word.
        if text[head.endIndex].isWhitespace { return "\(head.trimmed)…" }
        guard let space = head.lastIndex(where: \.isWhitespace), space >= half else { return "\(head)…" }
        return "\(head[..<space].trimmed)…"
    }
}

extension Substring {
    /// Without white space at its end.
    fileprivate var trimmed: Substring {
        var text = self
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
