import Digest
import Dispatch
import FeedModel
import Fleet
import Locking
import TestSupport

@testable import ArticleStore
@testable import Ingestion

/// One machine of a fleet in memory: a store and a ledger. Nothing waits, and nothing runs by itself.
final class FleetMachine: Sendable {
    let name: String
    let run: String
    let fleet: MemoryFleet
    let link = MemoryLink()
    let store: ArticleStore
    let ledger: FleetLedger
    let told = Locked(Told())
    private let folder: TemporaryDirectory

    struct Told {
        var putOut = 0
        var divergences: [StoreError] = []
        var changed: [FeedIdentifier] = []
    }

    static let moment = Timestamp(year: 2026, month: 11, day: 22, hour: 8)

    init(
        _ name: String, in fleet: MemoryFleet, _ folder: TemporaryDirectory, segmentSize: UInt64 = 2048,
        entrySize: Int = CommitGroup.mostBytes, entries: Duration = .zero, files: FileSystem = FleetMachine.files
    ) throws {
        self.name = name
        self.fleet = fleet
        self.folder = folder
        var options = StoreOptions { Self.moment }
        options.segmentSize = segmentSize
        options.files = files
        let path = folder.file(name)
        if try StoreDirectory(existing: path)?.format() == nil {
            let new = try ArticleStore.open(at: path, options: options) { _ in }
            try new.enlist(in: MemoryFleet.id)
            new.close()
        }
        options.isOfFleet = true
        store = try ArticleStore.open(at: path, options: options) { _ in }
        let run = "\(name) \(RandomUUID.text())"
        self.run = run
        fleet.core.withLock { _ = $0.runs.insert(run) }
        var delays = FleetLedger.Delays()
        delays.entries = entries
        delays.tries = .zero
        delays.notes = .seconds(3600)
        var hearers = FleetLedger.Hearers()
        let told = told
        hearers.putOut = { told.withLock { $0.putOut += 1 } }
        hearers.diverged = { error in told.withLock { $0.divergences.append(error) } }
        hearers.changed = { feeds in told.withLock { $0.changed += feeds.sorted() } }
        ledger = FleetLedger(
            store, MemoryLog(fleet, link, run: run), entrySize: entrySize, delays: delays, hearers: hearers)
    }

    /// Waits for no disk: what these tests look at does not depend on it.
    static var files: FileSystem {
        var files = FileSystem()
        files.sync = { _ in 0 }
        files.syncData = { _ in 0 }
        files.syncAll = { _ in 0 }
        return files
    }

    @discardableResult
    func commit(_ commits: FeedCommit..., on basis: CommitBasis? = nil) -> [Result<CommitResult, StoreError>] {
        let batch = commits.map { LedgerCommit($0, basis ?? ledger.basis, $0.state.flatMap(ledger.difference)) }
        return ledger.queue.sync { ledger.commit(batch) }
    }

    func writeStates() { ledger.queue.sync { ledger.writeStates() } }

    /// Ends without noting anything, as a process that is killed.
    func crash() {
        let place = folder.read("\(name)/fleet") ?? []
        store.close()
        folder.write(place, to: "\(name)/fleet")
        fleet.putOut(run)
    }

    /// All files of articles, by name.
    var segments: [String: [UInt8]] {
        let names = (try? fileNames(in: store.path + "/articles")) ?? []
        return Dictionary(
            names.filter { $0.hasSuffix(".jsonl") }.map { ($0, folder.read("\(name)/articles/\($0)") ?? []) },
            uniquingKeysWith: { $1 })
    }
}

extension FeedCommit {
    /// Records of an article each, by number, of a feed.
    static func of(
        _ feed: String, _ numbers: some Sequence<UInt64>, keys: [Hash128] = [], etag: String? = nil,
        length: Int = 0
    ) -> FeedCommit {
        let id = FeedIdentifier(feed)
        let records = numbers.map { number in
            var bytes = Array(feed.utf8)
            bytes.append(UInt8(truncatingIfNeeded: number))
            bytes.append(UInt8(truncatingIfNeeded: number >> 8))
            return PendingRecord(
                prefix: Array(
                    #"{"id":"\#(number)","title":"\#(String(repeating: "x", count: length))","_newswire":{"feed_url":"u""#
                        .utf8),
                uid: ArticleIdentifier(hashing: bytes), kind: .new, version: 1, isInitial: false,
                contentHash: Hash128(high: number, low: 1), keys: keys)
        }
        return FeedCommit(feed: id, records: records, state: .of(feed, etag: etag ?? "\"\(feed)\""))
    }
}

extension FeedState {
    static func of(_ feed: String, etag: String, block: UInt32? = nil) -> FeedState {
        var state = FeedState(feed: FeedIdentifier(feed), url: "https://example.org/\(feed)")
        state.validators = .init(etag: etag, lastModified: nil, request: Hash128(high: 1, low: 2))
        state.schedule.historyBlock = block
        return state
    }
}
