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
