/// `SearchFailure` says why the index has no answer, or why it cannot be written: what was being done, what went wrong and what
/// a person can do.
package struct SearchFailure: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: Sendable {
        /// The answer would have taken longer than was allowed.
        case tooSlow
        /// The query asks for what an index cannot tell: a /regex/.
        case unsearchable
        /// A file of the index is not what newswire-web wrote. It is made again from the articles.
        case damaged
        /// The disk has no room.
        case noRoom
        /// The system did not read or write.
        case inputOutput
        /// The articles themselves cannot be read.
        case store
        /// The index was closed.
        case closed
    }

    package let code: Code
    /// What was being done, to what, and what went wrong.
    package let message: String
    /// What a person can do.
    package let advice: String

    /// The `SearchFile` that is damaged, where that is known.
    private(set) var damagedFile: ObjectIdentifier?

    /// The system let nothing be read at present, and nothing is known of what is there.
    private(set) var isRefusal = false

    package init(_ code: Code, _ message: String, advice: String) {
        self.code = code
        self.message = message
        self.advice = advice
    }

    /// The same of a file of the index.
    func of(_ file: SearchFile) -> SearchFailure {
        var failure = self
        failure.damagedFile = ObjectIdentifier(file)
        return failure
    }

    /// The same where the system has refused.
    func refusing(_ isRefusal: Bool) -> SearchFailure {
        var failure = self
        failure.isRefusal = isRefusal
        return failure
    }

    package var description: String { "\(message); \(advice)" }
}
