package import FeedModel
import Glibc

/// `RecordSlice` is one record as it stands in the store. It is valid only while the closure that got it runs.
package struct RecordSlice {
    /// The bytes are those of the line with its line feed.
    package let bytes: UnsafeRawBufferPointer
    /// What the store wrote around the record.
    package let envelope: RecordEnvelope
}

/// `StoreReader` reads the articles without a lock: beside a writer, after it, on a copy, on another machine.
///
/// Only whole records are handed out, each checked against its checksum, in the order of their numbers, none twice.
/// While a writer lives nothing behind its published end is seen (`DurableEnd`), and without one nothing that the next
/// writer will cut off (`SegmentTail`).
package struct StoreReader: Sendable {
    let directory: StoreDirectory

    /// Opens a store for reading; it is neither locked nor changed.
    ///
    /// - Parameter path: the store's folder, which may be read-only. A store without articles is an empty one.
    package init(directory path: String) throws(StoreError) {
        directory = try StoreDirectory.there(path)
        _ = try directory.format()
    }

    /// Opens a store for reading; nil where there is none yet.
    package static func ifThere(directory path: String) throws(StoreError) -> StoreReader? {
        try StoreDirectory(existing: path) == nil ? nil : StoreReader(directory: path)
    }

    /// `Extent` is how far the articles are to be read, as of one moment.
    struct Extent {
        var segments: [Segment]
        /// The byte of the last segment before which reading ends.
        var limit: UInt64
        /// Whether `limit` was published by a writer.
        var isPublished: Bool
        /// Whether all before `limit` was stored, so that what is not whole there is damaged.
        var isEndKnown = true
        /// What stands behind `limit` and was never stored: the next writer takes it away.
        var unfinishedBytes: UInt64 = 0
        /// The end that a writer has published last.
        var published: DurableEnd?

        /// The number that the segment with that index has a record of, if one is known.
        func expected(in index: Int) -> UInt64? {
            guard let published, published.segment == segments[index].firstSeq else { return nil }
            return published.seq
        }

        /// How far the segment with that index is to be read.
        func limit(of index: Int) -> UInt64 { index == segments.count - 1 ? limit : .max }
    }

    func extent() throws(StoreError) -> Extent {
        while true {
            if try WriterLock.isTaken(directory) {
                if let end = try publishedEnd() {
                    var segments = try Segment.all(in: directory)
                    segments.removeAll { $0.firstSeq > end.segment }
                    let isThere = segments.last?.firstSeq == end.segment
                    return Extent(
                        segments: segments, limit: isThere ? end.offset : .max, isPublished: true, published: end)
                }
                // The writer is just making the store, or has no disk to publish on; it does so when it opens.
                return Extent(segments: [], limit: 0, isPublished: true)
            }
            let segments = try Segment.all(in: directory)
            var extent = Extent(segments: segments, limit: 0, isPublished: false, published: try publishedEnd())
            if let last = segments.last, let file = try OpenFile.reading(last.path),
                let tail = try SegmentTail(of: segments, file, in: directory, published: extent.published)
            {
                extent.limit = tail.end
                extent.isEndKnown = tail.isEndKnown
                extent.unfinishedBytes = tail.size - tail.end
            }
            // A writer that came meanwhile may have written what it takes back.
            if try !WriterLock.isTaken(directory) { return extent }
        }
    }

    /// Reads the end that a writer has published, which may be met in the middle of being written.
    private func publishedEnd() throws(StoreError) -> DurableEnd? {
        for _ in 0..<16 {
            if let end = try DurableEnd(in: directory) { return end }
        }
        return nil
    }

    /// Hands out the records behind number `seq`, oldest first, until `body` returns false or there are no more.
    ///
    /// What is damaged is passed over and told to `damage`; an unfinished line at the very end is not there yet.
    ///
    /// - Parameter removed: told the numbers that retention has removed, before or while they were to be read.
    package func read(
        after seq: UInt64, damage: (StoreDamage) -> Void, removed: (ClosedRange<UInt64>) -> Void = { _ in },
        body: (RecordSlice) throws -> Bool
    ) throws {
        try read(in: try extent(), after: seq, damage: damage, removed: removed, body: body)
    }

    private func read(
        in extent: Extent, after seq: UInt64, damage: (StoreDamage) -> Void,
        removed: (ClosedRange<UInt64>) -> Void = { _ in }, body: (RecordSlice) throws -> Bool
    ) throws {
        guard seq < .max else { return }
        let start = extent.segments.lastIndex { $0.firstSeq <= seq + 1 } ?? 0
        guard start < extent.segments.count else { return }
        var position = StorePosition()
        position.seq = seq
        var walk = RecordWalk(from: position, isChainKnown: false, checksChain: false)
        // Where reading begins, and behind segments that have gone meanwhile, numbers may be missing for good.
        var mayJump = true
        for (index, segment) in extent.segments[start...].enumerated() {
            guard let file = try OpenFile.reading(segment.path) else {
                mayJump = true
                continue
            }
            if mayJump, segment.firstSeq > walk.position.seq + 1 {
                removed(walk.position.seq + 1...segment.firstSeq - 1)
                position.seq = segment.firstSeq - 1
                walk = RecordWalk(from: position, isChainKnown: false, checksChain: false)
            }
            mayJump = false
            var place = SegmentPlace(file: file, segment: segment, limit: extent.limit(of: start + index))
            place.next = Segment.next(after: segment, in: extent.segments)
            let isLast = index == extent.segments.count - start - 1
            place.expected = extent.expected(in: start + index)
            place.isOpenEnd = isLast && !extent.isEndKnown
            if index == 0, seq >= segment.firstSeq {
                let found = try SegmentSearch(file, segment, limit: place.limit).offset(after: seq)
                place.offset = found.offset
                position.seq = found.seq
                walk = RecordWalk(from: position, isChainKnown: false, checksChain: false)
                switch try read(place, walk, after: seq, damage, body) {
                case .goesOn: continue
                case .ended: return
                case .missed: break
                }
                // A search can be led astray by what is damaged or out of place; from the front nothing is missed.
                place.offset = 0
                position.seq = segment.firstSeq - 1
                walk = RecordWalk(from: position, isChainKnown: false, checksChain: false)
            }
            if try read(place, walk, after: seq, damage, body) == .ended { return }
        }
    }

    /// `SegmentPlace` is what of a segment is to be read.
    private struct SegmentPlace {
        let file: OpenFile
        let segment: Segment
        let limit: UInt64
        var offset: UInt64 = 0
        /// What `RecordScanner.init` takes under these names.
        var next = UInt64.max
        var expected: UInt64?
        /// Whether nobody has said where the end is, so that what is damaged there may be a torn tail.
        var isOpenEnd = false
    }

    private enum Reading {
        case goesOn
        /// The caller has enough.
        case ended
        /// The place was not where the record `after` is: nothing was handed out.
        case missed
    }

    private func read(
        _ place: SegmentPlace, _ walk: RecordWalk, after seq: UInt64, _ damage: (StoreDamage) -> Void,
        _ body: (RecordSlice) throws -> Bool
    ) throws -> Reading {
        var records = RecordScanner(
            place.file, place.segment, from: place.offset, limit: place.limit, next: place.next,
            expected: place.expected, walk: walk)
        // Where nobody has said where the end is, damage is only told when a whole record follows.
        var held: [StoreDamage] = []
        var isFound = place.offset == 0 || walk.position.seq == seq
        while let item = try records.nextItem() {
            switch item.outcome {
            case .ahead: continue
            case .record(let envelope, let found):
                if envelope.seq == seq { isFound = true }
                if envelope.seq > seq, !isFound { return .missed }
                held.forEach(damage)
                held = []
                if let found { damage(found) }
                guard envelope.seq > seq, let line = item.line else { continue }
                if try !body(RecordSlice(bytes: line.bytes, envelope: envelope)) { return .ended }
            case .damage(let found):
                if place.isOpenEnd || !isFound {
                    if held.count < 1000 { held.append(found) }
                } else {
                    damage(found)
                }
            }
        }
        return isFound ? .goesOn : .missed
    }

    /// Reads a record's line with its line feed; nil where there is no whole record of that number.
    package func line(seq: UInt64) throws(StoreError) -> [UInt8]? { try line(seq: seq, in: try extent()) }

    func line(seq: UInt64, in extent: Extent) throws(StoreError) -> [UInt8]? {
        guard seq > 0 else { return nil }
        var line: [UInt8]?
        do {
            try read(in: extent, after: seq - 1, damage: { _ in }) { slice in
                if slice.envelope.seq == seq { line = Array(slice.bytes) }
                return false
            }
        } catch let error as StoreError {
            throw error
        } catch {
            // Cannot happen because the closure throws nothing.
        }
        return line
    }

    /// Reads the record of a number; nil where there is no whole one.
    package func record(seq: UInt64) throws(StoreError) -> StoredRecord? {
        try line(seq: seq).flatMap { StoredRecord(line: $0) }
    }

    /// Reads the records of these numbers; nil for each of which there is no whole one. Where the store ends and which segments it
    /// has is looked up once for all of them.
    package func records(seqs: [UInt64]) throws(StoreError) -> [StoredRecord?] {
        let extent = try extent()
        return try seqs.map { seq throws(StoreError) in
            try line(seq: seq, in: extent).flatMap { StoredRecord(line: $0) }
        }
    }

    /// Returns the number of the first record that there is, as its segment's name says; nil where there is none.
    package func firstSeq() throws(StoreError) -> UInt64? { try extent().segments.first?.firstSeq }

    /// Returns the number of the last record that may be read; 0 where there is none.
    package func lastSeq() throws(StoreError) -> UInt64 { try lastSeq(in: try extent()) }

    func lastSeq(in extent: Extent) throws(StoreError) -> UInt64 {
        if extent.isPublished, let published = extent.published { return published.seq }
        for (index, segment) in extent.segments.enumerated().reversed() {
            guard let file = try OpenFile.reading(segment.path) else { continue }
            guard let seq = try SegmentSearch(file, segment, limit: extent.limit(of: index)).lastSeq() else { continue }
            // What stands at the end may be there for the second time.
            if let known = extent.expected(in: index), known > seq, try line(seq: known, in: extent) != nil {
                return known
            }
            return seq
        }
        return 0
    }

    /// Tells when the last record was stored; nil where there is none.
    package func lastStored() throws(StoreError) -> Timestamp? {
        try line(seq: try lastSeq())?.withUnsafeBytes { RecordEnvelope($0)?.storedAt }
    }

    /// Reads the states of all feeds, in the order of their ids, as the file has them.
    package func states() throws(StoreError) -> [FeedState] {
        guard let file = try OpenFile.reading(directory.stateFile) else { return [] }
        var states: [FeedIdentifier: PackedFeedState] = [:]
        _ = try FeedStates.read(file) { state, _ in states[state.feed] = PackedFeedState(state) }
        return states.keys.sorted().compactMap { feed in states[feed]?.state(of: feed) }
    }
}

/// `ArticleWatch` tells when a store may have got new articles, by inotify(7) on what its writer publishes.
///
/// It may tell too often. Where the system has no watch left, or the file system is another machine's, it does not tell
/// at all, so that whoever waits looks now and then all the same.
package final class ArticleWatch: Sendable {
    private let directory: String
    /// The descriptor becomes readable when something has changed; it is -1 where nothing can be watched.
    package let descriptor: Int32

    /// Watches nothing before `arm` is called.
    ///
    /// - Parameter directory: the store's, which need not be there yet.
    package init(directory: String) {
        self.directory = directory
        descriptor = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Forgets what has changed so far, and notices all that changes from here on; to be called before looking at the
    /// store, never after. The folders may come, go and come again.
    package func arm() {
        guard descriptor >= 0 else { return }
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { buffer in
            while read(descriptor, buffer.baseAddress, buffer.count) > 0 {}
        }
        let changes = UInt32(IN_MODIFY) | UInt32(IN_CREATE) | UInt32(IN_MOVED_TO)
        // What is watched already is not watched twice. The writer says in the store's folder how far it has come; copies
        // are only seen to grow.
        inotify_add_watch(descriptor, directory, changes)
        inotify_add_watch(descriptor, "\(directory)/articles", changes)
    }
}
