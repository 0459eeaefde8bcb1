import FeedModel
import JSONText
import TestSupport
import Testing

@testable import ArticleStore

@Suite("What rules said of a record stands in its tail, where it is read without JSON (docs/store.md, filters.md §2.3)")
struct RecordStandingTests {
    private let fixture = StoreFixture()

    private static let all: [RecordStanding] = [
        .passed, .released, .blocked(by: "no-deals", wasShown: false), .blocked(by: "a.B_9-", wasShown: true),
        .blocked(by: String(repeating: "x", count: 64), wasShown: false),
    ]

    private func record(_ standing: RecordStanding, _ number: UInt64 = 1, members: String = #""a":1"#) -> PendingRecord
    {
        var record = StoreFixture.record(number, keys: [StoreFixture.uid(99).key])
        record.prefix = Array(#"{"id":"1","title":"\"blocked\":\"x","_newswire":{\#(members)"#.utf8)
        record.standing = standing
        return record
    }

    private func commit(_ records: [PendingRecord], to store: ArticleStore) throws -> CommitResult {
        try store.commit([FeedCommit(feed: StoreFixture.feed, records: records, state: StoreFixture.state())])
    }

    private func line(_ seq: UInt64) throws -> [UInt8] {
        try #require(try StoreReader(directory: fixture.path).line(seq: seq))
    }

    @Test("A record's standing is read as it was written, beside all other members of the tail", arguments: all)
    func roundTrip(_ standing: RecordStanding) throws {
        let store = try fixture.open()
        defer { store.close() }
        _ = try commit(
            [
                record(standing), record(standing, 2, members: #""a":1,"supersedes":5"#),
                record(standing, 3, members: ""),
            ], to: store)
        for seq in 1...3 as ClosedRange<UInt64> {
            for isDoubtful in [false, true] {
                var text = String(decoding: try line(seq), as: UTF8.self)
                if isDoubtful { text = text.replacing(#""commit""#, with: #""clock_doubtful":true,"commit""#) }
                Array(text.utf8).withUnsafeBytes { bytes in
                    let envelope = RecordEnvelope(bytes)
                    #expect(envelope?.standing == standing)
                    #expect(envelope?.supersedes == (seq == 2 ? 5 : nil))
                    #expect(envelope?.isClockDoubtful == isDoubtful)
                }
            }
            let stored = try #require(StoredRecord(line: try line(seq)))
            #expect(stored.isReleased == (standing == .released))
            if case .blocked(let rule, let wasShown) = standing {
                #expect(stored.blockedBy == rule && stored.wasShown == wasShown)
            } else {
                #expect(stored.blockedBy == nil && !stored.wasShown)
            }
        }
    }

    @Test(
        "Nothing that stands elsewhere, or is no name, is taken for a rule's verdict",
        arguments: [
            #""feed_title":"\"blocked\":\"x""#, #""feed_title":"x\"blocked\":\"y""#, #""a":{"blocked":"x"}"#,
            #""blocked":"x","a":1"#, #""released":true,"a":"true""#, #""events":["blocked"]"#,
            #""a":"\",\"released\":true""#,
            #""blocked":"a b""#, #""blocked":"""#, #""shown":true"#, #""feed_title":"released:true""#,
        ])
    func forgery(_ members: String) throws {
        let store = try fixture.open()
        defer { store.close() }
        _ = try commit([record(.passed, members: members)], to: store)
        #expect(try line(1).withUnsafeBytes { RecordEnvelope($0)?.standing } == .passed)
    }

    @Test("A rule whose name no record can hold blocks nothing in silence: the record is refused")
    func names() throws {
        let store = try fixture.open()
        defer { store.close() }
        for name in ["", "a b", "ä", "a\"", String(repeating: "x", count: 65)] {
            #expect(try commit([record(.blocked(by: name, wasShown: false))], to: store).refused.count == 1)
        }
    }

    @Test(
        "The index knows that nobody was given an article, also when it is made again and when retention has removed it"
    )
    func hidden() async throws {
        var store = try fixture.open(segmentSize: 500)
        _ = try commit(
            [
                record(.blocked(by: "r", wasShown: false), 1), record(.blocked(by: "r", wasShown: true), 2),
                record(.released, 3), record(.passed, 4),
            ], to: store)
        func isHidden() throws -> [Bool?] {
            try (1...4).map { try store.known(key: StoreFixture.uid($0).key)?.isHidden }
        }
        #expect(try isHidden() == [true, false, false, false])
        store.close()
        store = try fixture.open()
        #expect(try isHidden() == [true, false, false, false])
        store.close()
        unlinkIfThere(fixture.folder.file("store/index/known"))
        store = try fixture.open()
        #expect(try isHidden() == [true, false, false, false])
        store.close()
        let directory = try #require(try StoreDirectory(existing: fixture.path))
        let extract = IdentityExtract(directory, StoreFixture.files)
        for segment in try Segment.all(in: directory).dropLast() {
            _ = try extract.write(segment) { _ in true }
            unlinkIfThere(segment.path)
        }
        unlinkIfThere(fixture.folder.file("store/index/known"))
        store = try fixture.open()
        #expect(try store.article(seq: 1) == nil)
        #expect(try isHidden() == [true, false, false, false])
        store.close()
        #expect(try await StoreVerifier(directory: fixture.path).run { Issue.record("\($0)") }.isWhole)
    }

    @Test("An index that says otherwise than a record whether its article was given out is told as wrong")
    func comparison() {
        var known = KnownArticle(
            uid: StoreFixture.uid(1), seq: 1, version: 1, contentHash: StoreFixture.uid(1).key, modified: nil,
            recentChanges: 0)
        var (left, right) = (IndexTally(), IndexTally())
        left.add(known)
        known.isHidden = true
        right.add(known)
        #expect(left != right)
    }
}
