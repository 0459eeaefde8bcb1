import FeedModel
import Glibc
import Locking
import TestSupport

@testable import ArticleStore

extension StoreFixture {
    static let fleet = "0b54a9a5-2f3e-4c57-9a0e-6b4d2f1e8c77"

    /// Opens the store as a fleet's, which it becomes where there is none yet.
    func openOfFleet(
        segmentSize: UInt64 = 64 << 20, files: FileSystem = StoreFixture.files,
        clock: @escaping @Sendable () -> Timestamp = { StoreFixture.moment }
    ) throws -> ArticleStore {
        if try StoreDirectory(existing: path)?.format() == nil {
            let new = try open(segmentSize: segmentSize)
            try new.enlist(in: Self.fleet)
            new.close()
        }
        var options = options(segmentSize: segmentSize, files: files)
        options.clock = clock
        options.isOfFleet = true
        let events = events
        return try ArticleStore.open(at: path, options: options) { event in events.withLock { $0.append(event) } }
    }

    /// All files of articles, by name.
    var segments: [String: [UInt8]] {
        let names = (try? fileNames(in: path + "/articles")) ?? []
        return Dictionary(
            names.filter { $0.hasSuffix(".jsonl") }.map { ($0, folder.read("\(storeName)/articles/\($0)") ?? []) },
            uniquingKeysWith: { $1 })
    }
}

/// An entry as it goes through the log.
struct Entry {
    var lines: [UInt8]
    var segments: [UInt64]
    var states: [StateDifference] = []

    init(_ rendered: Rendered, states: [StateDifference] = []) {
        // It stands behind a header there.
        lines = Array("{}\n".utf8) + rendered.lines
        segments = rendered.segments
        self.states = states
    }

    var range: Range<Int> { 3..<lines.count }
}

extension ArticleStore {
    /// Renders and applies, as the machine that appends.
    @discardableResult
    func add(_ batch: [FeedCommit], states: [StateDifference] = []) throws -> Entry {
        let rendered = try render(batch)
        let position = (fleetPlace?.position ?? 0) + 1
        try apply([Applied(position: position, seq: rendered.head.seq, records: rendered, states: states)])
        return Entry(rendered, states: states)
    }

    /// Checks entries and applies them at once, as the machines that follow.
    func follow(_ entries: [Entry]) throws {
        var applied: [Applied] = []
        var position = fleetPlace?.position ?? 0
        for entry in entries {
            position += 1
            let records = try check(
                entry.lines, entry.range, segments: entry.segments, behind: applied.last?.records)
            applied.append(
                Applied(position: position, seq: records.head.seq, records: records, states: entry.states))
        }
        try apply(applied)
    }
}
