import Digest
import FeedModel
import JSONText
import TestSupport
import Testing

@testable import ArticleStore

@Suite struct StoreTests {
    let fixture = StoreFixture()

    @Test("I2, I4: what was committed is there after the store is opened again, once and in order (contract.md §5)")
    func committedRecordsAreThereAgain() throws {
        let first = try fixture.open()
        #expect(try first.commit([StoreFixture.commit(1...3)]) == CommitResult(firstSeq: 1, count: 3))
        first.close()
        let second = try fixture.open()
        #expect(try second.commit([StoreFixture.commit(4...5)]).firstSeq == 4)
        #expect(try fixture.read().seqs == [1, 2, 3, 4, 5])
        #expect(fixture.noted.isEmpty)
    }

    @Test("contract.md §5: a process that just ends loses nothing that was committed")
    func nothingNeedsClosing() throws {
        _ = try fixture.open().commit([StoreFixture.commit(1...3)])
        let again = try fixture.open()
        #expect(try again.known(StoreFixture.uid(2))?.seq == 2)
        #expect(again.state(of: StoreFixture.feed) == StoreFixture.state())
        #expect(again.lastSeq == 3)
    }

    @Test("contract.md §3: a line is JSON with the envelope at its end")
    func lineHasTheEnvelopeAtItsEnd() throws {
        let store = try fixture.open()
        var plain = StoreFixture.record(1)
        plain.prefix = Array(#"{"id":"a","_newswire":{"#.utf8)
        plain.recentChanges = 0
        _ = try store.commit([FeedCommit(feed: FeedIdentifier("a\"b"), records: [plain], state: StoreFixture.state())])
        let line = try #require(fixture.lines().first)
        let zeros = String(repeating: "0", count: 64)
        #expect(
            line.hasPrefix(
                #"{"id":"a","_newswire":{"commit":1,"feed":"a\"b","uid":"\#(plain.uid)","version":1,"hash":""#
                    + "\(plain.contentHash.hex)"
                    + #"","stored_at":"2026-11-22T08:00:00Z","kind":"new","seq":1,"prev":"\#(zeros)","chain":""#))
        #expect(line.hasSuffix(#""}}"#))
        let json = try JSONParser.parse(Array(line.utf8)).value
        let content = Array(line.utf8.dropLast(line.utf8.count - (line.utf8.count + 1 - RecordLine.chainMember)))
        let chain = content.withUnsafeBytes { RecordWriter().chain(after: RecordWriter.firstChain, $0) }
        #expect(json["_newswire"]?["chain"]?.string == Hex.string(chain))
        let checked = Array(line.utf8.prefix(line.utf8.count + 1 - RecordLine.checksumMember))
        var checksum: [UInt8] = []
        Hex.append(checked.withUnsafeBytes { XXH3.hash64($0) }, to: &checksum)
        #expect(json["_newswire"]?["xxh3"]?.string == String(decoding: checksum, as: UTF8.self))
    }

    @Test("The envelope of a record gives back what was stored")
    func envelopeIsReadBack() throws {
        let store = try fixture.open()
        let keys = [Hash128(high: 7, low: 8), Hash128(high: 9, low: .max)]
        var record = StoreFixture.record(6, kind: .update, version: 7, keys: keys)
        record.modified = Timestamp(milliseconds: -5)
        _ = try store.commit([
            FeedCommit(feed: FeedIdentifier("ä\\\"\n"), records: [record], state: StoreFixture.state())
        ])
        try fixture.reader().read(after: 0, damage: { _ in Issue.record() }) { slice in
            let envelope = slice.envelope
            #expect(envelope.feed.text == "ä\\\"\n")
            #expect(envelope.uid == record.uid)
            #expect(envelope.kind == .update)
            #expect(envelope.version == 7)
            #expect(envelope.isInitial)
            #expect(envelope.contentHash == record.contentHash)
            #expect(envelope.storedAt == StoreFixture.moment)
            #expect(envelope.indexMembers == IndexMembers(record))
            return true
        }
    }

    @Test("A record that cannot be a line is refused, and the others of the batch are stored")
    func impossibleRecordsAreRefused() throws {
        let store = try fixture.open()
        var broken = StoreFixture.record(2)
        broken.prefix.append(0x0a)
        var long = StoreFixture.record(3)
        long.prefix.append(contentsOf: repeatElement(UInt8(ascii: " "), count: RecordLine.maximumLength))
        let result = try store.commit([
            FeedCommit(
                feed: StoreFixture.feed, records: [StoreFixture.record(1), broken, long, StoreFixture.record(4)],
                state: StoreFixture.state())
        ])
        #expect(result.count == 2)
        #expect(result.refused.map(\.uid) == [broken.uid, long.uid])
        #expect(try fixture.read().seqs == [1, 2])
        #expect(try store.known(StoreFixture.uid(4))?.seq == 2)
        #expect(try store.known(broken.uid) == nil)
    }

    @Test("A line as long as a line may be is stored and read back")
    func longLinesAreRead() throws {
        let store = try fixture.open()
        var long = StoreFixture.record(1)
        let body = RecordLine.maximumLength - RecordWriter.lengthLimit(of: long, feedJSON: RecordWriter.json("example"))
        long.prefix.append(contentsOf: Array(#","x":""#.utf8))
        long.prefix.append(contentsOf: repeatElement(UInt8(ascii: "x"), count: body - 7))
        long.prefix.append(UInt8(ascii: "\""))
        let commit = FeedCommit(
            feed: StoreFixture.feed, records: [long, StoreFixture.record(2)], state: StoreFixture.state())
        #expect(try store.commit([commit]).count == 2)
        #expect(try fixture.read().seqs == [1, 2])
        #expect(try store.article(seq: 1)?.count ?? 0 > body)
    }

    @Test("Segments are sealed by size and named by their first record; the chain goes on in the next")
    func segmentsAreSealed() throws {
        let store = try fixture.open(segmentSize: 4096)
        for number in stride(from: UInt64(1), to: 60, by: 10) {
            _ = try store.commit([StoreFixture.commit(number..<number + 10)])
        }
        let directory = try #require(try StoreDirectory(existing: fixture.path))
        let segments = try Segment.all(in: directory)
        #expect(segments.count > 3)
        for segment in segments { #expect(try OpenFile.reading(segment.path)?.size() ?? 0 <= 4096) }
        let (seqs, damage) = try fixture.read()
        #expect(seqs == Array(1...60))
        #expect(damage.isEmpty)
        store.close()
        let again = try fixture.open(segmentSize: 4096)
        _ = try again.commit([StoreFixture.commit(61...61)])
        #expect(try fixture.read(after: 58).seqs == [59, 60, 61])
    }

    @Test("I1: one writer at a time, others are refused with exit status 75 (contract.md §5)")
    func secondWriterIsRefused() throws {
        let store = try fixture.open()
        let error = #expect(throws: StoreError.self) { try fixture.open() }
        #expect(error?.code == .inUse)
        store.close()
        _ = try fixture.open()
    }

    @Test("contract.md §5: a store of a newer format is left untouched")
    func newerFormatIsLeftUntouched() throws {
        fixture.folder.write("newswire store 3\n", to: "store/format")
        let error = #expect(throws: StoreError.self) { try fixture.open() }
        #expect(error?.code == .newerFormat)
        #expect(try fileNames(in: fixture.path) == ["format"])
        #expect(throws: StoreError.self) { try fixture.reader() }
    }

    @Test("A folder that holds something else is not opened as a store")
    func otherFormatsAreRefused() throws {
        fixture.folder.write("a database\n", to: "store/format")
        #expect(throws: StoreError.self) { try fixture.open() }
    }

    @Test("A lost format file is made again when the store is opened", arguments: [nil, ""])
    func formatIsMadeAgain(_ content: String?) throws {
        try fixture.open().close()
        unlinkIfThere(fixture.folder.file("store/format"))
        if let content { fixture.folder.write(content, to: "store/format") }
        try fixture.open().close()
        #expect(fixture.folder.text("store/format") == "newswire store 1\n")
    }

    @Test("A store that cannot be made is refused with exit status 73")
    func impossiblePlaces() throws {
        fixture.folder.write("", to: "store")
        let error = #expect(throws: StoreError.self) { try fixture.open() }
        #expect(error?.code == .cannotCreate)
    }

    @Test("A closed store takes no commit")
    func closedStoreTakesNothing() throws {
        let store = try fixture.open()
        store.close()
        store.close()
        #expect(throws: StoreError.self) { try store.commit([StoreFixture.commit(1...1)]) }
    }

    @Test("A store finds an article's line by its number")
    func articleByNumber() throws {
        let store = try fixture.open(segmentSize: 4096)
        _ = try store.commit([StoreFixture.commit(1...40)])
        #expect(try store.article(seq: 0) == nil)
        #expect(try store.article(seq: 41) == nil)
        for seq in 1...40 as ClosedRange<UInt64> {
            let line = try #require(try store.article(seq: seq))
            #expect(String(decoding: line, as: UTF8.self).hasPrefix(#"{"id":"\#(seq)","#))
        }
    }
}
