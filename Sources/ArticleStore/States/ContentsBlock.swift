import Digest
import FeedModel

/// `ContentsBlock` is what `state/contents` has of one feed: the articles of its last whole document, and the last of
/// those that have gone from it, with the time when each was last seen there.
///
/// A block takes 32 KiB of the file, of which only what is used is ever written: 4 KiB of the disk for 50 articles and
/// 220 that have gone. Integers are little-endian, times signed: XXH3-64 of all that follows, then 8 bytes each the
/// hash of the feed's id, half of the hash of the document's bytes, the time (ms); 4 bytes each how many articles the
/// document has and how many have gone; then 8 bytes for each article, and for each that has gone, the oldest first, 8
/// for it and 8 for the time (s).
struct ContentsBlock: Equatable {
    static let size = 32_768
    static let headerSize = 40
    /// More than a document may have (security.md §4).
    static let mostArticles = 2040
    /// How many are remembered of those that have gone.
    static let mostGone = 1000

    /// What most blocks fit into.
    private static let firstPiece = 4096
    private static let goneSize = 16

    struct Gone: Equatable {
        /// As in `articles`.
        var article: UInt64
        var lastSeen: Timestamp
    }

    var feed: UInt64
    /// Tells whether the feed's state is still of that document.
    var document: UInt64
    /// When the document was read.
    var time: Timestamp
    /// The first 64 bits of each article's uid, ascending, none twice.
    private(set) var articles: [UInt64]
    /// In the order in which they went.
    private(set) var gone: [Gone] = []

    /// - Parameter articles: no more than `mostArticles`.
    init(feed: UInt64, document: UInt64, time: Timestamp, articles: [ArticleIdentifier]) {
        self.feed = feed
        self.document = document
        self.time = time
        let marks = articles.map(Self.mark).sorted()
        self.articles = zip(marks, marks.dropFirst()).contains { $0 == $1 } ? Set(marks).sorted() : marks
    }

    /// Takes over what is remembered from the block before, as far as it has not come back, and remembers what has gone
    /// since.
    ///
    /// - Parameter lastSeen: when the articles of the document before were known to be in it for the last time.
    /// - Returns: whether both hold the same but for the document and its time.
    mutating func follow(_ old: ContentsBlock, lastSeen: Timestamp) -> Bool {
        gone = old.gone
        if articles == old.articles { return true }
        let there = Set(articles)
        gone.removeAll { there.contains($0.article) }
        for article in old.articles where !there.contains(article) {
            gone.append(Gone(article: article, lastSeen: Timestamp(seconds: lastSeen.seconds)))
        }
        gone.removeFirst(max(0, gone.count - Self.mostGone))
        return false
    }

    func has(_ uid: ArticleIdentifier) -> Bool { articles.contains(Self.mark(uid)) }

    /// When an article that has gone was last seen; nil where that is not remembered.
    func lastSeen(_ uid: ArticleIdentifier) -> Timestamp? {
        let wanted = Self.mark(uid)
        return gone.last { $0.article == wanted }?.lastSeen
    }

    private static func mark(_ uid: ArticleIdentifier) -> UInt64 { uid.key.high }

    /// The hash of a feed's id, by which blocks of other feeds are told.
    static func hash(_ feed: FeedIdentifier) -> UInt64 {
        var text = feed.text
        return text.withUTF8 { XXH3.hash64(UnsafeRawBufferPointer($0)) }
    }
}

/// How a block lies in the file.
extension ContentsBlock {
    enum Reading: Equatable {
        case block(ContentsBlock)
        /// Another feed's, or never written.
        case none
        case damaged
    }

    static func offset(_ number: UInt32) -> UInt64 { UInt64(number) * UInt64(size) }

    static func read(_ number: UInt32, of feed: UInt64, from file: OpenFile) throws(StoreError) -> Reading {
        let offset = offset(number)
        var bytes = try file.read(firstPiece, at: offset)
        if bytes.prefix(headerSize).allSatisfy({ $0 == 0 }) { return .none }
        guard let length = length(bytes) else { return .damaged }
        if length > bytes.count {
            guard bytes.count == firstPiece else { return .damaged }
            bytes += try file.read(length - firstPiece, at: offset + UInt64(firstPiece))
        }
        guard bytes.count >= length else { return .damaged }
        return bytes.withUnsafeBytes { bytes in
            guard let block = ContentsBlock(UnsafeRawBufferPointer(rebasing: bytes[..<length])) else { return .damaged }
            return block.feed == feed ? .block(block) : .none
        }
    }

    /// What its header says of its length; nil where no block can say that.
    private static func length(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= headerSize else { return nil }
        let (articles, gone) = bytes.withUnsafeBytes { (number($0, 32, UInt32.self), number($0, 36, UInt32.self)) }
        guard articles <= mostArticles, gone <= mostGone else { return nil }
        return headerSize + 8 * Int(articles) + goneSize * Int(gone)
    }

    private static func number<Value: FixedWidthInteger>(
        _ bytes: UnsafeRawBufferPointer, _ offset: Int, _ type: Value.Type = UInt64.self
    ) -> Value {
        Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
    }

    /// - Parameter bytes: as many as their header says; nil where they are not what was written.
    private init?(_ bytes: UnsafeRawBufferPointer) {
        let sum: UInt64 = Self.number(bytes, 0)
        guard sum == XXH3.hash64(UnsafeRawBufferPointer(rebasing: bytes[8...])) else { return nil }
        feed = Self.number(bytes, 8)
        document = Self.number(bytes, 16)
        time = Timestamp(milliseconds: Self.number(bytes, 24, Int64.self))
        let end = Self.headerSize + 8 * Int(Self.number(bytes, 32, UInt32.self))
        articles = stride(from: Self.headerSize, to: end, by: 8).map { Self.number(bytes, $0) }
        gone = stride(from: end, to: bytes.count, by: Self.goneSize).map { place in
            Gone(
                article: Self.number(bytes, place),
                lastSeen: Timestamp(seconds: Self.number(bytes, place + 8, Int64.self)))
        }
    }

    /// What is written of it, from the block's beginning.
    var bytes: [UInt8] {
        let end = Self.headerSize + 8 * articles.count
        var bytes = [UInt8](repeating: 0, count: end + Self.goneSize * gone.count)
        bytes.withUnsafeMutableBytes { bytes in
            func put(_ value: some FixedWidthInteger, at offset: Int) {
                withUnsafeBytes(of: value.littleEndian) {
                    UnsafeMutableRawBufferPointer(rebasing: bytes[offset...]).copyMemory(from: $0)
                }
            }
            put(feed, at: 8)
            put(document, at: 16)
            put(time.milliseconds, at: 24)
            put(UInt32(articles.count), at: 32)
            put(UInt32(gone.count), at: 36)
            for (index, article) in articles.enumerated() { put(article, at: Self.headerSize + 8 * index) }
            for (index, gone) in gone.enumerated() {
                put(gone.article, at: end + Self.goneSize * index)
                put(gone.lastSeen.seconds, at: end + Self.goneSize * index + 8)
            }
            put(XXH3.hash64(UnsafeRawBufferPointer(rebasing: bytes[8...])), at: 0)
        }
        return bytes
    }
}
