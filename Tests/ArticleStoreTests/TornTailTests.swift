import FeedModel
import Glibc
import TestSupport
import Testing

@testable import ArticleStore

/// contract.md §5: what is durable is never taken for what a crash left, and what a crash left is never handed out.
@Suite struct TornTailTests {
    private let fixture = StoreFixture()
    private let segment = "store/articles/00000000000000000001.jsonl"

    /// Commits of three records each, with the end and the index as they were after the first of them: so a power loss
    /// leaves them, which are not synced one by one.
    private func fill(commits: Int = 4) throws {
        let store = try fixture.open()
        _ = try store.commit([StoreFixture.commit(1...3)])
        store.close()
        let old = ["store/articles.end", "store/index/known"].map { ($0, fixture.folder.read($0) ?? []) }
        let again = try fixture.open()
        for commit in 1..<UInt64(commits) {
            _ = try again.commit([StoreFixture.commit(commit * 3 + 1...commit * 3 + 3)])
        }
        again.close()
        for (name, bytes) in old { fixture.folder.write(bytes, to: name) }
    }

    /// Where the line of a record begins, and how long it is.
    private func line(_ seq: Int) -> Range<Int> {
        let lengths = fixture.lines().map { $0.utf8.count + 1 }
        let start = lengths[..<(seq - 1)].reduce(0, +)
        return start..<start + lengths[seq - 1]
    }

    enum Harm: CaseIterable {
        /// One bit.
        case flip
        /// A sector that is read as zeros.
        case zeros
    }

    private func harm(_ seq: Int, _ harm: Harm) throws -> [UInt8] {
        var bytes = try #require(fixture.folder.read(segment))
        let line = line(seq)
        switch harm {
        case .flip: bytes[line.lowerBound + 12] ^= 1
        case .zeros: for place in line.dropFirst(5).prefix(60) { bytes[place] = 0 }
        }
        fixture.folder.write(bytes, to: segment)
        return bytes
    }

    private var told: [StoreDamage] {
        fixture.noted.compactMap { if case .damage(let damage) = $0 { damage } else { nil } }
    }

    @Test(
        "I8: a record that was durable and has rotted stays, with all behind it, however old the published end is",
        arguments: [4, 5, 6, 7, 9], Harm.allCases)
    func rotStays(_ seq: Int, _ kind: Harm) async throws {
        try fill()
        let bytes = try harm(seq, kind)
        let expected = (1...12 as ClosedRange<UInt64>).filter { $0 != seq }
        #expect(try fixture.read().seqs == expected)
        #expect(try fixture.read().damage.map(\.seq) == [UInt64(seq)])
        #expect(try await StoreVerifier(directory: fixture.path).run { _ in }.unfinishedBytes == 0)
        let store = try fixture.open()
        #expect(fixture.folder.read(segment) == bytes)
        #expect(told.map(\.seq) == [UInt64(seq)])
        #expect(store.lastSeq == 12)
        #expect(try store.commit([StoreFixture.commit(13...13)]).firstSeq == 13)
        #expect(try fixture.read().seqs == expected + [13])
    }

    @Test("In the last commit, too, a line without a zero in it was written as a whole, and stays", arguments: 10...12)
    func rotInTheLastCommit(_ seq: Int) throws {
        try fill()
        let bytes = try harm(seq, .flip)
        let expected = (1...12 as ClosedRange<UInt64>).filter { $0 != seq }
        #expect(try fixture.read().seqs == expected)
        let store = try fixture.open()
        #expect(fixture.folder.read(segment) == bytes)
        #expect(try store.commit([StoreFixture.commit(13...13)]).firstSeq == 13)
        #expect(try fixture.read().seqs == expected + [13])
    }

    @Test("A commit of which pages were lost ends before them for readers and the writer, and is set aside")
    func lostPages() async throws {
        try fill()
        let bytes = try harm(11, .zeros)
        let end = line(11).lowerBound
        let before = try fixture.read()
        #expect(before.seqs == Array(1...10))
        #expect(before.damage.isEmpty)
        #expect(try fixture.reader().lastSeq() == 10)
        let verified = try await StoreVerifier(directory: fixture.path).run { Issue.record("\($0)") }
        #expect(verified.isWhole && verified.lastSeq == 10)
        #expect(verified.unfinishedBytes == UInt64(bytes.count - end))
        let store = try fixture.open()
        let aside = fixture.folder.file("store/articles/00000000000000000001.\(end).cut")
        #expect(
            fixture.noted.contains(
                .tornTailSetAside(
                    segment: fixture.folder.file(segment), offset: UInt64(end), bytes: UInt64(bytes.count - end),
                    path: aside)))
        #expect(told.isEmpty)
        #expect(fixture.folder.read("store/articles/00000000000000000001.\(end).cut") == Array(bytes[end...]))
        #expect(fixture.folder.read(segment) == Array(bytes[..<end]))
        #expect(try store.known(StoreFixture.uid(12)) == nil)
        #expect(try store.commit([StoreFixture.commit(11...12)]).firstSeq == 11)
        #expect(try fixture.read().seqs == Array(1...12))
    }

    @Test("Without a writer readers see what the next writer keeps, whatever a crash has left")
    func readersAndWriterAgree() throws {
        try fill(commits: 3)
        let whole = try #require(fixture.folder.read(segment))
        let start = line(4).lowerBound
        let names = ["store/articles.end", "store/index/known", "store/format"]
        let rest = names.map { ($0, fixture.folder.read($0) ?? []) }
        var generator = SeededGenerator(seed: 7)
        for number in 0..<150 {
            let copy = StoreFixture(in: fixture.folder, name: "copy\(number)")
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let from = Int.random(in: start..<bytes.count, using: &generator)
                let upTo = min(bytes.count, from + Int.random(in: 1...700, using: &generator))
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: for place in from..<upTo { bytes[place] = 0 }
                case 1: bytes[from] ^= 4
                case 2: bytes.removeLast(bytes.count - max(start + 1, from))
                default: bytes.append(contentsOf: [UInt8](repeating: 0, count: upTo - from))
                }
            }
            for (name, content) in rest where number % 3 != 0 || name != "store/articles.end" {
                copy.folder.write(content, to: name.replacing("store/", with: "copy\(number)/"))
            }
            copy.folder.write(bytes, to: segment.replacing("store/", with: "copy\(number)/"))
            let before = try copy.read().seqs
            let last = try copy.reader().lastSeq()
            let store = try copy.open()
            #expect(try copy.read().seqs == before, "copy \(number)")
            #expect(before.prefix(3) == [1, 2, 3])
            #expect(last == before.last)
            let next = try store.commit([StoreFixture.commit(100...100)]).firstSeq
            #expect(next > last)
            #expect(try copy.read().seqs == before + [next])
        }
    }

    @Test("A durable record that has lost its end is set aside too, and reported as lost")
    func durableEnd() throws {
        let store = try fixture.open()
        _ = try store.commit([StoreFixture.commit(1...3)])
        store.close()
        let third = line(3)
        cut(fixture.folder.file(segment), to: third.upperBound - 10)
        let again = try fixture.open()
        #expect(again.lastSeq == 2)
        #expect(fixture.noted.contains(.recordsLost(after: 2, upTo: 3)))
        let aside = fixture.folder.read("store/articles/00000000000000000001.\(third.lowerBound).cut")
        #expect(aside?.count == third.count - 10)
    }

    @Test("I4: a record names the first one of its commit (contract.md §3)")
    func commits() throws {
        try fill(commits: 2)
        for (place, line) in fixture.lines().enumerated() {
            #expect(line.contains(#","commit":\#(place / 3 * 3 + 1),"#) || line.contains(#"{"commit":"#))
            let bytes = Array((line + "\n").utf8)
            #expect(bytes.withUnsafeBytes { RecordEnvelope($0)?.commit } == UInt64(place / 3 * 3 + 1))
        }
    }

    @Test("The published end is durable when the store is closed")
    func closing() throws {
        let disk = FaultyFileSystem()
        let store = try fixture.open(files: disk.calling)
        _ = try store.commit([StoreFixture.commit(1...1)])
        disk.clearLog()
        store.close()
        #expect(disk.log.contains("sync articles.end"))
    }

    @Test("Nothing is cut off from a segment behind which the last one is missing")
    func missingSegment() throws {
        let store = try fixture.open(segmentSize: 2048)
        var seq: UInt64 = 1
        while try Segment.all(in: StoreDirectory(existing: store.path)!).count < 2 {
            _ = try store.commit([StoreFixture.commit(seq...seq + 2)])
            seq += 3
        }
        store.close()
        let segments = try Segment.all(in: StoreDirectory(existing: store.path)!)
        try #require(unlink(segments[1].path) == 0)
        // The end is published in the segment that is gone. Zeros are what a page looks like that was never written.
        let last = Int(segments[1].firstSeq) - 1
        var bytes = try #require(fixture.folder.read(segment))
        let rotten = line(last - 1)
        for place in rotten.dropFirst(5).prefix(60) { bytes[place] = 0 }
        fixture.folder.write(bytes, to: segment)
        let expected = (1...UInt64(last)).filter { $0 != UInt64(last - 1) }
        #expect(try fixture.read().seqs == expected)
        _ = try? fixture.open()
        #expect(fixture.folder.read(segment) == bytes)
    }
}
