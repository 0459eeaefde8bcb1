import Digest
import FeedModel

/// Reads every byte of a store and proves it whole: each line by its checksum, all of them by the chain, their numbers
/// unbroken, the index against the articles. Takes no lock; beside a writer it goes as far as what is published.
package struct StoreVerifier {
    package struct Result: Sendable, Equatable {
        package var segments = 0
        package var records: UInt64 = 0
        package var bytes: UInt64 = 0
        /// The first number that there is; 0 in an empty store.
        package var firstSeq: UInt64 = 0
        /// The last record's number and chain in hexadecimal: who keeps the two can tell later that nothing before them
        /// was changed.
        package var lastSeq: UInt64 = 0
        package var head = Hex.string(RecordWriter.firstChain)
        /// Places that are not as they were written.
        package var damages = 0
        /// What a crash left of an unfinished write; the next start of a writer removes it.
        package var unfinishedBytes: UInt64 = 0
        /// Records that had been stored last and are gone, as far as is known.
        package var lostRecords: UInt64 = 0
        /// What the index says otherwise than the articles; it is made again when its folder is removed.
        package var indexErrors: UInt64 = 0
        package var damagedStateLines = 0
        /// Consumers whose cursor holds no number or stands beyond the last record.
        package var wrongCursors: [String] = []

        /// Whether every record that was ever stored and not removed by retention is there as it was written.
        package var isWhole: Bool { damages == 0 && lostRecords == 0 }
    }

    private let reader: StoreReader
    private var index: IndexFile?
    private var result = Result()

    /// - Parameter path: the store's folder.
    package init(directory path: String) throws(StoreError) {
        reader = try StoreReader(directory: path)
    }

    /// - Parameters:
    ///   - progress: how many bytes are done, of how many; called now and then.
    ///   - damage: each damaged place, in order.
    package mutating func run(
        progress: (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in }, damage: (StoreDamage) -> Void
    ) throws(StoreError) -> Result {
        result = Result()
        let directory = reader.directory
        index = try IndexFile(existing: directory.indexFile, writable: false, in: directory, FileSystem())
        let durable = try DurableEnd(in: directory)
        let extent = try reader.extent()
        var total: UInt64 = 0
        for place in extent.segments.indices {
            guard let file = try OpenFile.reading(extent.segments[place].path) else { continue }
            total += min(extent.limit(of: place), try file.size())
        }
        let walk = RecordWalk(fromFirstOf: extent.segments)
        result.firstSeq = extent.segments.first?.firstSeq ?? 0
        result.segments = extent.segments.count
        for place in extent.segments.indices {
            try verify(place, of: extent, walk, durable, { progress($0, total) }, damage)
        }
        result.lastSeq = walk.position.seq
        if result.records > 0 { result.head = Hex.string(walk.position.chain) }
        if let durable, durable.seq > result.lastSeq { result.lostRecords = durable.seq - result.lastSeq }
        try verifyStates()
        try verifyCursors()
        return result
    }

    private mutating func verify(
        _ place: Int, of extent: StoreReader.Extent, _ walk: RecordWalk, _ durable: DurableEnd?,
        _ progress: (UInt64) -> Void, _ damage: (StoreDamage) -> Void
    ) throws(StoreError) {
        let segment = extent.segments[place]
        guard let file = try OpenFile.reading(segment.path) else { return }
        let isOpenEnd = place == extent.segments.count - 1 && !extent.isPublished
        var scanner = LineScanner(file, from: 0, limit: extent.limit(of: place))
        var number = 0
        // Behind the published end damage is the torn tail, unless a whole record follows.
        var undecided: [StoreDamage] = []
        var unfinished: UInt64 = 0
        func note(_ found: StoreDamage) {
            result.damages += 1
            damage(found)
        }
        while let line = try scanner.nextLine() {
            number += 1
            switch walk.check(line, in: segment, number: number) {
            case .record(let envelope, let found):
                undecided.forEach(note)
                undecided = []
                unfinished = 0
                if let found { note(found) }
                result.records += 1
                try verifyIndex(envelope)
            case .damage(let found):
                let isTail =
                    isOpenEnd
                    && (!line.isEnded
                        || durable.map { $0.segment != segment.firstSeq || line.offset >= $0.offset } ?? true)
                if isTail, undecided.count < 1000 {
                    undecided.append(found)
                    unfinished += line.length
                } else {
                    note(found)
                }
            }
            result.bytes += line.length
            if number.isMultiple(of: 4096) { progress(result.bytes) }
        }
        result.unfinishedBytes += unfinished
        progress(result.bytes)
    }

    private mutating func verifyIndex(_ envelope: RecordEnvelope) throws(StoreError) {
        // Later records may not be in it yet: the next writer sees to that.
        guard let index, envelope.seq <= index.header.complete.seq, envelope.kind != .alias, let uid = envelope.uid
        else {
            return
        }
        do throws(IndexFile.Failure) {
            guard let content = try index.find(uid.key)?.content else {
                result.indexErrors += 1
                return
            }
            // A link stands where an alias took the article's place.
            guard case .article(let known) = content else { return }
            let isRight =
                known.uid == uid && known.seq >= envelope.seq
                && (known.seq > envelope.seq
                    || (known.version == envelope.version && known.contentHash == envelope.contentHash))
            if !isRight { result.indexErrors += 1 }
        } catch {
            if case .system(let error) = error { throw error }
            result.indexErrors += 1
        }
    }

    private mutating func verifyStates() throws(StoreError) {
        guard let file = try OpenFile.reading(reader.directory.stateFile) else { return }
        result.damagedStateLines = try FeedStates.read(file).damaged
    }

    private mutating func verifyCursors() throws(StoreError) {
        for (name, seq) in try Cursors(directory: reader.directory, FileSystem()).list()
        where seq == nil || seq ?? 0 > result.lastSeq {
            result.wrongCursors.append(name)
        }
    }
}
