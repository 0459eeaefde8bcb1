internal import ArticleStore
internal import FeedModel

/// `PageChain` says which pages of an article there are, of which versions, from the newest back.
struct PageChain: Sendable {
    /// The record of the newest page.
    let newest: UInt64
    private var pages: [(version: UInt64, seq: UInt64)] = []

    /// So many pages of an article are looked at: a site may make one a day for ever.
    private static let mostPages = 100
    /// What of a page tells whose it is; its text is not read.
    private static let heads = StoredRecord.Members(item: [], own: ["kind", "uid", "version", RecordMember.previous])

    /// Reads the beginnings of the pages, as far back as they are there.
    init(of uid: ArticleIdentifier, newest: UInt64, in reader: StoreReader) throws(StoreError) {
        self.newest = newest
        var next: UInt64? = newest
        while let seq = next, pages.count < Self.mostPages, let line = try reader.line(seq: seq),
            let head = line.withUnsafeBytes({ StoredRecord(line: $0, only: Self.heads) }), head.kind == .fulltext,
            head.uid == uid, let version = head.version
        {
            pages.append((version, seq))
            // Whatever a record says, it leads back, and never round in a circle.
            next = head.previous.flatMap { $0 < seq ? $0 : nil }
        }
    }

    /// Returns the record of the newest page of that version or an earlier one; nil where there is none.
    func page(of version: UInt64) -> UInt64? { pages.first { $0.version <= version }?.seq }
}
