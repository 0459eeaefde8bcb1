private import Text

/// `Tokenizer` cuts text into the tokens that queries, rules and an index compare (filters.md §1.3): runs of letters, marks
/// and digits in lower case, without the diacritics of Latin and Greek; each character of the scripts that put no blanks
/// between words by itself.
package enum Tokenizer {
    /// Calls `body` with each token in turn: its bytes as they are compared, and where it stands in the text.
    ///
    /// The bytes are there only while `body` runs. Text that is no UTF-8 separates where it is wrong. The time is linear in
    /// the text, and the memory beside it at most three times as large.
    @inline(__always)
    package static func scan(
        _ text: UnsafeBufferPointer<UInt8>,
        _ body: (_ token: UnsafeBufferPointer<UInt8>, _ place: Range<Int>) -> Void
    ) {
        // No character grows to more than three times its bytes.
        let scratch = UnsafeMutablePointer<UInt8>.allocate(capacity: text.count * 3 + 16)
        defer { scratch.deallocate() }
        var token = OpenToken(scratch)
        let table = FoldTable.shared
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte < 0x80 {
                let folded = asciiFold(byte)
                if folded != 0 {
                    if token.isSingle { token.close(at: index, body) }
                    token.append(ascii: folded, at: index)
                } else if token.length > 0 {
                    token.close(at: index, body)
                }
                index += 1
                continue
            }
            let (scalar, length) = decode(text, index)
            let entry = table[scalar]
            switch entry.kind {
            case .separator:
                if token.length > 0 { token.close(at: index, body) }
            case .ignored:
                break
            case .word, .bareWord:
                if token.isSingle { token.close(at: index, body) }
                token.append(scalar, entry, at: index, table)
            case .single:
                if token.isSingle, token.compose(with: scalar, table) { break }
                if token.length > 0 { token.close(at: index, body) }
                token.append(scalar, entry, at: index, table)
                token.isSingle = true
            case .mark:
                // What it would stand on is missing, so that it says nothing.
                guard token.length > 0, !token.dropsMarks else { break }
                token.append(mark: scalar, entry, table)
            }
            index += length
        }
        if token.length > 0 { token.close(at: index, body) }
    }

    /// Returns all tokens of a text.
    package static func tokens(of text: String) -> [[UInt8]] {
        var text = text
        var tokens: [[UInt8]] = []
        text.withUTF8 { bytes in scan(bytes) { token, _ in tokens.append(Array(token)) } }
        return tokens
    }

    /// The lower case of a letter, or a digit; 0 for what separates.
    @inline(__always)
    private static func asciiFold(_ byte: UInt8) -> UInt8 {
        let lower = byte | 0x20
        if lower &- 0x61 < 26 { return lower }
        return byte &- 0x30 < 10 ? byte : 0
    }

    /// Reads the character that begins at `index` with a byte beyond ASCII, and says how many bytes it has: one, and
    /// U+FFFD, where it is malformed.
    @inline(__always)
    private static func decode(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> (scalar: UInt32, length: Int) {
        let first = text[index]
        let length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
        guard first >= 0xc2, first < 0xf5, index + length <= text.count else { return (0xfffd, 1) }
        var scalar = UInt32(first) & (length == 2 ? 0x1f : length == 3 ? 0x0f : 0x07)
        for offset in 1..<length {
            let next = text[index + offset]
            guard next & 0xc0 == 0x80 else { return (0xfffd, 1) }
            scalar = scalar << 6 | UInt32(next & 0x3f)
        }
        let least: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x1_0000
        guard scalar >= least, scalar < 0x11_0000 else { return (0xfffd, 1) }
        return (scalar, length)
    }
}

/// The token that is being read.
private struct OpenToken {
    private let bytes: UnsafeMutablePointer<UInt8>
    private(set) var length = 0
    private var start = 0
    /// It is a character of a script whose characters are tokens of their own.
    var isSingle = false
    /// Marks that follow are left out.
    private(set) var dropsMarks = false
    /// The last character as it is compared, and where it begins.
    private var last: UInt32 = 0
    private var lastStart = 0

    init(_ bytes: UnsafeMutablePointer<UInt8>) {
        self.bytes = bytes
    }

    @inline(__always)
    mutating func append(ascii byte: UInt8, at place: Int) {
        if length == 0 { start = place }
        bytes[length] = byte
        lastStart = length
        last = UInt32(byte)
        dropsMarks = true
        length += 1
    }

    mutating func append(_ scalar: UInt32, _ entry: FoldTable.Entry, at place: Int, _ table: FoldTable) {
        if length == 0 { start = place }
        if entry.kind != .mark { dropsMarks = entry.kind == .bareWord }
        if entry.isExpanded {
            for part in table.expansion(of: entry) { append(part) }
        } else {
            append(entry.scalar == 0 ? scalar : entry.scalar)
        }
    }

    /// Appends a mark to what it stands on, as it is compared: one that Unicode holds for another, or for two, makes the same
    /// characters as those.
    mutating func append(mark scalar: UInt32, _ entry: FoldTable.Entry, _ table: FoldTable) {
        if entry.isExpanded {
            for part in table.expansion(of: entry) where !compose(with: part, table) { append(part) }
        } else {
            let mark = entry.scalar == 0 ? scalar : entry.scalar
            if !compose(with: mark, table) { append(mark) }
        }
    }

    /// Makes one character of the last one and the next, where they are one; false where they are not.
    mutating func compose(with scalar: UInt32, _ table: FoldTable) -> Bool {
        guard let composed = table.composition(of: last, scalar) else { return false }
        length = lastStart
        append(composed)
        return true
    }

    @inline(__always)
    mutating func close(
        at end: Int, _ body: (_ token: UnsafeBufferPointer<UInt8>, _ place: Range<Int>) -> Void
    ) {
        body(UnsafeBufferPointer(start: bytes, count: length), start..<end)
        length = 0
        isSingle = false
        dropsMarks = false
    }

    private mutating func append(_ scalar: UInt32) {
        lastStart = length
        last = scalar
        if scalar < 0x80 {
            put(scalar)
        } else if scalar < 0x800 {
            put(0xc0 | scalar >> 6)
            put(0x80 | scalar & 0x3f)
        } else if scalar < 0x1_0000 {
            put(0xe0 | scalar >> 12)
            put(0x80 | scalar >> 6 & 0x3f)
            put(0x80 | scalar & 0x3f)
        } else {
            put(0xf0 | scalar >> 18)
            put(0x80 | scalar >> 12 & 0x3f)
            put(0x80 | scalar >> 6 & 0x3f)
            put(0x80 | scalar & 0x3f)
        }
    }

    private mutating func put(_ byte: UInt32) {
        bytes[length] = UInt8(truncatingIfNeeded: byte)
        length += 1
    }
}
