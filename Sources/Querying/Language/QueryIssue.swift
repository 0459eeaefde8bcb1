/// `QueryIssue` is what is wrong with a query, or looks wrong, and where.
package struct QueryIssue: Error, Sendable, Equatable, CustomStringConvertible {
    /// The message says what is wrong and what can be done.
    package let message: String
    /// The place in the query, in bytes from 0.
    package let offset: Int
    /// The same in characters from 1, as people count them.
    package let column: Int

    /// - Parameter offset: in bytes; may be the end.
    init(_ message: String, at offset: Int, in query: String) {
        self.message = message
        self.offset = offset
        let bytes = query.utf8.prefix(offset)
        column = 1 + bytes.reduce(0) { $1 & 0xc0 == 0x80 ? $0 : $0 + 1 }
    }

    /// The issue as it is told: `column 7: …`.
    package var description: String { "column \(column): \(message)" }
}

/// How much a query may be (filters.md §1.2, §1.4).
enum QueryLimits {
    static let bytes = 4096
    static let terms = 64
    /// How many words may stand side by side: for each place where the first stands all of them may be looked at.
    static let phraseWords = 64
    /// How deep brackets may stand in brackets.
    static let depth = 16
    static let patternBytes = 512
}
