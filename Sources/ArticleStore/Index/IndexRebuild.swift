import Digest
import FeedModel

/// Makes the index from the segments, beside the old one.
struct IndexRebuild {
    private let directory: StoreDirectory
    private let files: FileSystem

    init(_ directory: StoreDirectory, _ files: FileSystem) {
        self.directory = directory
        self.files = files
    }

    /// An empty index with room for the articles of the segments.
    func newIndex(for segments: [Segment]) throws(StoreError) -> ArticleIndex {
        var records: UInt64 = 0
        if let first = segments.first, let last = segments.last {
            records = last.firstSeq - first.firstSeq
            // Three slots an article, and the last segment's articles by their usual size.
            if let file = try OpenFile.reading(last.path) { records += try file.size() / 2048 }
        }
        // What damaged names of segments claim costs no disk: it grows as need be.
        let capacity = max(IndexFile.smallestCapacity, min(records, 50_000_000) * 3 * 100 / 50)
        let table = try IndexFile(
            creating: "\(directory.indexFile).new", in: directory, capacity: capacity, salt: nil, files)
        return ArticleIndex(table, in: directory, files)
    }

    /// An index of all whole records up to `end`.
    func run(upTo end: StorePosition) throws(StoreError) -> (index: ArticleIndex, records: UInt64) {
        let segments = try Segment.all(in: directory)
        let index = try newIndex(for: segments)
        let filler = IndexFiller(index)
        let walk = RecordWalk(fromFirstOf: segments, checksChain: false)
        var records: UInt64 = 0
        do throws(IndexFile.Failure) {
            for segment in segments where segment.firstSeq <= end.segment {
                let limit = segment.firstSeq == end.segment ? end.offset : .max
                do throws(StoreError) {
                    guard let file = try OpenFile.reading(segment.path) else { continue }
                    var scanner = LineScanner(file, from: 0, limit: limit)
                    while let line = try scanner.nextLine() {
                        guard case .record(let envelope, _) = walk.check(line, in: segment) else { continue }
                        do throws(IndexFile.Failure) { try filler.add(envelope) } catch {
                            throw Self.error(error, directory)
                        }
                        records += 1
                    }
                } catch {
                    throw .system(error)
                }
            }
            try filler.finish()
        } catch {
            throw Self.error(error, directory)
        }
        try index.checkpoint(end)
        return (index, records)
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
final class IndexFiller {
    private let index: ArticleIndex
    private var entries: [ArticleIndex.Entry] = []

    init(_ index: ArticleIndex) {
        self.index = index
        entries.reserveCapacity(1024)
    }

    func add(_ envelope: RecordEnvelope) throws(IndexFile.Failure) {
        guard let uid = envelope.uid, let hash = envelope.contentHash else { return }
        let members = envelope.indexMembers
        entries.append(
            ArticleIndex.Entry(
                kind: envelope.kind,
                known: KnownArticle(
                    uid: uid, seq: envelope.seq, version: envelope.version, contentHash: hash,
                    modified: members.modified, silentChanges: members.silentChanges),
                keys: members.keys))
        if entries.count == 1024 { try finish() }
    }

    func finish() throws(IndexFile.Failure) {
        let failure = try index.apply(entries, replaying: true)
        entries.removeAll(keepingCapacity: true)
        // While the store is opened there is no reason to go on without a disk.
        if let failure, index.isOverfull { throw .system(failure) }
    }
}
