import Digest
import FeedModel

/// A feed's last whole document as it lies in `state/seen`: which articles it had, and when it was read.
///
/// A block takes 16 KiB of the file, of which only what is used is ever written: 4 KiB of the disk for up to 507
/// articles. Integers are little-endian: XXH3-64 of all that follows, then 8 bytes each the hash of the feed's id, half
/// of the hash of the document's bytes, the time (ms); 4 bytes each the count and 1; then 8 bytes for each article.
struct SeenBlock: Equatable {
    static let size = 16_384
    static let headerSize = 40
    /// More than a document may have (security.md §4).
    static let mostArticles = (size - headerSize) / 8

    private static let format: UInt32 = 1
    /// What most blocks fit into.
    private static let firstPiece = 4096

    var feed: UInt64
    /// Tells whether the feed's state is still of that document.
    var document: UInt64
    /// When the document was read.
    var time: Timestamp
    var articles: SeenSet

    /// - Parameter articles: no more than `mostArticles`.
    init(feed: UInt64, document: UInt64, time: Timestamp, articles: SeenSet) {
        self.feed = feed
        self.document = document
        self.time = time
        self.articles = articles
    }

    static func offset(_ number: UInt32) -> UInt64 { UInt64(number) * UInt64(size) }

    /// Places of other feeds never count.
    static func hash(_ feed: FeedIdentifier) -> UInt64 {
        var text = feed.text
        return text.withUTF8 { XXH3.hash64(UnsafeRawBufferPointer($0)) }
    }

    /// The block of that number; nil where it is another feed's, damaged, or was never written.
    static func read(_ number: UInt32, of feed: UInt64, from file: OpenFile) throws(StoreError) -> SeenBlock? {
        let offset = offset(number)
        var bytes = try file.read(firstPiece, at: offset)
        guard let length = length(bytes) else { return nil }
        if length > bytes.count {
            guard bytes.count == firstPiece else { return nil }
            bytes += try file.read(length - firstPiece, at: offset + UInt64(firstPiece))
        }
        guard bytes.count >= length else { return nil }
        return bytes.withUnsafeBytes { SeenBlock(UnsafeRawBufferPointer(rebasing: $0[..<length]), feed) }
    }

    /// What its header says of its length; nil where no block can say that.
    private static func length(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= headerSize else { return nil }
        let stored = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 32, as: UInt32.self) }
        let count = UInt32(littleEndian: stored)
        return count <= mostArticles ? headerSize + 8 * Int(count) : nil
    }

    private init?(_ bytes: UnsafeRawBufferPointer, _ feed: UInt64) {
        func number<Value: FixedWidthInteger>(_ offset: Int, _ type: Value.Type) -> Value {
            Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
        }
        guard number(8, UInt64.self) == feed, number(36, UInt32.self) == Self.format,
            number(0, UInt64.self) == XXH3.hash64(UnsafeRawBufferPointer(rebasing: bytes[8...]))
        else { return nil }
        self.feed = feed
        document = number(16, UInt64.self)
        time = Timestamp(milliseconds: number(24, Int64.self))
        articles = SeenSet(
            ascending: stride(from: Self.headerSize, to: bytes.count, by: 8).map { number($0, UInt64.self) })
    }

    var bytesOnDisk: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.headerSize + 8 * articles.count)
        bytes.withUnsafeMutableBytes { bytes in
            func put<Value: FixedWidthInteger>(_ value: Value, at offset: Int) {
                bytes.storeBytes(of: value.littleEndian, toByteOffset: offset, as: Value.self)
            }
            put(feed, at: 8)
            put(document, at: 16)
            put(time.milliseconds, at: 24)
            put(UInt32(articles.count), at: 32)
            put(Self.format, at: 36)
            for (index, mark) in articles.marks.enumerated() { put(mark, at: Self.headerSize + 8 * index) }
            put(XXH3.hash64(UnsafeRawBufferPointer(rebasing: bytes[8...])), at: 0)
        }
        return bytes
    }
}
