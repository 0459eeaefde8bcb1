/// A run of text that stands on lines of its own: a paragraph, a heading, a list item, a cell.
struct PageBlock {
    /// From its first node of text to behind the last.
    var nodes: Range<PageTree.Node>
    /// The element that it stands in: the nearest that begins on a line of its own.
    var owner: PageTree.Node
    var measure: TextMeasure
    /// Characters of `measure` that stand in links.
    var linkCharacters = 0
    /// It begins with a link.
    var beginsWithLink = false
    /// It has lines of its own, broken by `br`.
    var hasBreaks = false
    /// The rule that took it out; nil for what is kept.
    var dropped: BodyRule?

    var characters: Int { measure.characters }
    var words: Int { measure.words }
    var isKept: Bool { dropped == nil }

    /// How much of it is links, 0 to 1.
    var linkShare: Double { Double(linkCharacters) / Double(max(characters, 1)) }

    /// Text as articles are made of: long enough, and not made of links.
    var isGood: Bool { characters >= Self.goodCharacters && 100 * linkCharacters < 35 * characters }

    /// A line of sixty letters is seldom a menu's or a caption's (docs/spec/fulltext.md §2.4).
    private static let goodCharacters = 60
}

/// How much text there is, counted in the page's bytes: references count as one character, and a run of white space.
struct TextMeasure {
    /// A character of a script without spaces counts as three, because it says as much.
    private(set) var characters = 0
    private(set) var words = 0
    private(set) var commas = 0
    /// The last character that is no white space, quote or closing bracket.
    private(set) var lastSign: UInt8 = 0
    private var isInWord = false
    private var isAfterSpace = true

    /// The text ends as a sentence does.
    var endsSentence: Bool {
        switch lastSign {
        case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"), TextMeasure.ellipsis: true
        default: false
        }
    }

    private static let ellipsis: UInt8 = 1

    /// What comes next does not run together with what came before.
    mutating func separate() {
        isInWord = false
        isAfterSpace = true
    }

    /// Counts text as it stands in a page.
    mutating func add(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
        var index = range.lowerBound
        let end = range.upperBound
        while index < end {
            let byte = bytes[index]
            if byte <= 0x20 {
                if !isAfterSpace { characters += 1 }
                separate()
                index += 1
                continue
            }
            isAfterSpace = false
            if byte < 0x80 {
                characters += 1
                if byte == UInt8(ascii: "&") {
                    let length = referenceLength(bytes, index, end)
                    if length > 0 {
                        index += length
                        continue
                    }
                }
                if byte == UInt8(ascii: ",") { commas += 1 }
                let isLetter = byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a || byte >= 0x30 && byte <= 0x39
                if isLetter {
                    if !isInWord { words += 1 }
                    isInWord = true
                } else if byte != UInt8(ascii: "'"), byte != UInt8(ascii: "-") {
                    isInWord = false
                }
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: ")"), UInt8(ascii: "]"): break
                default: lastSign = byte
                }
                index += 1
            } else {
                index += addWide(bytes, index, end)
            }
        }
    }

    /// Counts a character beyond ASCII; its length.
    private mutating func addWide(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int, _ end: Int) -> Int {
        let byte = bytes[index]
        let length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
        guard index + length <= end else {
            characters += 1
            return end - index
        }
        switch (byte, length > 1 ? bytes[index + 1] : 0, length > 2 ? bytes[index + 2] : 0) {
        case (0xc2, 0xa0, _):
            characters += 1
            isInWord = false
        case (0xc2, 0xbb, _), (0xe2, 0x80, 0x98...0x9f), (0xe2, 0x80, 0xba):
            // Quotes.
            characters += 1
            isInWord = false
        case (0xe2, 0x80, 0xa6):
            characters += 1
            lastSign = Self.ellipsis
            isInWord = false
        case (0xe2, 0x80, _), (0xc2, _, _):
            characters += 1
            isInWord = false
            lastSign = byte
        case (0xe3, 0x80, 0x82), (0xef, 0xbc, 0x81), (0xef, 0xbc, 0x9f), (0xd8, 0x9f, _), (0xdb, 0x94, _):
            // Full stops and their like of Chinese, Japanese and Arabic.
            characters += 1
            isInWord = false
            lastSign = UInt8(ascii: ".")
        case (0xe3, 0x80, 0x81), (0xef, 0xbc, 0x8c), (0xd8, 0x8c, _):
            characters += 1
            commas += 1
            isInWord = false
        case (0xe3...0xed, _, _), (0xe0, 0xb8...0xb9, _):
            // Each character is about half a word.
            characters += 3
            if characters % 2 == 0 { words += 1 }
            lastSign = byte
        default:
            characters += 1
            if !isInWord { words += 1 }
            isInWord = true
            lastSign = byte
        }
        return length
    }

    private func referenceLength(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Int {
        var index = start + 1
        let limit = min(end, start + 12)
        while index < limit {
            if bytes[index] == UInt8(ascii: ";") { return index + 1 - start }
            if bytes[index] <= 0x20 || bytes[index] == UInt8(ascii: "&") { return 0 }
            index += 1
        }
        return 0
    }
}
