import FeedModel
import Locking
import TestSupport
import Testing

@testable import ArticleStore

@Suite struct ReaderTests {
    let fixture = StoreFixture()
    let segment = "store/articles/00000000000000000001.jsonl"

    @Test("contract.md §4: reading starts behind any number, in any segment")
    func readingStartsAnywhere() throws {
        let store = try fixture.open(segmentSize: 4096)
        _ = try store.commit([StoreFixture.commit(1...50)])
        for seq in 0...52 as ClosedRange<UInt64> {
            let (seqs, damage) = try fixture.read(after: seq)
            #expect(seqs == (seq < 50 ? Array(seq + 1...50) : []))
            #expect(damage.isEmpty)
        }
        #expect(try fixture.read(after: .max).seqs.isEmpty)
        #expect(try fixture.reader().lastSeq() == 50)
    }

    @Test("A place in a long segment is found without reading what comes before it")
    func longSegments() throws {
        let store = try fixture.open()
        _ = try store.commit([StoreFixture.commit(1...3000)])
        store.close()
        for seq in [0, 1, 2, 1234, 2998, 2999, 3000] as [UInt64] {
            #expect(try fixture.read(after: seq).seqs.count == 3000 - Int(seq))
        }
        // Damage far before the place is not met.
        var bytes = try #require(fixture.folder.read(segment))
        bytes[30] ^= 1
        fixture.folder.write(bytes, to: segment)
        #expect(try fixture.read(after: 2900).damage.isEmpty)
        #expect(try fixture.read(after: 0).damage.count == 1)
        #expect(try fixture.reader().lastSeq() == 3000)
    }

    @Test("Records that are asked for together are those that each number gives alone, and none where there is none")
    func together() throws {
        let store = try fixture.open(segmentSize: 65_536)
        _ = try store.commit([StoreFixture.commit(1...600)])
        let reader = try fixture.reader()
        let seqs: [UInt64] = [600, 7, 7, 0, 601, 320, 1]
        let records = try reader.records(seqs: seqs)
        #expect(records.map { $0?.uid } == seqs.map { 1...600 ~= $0 ? StoreFixture.uid($0) : nil })
        #expect(try reader.records(seqs: []).isEmpty)
    }

    @Test("Lines are whole wherever the blocks in which they are read end, and one line alone is read in a small one")
    func lines() throws {
        var random = SystemRandomNumberGenerator()
        let lines = (0..<600).map { number in
            "\(number) "
                + String(repeating: "x", count: Int.random(in: 0..<(number % 50 == 0 ? 40_000 : 2000), using: &random))
        }
        let path = fixture.folder.write(lines.map { $0 + "\n" }.joined(), to: "lines")
        let file = try #require(try OpenFile.reading(path))
        var scanner = LineScanner(file, from: 0)
        var (read, offset): ([String], UInt64) = ([], 0)
        while let line = try scanner.nextLine() {
            #expect(line.isEnded && line.offset == offset && line.length == line.bytes.count)
            offset += line.length
            read.append(String(decoding: line.bytes.dropLast(), as: UTF8.self))
            if read.count == 1 { #expect(scanner.bufferedBytes <= 65_536) }
        }
        #expect(read == lines)
        #expect(scanner.bufferedBytes == LineScanner.blockSize)
    }

    @Test("Damage never makes the search for a place skip a record")
    func searchAmongDamage() throws {
        let store = try fixture.open()
        _ = try store.commit([StoreFixture.commit(1...3000)])
        store.close()
        // The numbers of every third record lie.
        let lines = fixture.lines().enumerated().map { index, line in
            let seq = index + 1
            return seq % 3 == 0 ? line.replacing(#""seq":\#(seq),"#, with: #""seq":\#(seq / 2),"#) : line
        }
        fixture.folder.write(lines.joined(separator: "\n") + "\n", to: segment)
        for seq in stride(from: UInt64(0), to: 3000, by: 97) {
            #expect(try fixture.read(after: seq).seqs == (seq + 1...3000).filter { $0 % 3 != 0 })
        }
    }

    @Test("contract.md §4: a reader stops where its caller has enough, and passes errors on")
    func stopping() throws {
        struct Stop: Error {}
        let store = try fixture.open()
        _ = try store.commit([StoreFixture.commit(1...5)])
        var seqs: [UInt64] = []
        try fixture.reader().read(after: 1, damage: { _ in }) { slice in
            seqs.append(slice.envelope.seq)
            return slice.envelope.seq < 3
        }
        #expect(seqs == [2, 3])
        #expect(throws: Stop.self) { try fixture.reader().read(after: 0, damage: { _ in }) { _ in throw Stop() } }
    }

    @Test("I5: what a living writer has not made durable is not seen; without a writer every whole record is")
    func publishedEnd() async throws {
        let store = try fixture.open()
        _ = try store.commit([StoreFixture.commit(1...2)])
        let before = try #require(fixture.folder.read("store/articles.end"))
        _ = try store.commit([StoreFixture.commit(3...4)])
        // As if the second commit were still waiting for the disk.
        overwrite(fixture.folder.file("store/articles.end"), before)
        #expect(try fixture.read().seqs == [1, 2])
        #expect(try fixture.reader().lastSeq() == 2)
        let verifier = try StoreVerifier(directory: fixture.path)
        #expect(try await verifier.run(damage: { _ in Issue.record() }).records == 2)
        store.close()
        overwrite(fixture.folder.file("store/articles.end"), before)
        #expect(try fixture.read().seqs == [1, 2, 3, 4])
        #expect(try fixture.reader().lastSeq() == 4)
    }

    @Test("contract.md §4: a copy of the articles is enough to read them")
    func copies() throws {
        let store = try fixture.open(segmentSize: 2048)
        _ = try store.commit([StoreFixture.commit(1...10)])
        let copy = StoreFixture()
        for name in try fileNames(in: "\(fixture.path)/articles") {
            copy.folder.write(try #require(fixture.folder.read("store/articles/\(name)")), to: "store/articles/\(name)")
        }
        #expect(try copy.read().seqs == Array(1...10))
        #expect(try copy.reader().states().isEmpty)
        #expect(throws: StoreError.self) { try StoreReader(directory: copy.folder.file("nothing")) }
    }

    @Test("An index of articles that an older copy was put in the place of says nothing of that copy's")
    func indexOfOtherArticles() throws {
        let store = try fixture.open()
        _ = try store.commit([StoreFixture.commit(1...3)])
        let old = try #require(fixture.folder.read(segment))
        let update = StoreFixture.record(2, kind: .update, version: 2)
        _ = try store.commit([FeedCommit(feed: StoreFixture.feed, records: [update], state: StoreFixture.state())])
        store.close()
        #expect(try fixture.reader().known(StoreFixture.uid(2))?.seq == 4)
        fixture.folder.write(old, to: segment)
        #expect(try fixture.reader().known(StoreFixture.uid(2))?.seq == 2)
        #expect(
            try fixture.reader().identifiers(startingWith: StoreFixture.uid(2).description, limit: 9)
                == [StoreFixture.uid(2)])
    }

    @Test("A segment that is missing in the middle is a gap, told once")
    func missingSegment() throws {
        let store = try fixture.open(segmentSize: 2048)
        _ = try store.commit([StoreFixture.commit(1...20)])
        store.close()
        let directory = try #require(try StoreDirectory(existing: fixture.path))
        let segments = try Segment.all(in: directory)
        unlinkIfThere(segments[1].path)
        let (seqs, damage) = try fixture.read()
        #expect(seqs == Array(1..<segments[1].firstSeq) + Array(segments[2].firstSeq...20))
        #expect(damage.map(\.kind) == [.gap])
    }

    @Test("contract.md §3: the first record stored since a time is found")
    func storedSince() throws {
        let clock = Locked(StoreFixture.moment)
        let end = Timestamp(milliseconds: StoreFixture.moment.milliseconds + 40 * 86_400_000)
        let path = fixture.path
        var options = StoreOptions { clock.withLock { $0 } }
        options.segmentSize = 2048
        options.files = StoreFixture.files
        let store = try ArticleStore.open(at: path, options: options) { _ in }
        #expect(try fixture.reader().place(storedSince: StoreFixture.moment, now: end).firstSeq == 1)
        let days = Int64(86_400_000)
        func moment(_ day: Int64) -> Timestamp {
            Timestamp(milliseconds: StoreFixture.moment.milliseconds + day * days)
        }
        for day in 0..<30 as Range<Int64> {
            clock.withLock { $0 = moment(day) }
            _ = try store.commit([StoreFixture.commit(UInt64(day) * 3 + 1...UInt64(day) * 3 + 3)])
        }
        let reader = try fixture.reader()
        for day in 0..<30 as Range<Int64> {
            #expect(try reader.place(storedSince: moment(day), now: end).firstSeq == UInt64(day) * 3 + 1)
            #expect(
                try reader.place(storedSince: Timestamp(milliseconds: moment(day).milliseconds + 1), now: end).firstSeq
                    == UInt64(day) * 3 + 4)
        }
        #expect(try reader.place(storedSince: Timestamp(milliseconds: .min), now: end).firstSeq == 1)
        #expect(try reader.place(storedSince: Timestamp(milliseconds: .max), now: end).firstSeq == 91)
        // The clock goes back by some hours: nothing stored since is overlooked.
        clock.withLock { $0 = Timestamp(milliseconds: moment(29).milliseconds - 6 * 3_600_000) }
        _ = try store.commit([StoreFixture.commit(200...220)])
        #expect(try reader.place(storedSince: moment(29), now: end).firstSeq == 88)
    }

    @Test("A line that is longer than a line may be is damage, and is passed over")
    func overlongLines() throws {
        let store = try fixture.open()
        _ = try store.commit([StoreFixture.commit(1...1)])
        store.close()
        var bytes = try #require(fixture.folder.read(segment))
        let first = bytes
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "x"), count: RecordLine.maximumLength + 100))
        bytes.append(0x0a)
        fixture.folder.write(bytes + first, to: segment)
        unlinkIfThere(fixture.folder.file("store/articles.end"))
        let (seqs, damage) = try fixture.read()
        #expect(seqs == [1])
        #expect(damage.isEmpty)
        let again = try fixture.open()
        #expect(again.lastSeq == 1)
        #expect(fixture.folder.read(segment) == first)
    }

    @Test("Arbitrary bytes for an envelope give nothing, and never a crash")
    func arbitraryEnvelopes() throws {
        let store = try fixture.open()
        _ = try store.commit([StoreFixture.commit(6...6)])
        let line = try #require(try store.article(seq: 1))
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<20_000 {
            var bytes = line
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            bytes.removeFirst(Int.random(in: 0...bytes.count, using: &generator))
            bytes.withUnsafeBytes { bytes in
                guard let envelope = RecordEnvelope(bytes) else { return }
                _ = (envelope.feed, envelope.uid, envelope.contentHash, envelope.storedAt, envelope.indexMembers)
            }
        }
    }
}
