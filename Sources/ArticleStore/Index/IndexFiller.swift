/// Puts records that are read from segments into the index that there is, many at a time.
struct IndexFiller {
    private let index: ArticleIndex
    /// As many keys wait in memory.
    private static let lag = 1 << 16

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
