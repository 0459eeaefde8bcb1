import Digest
import FeedModel
import Glibc
import Locking
import TestSupport
import Testing

@testable import ArticleStore

@Suite struct ReadingTrailTests {
    private func mark(_ seq: UInt64) throws -> RecordMark {
        let bytes = withUnsafeBytes(of: seq.bigEndian) { Array($0) }
        var digest = MessageDigest(.sha256)
        digest.update(bytes)
        return try #require(RecordMark(seq: seq, chain: Hex.string(digest.finish())))
    }

    @Test(
        "A trail keeps few marks of many records, with one at most twice as far back as any record",
        arguments: [1, 7, 1000])
    func thinning(_ step: UInt64) throws {
        var trail = ReadingTrail()
        var seq: UInt64 = 0
        for _ in 0..<3000 {
            seq += step
            trail.pass(try mark(seq))
        }
        #expect(trail.marks.count < 40)
        #expect(trail.last == (try mark(seq)))
        for back in stride(from: step, to: seq, by: Int(step) * 13) {
            let found = try #require(trail.marks.last { $0.seq <= seq - back })
            #expect(seq - found.seq <= 2 * back + 2 * step)
        }
        #expect(ReadingTrail(trail.text) == trail)
    }

    @Test("A reader that goes back has not had the records behind that place")
    func goingBack() throws {
        var trail = ReadingTrail()
        for seq in 1...9 as ClosedRange<UInt64> { trail.pass(try mark(seq)) }
        trail.pass(try mark(5))
        #expect(trail.last?.seq == 5)
        trail.goBack(to: 0)
        #expect(trail.marks.isEmpty)
    }

    @Test("A trail keeps the records that were passed last in their order, however many were passed")
    func recentMarks() throws {
        let fixture = StoreFixture()
        _ = try fixture.open().commit([StoreFixture.commit(1...100)])
        var recent = RecentMarks()
        try fixture.reader().read(after: 0, damage: { _ in }) { slice in
            recent.pass(slice.envelope)
            return true
        }
        var trail = ReadingTrail()
        trail.pass(recent)
        #expect(trail.last == (try fixture.reader().mark(of: 100)))
        #expect(trail.marks.map(\.seq) == trail.marks.map(\.seq).sorted())
        #expect(try trail.marks.allSatisfy { try fixture.reader().standing(of: $0) == .same })
    }

    @Test(
        "A trail's file that holds anything else counts as no trail",
        arguments: ["", "1", "1 \n", "1 ab\n", "x \(String(repeating: "0", count: 64))\n", "\n1 2 3\n"])
    func garbage(_ text: String) {
        #expect(ReadingTrail(text).map(\.marks.isEmpty) ?? true)
    }
}

/// contract.md §4: a cursor moves only to the record that was handed out, and nothing is skipped.
@Suite struct CursorTrailTests {
    private let fixture = StoreFixture()

    /// Ten records, and the trail of somebody who has had them up to a number.
    private func filled(upTo seq: UInt64 = 10) throws -> (Cursors, ReadingTrail) {
        let store = try fixture.open(segmentSize: 2048)
        _ = try store.commit([StoreFixture.commit(1...10)])
        store.close()
        var trail = ReadingTrail()
        for seq in 1...seq { trail.pass(try #require(try fixture.reader().mark(of: seq))) }
        return (try Cursors(directory: fixture.path), trail)
    }

    /// Puts another store in the place of the first: the same up to a number, and other records behind it.
    private func replace(after seq: UInt64, upTo last: UInt64) throws {
        let other = StoreFixture(in: fixture.folder, name: "other")
        let store = try other.open(segmentSize: 2048)
        // The same records in the same commit have the same chains.
        _ = try store.commit([StoreFixture.commit(1...10)])
        store.close()
        let segments = try Segment.all(in: #require(try StoreDirectory(existing: other.path)))
        for segment in segments where segment.firstSeq > seq + 1 { unlinkIfThere(segment.path) }
        let kept = try #require(segments.last { $0.firstSeq <= seq + 1 })
        let name = "other/articles/" + String(kept.path.suffix(26))
        let lines = (other.folder.text(name) ?? "").split(separator: "\n").prefix(Int(seq + 1 - kept.firstSeq))
        other.folder.write(lines.map { $0 + "\n" }.joined(), to: name)
        for name in ["articles.end", "index/known"] { unlinkIfThere("\(other.path)/\(name)") }
        let again = try other.open(segmentSize: 2048)
        if last > seq { _ = try again.commit([StoreFixture.commit(100 + seq + 1...100 + last)]) }
        again.close()
        swap()
    }

    private func swap() {
        let (first, second) = (fixture.folder.file("store/articles"), fixture.folder.file("other/articles"))
        let aside = fixture.folder.file("aside")
        precondition(rename(first, aside) == 0 && rename(second, first) == 0)
        let ends = (fixture.folder.file("store/articles.end"), fixture.folder.file("other/articles.end"))
        precondition(rename(ends.1, ends.0) == 0)
        unlinkIfThere(fixture.folder.file("store/index/known"))
    }

    @Test("A cursor's file holds a number, and a file beside it says which record that was")
    func files() throws {
        let (cursors, trail) = try filled()
        #expect(try cursors.advance("a", from: nil, to: 10, trail: trail, in: fixture.reader()) == .done)
        #expect(fixture.folder.text("store/cursors/a") == "10\n")
        #expect(try cursors.position(of: "a") == .init(seq: 10, trail: trail))
        #expect(try cursors.list().map(\.name) == ["a"])
        // By hand: the number counts, and nothing is known of the record.
        fixture.folder.write("4\n", to: "store/cursors/a")
        #expect(try cursors.position(of: "a") == .init(seq: 4))
        #expect(try cursors.locate("a", in: fixture.reader()).position.seq == 4)
    }

    @Test("I10: a cursor does not move to a number that has become another record's", arguments: [5, 10, 20])
    func replacedStore(_ last: UInt64) throws {
        let (cursors, trail) = try filled()
        try cursors.advance("a", to: 2)
        try replace(after: 4, upTo: last)
        #expect(
            try cursors.advance("a", from: 2, to: 10, trail: trail, in: fixture.reader()) == .changedMeanwhile)
        #expect(try cursors.read("a") == 2)
        #expect(try cursors.advance("b", from: nil, to: 10, trail: trail, in: fixture.reader()) == .changedMeanwhile)
        #expect(try cursors.read("b") == nil)
    }

    @Test("A cursor goes back if its number becomes another record's while it is moved", arguments: [nil, 2])
    func race(_ old: UInt64?) throws {
        let (_, trail) = try filled()
        let directory = try #require(try StoreDirectory(existing: fixture.path))
        if let old { try Cursors(directory: fixture.path).advance("a", to: old) }
        var files = StoreFixture.files
        let hasRun = Locked(false)
        files.rename = { from, to in
            if to.hasSuffix("/cursors/a"), !hasRun.withLock({ $0 }) {
                hasRun.withLock { $0 = true }
                do { try replace(after: 4, upTo: 20) } catch { Issue.record(error) }
            }
            return Glibc.rename(from, to)
        }
        let cursors = Cursors(directory: directory, files)
        #expect(
            try cursors.advance("a", from: old, to: 10, trail: trail, in: fixture.reader()) == .changedMeanwhile)
        #expect(try cursors.read("a") == old)
        #expect(hasRun.withLock { $0 })
    }

    @Test("A cursor that a person moves during a dump stays where the person put it")
    func movedByHand() throws {
        let (cursors, trail) = try filled()
        try cursors.advance("a", to: 3)
        #expect(
            try cursors.advance("a", from: 2, to: 10, trail: trail, in: fixture.reader()) == .movedMeanwhile(to: 3))
        #expect(try cursors.read("a") == 3)
    }

    @Test(
        "A consumer of a store that was put back goes on where its records are the same",
        arguments: [2, 4, 9] as [UInt64])
    func goingBack(_ fork: UInt64) throws {
        let (cursors, trail) = try filled()
        _ = try cursors.advance("a", from: nil, to: 10, trail: trail, in: fixture.reader())
        try replace(after: fork, upTo: 20)
        let (position, from) = try cursors.locate("a", in: fixture.reader())
        #expect(from == 10)
        let seq = try #require(position.seq)
        #expect(seq <= fork && 10 - seq <= 2 * (10 - fork))
        #expect(position.trail.last?.seq == seq)
        #expect(try fixture.reader().place(after: trail, orElse: 0) == .back(to: seq))
        #expect(try cursors.advance("a", from: 10, to: seq, trail: position.trail, in: fixture.reader()) == .done)
        #expect(try cursors.locate("a", in: fixture.reader()).wentBackFrom == nil)
    }

    @Test("A consumer of whose records the store has none goes on only where a person says")
    func otherStore() throws {
        let (cursors, trail) = try filled()
        _ = try cursors.advance("a", from: nil, to: 10, trail: trail, in: fixture.reader())
        try replace(after: 0, upTo: 20)
        let error = #expect(throws: StoreError.self) { try cursors.locate("a", in: fixture.reader()) }
        #expect(error?.code == .damaged)
        #expect(error?.advice.contains("newswire ack a SEQ") == true)
        #expect(try fixture.reader().place(after: trail, orElse: 0) == .back(to: 0))
        try cursors.set("a", to: 3, in: fixture.reader())
        #expect(try cursors.locate("a", in: fixture.reader()).position.seq == 3)
    }

    @Test("A trail's removed records are compared with what retention has left of them, if anything")
    func removed() throws {
        let (cursors, trail) = try filled(upTo: 2)
        let store = try fixture.open(segmentSize: 2048)
        #expect(try store.expire(before: Timestamp(milliseconds: .max)).lastSeq >= 2)
        store.close()
        let mark = try #require(trail.last)
        #expect(try fixture.reader().standing(of: mark) == .same)
        let other = try #require(RecordMark(seq: 2, chain: String(repeating: "0", count: 64)))
        #expect(try fixture.reader().standing(of: other) == .other)
        #expect(try cursors.advance("a", from: nil, to: 2, trail: trail, in: fixture.reader()) == .done)
        for name in try fileNames(in: "\(fixture.path)/identities") {
            unlinkIfThere("\(fixture.path)/identities/\(name)")
        }
        #expect(try fixture.reader().standing(of: other) == .unknown)
        #expect(try fixture.reader().place(after: trail, orElse: 0) == .here)
        #expect(try cursors.locate("a", in: fixture.reader()).position.seq == 2)
    }

    @Test("A cursor is read and moved whatever stands in its trail's place")
    func harmfulTrails() throws {
        let (cursors, trail) = try filled()
        try cursors.advance("a", to: 5)
        let path = fixture.folder.file("store/cursors/.a.trail")
        let harms: [() -> Void] = [
            { precondition(mkfifo(path, 0o600) == 0) }, { precondition(symlink("/dev/zero", path) == 0) },
            { precondition(symlink(path, path) == 0) }, { precondition(mkdir(path, 0o700) == 0) },
        ]
        for harm in harms {
            harm()
            #expect(try cursors.position(of: "a").seq == 5)
            #expect(try cursors.advance("a", from: 5, to: 10, trail: trail, in: fixture.reader()) == .done)
            #expect(try cursors.read("a") == 10)
            try cursors.advance("a", to: 5)
            _ = unlink(path)
            _ = rmdir(path)
        }
    }

    @Test("A cursor moves in a folder where no trail can be kept")
    func noTrail() throws {
        let (_, trail) = try filled()
        var files = StoreFixture.files
        files.create = { path, flags, mode in
            guard path.contains(".trail") else { return Glibc.open(path, flags | O_CLOEXEC, mode) }
            errno = EACCES
            return -1
        }
        let directory = try #require(try StoreDirectory(existing: fixture.path))
        let cursors = Cursors(directory: directory, files)
        #expect(try cursors.advance("a", from: nil, to: 10, trail: trail, in: fixture.reader()) == .done)
        #expect(try cursors.position(of: "a") == .init(seq: 10))
    }
}
