/// Makes the index from the segments, and from what retention has left of removed ones, beside the old one.
struct IndexRebuild {
    private let directory: StoreDirectory
    private let files: FileSystem
    private let progress: ReadingProgress

    init(_ directory: StoreDirectory, _ files: FileSystem, _ progress: ReadingProgress) {
        self.directory = directory
        self.files = files
        self.progress = progress
    }

    /// A builder that has the identities that retention has left. Progress begins with all that is to be read.
    func builder(for segments: [Segment]) throws(StoreError) -> IndexBuilder {
        let removed = try Segment.identities(in: directory)
        try progress.begin(removed + segments)
        let builder = IndexBuilder(directory, files, progress)
        _ = try forEachRecord(of: removed, nil) { envelope throws(StoreError) in try builder.add(envelope) }
        return builder
    }

    /// An index of all whole records up to `end`.
    func run(upTo end: StorePosition) throws(StoreError) -> (index: ArticleIndex, records: UInt64) {
        let segments = try Segment.all(in: directory)
        let builder = try builder(for: segments)
        let records = try forEachRecord(
            of: segments, to: end, RecordWalk(fromFirstOf: segments, checksChain: false)
        ) { envelope throws(StoreError) in try builder.add(envelope) }
        let index = try Self.finish(builder, directory)
        try index.checkpoint(end)
        return (index, records)
    }

    /// Puts the records between two places into an index that has all before the first.
    func add(from start: StorePosition, upTo end: StorePosition, to index: ArticleIndex) throws(StoreError) {
        let walk = RecordWalk(from: start, isChainKnown: false, checksChain: false)
        _ = try forEachRecord(
            of: try Segment.all(in: directory), from: start, to: end, walk, IndexCatchUp(index).add)
    }

    /// - Parameters:
    ///   - segments: all of their folder.
    ///   - start: nothing before it is read; nil for the beginning.
    ///   - end: nothing behind it is read; nil for the end of the last segment.
    ///   - walk: nil where each segment is a beginning.
    /// - Returns: how many whole records there are.
    private func forEachRecord(
        of segments: [Segment], from start: StorePosition? = nil, to end: StorePosition? = nil, _ walk: RecordWalk?,
        _ body: (RecordEnvelope) throws(StoreError) -> Void
    ) throws(StoreError) -> UInt64 {
        var count: UInt64 = 0
        for segment in segments {
            if let start, segment.firstSeq < start.segment { continue }
            if let end, segment.firstSeq > end.segment { continue }
            guard let file = try OpenFile.reading(segment.path) else { continue }
            var records = RecordScanner(
                file, segment, from: segment.firstSeq == start?.segment ? start?.offset ?? 0 : 0,
                limit: segment.firstSeq == end?.segment ? end?.offset ?? .max : .max,
                next: Segment.next(after: segment, in: segments),
                walk: walk ?? RecordWalk(fromFirstOf: [segment], checksChain: false))
            while let item = try records.nextItem() {
                progress.add(item.line?.length ?? 0)
                guard case .record(let envelope, _) = item.outcome else { continue }
                try body(envelope)
                count += 1
            }
        }
        return count
    }

    /// Returns what the builder makes. Where it cannot read what it has just written, the disk is at fault: the error
    /// is not one after which the index would be made again.
    static func finish(_ builder: IndexBuilder, _ directory: StoreDirectory) throws(StoreError) -> ArticleIndex {
        do throws(StoreError) {
            return try builder.finish()
        } catch {
            guard error.isDamagedIndex else { throw error }
            throw StoreError(
                .damaged, "making", directory.indexFile, error.reason,
                advice: "look into the kernel's log (dmesg) for the disk")
        }
    }
}

/// `IndexCatchUp` puts records into an index that came after it was last complete, many at a time.
struct IndexCatchUp {
    private let index: ArticleIndex

    init(_ index: ArticleIndex) {
        self.index = index
    }

    func add(_ envelope: RecordEnvelope) throws(StoreError) {
        guard let entry = ArticleIndex.Entry(envelope) else { return }
        index.add(CollectionOfOne(entry), replaying: true)
        if index.waitingCount >= StoreOptions.usualIndexLag { try finish() }
    }

    /// Writes what waits.
    ///
    /// - Throws: where the disk takes so little that too much would be left in memory.
    func finish() throws(StoreError) {
        let failure = try index.writeWaiting()
        if let failure, index.isOverfull { throw failure }
    }
}

/// `ReadingProgress` counts what has been read of the segments that the index is made from, and tells of it ten times a
/// second at most.
final class ReadingProgress {
    private let tell: (_ done: UInt64, _ total: UInt64) -> Void
    private var total: UInt64 = 0
    private var done: UInt64 = 0
    private var untold: UInt64 = 0
    private var told: ContinuousClock.Instant?

    /// How many bytes are read before the clock is looked at.
    private static let step: UInt64 = 256 << 10

    init(_ tell: @escaping (_ done: UInt64, _ total: UInt64) -> Void) {
        self.tell = tell
    }

    /// Starts anew, with all bytes of the segments ahead.
    ///
    /// - Parameter offset: how many bytes of the first segment are not read.
    func begin(_ segments: some Sequence<Segment>, from offset: UInt64 = 0) throws(StoreError) {
        var size: UInt64 = 0
        for segment in segments { size += try OpenFile.reading(segment.path)?.size() ?? 0 }
        total = size > offset ? size - offset : 0
        done = 0
        untold = 0
        if total > 0 { show() }
    }

    func add(_ bytes: UInt64) {
        untold += bytes
        if untold < Self.step { return }
        done += untold
        untold = 0
        goOn()
    }

    /// Tells how far it is once more, because the work goes on although nothing is read meanwhile.
    func goOn() {
        if total == 0 { return }
        if let told, ContinuousClock.now - told < .milliseconds(100) { return }
        show()
    }

    private func show() {
        told = .now
        tell(min(done, total), total)
    }
}
