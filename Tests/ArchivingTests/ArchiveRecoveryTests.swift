import Glibc
import TestSupport
import Testing

@testable import Archiving

@Suite("After a crash")
struct ArchiveRecoveryTests {
    /// An open file of three pages, as a kill leaves it, and where the last of them begins.
    private func killed(_ fixture: ArchiveFixture) throws -> (bytes: [UInt8], name: String, last: Int) {
        let writer = fixture.writer()
        var last = 0
        for number in 1...3 { last = Int(try writer.append([fixture.page(number)])[0].offset) }
        let name = try #require(try fixture.names.first)
        return (try ArchiveDescriptor.reading("\(fixture.path)/\(name)").read(1 << 20, at: 0), name, last)
    }

    @Test(
        "An open file is cut behind its last whole record, wherever it ends, and gets the name that records know it by")
    func torn() throws {
        let model = ArchiveFixture()
        let (bytes, name, last) = try killed(model)
        for end in stride(from: last + 1, to: bytes.count, by: 7) {
            let fixture = ArchiveFixture()
            fixture.directory.write(Array(bytes[..<end]), to: "archive/\(name)")
            let place = try fixture.writer().append([fixture.page(4)])[0]
            let pages = try fixture.pages()
            #expect(pages.damaged == 0, "cut at \(end)")
            // Where the response is whole and its metadata is not, it stays: no record names it.
            #expect(pages.numbers == [1, 2, 4] || pages.numbers == [1, 2, 3, 4], "cut at \(end)")
            #expect(place.file.serial == 2)
            #expect(try fixture.names.first == String(name.dropLast(".open".count)))
            let kept = try #require(try fixture.folder.files().first?.bytes)
            let told = fixture.events.contains { event in
                if case .tornTailRemoved(_, kept, let count) = event { Int(kept + count) == end } else { false }
            }
            // Where it was cut between two records there is nothing to take away.
            #expect(told == (kept < end) && kept <= end, "cut at \(end)")
        }
    }

    @Test("A file that a power loss has left as zeros at its end is cut where they begin")
    func zeros() throws {
        let model = ArchiveFixture()
        let (bytes, name, last) = try killed(model)
        let fixture = ArchiveFixture()
        let zeros = [UInt8](repeating: 0, count: bytes.count - last)
        fixture.directory.write(bytes[..<last] + zeros, to: "archive/\(name)")
        _ = try fixture.writer().append([fixture.page(4)])
        #expect(try fixture.pages().numbers == [1, 2, 4])
        #expect(try fixture.folder.files().first?.bytes == UInt64(last))
    }

    @Test("Damage with whole records behind it is told, and nothing is cut off")
    func damage() throws {
        let model = ArchiveFixture()
        var (bytes, name, last) = try killed(model)
        // In the second page.
        for index in last - 150..<last - 100 { bytes[index] = 0xff }
        let fixture = ArchiveFixture()
        fixture.directory.write(bytes, to: "archive/\(name)")
        _ = try fixture.writer().append([fixture.page(4)])
        #expect(try fixture.folder.files().first?.bytes == UInt64(bytes.count))
        let pages = try fixture.pages()
        #expect(pages.numbers.contains(3) && pages.numbers.contains(1) && pages.damaged == 1)
        #expect(
            fixture.events.contains { event in
                if case .damage = event { true } else { false }
            })
    }

    @Test("A file of which not even the first record is whole goes, and its number is not given again")
    func empty() throws {
        let model = ArchiveFixture()
        let (bytes, name, _) = try killed(model)
        let fixture = ArchiveFixture()
        fixture.directory.write(Array(bytes[..<20]), to: "archive/\(name)")
        fixture.directory.write("00000000000000000001\n", to: "archive/serial")
        let place = try fixture.writer().append([fixture.page(4)])[0]
        #expect(place.file.serial == 2)
        #expect(try fixture.names.count == 1)
    }

    @Test("Whatever bytes of a file are others, reading comes to its end, and no record is read that was not written")
    func harm() throws {
        let model = ArchiveFixture()
        let (bytes, name, _) = try killed(model)
        var generator = SeededGenerator(seed: 20_261_128)
        for round in 0..<200 {
            var harmed = bytes
            for _ in 0...round % 5 {
                let index = Int.random(in: 0..<harmed.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: harmed[index] = .random(in: 0...255, using: &generator)
                case 1: harmed.remove(at: index)
                default: harmed.insert(contentsOf: harmed[index..<min(index + 40, harmed.count)], at: index)
                }
            }
            let fixture = ArchiveFixture()
            fixture.directory.write(harmed, to: "archive/\(name.dropLast(".open".count))")
            let pages = try fixture.pages()
            #expect(Set(pages.numbers).isSubset(of: [1, 2, 3]), "round \(round)")
            #expect(pages.numbers.count == 3 || pages.damaged > 0 || harmed == bytes, "round \(round)")
        }
    }

    @Test("A reader beside the writer sees the whole records, and no damage but an unfinished end")
    func beside() throws {
        let fixture = ArchiveFixture()
        let (bytes, name, last) = try killed(fixture)
        fixture.directory.write(Array(bytes[..<(last + 30)]), to: "archive/\(name)")
        let file = try #require(try fixture.folder.files().first)
        #expect(file.isOpen)
        var reader = try ArchiveReader(file.name, in: fixture.folder)
        var (records, torn) = (0, UInt64(0))
        while let item = try reader.next() {
            switch item {
            case .record: records += 1
            case .torn(let offset): torn = offset
            case .damage: Issue.record("nothing is damaged")
            }
        }
        #expect(records == 5 && torn == UInt64(last))
    }
}
