import Digest
import FeedModel

/// `state/gone`: an entry for each article that has gone from its feed's document, with the time when it was last seen
/// there. Of several for one article the last in the file counts.
///
/// An article that comes and goes with every poll does not make the file grow: its entry is written over, as long as it
/// is among the last `window` bytes.
struct GoneLog {
    /// Integers are little-endian: 8 bytes the first 63 bits of the uid, 8 the time (s), 4 half of the hash of the feed's
    /// id, 4 half of XXH3-64 of the bytes before.
    static let entrySize = 24
    static let window = 4 << 20
    /// Whole entries, read at a time.
    private static let piece = (64 << 10) / entrySize * entrySize

    private let file: OpenFile
    private var size: UInt64
    /// What is to be appended.
    private var new: [UInt8] = []

    /// What a crash has left of an entry is written over.
    init(_ file: OpenFile) throws(StoreError) {
        self.file = file
        size = Self.wholeEntries(try file.size())
    }

    private static func wholeEntries(_ size: UInt64) -> UInt64 { size / UInt64(entrySize) * UInt64(entrySize) }

    /// Writes over the entries that there are; the others go out with `write`.
    ///
    /// - Parameter marks: of the articles, as `SeenSet` has them: those that have been away may have an entry.
    mutating func add(
        _ marks: [UInt64], feed: UInt64, lastSeen: Timestamp, _ files: FileSystem
    ) throws(StoreError) {
        let places = try places(of: marks.filter { $0 & SeenSet.hasBeenAway != 0 }, feed: feed)
        for mark in marks {
            let article = mark & ~SeenSet.hasBeenAway
            let entry = Self.entry(article, feed: feed, lastSeen: lastSeen)
            if let place = places[article] {
                try file.write(entry, at: place, files)
            } else {
                new += entry
            }
        }
    }

    /// Appends what was added. What the disk does not take is gone.
    mutating func write(_ files: FileSystem) throws(StoreError) {
        if new.isEmpty { return }
        defer { new = [] }
        try file.write(new, at: size, files)
        size += UInt64(new.count)
    }

    /// Where the last entries of these articles are, looked for from the end backwards.
    private func places(of marks: [UInt64], feed: UInt64) throws(StoreError) -> [UInt64: UInt64] {
        var places: [UInt64: UInt64] = [:]
        var wanted = Set(marks.map { $0 & ~SeenSet.hasBeenAway })
        let start = size > UInt64(Self.window) ? size - UInt64(Self.window / Self.entrySize * Self.entrySize) : 0
        var end = size
        while end > start, !wanted.isEmpty {
            let begin = end - start > UInt64(Self.piece) ? end - UInt64(Self.piece) : start
            let bytes = try file.read(Int(end - begin), at: begin)
            bytes.withUnsafeBytes { bytes in
                for offset in stride(from: bytes.count - Self.entrySize, through: 0, by: -Self.entrySize) {
                    let article = Self.article(bytes, offset)
                    guard wanted.contains(article), Self.time(bytes, offset, feed: feed) != nil else { continue }
                    wanted.remove(article)
                    places[article] = begin + UInt64(offset)
                }
            }
            end = begin
        }
        return places
    }

    /// When an article was last seen in its feed; nil where the file says nothing of it.
    static func lastSeen(_ uid: ArticleIdentifier, feed: UInt64, in file: OpenFile) throws(StoreError) -> Timestamp? {
        let wanted = SeenSet.mark(uid)
        var found: Timestamp?
        var offset: UInt64 = 0
        while true {
            let bytes = try file.read(piece, at: offset)
            bytes.withUnsafeBytes { bytes in
                for place in stride(from: 0, through: bytes.count - entrySize, by: entrySize)
                where article(bytes, place) == wanted {
                    if let time = time(bytes, place, feed: feed) { found = time }
                }
            }
            if bytes.count < piece { return found }
            offset += UInt64(piece)
        }
    }

    private static func article(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// nil where the entry is another feed's, or damaged.
    private static func time(_ bytes: UnsafeRawBufferPointer, _ offset: Int, feed: UInt64) -> Timestamp? {
        func half(_ place: Int) -> UInt32 {
            UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + place, as: UInt32.self))
        }
        let sum = XXH3.hash64(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + 20]))
        guard half(16) == UInt32(truncatingIfNeeded: feed), half(20) == UInt32(truncatingIfNeeded: sum) else {
            return nil
        }
        let seconds = bytes.loadUnaligned(fromByteOffset: offset + 8, as: Int64.self)
        return Timestamp(seconds: Int64(littleEndian: seconds))
    }

    private static func entry(_ article: UInt64, feed: UInt64, lastSeen: Timestamp) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: entrySize)
        bytes.withUnsafeMutableBytes { bytes in
            bytes.storeBytes(of: article.littleEndian, as: UInt64.self)
            bytes.storeBytes(of: lastSeen.seconds.littleEndian, toByteOffset: 8, as: Int64.self)
            bytes.storeBytes(of: UInt32(truncatingIfNeeded: feed).littleEndian, toByteOffset: 16, as: UInt32.self)
            let sum = UInt32(truncatingIfNeeded: XXH3.hash64(UnsafeRawBufferPointer(rebasing: bytes[..<20])))
            bytes.storeBytes(of: sum.littleEndian, toByteOffset: 20, as: UInt32.self)
        }
        return bytes
    }
}
