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

    /// Where the last entries of these articles are, among the last `window` bytes.
    private func places(of marks: [UInt64], feed: UInt64) throws(StoreError) -> [UInt64: UInt64] {
        var places: [UInt64: UInt64] = [:]
        var wanted = Set(marks.map { $0 & ~SeenSet.hasBeenAway })
        if wanted.isEmpty { return [:] }
        let start = size > UInt64(Self.window) ? size - UInt64(Self.window / Self.entrySize * Self.entrySize) : 0
        try Self.scanBackwards(file, from: size, to: start) { bytes, offset, place in
            let article = Self.article(bytes, offset)
            if wanted.contains(article), Self.time(bytes, offset, feed: feed) != nil {
                wanted.remove(article)
                places[article] = place
            }
            return !wanted.isEmpty
        }
        return places
    }

    /// When an article was last seen in its feed; nil where the file says nothing of it.
    static func lastSeen(_ uid: ArticleIdentifier, feed: UInt64, in file: OpenFile) throws(StoreError) -> Timestamp? {
        let wanted = SeenSet.mark(uid)
        var found: Timestamp?
        try scanBackwards(file, from: wholeEntries(try file.size()), to: 0) { bytes, offset, _ in
            if article(bytes, offset) == wanted { found = time(bytes, offset, feed: feed) }
            return found == nil
        }
        return found
    }

    /// Looks at entries from the last to the first.
    ///
    /// - Parameter goesOn: gets some of the entries, where one of them stands in these and where in the file.
    private static func scanBackwards(
        _ file: OpenFile, from end: UInt64, to start: UInt64,
        _ goesOn: (_ bytes: UnsafeRawBufferPointer, _ offset: Int, _ place: UInt64) -> Bool
    ) throws(StoreError) {
        var end = end
        while end > start {
            let begin = end - start > UInt64(piece) ? end - UInt64(piece) : start
            let bytes = try file.read(Int(end - begin), at: begin)
            let isDone = bytes.withUnsafeBytes { bytes in
                stride(from: bytes.count - entrySize, through: 0, by: -entrySize).contains {
                    !goesOn(bytes, $0, begin + UInt64($0))
                }
            }
            if isDone { return }
            end = begin
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
