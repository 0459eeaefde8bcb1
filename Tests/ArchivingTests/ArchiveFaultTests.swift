import Glibc
import TestSupport
import Testing

@testable import Archiving

@Suite("Whatever call of the archive fails")
struct ArchiveFaultTests {
    @Test(
        "A place that was returned holds its page, one that was not is nowhere, and the archive goes on once the disk does",
        arguments: [(ENOSPC, false), (ENOSPC, true), (EIO, false)])
    func eachCall(number: Int32, short: Bool) throws {
        var failed = 0
        for call in 1...200 {
            let fixture = ArchiveFixture()
            var rules = ArchiveFixture.usual
            rules.rotateBytes = 3500
            let writer = fixture.writer(rules)
            var places: [(ArchivePlace, Int)] = []
            func append(_ numbers: ClosedRange<Int>) {
                for number in numbers {
                    guard let place = try? writer.append([fixture.page(number, bytes: 1000)]).first else { continue }
                    places.append((place, number))
                }
            }
            fixture.calls.fail(at: call, sticky: call % 2 == 0, number, short: short)
            append(1...8)
            let hasFailed = fixture.calls.hasFailed
            fixture.calls.heal()
            append(9...10)
            try writer.close()
            let pages = try fixture.pages()
            // What a crash would have left is not left by a failing call: all files are whole.
            #expect(pages.damaged == 0, "call \(call)")
            #expect(pages.numbers == places.map(\.1), "call \(call)")
            #expect(try places.allSatisfy { try fixture.number(at: $0.0) == $0.1 }, "call \(call)")
            #expect(places.map(\.1).suffix(2) == [9, 10], "call \(call)")
            let serials = try fixture.folder.files().map(\.name.serial)
            #expect(Set(serials).count == serials.count)
            if !hasFailed { break }
            failed += 1
        }
        // Folder, lock, first file, eight appends and their rotations make more calls than this.
        #expect(failed > 20)
    }

    @Test("After a failed fdatasync nothing more goes to that file, since nobody knows what of it is on the disk")
    func sync() throws {
        let fixture = ArchiveFixture()
        let writer = fixture.writer()
        let first = try writer.append([fixture.page(1)])[0]
        let begun = fixture.calls.calls
        _ = try writer.append([fixture.page(2)])
        let perAppend = fixture.calls.calls - begun
        #expect(fixture.calls.log.suffix(perAppend) == ["write", "syncData"])
        fixture.calls.fail(at: perAppend, sticky: false, EIO)
        #expect(throws: ArchiveError.self) { _ = try writer.append([fixture.page(3)]) }
        let next = try writer.append([fixture.page(4)])[0]
        #expect(next.file != first.file)
        #expect(try fixture.pages().numbers == [1, 2, 4])
    }
}
