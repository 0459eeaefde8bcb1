import Digest
import FeedModel
import TestSupport
import Testing

@testable import ArticleStore

/// contract.md §5: `store verify` compares the index with the articles.
@Suite struct IndexComparisonTests {
    let fixture = StoreFixture()

    /// Thirty articles in several segments, of which two have been updated, one of them twice, and one has moved on to
    /// another identity. Each has a key of its own, every fifth one that the next of them takes over, and one as many as
    /// there may be.
    private func fill() throws {
        let store = try fixture.open(segmentSize: 4096)
        var articles = (1...30).map { StoreFixture.record($0, keys: [Self.key($0)]) }
        for number in stride(from: 5, through: 30, by: 5) { articles[number - 1].keys.append(Self.key(1000)) }
        articles[16].keys = (0..<16).map { Self.key(17 + 100 * $0) }
        _ = try store.commit([FeedCommit(feed: StoreFixture.feed, records: articles, state: StoreFixture.state())])
        var alias = StoreFixture.record(30, kind: .alias)
        alias.keys = [StoreFixture.uid(2).key]
        let records = [
            StoreFixture.record(3, kind: .update, version: 2), StoreFixture.record(30, kind: .update, version: 2),
            StoreFixture.record(3, kind: .update, version: 3), alias,
        ]
        _ = try store.commit([FeedCommit(feed: StoreFixture.feed, records: records, state: StoreFixture.state())])
        store.close()
    }

    private static func key(_ number: UInt64) -> Hash128 { Hash128(high: 0xabc, low: number) }

    /// - Parameter recordLimit: of how many records at most memory is kept.
    private func errors(recordLimit: UInt64 = IndexSurvey.recordLimit) async throws -> UInt64 {
        var verifier = try StoreVerifier(directory: fixture.path)
        verifier.recordLimit = recordLimit
        let result = try await verifier.run { Issue.record("\($0)") }
        #expect(result.isWhole)
        #expect(result.isConsistent == (result.indexErrors == 0))
        return result.indexErrors
    }

    /// Writes another slot in the place of that of an article.
    private func replace(_ number: UInt64, _ change: (inout IndexSlot) -> Void) throws {
        try replace(StoreFixture.uid(number).key, change)
    }

    private func replace(_ key: Hash128, _ change: (inout IndexSlot) -> Void) throws {
        var bytes = try #require(fixture.folder.read("store/index/known"))
        for start in stride(from: IndexHeader.size, to: bytes.count, by: IndexSlot.size) {
            bytes.withUnsafeMutableBytes { bytes in
                let bytes = UnsafeMutableRawBufferPointer(rebasing: bytes[start..<start + IndexSlot.size])
                guard case .slot(var slot) = IndexSlot.read(UnsafeRawBufferPointer(bytes)), slot.key == key else {
                    return
                }
                change(&slot)
                slot.write(to: bytes)
            }
        }
        fixture.folder.write(bytes, to: "store/index/known")
    }

    /// What may be wrong about one entry.
    struct Harm: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// Whether it is wrong for each version of its article, or only for the last.
        var isForAllVersions = false
        /// An entry of which no record speaks counts, too.
        var isSuperfluous = false
        let change: @Sendable (inout KnownArticle, inout Hash128) -> Void
    }

    static let harms = [
        Harm(testDescription: "another version") { known, _ in known.version = 9 },
        Harm(testDescription: "another content") { known, _ in known.contentHash.low ^= 1 },
        Harm(testDescription: "another date of change") { known, _ in known.modified = Timestamp(milliseconds: -1) },
        Harm(testDescription: "another count of silent changes") { known, _ in known.recentChanges += 1 },
        Harm(testDescription: "the number of the record before", isSuperfluous: true) { known, _ in known.seq -= 1 },
        Harm(testDescription: "another article with the same key", isForAllVersions: true, isSuperfluous: true) {
            known, _ in known.uid = ArticleIdentifier(key: known.uid.key, rest: known.uid.rest ^ 1)
        },
        Harm(testDescription: "another key", isForAllVersions: true, isSuperfluous: true) { known, key in
            key.low ^= 1
            known.uid = ArticleIdentifier(key: key, rest: known.uid.rest)
        },
    ]

    @Test(
        "An index that says the same as the articles is right, with updates and aliases",
        arguments: [0, 7, 1 << 26] as [UInt64])
    func right(recordLimit: UInt64) async throws {
        try fill()
        #expect(try await errors(recordLimit: recordLimit) == 0)
    }

    @Test(
        "store verify finds and counts a wrong entry of the index, with and without memory of its record",
        arguments: harms,
        [0, 7, 1 << 26] as [UInt64])
    func wrongEntry(_ harm: Harm, recordLimit: UInt64) async throws {
        try fill()
        // The first of a segment or not, updated or not.
        for number in [1, 9, 3, 30] as [UInt64] {
            let before = try #require(fixture.folder.read("store/index/known"))
            try replace(number) { slot in
                guard case .article(var known) = slot.content else { return }
                harm.change(&known, &slot.key)
                slot.content = .article(known)
            }
            let versions: UInt64 = [3: 3, 30: 2][number] ?? 1
            let expected = (harm.isForAllVersions ? versions : 1) + (harm.isSuperfluous ? 1 : 0)
            #expect(try await errors(recordLimit: recordLimit) == expected, "article \(number)")
            fixture.folder.write(before, to: "store/index/known")
        }
    }

    /// What may be wrong about a further key, and how many places that makes.
    struct KeyHarm: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let errors: UInt64
        let change: @Sendable (inout IndexSlot) -> Void
    }

    static let keyHarms = [
        KeyHarm(testDescription: "missing", errors: 1) { slot in
            slot = IndexSlot(key: Hash128(high: 1, low: 1), content: .link(to: StoreFixture.uid(1), seq: .max))
        },
        KeyHarm(testDescription: "another key", errors: 2) { $0.key.high ^= 1 },
        KeyHarm(testDescription: "another article", errors: 2) { slot in
            guard case .link(_, let seq) = slot.content else { return }
            slot.content = .link(to: StoreFixture.uid(8), seq: seq)
        },
        KeyHarm(testDescription: "an older record", errors: 2) { slot in
            guard case .link(let uid, let seq) = slot.content else { return }
            slot.content = .link(to: uid, seq: seq - 1)
        },
    ]

    @Test(
        "store verify finds and counts a wrong further key, with and without memory of its record", arguments: keyHarms,
        [0, 7, 1 << 26] as [UInt64])
    func wrongKey(_ harm: KeyHarm, recordLimit: UInt64) async throws {
        try fill()
        // Of the first of a segment or not, of an updated one, one of many, and one that the last to have it took over.
        for number in [1, 3, 17, 1517, 1000, 30] as [UInt64] {
            let before = try #require(fixture.folder.read("store/index/known"))
            try replace(Self.key(number), harm.change)
            // All that had it look for it in vain.
            let isShared = number == 1000 && harm.errors == 2
            let expected = isShared ? nil : number == 1000 ? 6 : harm.errors
            let found = try await errors(recordLimit: recordLimit)
            #expect(expected.map { $0 == found } ?? (found >= 2), "key \(number): \(found)")
            fixture.folder.write(before, to: "store/index/known")
        }
    }

    @Test("store verify finds a missing entry of the index", arguments: [0, 7, 1 << 26] as [UInt64])
    func missingEntry(recordLimit: UInt64) async throws {
        try fill()
        try replace(12) {
            $0 = IndexSlot(key: Hash128(high: 1, low: 1), content: .link(to: StoreFixture.uid(1), seq: .max))
        }
        #expect(try await errors(recordLimit: recordLimit) == 1)
    }

    @Test("store verify finds a second entry of the index for a record")
    func secondEntry() async throws {
        try fill()
        try replace(4) { slot in
            slot.content = .article(
                KnownArticle(
                    uid: StoreFixture.uid(12), seq: 12, version: 1, contentHash: Hash128(high: 12, low: 1),
                    modified: nil, recentChanges: 0))
        }
        // The article whose place was taken, and the entry that is one too many.
        #expect(try await errors() == 2)
    }

    @Test("store verify beside a writer finds wrong and missing entries where the index is complete")
    func besideWriter() async throws {
        try fill()
        let store = try fixture.open(segmentSize: 4096)
        defer { store.close() }
        _ = try store.commit([StoreFixture.commit(40...45)])
        #expect(try await errors() == 0)
        try replace(4) { slot in
            guard case .article(var known) = slot.content else { return }
            known.contentHash.high ^= 1
            slot.content = .article(known)
        }
        #expect(try await errors() == 1)
        try replace(12) {
            $0 = IndexSlot(key: Hash128(high: 1, low: 1), content: .link(to: StoreFixture.uid(1), seq: .max))
        }
        #expect(try await errors() == 2)
    }

    @Test("Entries behind the complete part of the index may be there or not")
    func behindCompletePart() async throws {
        try fill()
        let directory = try #require(try StoreDirectory(existing: fixture.path))
        var index = try #require(
            try IndexFile(existing: directory.indexFile, writable: true, in: directory, StoreFixture.files))
        var complete = index.header.complete
        complete.seq = 20
        index.header.complete = StorePosition()
        try index.checkpoint(complete)
        try replace(25) {
            $0 = IndexSlot(key: Hash128(high: 1, low: 1), content: .link(to: StoreFixture.uid(1), seq: .max))
        }
        #expect(try await errors() == 0)
        try replace(15) {
            $0 = IndexSlot(key: Hash128(high: 1, low: 2), content: .link(to: StoreFixture.uid(1), seq: .max))
        }
        #expect(try await errors() == 1)
    }

    @Test("store verify finds a damaged slot of the index, and counts the others all the same")
    func damagedSlot() async throws {
        try fill()
        var bytes = try #require(fixture.folder.read("store/index/known"))
        let taken = try #require(
            stride(from: IndexHeader.size, to: bytes.count, by: IndexSlot.size).first { bytes[$0 + 57] != 0 })
        bytes[taken + 30] ^= 1
        fixture.folder.write(bytes, to: "store/index/known")
        let found = try await errors()
        // Its own article, those whose search meets it, and that not all entries could be looked at.
        #expect((1...34).contains(found))
    }

    @Test("The index is compared with what retention has left, too")
    func removedRecords() async throws {
        try fill()
        let store = try fixture.open(segmentSize: 4096)
        let removed = try store.expire(before: Timestamp(milliseconds: StoreFixture.moment.milliseconds + 1000))
        #expect(removed.records > 6)
        store.close()
        #expect(try await errors() == 0)
        try replace(5) { slot in
            guard case .article(var known) = slot.content else { return }
            known.version = 4
            slot.content = .article(known)
        }
        #expect(try await errors() == 1)
    }
}
