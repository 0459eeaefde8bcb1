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
        for segment in removed {
            let next = Segment.next(after: segment, in: removed)
            let walk = RecordWalk(fromFirstOf: [segment], checksChain: false)
            _ = try fill(builder, with: segment, limit: .max, next: next, walk)
        }
        return builder
    }

    /// An index of all whole records up to `end`.
    func run(upTo end: StorePosition) throws(StoreError) -> (index: ArticleIndex, records: UInt64) {
        let segments = try Segment.all(in: directory)
        let builder = try builder(for: segments)
        let walk = RecordWalk(fromFirstOf: segments, checksChain: false)
        var records: UInt64 = 0
        for segment in segments where segment.firstSeq <= end.segment {
            let limit = segment.firstSeq == end.segment ? end.offset : .max
            records += try fill(
                builder, with: segment, limit: limit, next: Segment.next(after: segment, in: segments), walk)
        }
        let index: ArticleIndex
        do throws(IndexFile.Failure) { index = try builder.finish() } catch { throw Self.error(error, directory) }
        try index.checkpoint(end)
        return (index, records)
    }

    /// Puts the records between two places into an index that has all before the first.
    func add(from start: StorePosition, upTo end: StorePosition, to index: ArticleIndex) throws(StoreError) {
        let segments = try Segment.all(in: directory)
        let walk = RecordWalk(from: start, isChainKnown: false, checksChain: false)
        for segment in segments where segment.firstSeq >= start.segment && segment.firstSeq <= end.segment {
            guard let file = try OpenFile.reading(segment.path) else { continue }
            var records = RecordScanner(
                file, segment, from: segment.firstSeq == start.segment ? start.offset : 0,
                limit: segment.firstSeq == end.segment ? end.offset : .max,
                next: Segment.next(after: segment, in: segments), walk: walk)
            while let item = try records.nextItem() {
                guard case .record(let envelope, _) = item.outcome, let entry = ArticleIndex.Entry(envelope) else {
                    continue
                }
                index.add(CollectionOfOne(entry), replaying: true)
            }
        }
    }

    /// - Returns: how many records it has put in.
    private func fill(
        _ builder: IndexBuilder, with segment: Segment, limit: UInt64, next: UInt64, _ walk: RecordWalk
    ) throws(StoreError) -> UInt64 {
        guard let file = try OpenFile.reading(segment.path) else { return 0 }
        var scanner = RecordScanner(file, segment, limit: limit, next: next, walk: walk)
        var records: UInt64 = 0
        do throws(IndexFile.Failure) {
            while let item = try self.next(&scanner) {
                progress.add(item.line?.length ?? 0)
                guard case .record(let envelope, _) = item.outcome else { continue }
                try builder.add(envelope)
                records += 1
            }
        } catch {
            throw Self.error(error, directory)
        }
        return records
    }

    private func next(_ scanner: inout RecordScanner) throws(IndexFile.Failure) -> RecordScanner.Item? {
        do throws(StoreError) { return try scanner.nextItem() } catch { throw .system(error) }
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

/// Puts records that came after the index was last complete into it, many at a time.
struct IndexCatchUp {
    private let index: ArticleIndex

    init(_ index: ArticleIndex) {
        self.index = index
    }

    func add(_ envelope: RecordEnvelope) throws(IndexFile.Failure) {
        guard let entry = ArticleIndex.Entry(envelope) else { return }
        index.add(CollectionOfOne(entry), replaying: true)
        if index.waitingCount >= StoreOptions.usualIndexLag { try finish() }
    }

    func finish() throws(IndexFile.Failure) {
        let failure = try index.writeWaiting()
        // While the store is opened there is no reason to go on without a disk.
        if let failure, index.isOverfull { throw .system(failure) }
    }
}
