import Digest
import FeedModel
import TestSupport
import Testing

@testable import ArticleStore

@Suite struct VerifierTests {
    let fixture = StoreFixture()
    let segment = "store/articles/00000000000000000001.jsonl"

    private func verify(head: StoreVerifier.Head? = nil) async throws -> (
        result: VerifierResult, damage: [StoreDamage]
    ) {
        var damage: [StoreDamage] = []
        let result = try await StoreVerifier(directory: fixture.path, head: head).run { damage.append($0) }
        return (result, damage)
    }

    private func filled() throws {
        let store = try fixture.open(segmentSize: 4096)
        _ = try store.commit([StoreFixture.commit(1...30)])
        store.close()
    }

    @Test("contract.md §5: a whole store is proved whole, up to its head")
    func wholeStore() async throws {
        try filled()
        let (result, damage) = try await verify()
        #expect(damage.isEmpty)
        #expect(result.isWhole)
        #expect(result.records == 30)
        #expect(result.firstSeq == 1)
        #expect(result.lastSeq == 30)
        #expect(result.segments > 2)
        let line = try #require(try fixture.reader().line(seq: 30))
        #expect(String(decoding: line, as: UTF8.self).contains(#""chain":"\#(result.head)""#))
    }

    @Test("store verify finds an empty store whole")
    func emptyStore() async throws {
        try fixture.open().close()
        #expect(try await verify().result == VerifierResult())
    }

    @Test("contract.md §5: any byte that is changed is found")
    func anyByte() async throws {
        let store = try fixture.open()
        _ = try store.commit([StoreFixture.commit(1...3)])
        store.close()
        let whole = try #require(fixture.folder.read(segment))
        for place in whole.indices {
            var bytes = whole
            bytes[place] ^= 1
            fixture.folder.write(bytes, to: segment)
            let (result, damage) = try await verify()
            #expect(!result.isWhole, "byte \(place)")
            #expect(result.damages == damage.count)
        }
    }

    @Test("contract.md §5: a line changed together with its checksum breaks the chain")
    func forgedLine() async throws {
        try filled()
        var lines = fixture.lines()
        let forged = Array(
            lines[1].replacing("Article 2", with: "Article X").utf8.dropLast(RecordLine.checksumMember - 1))
        var line = forged
        line.append(contentsOf: #","xxh3":""#.utf8)
        Hex.append(forged.withUnsafeBytes { XXH3.hash64($0) }, to: &line)
        line.append(contentsOf: #""}}"#.utf8)
        lines[1] = String(decoding: line, as: UTF8.self)
        fixture.folder.write(lines.joined(separator: "\n") + "\n", to: segment)
        let (_, damage) = try await verify()
        #expect(damage.map(\.kind) == [.chain])
        #expect(damage.first?.line == 2)
        // Its own checksum is right: only the chain tells.
        #expect(try fixture.read().damage.isEmpty)
    }

    @Test(
        "store verify finds lines that were taken out or put in another order",
        arguments: [[0, 2, 3], [0, 2, 1, 3], [1, 2, 3], [0, 1, 1, 2, 3]])
    func movedLines(_ order: [Int]) async throws {
        let store = try fixture.open()
        _ = try store.commit([StoreFixture.commit(1...4)])
        store.close()
        let lines = fixture.lines()
        fixture.folder.write(order.map { lines[$0] + "\n" }.joined(), to: segment)
        #expect(try await !verify().result.isWhole)
        // None is handed out twice.
        let seqs = try fixture.read().seqs
        #expect(seqs == Set(seqs).sorted())
    }

    @Test("contract.md §5: records that are gone from the end are found")
    func lostEnd() async throws {
        let store = try fixture.open()
        _ = try store.commit([StoreFixture.commit(1...4)])
        store.close()
        fixture.folder.write(fixture.lines().dropLast().map { $0 + "\n" }.joined(), to: segment)
        let (result, _) = try await verify()
        #expect(result.lostRecords == 1)
        #expect(!result.isWhole)
    }

    @Test("store verify takes an unfinished write at the end for no damage")
    func unfinishedWrite() async throws {
        try filled()
        let last = try #require(try fileNames(in: "\(fixture.path)/articles").max())
        let text = try #require(fixture.folder.text("store/articles/\(last)"))
        fixture.folder.write(text + "{\"id\":", to: "store/articles/\(last)")
        let (result, damage) = try await verify()
        #expect(damage.isEmpty)
        #expect(result.isWhole)
        #expect(result.unfinishedBytes == 6)
    }

    @Test("store verify finds an index that says otherwise than the articles")
    func wrongIndex() async throws {
        try filled()
        var bytes = try #require(fixture.folder.read("store/index/known"))
        for place in IndexHeader.size..<bytes.count { bytes[place] = 0 }
        fixture.folder.write(bytes, to: "store/index/known")
        let (result, _) = try await verify()
        #expect(result.indexErrors == 30)
        #expect(result.isWhole)
    }

    @Test("store verify counts wrong cursors and damaged states")
    func cursorsAndStates() async throws {
        try filled()
        fixture.folder.write("31\n", to: "store/cursors/far")
        fixture.folder.write("", to: "store/cursors/empty")
        fixture.folder.write("30\n", to: "store/cursors/right")
        fixture.folder.write("{}\n", to: "store/state/feeds.jsonl")
        let (result, _) = try await verify()
        #expect(result.wrongCursors == ["empty", "far"])
        #expect(result.damagedStateLines == 1)
    }

    @Test("contract.md §5: a head that was written down is found again, and one of a changed store is not")
    func heads() async throws {
        try filled()
        let first = try await verify().result
        let head = try #require(StoreVerifier.Head("\(first.lastSeq):\(first.head)"))
        let store = try fixture.open(segmentSize: 4096)
        _ = try store.commit([StoreFixture.commit(31...40)])
        store.close()
        #expect(try await verify(head: head).result.headAnswer == .found)
        // Whoever writes the whole store anew, every checksum and chain right, has other hashes.
        let other = StoreFixture(in: fixture.folder, name: "other")
        let forged = try other.open(segmentSize: 4096)
        var commit = StoreFixture.commit(1...40)
        commit.records[3].prefix = Array(#"{"id":"4","title":"Altered","_newswire":{"feed_url":"u""#.utf8)
        _ = try forged.commit([commit])
        forged.close()
        let result = try await StoreVerifier(directory: other.path, head: head).run { Issue.record("\($0)") }
        #expect(!result.isWhole)
        guard case .different = result.headAnswer else {
            Issue.record("\(String(describing: result.headAnswer))")
            return
        }
        let beyond = try #require(StoreVerifier.Head("41:\(first.head)"))
        #expect(try await verify(head: beyond).result.headAnswer == .beyondEnd)
        #expect(StoreVerifier.Head("1") == nil)
        #expect(StoreVerifier.Head("1:abc") == nil)
    }

    @Test("contract.md §5: damage is told in order, whichever segment is read first")
    func damageInOrder() async throws {
        let store = try fixture.open(segmentSize: 1800)
        _ = try store.commit([StoreFixture.commit(1...40)])
        store.close()
        let directory = try #require(try StoreDirectory(existing: fixture.path))
        let segments = try Segment.all(in: directory)
        for segment in segments {
            let name = "store/articles/" + (segment.path.split(separator: "/").last ?? "")
            var bytes = try #require(fixture.folder.read(name))
            bytes[9] ^= 1
            fixture.folder.write(bytes, to: name)
        }
        let (result, damage) = try await verify()
        #expect(damage.filter { $0.kind == .line }.map(\.segment) == segments.map(\.path))
        #expect(result.damages == UInt64(damage.count))
    }

    @Test("A segment that was put in from another store breaks the chain at its first line")
    func foreignSegment() async throws {
        let store = try fixture.open(segmentSize: 1800)
        _ = try store.commit([StoreFixture.commit(1...20)])
        store.close()
        let other = StoreFixture(in: fixture.folder, name: "other")
        let foreign = try other.open(segmentSize: 1800)
        var commit = StoreFixture.commit(1...20)
        commit.records[0].prefix = Array(#"{"id":"1","title":"Article I","_newswire":{"feed_url":"u""#.utf8)
        _ = try foreign.commit([commit])
        foreign.close()
        let directory = try #require(try StoreDirectory(existing: fixture.path))
        let segment = try Segment.all(in: directory)[2]
        let name = String(segment.path.split(separator: "/").last ?? "")
        fixture.folder.write(try #require(fixture.folder.read("other/articles/\(name)")), to: "store/articles/\(name)")
        let (_, damage) = try await verify()
        #expect(damage.map(\.kind) == [.chain, .chain])
        #expect(damage.first?.segment == segment.path)
    }

    @Test("store verify finds an index that knows articles which no record speaks of")
    func superfluousEntries() async throws {
        let store = try fixture.open()
        _ = try store.commit([StoreFixture.commit(1...30)])
        store.close()
        let directory = try #require(try StoreDirectory(existing: fixture.path))
        var index = try #require(
            try IndexFile(existing: directory.indexFile, writable: true, in: directory, StoreFixture.files))
        let known = KnownArticle(
            uid: StoreFixture.uid(99), seq: 7, version: 1, contentHash: Hash128(high: 1, low: 1), modified: nil,
            recentChanges: 0)
        try index.put(IndexChange(key: known.uid.key, content: .article(known)))
        let (result, _) = try await verify()
        #expect(result.indexErrors == 1)
        #expect(!result.isConsistent)
    }
}
