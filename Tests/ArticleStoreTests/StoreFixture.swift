import Digest
import FeedModel
import Glibc
import Locking
import TestSupport

@testable import ArticleStore

/// A store in a temporary folder, with a clock that stands still and records that are easy to make.
final class StoreFixture: Sendable {
    let folder: TemporaryDirectory
    let events = Locked<[StoreEvent]>([])
    private let name: String
    var storeName: String { name }

    /// - Parameters:
    ///   - folder: shared by tests that need many stores, because removing one takes a while.
    ///   - name: the store's, in the folder.
    init(in folder: TemporaryDirectory = TemporaryDirectory(), name: String = "store") {
        self.folder = folder
        self.name = name
    }

    var path: String { folder.file(name) }
    var noted: [StoreEvent] { events.withLock { $0 } }

    static let feed = FeedIdentifier("example")
    static let moment = Timestamp(year: 2026, month: 11, day: 22, hour: 8)

    /// Waits for no disk: what these tests look at does not depend on it.
    static var files: FileSystem {
        var files = FileSystem()
        files.sync = { _ in 0 }
        files.syncData = { _ in 0 }
        files.syncAll = { _ in 0 }
        files.allocate = { ftruncate($0, $1) }
        return files
    }

    func options(segmentSize: UInt64 = 64 << 20, files: FileSystem = StoreFixture.files) -> StoreOptions {
        var options = StoreOptions { Self.moment }
        options.segmentSize = segmentSize
        options.files = files
        options.indexLag = 1
        return options
    }

    func open(segmentSize: UInt64 = 64 << 20, files: FileSystem = StoreFixture.files) throws -> ArticleStore {
        let events = events
        return try ArticleStore.open(at: path, options: options(segmentSize: segmentSize, files: files)) { event in
            events.withLock { $0.append(event) }
        }
    }

    func reader() throws -> StoreReader { try StoreReader(directory: path) }

    static func uid(_ number: UInt64) -> ArticleIdentifier {
        let bytes = withUnsafeBytes(of: number.bigEndian) { Array($0) }
        var digest = MessageDigest(.sha256)
        digest.update(bytes)
        return ArticleIdentifier(digest.finish())
    }

    static func record(
        _ number: UInt64, kind: RecordKind = .new, version: UInt32 = 1, body: String? = nil, keys: [Hash128] = []
    ) -> PendingRecord {
        PendingRecord(
            prefix: Array(
                #"{"id":"\#(number)","title":"\#(body ?? "Article \(number)")","_newswire":{"feed_url":"u""#.utf8),
            uid: uid(number), kind: kind, version: version, isInitial: number.isMultiple(of: 2),
            contentHash: Hash128(high: number, low: UInt64(version)),
            modified: number.isMultiple(of: 3) ? Timestamp(milliseconds: Int64(number) * 1000) : nil,
            recentChanges: UInt8(number % 5), keys: keys)
    }

    static func state(_ feed: FeedIdentifier = feed, etag: String = "\"1\"") -> FeedState {
        var state = FeedState(feed: feed, url: "https://example.org/feed.xml")
        state.validators = .init(etag: etag, lastModified: nil, request: Hash128(high: 1, low: 2))
        return state
    }

    static func commit(_ numbers: some Sequence<UInt64>, etag: String = "\"1\"") -> FeedCommit {
        FeedCommit(feed: feed, records: numbers.map { record($0) }, state: state(etag: etag))
    }

    /// The numbers of the records that a reader sees, and the damage that it tells of.
    func read(after seq: UInt64 = 0) throws -> (seqs: [UInt64], damage: [StoreDamage]) {
        var seqs: [UInt64] = []
        var damage: [StoreDamage] = []
        try reader().read(after: seq, damage: { damage.append($0) }) { slice in
            seqs.append(slice.envelope.seq)
            return true
        }
        return (seqs, damage)
    }

    /// The lines of the first segment.
    func lines(_ segment: String = "store/articles/00000000000000000001.jsonl") -> [String] {
        (folder.text(segment) ?? "").split(separator: "\n").map(String.init)
    }
}

extension ArticleStore {
    /// In the order of the feeds' ids.
    func allStates() -> [FeedState] {
        var states: [FeedState] = []
        forEachState { states.append($1.state(of: $0)) }
        return states.sorted { $0.feed < $1.feed }
    }
}
