private import CShims
import FeedModel
import Glibc
import JSONText

/// Writes records behind the last one, and takes them back where they cannot be made durable.
final class SegmentAppender {
    /// Behind the last durable record.
    private(set) var position: StorePosition
    /// Bytes made durable so far.
    private(set) var appended: UInt64 = 0
    private let directory: StoreDirectory
    private let segmentSize: UInt64
    /// A segment is sealed once its first record is so many milliseconds old.
    private let segmentAge: Int64?
    private let files: FileSystem
    private let writer = RecordWriter()

    private var file: OpenFile?
    private var buffer = ByteBuffer()
    /// Whether what failed writing may have left in the files has still to be taken back (I3).
    private var needsRepair = false
    /// As many bytes as the disk did not take.
    private var refusedBytes = 0
    /// Segments of a commit that is not durable yet.
    private var newSegments: [Segment] = []
    /// When the first record of the last segment was stored.
    private var segmentStart: Timestamp?

    private static let bufferSize = 256 << 10
    private static let writebackSize = 1 << 20

    init(
        _ position: StorePosition, needsNewSegment: Bool, in directory: StoreDirectory, _ options: StoreOptions
    ) throws(StoreError) {
        self.position = position
        self.directory = directory
        segmentSize = options.segmentSize
        segmentAge = options.segmentAge.map { $0.components.seconds * 1000 }
        files = options.files
        if !needsNewSegment, position.segment > 0 {
            let segment = Segment(firstSeq: position.segment, in: directory)
            file = try directory.openFile(segment.path, in: directory.articles, files)
            segmentStart = try segment.firstTime()
        }
    }

    /// A record with the JSON text of its feed's id, quotes included.
    struct Item {
        var record: PendingRecord
        var feedJSON: [UInt8]
    }

    /// Appends records and makes them durable with one fdatasync, and one more for each segment that they fill. Where
    /// that fails nothing is there, and no number is used up.
    ///
    /// - Parameter meanwhile: what can be done while the disk writes.
    func append(_ items: [Item], _ stamp: StoredStamp, meanwhile: () -> Void = {}) throws(StoreError) {
        if items.isEmpty { return }
        if needsRepair { try repair() }
        do throws(StoreError) {
            try write(items, stamp, meanwhile)
        } catch {
            needsRepair = true
            refusedBytes = items.reduce(0) { $0 + RecordWriter.lengthLimit(of: $1.record, feedJSON: $1.feedJSON) }
            buffer.removeAll()
            // A second failure changes nothing: the next commit tries again before it writes.
            try? repair()
            throw error
        }
    }

    private func write(_ items: [Item], _ stamp: StoredStamp, _ meanwhile: () -> Void) throws(StoreError) {
        precondition(!needsRepair && newSegments.isEmpty, "I3: nothing is left of a commit that has failed")
        var end = position
        var current = file
        // How much of the segment is handed to the kernel; the rest of it up to `end.offset` is in the buffer.
        var written = end.offset
        // How much of that the disk was set to work on: each time costs an interrupt.
        var started = written
        var start = segmentStart
        var length: UInt64 = 0
        let isOld = isOld(at: stamp.time)
        buffer.removeAll()
        func flush() throws(StoreError) {
            guard let current, buffer.count > 0 else { return }
            try buffer.withBytes { bytes throws(StoreError) in try current.write(bytes, at: written, files) }
            written += UInt64(buffer.count)
            buffer.removeAll()
            if written - started >= Self.writebackSize {
                // The disk works while the next lines are made.
                newswire_start_writeback(current.descriptor, Int64(started), Int64(written - started))
                started = written
            }
        }
        for item in items {
            let longest = UInt64(RecordWriter.lengthLimit(of: item.record, feedJSON: item.feedJSON))
            let isFull = end.offset > 0 && end.offset + longest > segmentSize
            if current == nil || isFull || (isOld && end.segment == position.segment) {
                try flush()
                if written > 0 { try current?.syncData(files) }
                current = try newSegment(end.seq + 1)
                end.segment = end.seq + 1
                end.offset = 0
                written = 0
                started = 0
                start = Timestamp(rfc3339: String(decoding: stamp.time, as: UTF8.self))
            }
            let before = buffer.count
            end.chain = writer.append(
                item.record, feedJSON: item.feedJSON, seq: end.seq + 1, commit: position.seq + 1, stamp,
                after: end.chain, startsSegment: end.offset == 0, to: &buffer)
            end.seq += 1
            end.offset += UInt64(buffer.count - before)
            length += UInt64(buffer.count - before)
            if buffer.count >= Self.bufferSize { try flush() }
        }
        try flush()
        meanwhile()
        precondition(
            buffer.count == 0 && written == end.offset, "I4: lines are written before they are made durable")
        try current?.syncData(files)
        precondition(end.seq == position.seq + UInt64(items.count), "I2: each record takes one number")
        precondition(end.segment >= position.segment, "I8: no earlier segment is written to")
        newSegments = []
        appended += length
        position = end
        file = current
        segmentStart = start
        // One very long record should not hold its memory for years.
        if buffer.capacity > 16 * Self.bufferSize { buffer = ByteBuffer() }
    }

    private func isOld(at storedAt: [UInt8]) -> Bool {
        guard let segmentAge, let segmentStart, let now = Timestamp(rfc3339: String(decoding: storedAt, as: UTF8.self))
        else { return false }
        // A first record from the future was stored by a wrong clock, and would keep the segment open until then.
        return abs(now.milliseconds - segmentStart.milliseconds) >= segmentAge
    }

    private func newSegment(_ firstSeq: UInt64) throws(StoreError) -> OpenFile {
        let segment = Segment(firstSeq: firstSeq, in: directory)
        // Nothing that stands there is written over, or taken back with this commit.
        let file = try directory.openFile(segment.path, in: directory.articles, flags: O_EXCL, files)
        newSegments.append(segment)
        // A later segment must never outlast an earlier one.
        try directory.syncFolder(directory.articles, files)
        return file
    }

    /// Finds out whether the disk takes writes again, before anything is promised.
    func tryDisk() throws(StoreError) {
        if needsRepair { try repair() }
        let path = "\(directory.articles)/.room"
        let file = try directory.openFile(path, in: directory.articles, files)
        defer { _ = files.remove(path) }
        let block = [UInt8](repeating: 0x0a, count: Self.bufferSize)
        for written in stride(from: 0, through: min(refusedBytes, 64 << 20), by: block.count) {
            try file.write(block, at: UInt64(written), files)
        }
        try file.sync(files)
        refusedBytes = 0
    }

    /// Takes back everything behind the last durable record.
    ///
    /// After a failed fdatasync the kernel may hold pages for clean that never reached the disk. All that lies behind
    /// the end is cut off; the page that the end stands in is written again, and only then is anything appended.
    private func repair() throws(StoreError) {
        while let segment = newSegments.last {
            if files.remove(segment.path) != 0, errno != ENOENT {
                throw .system("removing the unfinished", segment.path)
            }
            newSegments.removeLast()
        }
        if let file {
            try file.truncate(to: position.offset, files)
            let start = position.offset > 0 ? (position.offset - 1) / 4096 * 4096 : 0
            let page = try file.read(Int(position.offset - start), at: start)
            try file.write(page, at: start, files)
            try file.syncData(files)
        }
        needsRepair = false
    }
}
