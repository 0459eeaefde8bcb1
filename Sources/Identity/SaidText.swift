internal import FeedModel
private import Text

/// `SaidText` is a text as its words alone, by which it is told whether another text holds it (identity.md §9).
///
/// It compares bytes, because what it holds for the same is thrown away: of hashes a publisher could choose two that
/// collide. The cost is linear in both texts, whatever they are.
struct SaidText {
    /// Bytes of a text; a longer one is held by none but the very same.
    private static let limit = 64 << 10

    /// The words, in lower case as far as ASCII goes, with a space before and behind each.
    private var words: [UInt8] = [space]
    /// Whether all of the text is there.
    private let isWhole: Bool

    private static let space = UInt8(ascii: " ")

    init(_ text: String) {
        isWhole = text.utf8.count <= Self.limit
        var text = text
        var words = [Self.space]
        text.withUTF8 { bytes in
            WordScanner.scan(UnsafeBufferPointer(rebasing: bytes.prefix(Self.limit))) { word, _ in
                for byte in word { words.append(byte.asciiLowercased) }
                words.append(Self.space)
            }
        }
        self.words = words
    }

    /// Whether all that another text says is said in this one, in one piece.
    func holds(_ other: SaidText) -> Bool {
        guard other.isWhole else { return false }
        let wanted = other.words
        guard wanted.count > 1 else { return true }
        guard wanted.count <= words.count else { return false }
        // Knuth, Morris and Pratt: how much of the beginning of what is wanted ends at each of its places.
        var overlaps = [Int32](repeating: 0, count: wanted.count)
        var matched = 0
        for index in 1..<wanted.count {
            while matched > 0, wanted[index] != wanted[matched] { matched = Int(overlaps[matched - 1]) }
            if wanted[index] == wanted[matched] { matched += 1 }
            overlaps[index] = Int32(matched)
        }
        matched = 0
        for byte in words {
            while matched > 0, byte != wanted[matched] { matched = Int(overlaps[matched - 1]) }
            if byte == wanted[matched] { matched += 1 }
            if matched == wanted.count { return true }
        }
        return false
    }
}

extension Article {
    /// What it says: the texts that `SaidText` looks at.
    private var texts: [String] { [contentHTML, contentText, summary].compactMap { $0 } }

    /// Whether an article of another feed says nothing beyond what is stored: each of its texts stands in one that is,
    /// and each of its files is one that is.
    func saysAll(of other: Article) -> Bool {
        let files = Set(attachments.map(\.url))
        guard other.attachments.allSatisfy({ files.contains($0.url) }) else { return false }
        let own = texts
        let open = other.texts.filter { !own.contains($0) }
        if open.isEmpty { return true }
        let said = own.map { SaidText($0) }
        return open.allSatisfy { text in
            let wanted = SaidText(text)
            return said.contains { $0.holds(wanted) }
        }
    }
}
