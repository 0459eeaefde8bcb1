import Digest
import FeedModel
import Glibc

/// The files that retention leaves its extracts in: one for each segment at first, joined so that there are few.
///
/// A file is joined with those behind it into one that has the first one's name. Each of the others goes once that is
/// durable; what a crash leaves of them is known by its last record, which the joined file has as well, and passed over
/// (`Segment.identities`). So nothing is lost, and nothing counts twice, wherever it ends.
struct IdentityFiles {
    private let directory: StoreDirectory
    private let files: FileSystem

    /// No file is joined with others beyond this many bytes: as much is written at a time.
    static let largest: UInt64 = 64 << 20
    /// As many files are joined at a time.
    static let most = 1024

    init(_ directory: StoreDirectory, _ files: FileSystem) {
        self.directory = directory
        self.files = files
    }

    /// Joins some files, and removes what an earlier time has left.
    ///
    /// - Parameter first: the first number of the oldest segment. Extracts of segments that are still there stay as they
    ///   are: they are written again.
    /// - Returns: whether there may be more to join.
    func joinSome(before first: UInt64) throws(StoreError) -> Bool {
        let there = try Segment.identities(in: directory)
        let left = try Segment.all(folder: directory.identities).filter { !there.contains($0) }
        if !left.isEmpty {
            // What has them as well may have got its name a moment before a crash.
            try directory.syncFolder(directory.identities, files)
            try remove(left)
        }
        var sizes: [UInt64] = []
        var removed: [Segment] = []
        for segment in there where segment.firstSeq < first {
            removed.append(segment)
            sizes.append(try OpenFile.reading(segment.path)?.size() ?? 0)
        }
        guard let range = Self.choice(sizes) else { return false }
        // An older copy of the articles may have been put back, with segments that were extracted already.
        guard try removed[range.upperBound - 1].lastSeq() ?? 0 < first else { return false }
        try join(removed[range])
        return true
    }

    /// Which files to join, the newest that it is worth for: a file goes with those behind it once they are half as large
    /// together. So there are as many as the total has binary digits, and each byte is written as often.
    ///
    /// - Parameter sizes: oldest first.
    static func choice(_ sizes: [UInt64]) -> Range<Int>? {
        var end = sizes.count
        while end > 1 {
            var start = end - 1
            var sum = sizes[start]
            while start > 0, end - start < most, sizes[start - 1] < 2 * sum, sum + sizes[start - 1] <= largest {
                start -= 1
                sum += sizes[start]
            }
            if end - start > 1 { return start..<end }
            end = start
        }
        return nil
    }

    private func join(_ segments: ArraySlice<Segment>) throws(StoreError) {
        guard let first = segments.first else { return }
        try directory.replace(first.path, in: directory.identities, temporary: "\(first.path).new", files) {
            joined throws(StoreError) in
            var end: UInt64 = 0
            for segment in segments {
                guard let file = try OpenFile.reading(segment.path) else { continue }
                let size = try file.size()
                end = try joined.append(file, from: 0, upTo: size, at: end, files)
                // What is damaged stays damaged, and does not take the next line with it.
                if size > 0, try file.read(1, at: size - 1) != [0x0a] {
                    try joined.write([0x0a], at: end, files)
                    end += 1
                }
            }
        }
        try remove(Array(segments.dropFirst()))
    }

    /// - Parameter segments: what has them as well is durable.
    private func remove(_ segments: [Segment]) throws(StoreError) {
        for segment in segments {
            guard files.remove(segment.path) == 0 else { throw .system("removing", segment.path) }
        }
        try directory.syncFolder(directory.identities, files)
    }
}

/// What of a segment outlives it: each record's line without the article, `{"_newswire":{"index":…,"feed":…,…}}`, with a
/// checksum of its own and the record's chain as it was; of an article that nobody was given from `"blocked"` on.
///
/// From these lines the index is made again as from the records themselves, so that nothing that was removed comes back
/// as new (identity.md §8).
struct IdentityExtract {
    private let directory: StoreDirectory
    private let files: FileSystem
    /// Whether a record says when the segment was written; others may have been stored by a wrong clock.
    var believes: (RecordEnvelope) -> Bool = { _ in true }

    private static let bufferSize = 256 << 10

    init(_ directory: StoreDirectory, _ files: FileSystem) {
        self.directory = directory
        self.files = files
    }

    struct Contents {
        var records: UInt64 = 0
        var bytes: UInt64 = 0
        /// The newest record that is believed, and the last one.
        var newest = Timestamp(milliseconds: .min)
        var lastSeq: UInt64 = 0
        var damage: StoreDamage?
    }

    /// Reads a whole segment and hands out the line that is to be kept of each whole record.
    func read(
        _ segment: Segment, keep: ([UInt8]) throws(StoreError) -> Void
    ) throws(StoreError) -> Contents {
        var contents = Contents()
        guard let file = try OpenFile.reading(segment.path) else { return contents }
        let walk = RecordWalk(fromFirstOf: [segment])
        contents.bytes = try file.size()
        var records = RecordScanner(file, segment, walk: walk)
        while let item = try records.nextItem() {
            switch item.outcome {
            case .damage(let damage): contents.damage = contents.damage ?? damage
            case .ahead: break
            case .record(let envelope, let damage):
                guard let line = item.line else { continue }
                contents.damage = contents.damage ?? damage
                contents.records += 1
                contents.lastSeq = envelope.seq
                // A line whose checksum holds has a time.
                if believes(envelope) {
                    contents.newest = max(contents.newest, envelope.storedAt ?? Timestamp(milliseconds: .max))
                }
                try keep(Self.line(line.bytes, from: envelope.extractStart))
            }
        }
        return contents
    }

    /// - Parameter line: a whole record.
    static func line(_ line: UnsafeRawBufferPointer, from start: Int) -> [UInt8] {
        var bytes = Array(#"{"_newswire":{"#.utf8)
        bytes.append(contentsOf: line[start..<(line.count - RecordLine.checksumMember)])
        let checksum = bytes.withUnsafeBytes { XXH3.hash64($0) }
        bytes.append(contentsOf: #","xxh3":""#.utf8)
        Hex.append(checksum, to: &bytes)
        bytes.append(contentsOf: "\"}}\n".utf8)
        return bytes
    }

    /// Writes the extract of a segment to its place in `identities`, where it is durable when this returns. Whatever
    /// stood there before, left by a removal that was cut short, is replaced.
    ///
    /// - Parameter accepts: decides by what the segment holds; where it says no nothing is written.
    /// - Returns: what the segment holds.
    func write(_ segment: Segment, ifAccepted accepts: (Contents) -> Bool) throws(StoreError) -> Contents {
        try directory.makeFolder(directory.identities, files)
        let target = Segment(firstSeq: segment.firstSeq, folder: directory.identities).path
        let temporary = "\(target).new"
        _ = files.remove(temporary)
        do throws(StoreError) {
            let file = try directory.openFile(temporary, in: directory.identities, flags: O_EXCL, files)
            var buffer: [UInt8] = []
            var written: UInt64 = 0
            func flush() throws(StoreError) {
                try file.write(buffer, at: written, files)
                written += UInt64(buffer.count)
                buffer.removeAll(keepingCapacity: true)
            }
            let contents = try read(segment) { (line) throws(StoreError) in
                buffer.append(contentsOf: line)
                if buffer.count >= Self.bufferSize { try flush() }
            }
            guard accepts(contents) else {
                _ = files.remove(temporary)
                return contents
            }
            try flush()
            try file.sync(files)
            try directory.rename(temporary, to: target, files)
            try directory.syncFolder(directory.identities, files)
            return contents
        } catch {
            _ = files.remove(temporary)
            throw error
        }
    }
}
