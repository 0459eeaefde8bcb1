import FeedModel
import Glibc
import TestSupport
import Testing

@testable import Archiving

@Suite("The archive is written")
struct ArchiveWriterTests {
    @Test("What was appended is found at its place, while the file is written and when it is closed")
    func places() throws {
        let fixture = ArchiveFixture()
        let writer = fixture.writer()
        let places = try writer.append([fixture.page(1), fixture.page(2)]) + writer.append([fixture.page(3)])
        #expect(try places.map { try fixture.number(at: $0) } == [1, 2, 3])
        #expect(try fixture.names == ["newswire-20261128160000000-00001.warc.gz.open"])
        try writer.close()
        #expect(try fixture.names == ["newswire-20261128160000000-00001.warc.gz"])
        #expect(try places.map { try fixture.number(at: $0) } == [1, 2, 3])
        #expect(Set(places.map(\.file.text)) == Set(try fixture.names))
    }

    @Test("A file says first who wrote it and what it is called, and each of its records is packed by itself")
    func warcinfo() throws {
        let fixture = ArchiveFixture()
        let writer = fixture.writer()
        let place = try writer.append([fixture.page(1)])[0]
        var reader = try ArchiveReader(place.file, in: fixture.folder)
        guard case .record(let info, 0)? = try reader.next() else {
            Issue.record("the first record is not at the beginning")
            return
        }
        #expect(info.kind == .warcinfo && info.header["WARC-Filename"] == place.file.text)
        #expect(WARCFields(info.block[...])["software"] == "newswire/test")
        guard case .record(_, place.offset)? = try reader.next() else {
            Issue.record("the second record is not where it was said to be")
            return
        }
    }

    @Test("Before a file would be too large, or when it is old enough, the next is begun")
    func rotation() throws {
        let fixture = ArchiveFixture()
        var rules = ArchiveFixture.usual
        rules.rotateBytes = 4000
        let writer = fixture.writer(rules)
        for number in 1...4 { _ = try writer.append([fixture.page(number, bytes: 1000)]) }
        #expect(try fixture.folder.files().map(\.isOpen) == [false, true])
        #expect(try fixture.folder.files().allSatisfy { $0.bytes <= 4000 })
        // One that no file can hold has a file of its own.
        _ = try writer.append([fixture.page(5, bytes: 9000)])
        fixture.pass(seconds: 86_400)
        _ = try writer.append([fixture.page(6)])
        #expect(try fixture.names.count == 4)
        #expect(try fixture.names.last == "newswire-20261129160000000-00004.warc.gz.open")
        #expect(try fixture.pages().numbers == [1, 2, 3, 4, 5, 6])
    }

    @Test("A file that nothing is written to any more is closed when it is old enough")
    func idle() throws {
        let fixture = ArchiveFixture()
        let writer = fixture.writer()
        _ = try writer.append([fixture.page(1)])
        try writer.tidy(trusted: fixture.now())
        #expect(try fixture.folder.files().map(\.isOpen) == [true])
        fixture.pass(seconds: 86_400)
        try writer.tidy(trusted: fixture.now())
        #expect(try fixture.folder.files().map(\.isOpen) == [false])
    }

    @Test("Above the largest size the oldest files go, whole, and what stays can be read")
    func size() throws {
        let fixture = ArchiveFixture()
        var rules = ArchiveFixture.usual
        rules.rotateBytes = 3000
        rules.mostBytes = 8000
        let writer = fixture.writer(rules)
        for number in 1...20 { _ = try writer.append([fixture.page(number, bytes: 1000)]) }
        let files = try fixture.folder.files()
        #expect(files.reduce(0) { $0 + $1.bytes } <= 8000 && files.count >= 2)
        let pages = try fixture.pages()
        #expect(
            pages.numbers.last == 20 && pages.numbers == Array((21 - pages.numbers.count)...20) && pages.damaged == 0)
        let reasons = fixture.events.compactMap { event in
            if case .removed(_, _, let reason) = event { reason } else { nil }
        }
        #expect(!reasons.isEmpty && reasons.allSatisfy { $0 == .size })
    }

    @Test("A file goes once it was written long enough ago, and not while the clock is in doubt")
    func age() throws {
        let fixture = ArchiveFixture()
        var rules = ArchiveFixture.usual
        rules.keptSeconds = 90 * 86_400
        let writer = fixture.writer(rules)
        _ = try writer.append([fixture.page(1)])
        try writer.close()
        fixture.pass(seconds: 10 * 86_400)
        _ = try writer.append([fixture.page(2)])
        fixture.pass(seconds: 80 * 86_400 + 1)
        try writer.tidy(trusted: nil)
        #expect(try fixture.pages().numbers == [1, 2])
        try writer.tidy(trusted: fixture.now())
        #expect(try fixture.pages().numbers == [2])
    }

    @Test("No two files ever have one number, whatever was removed and however often the program has started")
    func serials() throws {
        let fixture = ArchiveFixture()
        var seen: [UInt64] = []
        for start in 0..<4 {
            let writer = fixture.writer()
            _ = try writer.append([fixture.page(start)])
            let file = try #require(try fixture.folder.files().last)
            seen.append(file.name.serial)
            try writer.close()
            #expect(unlink("\(fixture.path)/\(file.name.text)") == 0)
        }
        #expect(seen == [1, 2, 3, 4])
        // Where the number is lost, those of the files that are there count.
        _ = try fixture.writer().append([fixture.page(9)])
        #expect(unlink("\(fixture.path)/serial") == 0)
        _ = try fixture.writer().append([fixture.page(10)])
        #expect(try fixture.folder.files().map(\.name.serial) == [5, 6])
    }

    @Test("Two programs do not write to one archive, and the second is told so")
    func lock() throws {
        let fixture = ArchiveFixture()
        let first = fixture.writer()
        _ = try first.append([fixture.page(1)])
        let second = fixture.writer()
        #expect { _ = try second.append([fixture.page(2)]) } throws: { ($0 as? ArchiveError)?.code == .inUse }
        #expect(try fixture.pages().numbers == [1])
        withExtendedLifetime(first) {}
    }

    @Test("Folder and files have the group's rights of the folder above, and none for others")
    func modes() throws {
        let fixture = ArchiveFixture()
        #expect(chmod(fixture.directory.path, 0o755) == 0)
        _ = try fixture.writer().append([fixture.page(1)])
        var status = stat()
        #expect(stat(fixture.path, &status) == 0 && status.st_mode & 0o777 == 0o750)
        let file = try #require(try fixture.names.first)
        #expect(stat("\(fixture.path)/\(file)", &status) == 0 && status.st_mode & 0o777 == 0o640)
    }

    @Test("Where the folder above is missing nothing is made, since its disk may not be mounted")
    func unmounted() {
        let fixture = ArchiveFixture()
        let writer = ArchiveWriter(
            ArchiveFolder(fixture.directory.file("disk/archive")), ArchiveFixture.usual, about: ArchiveFixture.about,
            calls: ArchiveCalls(), now: fixture.now, report: fixture.report)
        #expect { _ = try writer.append([fixture.page(1)]) } throws: { ($0 as? ArchiveError)?.code == .missing }
        #expect(access(fixture.directory.file("disk"), F_OK) != 0)
    }

    @Test("Where the disk is nearly full the oldest files go, then the one that is written, and then nothing is taken")
    func room() throws {
        let fixture = ArchiveFixture()
        var rules = ArchiveFixture.usual
        rules.rotateBytes = 3000
        let writer = fixture.writer(rules)
        for number in 1...8 { _ = try writer.append([fixture.page(number, bytes: 1000)]) }
        let before = try fixture.pages().numbers
        // A twentieth of it is 5000.
        fixture.calls.setRoom(ArchiveRoom(free: 3000, total: 100_000))
        _ = try writer.append([fixture.page(9, bytes: 1000)])
        let after = try fixture.pages().numbers
        #expect(after.last == 9 && after.count < before.count && after == Array((10 - after.count)...9))
        fixture.calls.setRoom(ArchiveRoom(free: 0, total: 1_000_000))
        #expect { _ = try writer.append([fixture.page(10)]) } throws: { ($0 as? ArchiveError)?.code == .noRoom }
        #expect(try fixture.names.isEmpty)
        // It is said once while the disk is nearly full.
        let told = fixture.events.filter { event in
            if case .removed(_, _, .room) = event { true } else { false }
        }
        #expect(told.count == 1)
        fixture.calls.setRoom(nil)
        _ = try writer.append([fixture.page(11)])
        #expect(try fixture.pages().numbers == [11])
    }
}
