import Digest
import FeedModel
import Glibc

/// What of a segment outlives it: each record's line without the article, `{"_newswire":{"index":…,"feed":…,…}}`, with a
/// checksum of its own and the record's chain as it was.
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
                try keep(Self.line(line.bytes, from: envelope.identityStart))
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
