internal import FeedModel
private import Text

/// `TextLikeness` says how much of their text two articles have in common (identity.md §3).
///
/// It compares what a reader sees: words and pictures, without markup, punctuation and case. Publishers choose both
/// texts, so no more than the beginning of long ones is looked at, and the cost is linear.
enum TextLikeness {
    /// Word for word.
    case same
    /// One holds the other, or nearly all of it: an edit.
    case alike
    /// So much that it may be an edit, so little that it may be another text.
    case partly
    case other
    /// Neither has a text.
    case neither
    /// Only one has a text, or that of the stored article was left out.
    case unknown

    /// Texts with fewer words than this are alike only where one holds the other: notices made after one pattern differ
    /// in a word or two.
    private static let leastWords = 30
    /// A text with fewer words than this may stand in any other.
    private static let leastHeldWords = 8

    init(_ old: StoredArticle, _ new: Article) {
        if old.isShort {
            self = .unknown
            return
        }
        self.init(TextWords(of: old.article), TextWords(of: new))
    }

    init(_ left: TextWords, _ right: TextWords) {
        if left.words.isEmpty || right.words.isEmpty {
            self = left.words.isEmpty && right.words.isEmpty ? .neither : .unknown
        } else if left.words == right.words {
            self = .same
        } else {
            let (shorter, longer) = left.words.count < right.words.count ? (left, right) : (right, left)
            let known = Set(longer.shingles)
            let shingles = shorter.shingles
            let common = shingles.count { known.contains($0) }
            self =
                switch shorter.words.count {
                case Self.leastHeldWords... where common == shingles.count: .alike
                case Self.leastWords... where common * 4 >= shingles.count * 3: .alike
                case Self.leastWords... where common * 2 >= shingles.count: .partly
                default: .other
                }
        }
    }

    /// Whether both are one text, edited at most.
    var isOneText: Bool { self == .same || self == .alike }
}

/// `TextWords` is the text of an article as a sequence of words, each as its hash.
struct TextWords {
    /// More of a text is not looked at, in bytes.
    private static let limit = 64 << 10

    private(set) var words: [UInt64] = []
    /// How many characters the words have, with one between each two.
    private(set) var length = 0
    private var bytesLeft = Self.limit

    /// Takes in all that an article has of text, so that a summary is found in the whole text that comes later.
    init(of article: Article) {
        for text in [article.contentHTML, article.contentText, article.summary] {
            if let text { add(text) }
        }
    }

    /// Each run of three words, by which the order of words counts; the whole text where it is shorter.
    var shingles: [UInt64] {
        var result: [UInt64] = []
        result.reserveCapacity(words.count)
        var (first, second): (UInt64, UInt64) = (0, 0)
        for (place, word) in words.enumerated() {
            let run = Self.joined(Self.joined(first, second), word)
            if place >= 2 || words.count < 3 && place == words.count - 1 { result.append(run) }
            (first, second) = (second, word)
        }
        return result
    }

    private static func joined(_ left: UInt64, _ right: UInt64) -> UInt64 { left &* 31 &+ right }

    private mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { add($0) }
    }

    private mutating func add(_ utf8: UnsafeBufferPointer<UInt8>) {
        let end = min(utf8.count, bytesLeft)
        bytesLeft -= end
        var index = 0
        var word = WordHash()
        while index < end {
            let byte = utf8[index]
            switch byte {
            case _ where byte.isASCIIAlphanumeric: word.take(byte)
            case UInt8(ascii: "<"):
                finish(&word)
                if Self.beginsTag(utf8, index + 1, end) {
                    index = tag(utf8, index + 1, end)
                    continue
                }
            case UInt8(ascii: "&"):
                finish(&word)
                index = Self.referenceEnd(utf8, index + 1, end)
                continue
            case 0x00...0x7f: finish(&word)
            case 0xe2 where index + 1 < end && utf8[index + 1] <= 0x81:
                // General punctuation: spaces, dashes and quotation marks.
                finish(&word)
                index += 2
            case 0xe3...0xed:
                // East Asian writing has no spaces between words: each character counts as one.
                finish(&word)
                for place in index..<min(index + 3, end) { word.take(utf8[place]) }
                finish(&word)
                index += 2
            default: word.take(byte)
            }
            index += 1
        }
        finish(&word)
    }

    private mutating func finish(_ word: inout WordHash) {
        if word.isEmpty { return }
        length += word.length + (words.isEmpty ? 0 : 1)
        words.append(word.hash)
        word = WordHash()
    }

    /// Passes over a tag. A picture counts as a word, by its address without a query.
    private mutating func tag(_ utf8: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Int {
        var index = start
        while index < end, utf8[index] != UInt8(ascii: ">") {
            if utf8[index] <= 0x20, Self.isSource(utf8, index + 1, end) {
                index += 5
                if index < end, utf8[index] == 0x22 || utf8[index] == 0x27 { index += 1 }
                var address = WordHash()
                while index < end, !Self.endsAddress(utf8[index]) {
                    address.take(utf8[index])
                    index += 1
                }
                // The address of a picture says that it is the same, and is no text.
                let read = length
                finish(&address)
                length = read
            } else {
                index += 1
            }
        }
        return index + 1
    }

    private static func beginsTag(_ utf8: UnsafeBufferPointer<UInt8>, _ index: Int, _ end: Int) -> Bool {
        guard index < end else { return false }
        let byte = utf8[index]
        return byte.isASCIILetter || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "!")
    }

    private static func isSource(_ utf8: UnsafeBufferPointer<UInt8>, _ index: Int, _ end: Int) -> Bool {
        guard index + 4 <= end else { return false }
        return zip(utf8[index..<index + 3], "src".utf8).allSatisfy { $0 | 0x20 == $1 }
            && utf8[index + 3] == UInt8(ascii: "=")
    }

    private static func endsAddress(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: ">"), UInt8(ascii: "?"): true
        default: false
        }
    }

    /// Where a character reference ends; the next byte where none begins.
    private static func referenceEnd(_ utf8: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Int {
        var index = start
        while index < end, index - start < 10, utf8[index] != UInt8(ascii: ";") {
            guard utf8[index].isASCIIAlphanumeric || utf8[index] == UInt8(ascii: "#") else { return start }
            index += 1
        }
        return index < end && utf8[index] == UInt8(ascii: ";") ? index + 1 : start
    }

    /// FNV-1a, with letters of ASCII in lower case.
    private struct WordHash {
        private(set) var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        private(set) var isEmpty = true
        /// In characters.
        private(set) var length = 0

        mutating func take(_ byte: UInt8) {
            hash = (hash ^ UInt64(byte.asciiLowercased)) &* 0x100_0000_01b3
            isEmpty = false
            if byte & 0xc0 != 0x80 { length += 1 }
        }
    }
}
