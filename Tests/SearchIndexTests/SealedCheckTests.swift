import FeedModel
import Glibc
import Locking
import TestSupport
import Testing

@testable import SearchIndex

@Suite("A sealed file of the index is looked at, whether it has the bytes that were written: web.md §11.7")
struct SealedCheckTests {
    let fixture = SearchFixture()
    private let name = "index/00000000000000000065.sealed"
    private static let week = 7 * 24 * 3600

    private func fill() throws {
        for number in 1...200 {
            fixture.pass(seconds: 600)
            try fixture.add("Article \(number)", body: "word\(number) common")
        }
    }

    private func expectWhole(_ search: ArticleSearch) throws {
        #expect(search.standing.isComplete)
        #expect(try search.ids("common") == Array((1...200).reversed()))
    }

    /// Turns one bit of a file.
    private func turn(_ name: String, at place: Int, bit: UInt8 = 4) throws {
        var bytes = try #require(fixture.folder.read(name))
        bytes[place] ^= 1 << bit
        fixture.folder.write(bytes, to: name)
    }

    /// The place of a text in a file.
    private func place(of text: String, in name: String) throws -> Int {
        let bytes = try #require(fixture.folder.read(name))
        let text = Array(text.utf8)
        return try #require(
            bytes.indices.dropLast(text.count).first { bytes[$0..<$0 + text.count].elementsEqual(text) })
    }

    /// Keeps an index, as `follow` does, and notes what it reports.
    private final class Keeping {
        private var keeper: IndexKeeper
        private let reports: Locked<[String]>
        var reported: [String] { reports.withLock { $0 } }

        init(_ fixture: SearchFixture, _ search: ArticleSearch, pieceBytes: Int = 1 << 20) {
            var options = SearchFixture.options
            options.pieceBytes = pieceBytes
            let reports = Locked<[String]>([])
            self.reports = reports
            keeper = IndexKeeper(
                folder: fixture.indexPath, store: fixture.storePath, options: options, catalogue: search.catalogue,
                report: { said in reports.withLock { $0.append(said) } })
        }

        /// Looks at what is due, and returns in how many pieces.
        func check(_ now: Timestamp) -> Int {
            var pieces = 0
            while keeper.checkSealed(now: now) { pieces += 1 }
            return pieces
        }

        func bringUp() throws { while try keeper.step() {} }
    }

    @Test("A bit that has turned where SQLite does not see it is found at the start, said in a line, and mended")
    func bit() throws {
        try fill()
        _ = try fixture.indexed()
        try turn(name, at: try place(of: "common", in: name) + 2, bit: 0)
        let search = fixture.search()
        #expect(try search.ids("common") != Array((1...200).reversed()))
        #expect(search.standing.isComplete)
        var reported: [String] = []
        search.follow {
            reported.append($0)
            search.close()
        }
        #expect(reported.count == 1)
        #expect(reported.first?.contains("\(fixture.folder.file(name)) is made again") == true, "\(reported)")
        let mended = fixture.search()
        try mended.bringUp(report: { Issue.record("\($0)") })
        try expectWhole(mended)
    }

    @Test("Whichever page it is in, and also where it is the checksum itself that is harmed", arguments: 0..<12)
    func anywhere(part: Int) throws {
        try fill()
        _ = try fixture.indexed()
        let harmed = part == 11 ? "\(name).sum" : name
        let size = try #require(fixture.folder.read(harmed)).count
        // Not the head, by which SQLite sees that a file is none of its own.
        let place = part == 11 ? 5 : 4096 + (size - 4096) * part / 11
        try turn(harmed, at: place)
        let bytes = fixture.folder.read(harmed)
        let search = fixture.search()
        var reported: [String] = []
        try search.bringUp(report: { reported.append($0) })
        #expect(reported.count == 1, "\(reported)")
        #expect(fixture.folder.read(harmed) != bytes)
        try expectWhole(search)
    }

    @Test("Each file is read once after the start, a piece at a time, and again when a week is over")
    func weekly() throws {
        try fill()
        let search = try fixture.indexed()
        let keeping = Keeping(fixture, search, pieceBytes: 4096)
        let pieces = keeping.check(fixture.now)
        let bytes = try ["001", "065", "129"].reduce(0) {
            $0 + (try #require(fixture.folder.read("index/00000000000000000\($1).sealed")).count)
        }
        // One more of each file, which finds its end.
        #expect(pieces == bytes / 4096 + 3)
        fixture.pass(seconds: Self.week - 1)
        #expect(keeping.check(fixture.now) == 0)
        fixture.pass(seconds: 1)
        #expect(keeping.check(fixture.now) == pieces)
        // The clock was ahead, and is put right.
        #expect(keeping.check(fixture.now.adding(seconds: -1)) == pieces)
        #expect(keeping.reported == [])
    }

    @Test("One without a checksum, as an older version has left it, is taken as it is, and has one from then on")
    func withoutChecksum() throws {
        try fill()
        _ = try fixture.indexed()
        let sum = fixture.folder.read("\(name).sum")
        unlink(fixture.folder.file("\(name).sum"))
        let search = fixture.search()
        try search.bringUp(report: { Issue.record("\($0)") })
        #expect(fixture.folder.read("\(name).sum") == sum && sum != nil)
    }

    @Test("A disk that does not give a file is asked again in an hour, and then the file is made again")
    func unreadable() throws {
        try fill()
        let search = try fixture.indexed()
        let path = fixture.folder.file(name)
        rename(path, "\(path).aside")
        // Its first page is never there: reading it is an error of input and output.
        symlink("/proc/self/mem", path)
        let keeping = Keeping(fixture, search)
        #expect(keeping.check(fixture.now) > 0)
        #expect(keeping.reported.count == 1, "\(keeping.reported)")
        #expect(keeping.reported.last?.contains("Input/output error") == true)
        #expect(search.standing.isComplete)
        fixture.pass(seconds: 3599)
        #expect(keeping.check(fixture.now) == 0)
        fixture.pass(seconds: 1)
        #expect(keeping.check(fixture.now) > 0)
        #expect(keeping.reported.count == 2, "\(keeping.reported)")
        #expect(keeping.reported.last?.contains("\(path) is made again") == true)
        try keeping.bringUp()
        try expectWhole(search)
    }

    @Test("A file that may not be read is left as it is, and named each hour")
    func refused() throws {
        try fill()
        let search = try fixture.indexed()
        let path = fixture.folder.file(name)
        rename(path, "\(path).aside")
        symlink(path, path)
        let keeping = Keeping(fixture, search)
        for hour in 1...3 {
            #expect(keeping.check(fixture.now) > 0)
            #expect(keeping.reported.count == hour)
            fixture.pass(seconds: 3600)
        }
        unlink(path)
        rename("\(path).aside", path)
        #expect(keeping.check(fixture.now) > 0)
        #expect(keeping.reported.count == 3 && keeping.reported.allSatisfy { $0.contains(path) })
        try expectWhole(search)
    }
}
