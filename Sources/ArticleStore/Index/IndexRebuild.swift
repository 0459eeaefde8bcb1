import Digest
import FeedModel

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

    /// An index with room for the articles of the segments, which holds the identities that retention has left. Progress
    /// begins with all that is to be read.
    func newIndex(for segments: [Segment]) throws(StoreError) -> ArticleIndex {
        let removed = try Segment.identities(in: directory)
        try progress.begin(removed + segments)
        var records: UInt64 = 0
        if let first = removed.first ?? segments.first, let last = segments.last ?? removed.last {
            records = last.firstSeq > first.firstSeq ? last.firstSeq - first.firstSeq : 0
            // Three slots an article, and the last segment's articles by their usual size.
            if let file = try OpenFile.reading(last.path) { records += try file.size() / 2048 }
        }
        // What damaged names of segments claim costs no disk: it grows as need be.
        let capacity = max(IndexFile.smallestCapacity, min(records, 50_000_000) * 3 * 100 / 50)
        let table = try IndexFile(
            creating: "\(directory.indexFile).new", in: directory, capacity: capacity, salt: nil, files)
        let index = ArticleIndex(table, in: directory, files)
        let filler = IndexFiller(index)
        for segment in removed {
            _ = try fill(filler, with: segment, limit: .max, RecordWalk(fromFirstOf: [segment], checksChain: false))
        }
        return index
    }

    /// An index of all whole records up to `end`.
    func run(upTo end: StorePosition) throws(StoreError) -> (index: ArticleIndex, records: UInt64) {
        let segments = try Segment.all(in: directory)
        let index = try newIndex(for: segments)
        let filler = IndexFiller(index)
        let walk = RecordWalk(fromFirstOf: segments, checksChain: false)
        var records: UInt64 = 0
        for segment in segments where segment.firstSeq <= end.segment {
            let limit = segment.firstSeq == end.segment ? end.offset : .max
            records += try fill(filler, with: segment, limit: limit, walk)
        }
        try index.checkpoint(end)
        return (index, records)
    }

    /// - Returns: how many records it has put in.
    private func fill(
        _ filler: IndexFiller, with segment: Segment, limit: UInt64, _ walk: RecordWalk
    ) throws(StoreError) -> UInt64 {
        guard let file = try OpenFile.reading(segment.path) else { return 0 }
        var scanner = LineScanner(file, from: 0, limit: limit)
        var records: UInt64 = 0
        do throws(IndexFile.Failure) {
            while let line = try next(&scanner) {
                progress.add(line.length)
                guard case .record(let envelope, _) = walk.check(line, in: segment) else { continue }
                try filler.add(envelope)
                records += 1
            }
            try filler.finish()
        } catch {
            throw Self.error(error, directory)
        }
        return records
    }

    private func next(_ scanner: inout LineScanner) throws(IndexFile.Failure) -> LineScanner.Line? {
        do throws(StoreError) { return try scanner.nextLine() } catch { throw .system(error) }
    }

    static func error(_ failure: IndexFile.Failure, _ directory: StoreDirectory) -> StoreError {
        switch failure {
        case .system(let error): error
        case .damage(let reason):
            StoreError(
                .damaged, "making", directory.indexFile, reason,
                advice: "look into the kernel's log (dmesg) for the disk")
        }
    }
}

/// Puts records that are read from segments into an index, many at a time.
struct IndexFiller {
    private let index: ArticleIndex
    /// Keys that wait, some 70 bytes each: the more there are, the more of them share a page of a large index.
    private static let lag = 1 << 20

    init(_ index: ArticleIndex) {
        self.index = index
    }

    func add(_ envelope: RecordEnvelope) throws(IndexFile.Failure) {
        guard let entry = ArticleIndex.Entry(envelope) else { return }
        index.add(CollectionOfOne(entry), replaying: true)
        if index.waitingCount >= Self.lag { try finish() }
    }

    func finish() throws(IndexFile.Failure) {
        let failure = try index.writeWaiting()
        // While the store is opened there is no reason to go on without a disk.
        if let failure, index.isOverfull { throw .system(failure) }
    }
}
