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
    private let files: FileSystem
    /// Makes the lines and their chain.
    let writer = RecordWriter()

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
        files = options.files
        if !needsNewSegment, position.segment > 0 {
            let segment = Segment(firstSeq: position.segment, in: directory)
            file = try directory.openFile(segment.path, in: directory.articles, files)
            segmentStart = try segment.firstTime()
        }
    }

    /// What lines are made for: the place behind the last durable record.
    var place: LinePlace { LinePlace(position: position, isInSegment: file != nil, segmentStart: segmentStart) }

    /// Appends the records of a rendering, whose lines are made while the disk takes those before them.
    ///
    /// - Parameter meanwhile: what can be done while the disk writes.
    func append(_ rendering: RecordRendering, meanwhile: () -> Void = {}) throws(StoreError) {
        try append(count: rendering.items.count, longest: rendering.lengthLimit, meanwhile: meanwhile) {
            place, buffer, write throws(StoreError) in
            try rendering.forEachPiece(from: place, of: Self.bufferSize, &buffer, writer, write)
        }
    }

    /// Appends lines as they are, which were made one behind the other for the place behind the last record.
    ///
    /// - Parameter meanwhile: what can be done while the disk writes.
    func append(_ rendered: [Rendered], meanwhile: () -> Void = {}) throws(StoreError) {
        guard let last = rendered.last else { return }
        let count = rendered.reduce(0) { $0 + $1.count }
        try append(count: count, longest: rendered.reduce(0) { $0 + $1.lines.count }, meanwhile: meanwhile) {
            _, _, write throws(StoreError) in
            for lines in rendered { try lines.forEachPiece(write) }
            return last.end
        }
    }

    /// Appends lines and makes them durable with one fdatasync, and one more for each segment that they fill. Where that
    /// fails nothing is there, and no number is used up.
    ///
    /// - Parameters:
    ///   - count: how many lines come.
    ///   - longest: they have no more bytes.
    ///   - lines: hands over the lines piece by piece, each with the segment that it belongs to, and returns the place behind
    ///     them. The buffer may be used for them.
    private func append(
        count: Int, longest: @autoclosure () -> Int, meanwhile: () -> Void,
        _ lines: (
            _ place: LinePlace, _ buffer: inout ByteBuffer,
            _ write: (_ lines: UnsafeRawBufferPointer, _ segment: UInt64) throws(StoreError) -> Void
        ) throws(StoreError) -> LinePlace
    ) throws(StoreError) {
        if count == 0 { return }
        if needsRepair { try repair() }
        do throws(StoreError) {
            try write(count, meanwhile, lines)
        } catch {
            needsRepair = true
            refusedBytes = longest()
            buffer.removeAll()
            // A second failure changes nothing: the next commit tries again before it writes.
            try? repair()
            throw error
        }
    }

    private func write(
        _ count: Int, _ meanwhile: () -> Void,
        _ lines: (
            LinePlace, inout ByteBuffer, (UnsafeRawBufferPointer, UInt64) throws(StoreError) -> Void
        ) throws(StoreError) -> LinePlace
    ) throws(StoreError) {
        precondition(!needsRepair && newSegments.isEmpty, "I3: nothing is left of a commit that has failed")
        var current = file
        var segment = position.segment
        // How much of the segment is handed to the kernel.
        var written = position.offset
        // How much of that the disk was set to work on: each time costs an interrupt.
        var started = written
        var length: UInt64 = 0
        let end = try lines(place, &buffer) { bytes, wanted throws(StoreError) in
            if current == nil || wanted != segment {
                if written > 0 { try current?.syncData(files) }
                current = try newSegment(wanted)
                segment = wanted
                written = 0
                started = 0
            }
            guard let current else { return }
            try current.write(bytes, at: written, files)
            written += UInt64(bytes.count)
            length += UInt64(bytes.count)
            if written - started >= Self.writebackSize {
                // The disk works while the next lines are made.
                newswire_start_writeback(current.descriptor, Int64(started), Int64(written - started))
                started = written
            }
        }
        meanwhile()
        precondition(
            written == end.position.offset && segment == end.position.segment,
            "I4: lines are written before they are made durable")
        try current?.syncData(files)
        precondition(end.position.seq == position.seq + UInt64(count), "I2: each record takes one number")
        precondition(end.position.segment >= position.segment, "I8: no earlier segment is written to")
        newSegments = []
        appended += length
        position = end.position
        file = current
        segmentStart = end.segmentStart
        // One very long record should not hold its memory for years.
        if buffer.capacity > 16 * Self.bufferSize { buffer = ByteBuffer() }
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
