import Digest
import FeedModel
import Glibc
import JSONText
import Locking
import Querying
import TestSupport

@testable import ArticleStore
@testable import SearchIndex

/// A store in a temporary folder, an index of it with short files, and articles that are easy to make.
final class SearchFixture {
    /// What a test says of a record.
    struct Made {
        var article: UInt64
        var feed = "example"
        var title = ""
        var body = ""
        var kind = RecordKind.new
        var first: UInt64?
        var previous: UInt64?
        var firstSeen: Timestamp?
        var duplicateOf: UInt64?
        var standing = RecordStanding.passed
        var isInitial = false
        var tags: [String] = []
        var labels: [String] = []
        /// Further members of the item, as JSON.
        var item = ""
        /// Further members of `_newswire`, as JSON.
        var own = ""
    }

    let folder = TemporaryDirectory()
    let clock = Locked(Timestamp(year: 2026, month: 11, day: 1))
    private(set) var storeName = "store"
    private var opened: ArticleStore?

    var storePath: String { folder.file(storeName) }
    var indexPath: String { folder.file("index") }
    var now: Timestamp { clock.withLock { $0 } }

    static let options: SearchOptions = {
        var options = SearchOptions()
        options.spanLength = 64
        options.runLength = 16
        options.limit = .seconds(60)
        return options
    }()

    func pass(seconds: Int) {
        clock.withLock { $0 = $0.adding(seconds: seconds) }
    }

    func store() throws -> ArticleStore {
        if let opened { return opened }
        let clock = clock
        var options = StoreOptions { clock.withLock { $0 } }
        options.segmentSize = 16 << 10
        // Waits for no disk.
        options.files.sync = { _ in 0 }
        options.files.syncData = { _ in 0 }
        options.files.allocate = { ftruncate($0, $1) }
        let store = try ArticleStore.open(at: storePath, options: options) { _ in }
        opened = store
        return store
    }

    func closeStore() {
        opened?.close()
        opened = nil
    }

    /// Goes on with another store, which is not there yet.
    func use(store name: String) {
        closeStore()
        storeName = name
    }

    /// Stores a record, and returns its number.
    @discardableResult
    func add(_ made: Made) throws -> UInt64 {
        let feed = FeedIdentifier(made.feed)
        return try store().commit([FeedCommit(feed: feed, records: [record(made)], state: nil)]).firstSeq
    }

    /// The same, of an article that has a title and a body.
    @discardableResult
    func add(_ title: String, body: String = "", feed: String = "example") throws -> UInt64 {
        nextArticle += 1
        return try add(Made(article: nextArticle, feed: feed, title: title, body: body))
    }

    private var nextArticle: UInt64 = 1 << 32

    private func record(_ made: Made) -> PendingRecord {
        var json = JSONWriter()
        json.beginObject()
        json.member("id", "\(made.article)")
        if !made.title.isEmpty { json.member("title", made.title) }
        if !made.body.isEmpty { json.member("content_html", made.body) }
        var prefix = json.bytes
        prefix += made.item.utf8
        json.removeAll()
        json.beginObject()
        json.member("feed_url", "https://example.org/feed.xml")
        if !made.tags.isEmpty { json.member(RecordMember.feedTags, made.tags) }
        if let first = made.first { json.member(RecordMember.first, first) }
        if let previous = made.previous { json.member(RecordMember.previous, previous) }
        if let time = made.firstSeen { json.member(RecordMember.firstSeen, time) }
        if let other = made.duplicateOf { json.member(RecordMember.duplicateOf, other) }
        if !made.labels.isEmpty { json.member(RecordMember.labels, made.labels) }
        prefix += ",\"_newswire\":".utf8
        prefix += json.bytes
        prefix += made.own.utf8
        var digest = MessageDigest(.sha256)
        digest.update("\(made.article)")
        var record = PendingRecord(
            prefix: prefix, uid: ArticleIdentifier(digest.finish()), kind: made.kind, version: 1,
            isInitial: made.isInitial, contentHash: Hash128(high: 1, low: 2))
        record.standing = made.standing
        return record
    }

    /// An index of the store as it is, in the folder of that name.
    func search(_ name: String = "index", options: SearchOptions = options) -> ArticleSearch {
        let clock = clock
        return ArticleSearch(
            folder: folder.file(name), store: storePath, options: options, clock: { clock.withLock { $0 } })
    }

    /// The same, brought up to the store.
    func indexed(_ name: String = "index") throws -> ArticleSearch {
        let search = search(name)
        try search.bringUp()
        return search
    }

    /// Copies a folder's files as they are.
    func copy(_ name: String, to other: String) {
        let files = ChildFiles.names(in: folder.file(name))
        mkdir(folder.file(other), 0o755)
        // SQLite makes its shared memory anew from the log.
        for file in files where !file.hasSuffix("-shm") {
            if let bytes = folder.read("\(name)/\(file)") { folder.write(bytes, to: "\(other)/\(file)") }
        }
    }
}

enum ChildFiles {
    static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let start = UnsafeRawPointer(entry) + MemoryLayout<dirent>.offset(of: \dirent.d_name)!
            let name = String(cString: start.assumingMemoryBound(to: CChar.self))
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }
}

extension ArticleSearch {
    /// The ids of the entries that a query finds, newest first.
    func ids(_ text: String?, _ change: (inout EntryRequest) -> Void = { _ in }) throws -> [UInt64] {
        var request = EntryRequest()
        request.query = try text.map { try Query($0) }
        request.limit = 10_000
        change(&request)
        return try entries(request).found.map(\.entry.id)
    }
}
