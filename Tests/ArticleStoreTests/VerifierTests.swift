import Digest
import FeedModel
import TestSupport
import Testing

@testable import ArticleStore

@Suite struct VerifierTests {
    let fixture = StoreFixture()
    let segment = "store/articles/00000000000000000001.jsonl"

    private func verify() throws -> (result: StoreVerifier.Result, damage: [StoreDamage]) {
        var damage: [StoreDamage] = []
        var verifier = try StoreVerifier(directory: fixture.path)
        let result = try verifier.run { damage.append($0) }
        return (result, damage)
    }

    private func filled() throws {
        let store = try fixture.open(segmentSize: 4096)
        _ = try store.commit([StoreFixture.commit(1...30)])
        store.close()
    }

    @Test("contract.md §5: a whole store is proved whole, up to its head")
    func wholeStore() throws {
        try filled()
        let (result, damage) = try verify()
        #expect(damage.isEmpty)
        #expect(result.isWhole)
        #expect(result.records == 30)
        #expect(result.firstSeq == 1)
        #expect(result.lastSeq == 30)
        #expect(result.segments > 2)
        let line = try #require(try fixture.reader().line(seq: 30))
        #expect(String(decoding: line, as: UTF8.self).contains(#""chain":"\#(result.head)""#))
    }

    @Test("An empty store is whole")
    func emptyStore() throws {
        try fixture.open().close()
        #expect(try verify().result == StoreVerifier.Result())
    }

    @Test("contract.md §5: any byte that is changed is found")
    func anyByte() throws {
        let store = try fixture.open()
        _ = try store.commit([StoreFixture.commit(1...3)])
        store.close()
        let whole = try #require(fixture.folder.read(segment))
        for place in whole.indices {
            var bytes = whole
            bytes[place] ^= 1
            fixture.folder.write(bytes, to: segment)
            let (result, damage) = try verify()
            #expect(!result.isWhole, "byte \(place)")
            #expect(result.damages == damage.count)
        }
    }

    @Test("contract.md §5: a line changed together with its checksum breaks the chain")
    func forgedLine() throws {
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
        let (_, damage) = try verify()
        #expect(damage.map(\.kind) == [.chain])
        #expect(damage.first?.line == 2)
        // Its own checksum is right: only the chain tells.
        #expect(try fixture.read().damage.isEmpty)
    }

    @Test(
        "Lines taken out or put in another order are found",
        arguments: [[0, 2, 3], [0, 2, 1, 3], [1, 2, 3], [0, 1, 1, 2, 3]])
    func movedLines(_ order: [Int]) throws {
        let store = try fixture.open()
        _ = try store.commit([StoreFixture.commit(1...4)])
        store.close()
        let lines = fixture.lines()
        fixture.folder.write(order.map { lines[$0] + "\n" }.joined(), to: segment)
        #expect(try !verify().result.isWhole)
        // None is handed out twice.
        let seqs = try fixture.read().seqs
        #expect(seqs == Set(seqs).sorted())
    }

    @Test("contract.md §5: records that are gone from the end are found")
    func lostEnd() throws {
        let store = try fixture.open()
        _ = try store.commit([StoreFixture.commit(1...4)])
        store.close()
        fixture.folder.write(fixture.lines().dropLast().map { $0 + "\n" }.joined(), to: segment)
        let (result, _) = try verify()
        #expect(result.lostRecords == 1)
        #expect(!result.isWhole)
    }

    @Test("An unfinished write at the end is no damage")
    func unfinishedWrite() throws {
        try filled()
        let last = try #require(try fileNames(in: "\(fixture.path)/articles").max())
        let text = try #require(fixture.folder.text("store/articles/\(last)"))
        fixture.folder.write(text + "{\"id\":", to: "store/articles/\(last)")
        let (result, damage) = try verify()
        #expect(damage.isEmpty)
        #expect(result.isWhole)
        #expect(result.unfinishedBytes == 6)
    }

    @Test("An index that says otherwise than the articles is found")
    func wrongIndex() throws {
        try filled()
        var bytes = try #require(fixture.folder.read("store/index/known"))
        for place in IndexHeader.size..<bytes.count { bytes[place] = 0 }
        fixture.folder.write(bytes, to: "store/index/known")
        let (result, _) = try verify()
        #expect(result.indexErrors == 30)
        #expect(result.isWhole)
    }

    @Test("Wrong cursors and damaged states are counted")
    func cursorsAndStates() throws {
        try filled()
        fixture.folder.write("31\n", to: "store/cursors/far")
        fixture.folder.write("", to: "store/cursors/empty")
        fixture.folder.write("30\n", to: "store/cursors/right")
        fixture.folder.write("{}\n", to: "store/state/feeds.jsonl")
        let (result, _) = try verify()
        #expect(result.wrongCursors == ["empty", "far"])
        #expect(result.damagedStateLines == 1)
    }
}
