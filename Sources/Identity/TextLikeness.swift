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
        let text = UnsafeBufferPointer(rebasing: utf8.prefix(bytesLeft))
        bytesLeft -= text.count
        WordScanner.scan(text) { word, isPicture in add(word, isPicture: isPicture) }
    }

    private mutating func add(_ bytes: UnsafeBufferPointer<UInt8>, isPicture: Bool) {
        var word = WordHash()
        for byte in bytes { word.take(byte) }
        // The address of a picture says that it is the same, and is no text.
        if !isPicture { length += word.length + (words.isEmpty ? 0 : 1) }
        words.append(word.hash)
    }

    /// FNV-1a, with letters of ASCII in lower case.
    private struct WordHash {
        private(set) var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        /// In characters.
        private(set) var length = 0

        mutating func take(_ byte: UInt8) {
            hash = (hash ^ UInt64(byte.asciiLowercased)) &* 0x100_0000_01b3
            if byte & 0xc0 != 0x80 { length += 1 }
        }
    }
}
