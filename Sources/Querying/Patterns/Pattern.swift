private import CRE2

/// `Pattern` is a regular expression in RE2's syntax, found anywhere and regardless of case (filters.md §1.4).
///
/// It may be searched for on several threads at once. Two are equal where they are written alike.
package final class Pattern: Sendable {
    /// What it was made of, without the slashes.
    let text: String
    // RE2 promises that a compiled pattern can be matched by several threads, and nothing else is done with it.
    private nonisolated(unsafe) let compiled: OpaquePointer

    /// What a search has found out.
    enum Answer: Equatable {
        case absent
        case found
        /// The text would cost too much to be searched for this pattern.
        case undecided
    }

    /// Why a text is no pattern.
    struct Refusal: Error {
        let message: String
        /// In bytes of the text.
        let offset: Int
    }

    /// Of a text only so much is looked at.
    static let textBytes = 64 << 10
    private static let instructions = 1000
    private static let memory: Int64 = 1 << 20
    /// Bytes of a text times instructions that may be done without an automaton: 17 ms.
    private static let work = 500_000

    init(_ text: String) throws(Refusal) {
        if text.isEmpty { throw Refusal(message: "the /regex/ is empty, and would be found in everything", offset: 0) }
        guard text.utf8.count <= QueryLimits.patternBytes else {
            throw Refusal(
                message: "a /regex/ has at most \(QueryLimits.patternBytes) bytes", offset: QueryLimits.patternBytes)
        }
        var error = newswire_re2_error()
        var text = text
        let result = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                newswire_re2_compile($0.baseAddress, $0.count, Self.memory, &error)
            }
        }
        guard let result else {
            let why = withUnsafeBytes(of: &error.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            throw Refusal(message: "the /regex/ cannot be read: \(why)", offset: min(error.offset, text.utf8.count))
        }
        let size = Int(newswire_re2_program_size(result))
        guard size <= Self.instructions else {
            newswire_re2_free(result)
            throw Refusal(
                message:
                    "the /regex/ is too large: \(size) instructions, and at most \(Self.instructions) are allowed; "
                    + "counts such as {1,200} are what makes it so", offset: 0)
        }
        self.text = text
        compiled = result
    }

    deinit { newswire_re2_free(compiled) }

    /// Looks for it in the first 64 KiB of a text in UTF-8.
    func search(_ text: UnsafeBufferPointer<UInt8>) -> Answer {
        let bytes = Self.searched(text)
        return bytes.withMemoryRebound(to: CChar.self) { text in
            Answer(newswire_re2_search(compiled, text.baseAddress, text.count, Self.work, nil, nil))
        }
    }

    /// Returns where it stands first; nil where it does not, or it cannot be told.
    func place(in text: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
        let bytes = Self.searched(text)
        var (start, end) = (0, 0)
        let answer = bytes.withMemoryRebound(to: CChar.self) { text in
            newswire_re2_search(compiled, text.baseAddress, text.count, Self.work, &start, &end)
        }
        return answer == newswire_re2_found ? start..<end : nil
    }

    /// The beginning of a text, cut between characters.
    private static func searched(_ text: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        guard text.count > textBytes else { return text }
        var end = textBytes
        while end > 0, text[end] & 0xc0 == 0x80 { end -= 1 }
        return UnsafeBufferPointer(rebasing: text[..<end])
    }
}

extension Pattern: Equatable {
    package static func == (left: Pattern, right: Pattern) -> Bool { left.text == right.text }
}

extension Pattern.Answer {
    fileprivate init(_ answer: newswire_re2_answer) {
        switch answer {
        case newswire_re2_found: self = .found
        case newswire_re2_absent: self = .absent
        default: self = .undecided
        }
    }
}
