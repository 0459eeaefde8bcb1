internal import ArticleStore
internal import FeedModel
internal import Glibc

/// `SearchFileWriter` writes one file of the index that is not sealed. It belongs to the thread that made it; others read the
/// file meanwhile.
///
/// Records come in runs that join on to what is there, upwards or downwards; each run is there whole or not at all, whenever
/// the process ends.
final class SearchFileWriter {
    let path: String
    private let connection: SQLiteConnection
    /// Nil before the first run.
    private(set) var extent: SearchExtent?
    private let span: SearchSpan
    private var terms = RecordTerms()
    /// Feeds that are in the file, as far as they were met.
    private var feedNumbers: [FeedIdentifier: Int64] = [:]

    /// Opens the file of a span, which is made where it is missing.
    init(span: SearchSpan, in folder: String) throws(SearchFailure) {
        self.span = span
        path = span.openPath(in: folder)
        connection = try SQLiteConnection(path, .writing)
        if try connection.number("PRAGMA user_version") == 0 {
            try connection.run("PRAGMA auto_vacuum = NONE; PRAGMA journal_mode = WAL; PRAGMA user_version = 0")
            try connection.run("BEGIN IMMEDIATE;\(SearchSchema.creation)")
            // Few large pieces are merged with less work than many small ones; what is sealed is made one piece.
            try connection.run("INSERT INTO words(words, rank) VALUES('hashsize', \(Self.bytesInMemory))")
            try connection.run("INSERT INTO words(words, rank) VALUES('automerge', 0)")
            try connection.run("INSERT INTO words(words, rank) VALUES('crisismerge', \(Self.mostPieces))")
            try connection.run("PRAGMA user_version = \(SearchSchema.userVersion); COMMIT")
        } else {
            extent = try SearchExtent(connection)
        }
        // What is removed when pieces are merged need not be overwritten; a commit need not wait for the disk: after a power
        // loss the file is as it was a little earlier, and goes on from there.
        try connection.run(
            """
            PRAGMA secure_delete = OFF; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -\(Self.cacheKilobytes);
            PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864; PRAGMA temp_store = MEMORY
            """)
    }

    /// Words wait for so many bytes before they are written.
    private static let bytesInMemory = 16 << 20
    private static let mostPieces = 64
    /// Of 4 KiB: others wait for as long as it takes to write them.
    private static let pagesAtATime = 1000
    private static let cacheKilobytes = 8192

    /// `Record` is a line of the store that was read.
    struct Record {
        let stored: StoredRecord
        let seq: UInt64
        let kind: RecordKind
        let storedAt: Timestamp
    }

    /// Takes in a run of records, in the order of their numbers, by which the file becomes complete `from` there `through`
    /// there.
    ///
    /// - Parameters:
    ///   - extent: what the file then says of itself.
    ///   - reader: the store, for what records refer to.
    func add(_ records: [Record], extent: SearchExtent, _ reader: StoreReader) throws(SearchFailure) {
        try connection.run("BEGIN IMMEDIATE")
        do throws(SearchFailure) {
            for record in records { try add(record, reader) }
            try extent.write(to: connection)
            try connection.run("COMMIT")
        } catch {
            // Where it cannot be taken back it was already, or is when the file is closed.
            try? connection.run("ROLLBACK")
            feedNumbers = [:]
            throw error
        }
        self.extent = extent
    }

    private func add(_ record: Record, _ reader: StoreReader) throws(SearchFailure) {
        guard record.kind.isVersion else { return }
        let stored = record.stored
        let feed = try number(of: stored.feed ?? FeedIdentifier(""))
        let original = try Self.original(of: stored, in: reader)
        terms.read(stored, original: original, storedAt: record.storedAt, feedNumber: feed)
        let finder = EntryFinder(reader: reader)
        let entry = try finder.entry(of: stored) { (seq) throws(SearchFailure) in try known(seq) }
        let row = try connection.statement("INSERT INTO record VALUES(?,?,?,?,?,?,?)")
        row.bind(record.seq, at: 1)
        switch entry {
        case .own: row.bind(nil, at: 2)
        case .of(let id): row.bind(id, at: 2)
        case .hidden: row.bind(Int64(0), at: 2)
        }
        row.bind(feed, at: 3)
        row.bind(record.storedAt.seconds, at: 4)
        row.bind(terms.flags.rawValue, at: 5)
        row.bind(terms.dated, at: 6)
        if case .of(let id) = entry {
            terms.add(.laterVersion)
            row.bind(try firstSeen(id, stored, reader).seconds, at: 7)
        } else {
            row.bind(nil, at: 7)
        }
        try row.run()
        try addWords(record.seq)
    }

    private func addWords(_ seq: UInt64) throws(SearchFailure) {
        let row = try connection.statement(
            "INSERT INTO words(rowid, body, title, author, url, facet) VALUES(?,?,?,?,?,?)")
        row.bind(seq, at: 1)
        var failure: SearchFailure?
        terms.withTexts { texts in
            for (index, text) in texts.enumerated() { row.bind(staying: text, at: Int32(index) + 2) }
            do throws(SearchFailure) { try row.run() } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// When the entry's first record was stored, as its later version says, or else as that record itself does.
    private func firstSeen(_ id: UInt64, _ stored: StoredRecord, _ reader: StoreReader) throws(SearchFailure)
        -> Timestamp
    {
        if stored.first == id, let time = stored.firstSeen { return time }
        let row = try connection.statement("SELECT stored_at FROM record WHERE seq = ?")
        row.bind(id, at: 1)
        if try row.step() { return Timestamp(seconds: row.number(0)) }
        do throws(StoreError) {
            return try reader.record(seq: id)?.storedAt ?? stored.storedAt ?? Timestamp(seconds: 0)
        } catch {
            throw .store(error)
        }
    }

    /// What the file knows of a record; nil where the record is not in it, or no version.
    private func known(_ seq: UInt64) throws(SearchFailure) -> EntryFinder.Entry? {
        guard seq >= span.first, seq <= span.last else { return nil }
        let row = try connection.statement("SELECT entry FROM record WHERE seq = ?")
        row.bind(seq, at: 1)
        guard try row.step() else { return nil }
        switch row.optionalNumber(0) {
        case nil: return .own
        case 0: return .hidden
        case let id?: return .of(UInt64(clamping: id))
        }
    }

    private static func original(of record: StoredRecord, in reader: StoreReader) throws(SearchFailure) -> StoredRecord?
    {
        guard record.isShort, let other = record.duplicateOf else { return nil }
        do throws(StoreError) {
            return try reader.record(seq: other)
        } catch {
            throw .store(error)
        }
    }

    private func number(of feed: FeedIdentifier) throws(SearchFailure) -> Int64 {
        if let known = feedNumbers[feed] { return known }
        let known = try connection.statement("SELECT number FROM feed WHERE id = ?")
        known.bind(feed.text, at: 1)
        var number: Int64
        if try known.step() {
            number = known.number(0)
        } else {
            let added = try connection.statement("INSERT INTO feed(id) VALUES(?) RETURNING number")
            added.bind(feed.text, at: 1)
            guard try added.step() else { return 0 }
            number = added.number(0)
            _ = try added.step()
        }
        // Of very many feeds only those are kept that come again before all are dropped.
        if feedNumbers.count >= 4096 { feedNumbers = [:] }
        feedNumbers[feed] = number
        return number
    }

    /// Brings the words nearer to being in one piece, for a part of a second.
    ///
    /// - Returns: false where they are.
    func merge() throws(SearchFailure) -> Bool {
        // SQLite changes two rows at least where it has found something to merge.
        let before = connection.changes
        try connection.run("INSERT INTO words(words, rank) VALUES('merge', -\(Self.pagesAtATime))")
        return connection.changes &- before >= 2
    }

    /// Makes the sealed file of this one, whose words are in one piece: no page of it is free; and before that its checksum.
    /// The open one stays.
    func seal(in folder: String) throws(SearchFailure) {
        let made = span.makingPath(in: folder)
        unlink(made)
        connection.endAll()
        let copy = try connection.temporaryStatement("VACUUM INTO ?")
        copy.bind(made, at: 1)
        try copy.run()
        try Self.synchronise(made)
        let sealed = span.sealedPath(in: folder)
        try FileSum.write(try FileSum.of(made), beside: sealed)
        guard rename(made, sealed) == 0 else { throw .system("renaming", made) }
        try Self.synchronise(folder)
    }

    /// Lets go of what is only there to be quicker, when nothing comes for a while.
    func rest() { connection.releaseMemory() }

    private static func synchronise(_ path: String) throws(SearchFailure) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("opening", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .system("writing", path) }
    }
}

extension RecordTerms {
    /// Calls `body` with the texts in the order of the table's columns.
    fileprivate func withTexts(_ body: ([UnsafeBufferPointer<UInt8>]) -> Void) {
        self.body.withUnsafeBufferPointer { bodyText in
            title.withUnsafeBufferPointer { title in
                author.withUnsafeBufferPointer { author in
                    url.withUnsafeBufferPointer { url in
                        facets.withUnsafeBufferPointer { facets in body([bodyText, title, author, url, facets]) }
                    }
                }
            }
        }
    }
}

extension SearchFailure {
    /// The failure of a system call that set `errno`.
    static func system(_ action: String, _ path: String, errno number: Int32 = errno) -> SearchFailure {
        let message = "\(action) \(path): \(String(cString: strerror(number)))"
        switch number {
        case ENOSPC, EDQUOT:
            return SearchFailure(.noRoom, message, advice: "free some space there; the index then goes on by itself")
        case EACCES, EPERM, EROFS:
            return SearchFailure(
                .inputOutput, message, advice: "give the user that newswire-web runs as access to its state directory")
        default: return SearchFailure(.inputOutput, message, advice: "check the file system that holds it")
        }
    }
}
