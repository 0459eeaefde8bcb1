import FeedModel
import Locking
import TestSupport
import Testing

@testable import Archiving

@Suite("The archive of a service")
struct ArchiveTests {
    private func archive(
        _ fixture: ArchiveFixture, patience: Duration = .seconds(60), pause: Duration = .zero,
        calls: ArchiveCalls? = nil
    ) -> Archive {
        Archive(
            at: fixture.path, ArchiveFixture.usual, about: ArchiveFixture.about, calls: calls ?? fixture.calls.calling,
            patience: patience, pause: pause, now: fixture.now, report: fixture.report)
    }

    @Test("It touches no file before something is handed over")
    func untouched() throws {
        let fixture = ArchiveFixture()
        let archive = archive(fixture)
        archive.close()
        #expect(!fixture.folder.isThere && fixture.calls.calls == 0)
    }

    @Test("Where nothing is to be archived, a look at what may not stay makes no folder")
    func tidyOfNothing() async {
        let fixture = ArchiveFixture()
        let archive = archive(fixture)
        archive.tidy(trusted: fixture.now(), makesFolder: false)
        await archive.settle()
        #expect(!fixture.folder.isThere)
        archive.tidy(trusted: fixture.now(), makesFolder: true)
        await archive.settle()
        #expect(fixture.folder.isThere)
    }

    @Test("What many hand over at once is all there, each at the place that it was told")
    func many() async throws {
        let fixture = ArchiveFixture()
        let archive = archive(fixture)
        let places = await withTaskGroup(of: (Int, ArchivePlace?).self) { group in
            for number in 0..<100 { group.addTask { (number, await archive.append(fixture.page(number))) } }
            return await group.reduce(into: [(Int, ArchivePlace?)]()) { $0.append($1) }
        }
        for (number, place) in places {
            #expect(try fixture.number(at: try #require(place)) == number)
        }
        #expect(archive.figures.files == 1 && archive.figures.bytes > 10_000 && archive.figures.lost == 0)
    }

    @Test("A full disk is told once, what comes meanwhile is counted, and it goes on by itself")
    func full() async throws {
        let fixture = ArchiveFixture()
        let archive = archive(fixture)
        #expect(await archive.append(fixture.page(1)) != nil)
        fixture.calls.fail(at: 1)
        for number in 2...4 { #expect(await archive.append(fixture.page(number)) == nil) }
        #expect(archive.figures.trouble != nil && archive.figures.lost == 3)
        #expect(fixture.events.count == 1)
        guard case .steppedBack(let error)? = fixture.events.first else {
            Issue.record("it was not said that the archive has stepped back")
            return
        }
        #expect(error.code == .noRoom && error.description.contains("max_size"))
        fixture.calls.heal()
        #expect(await archive.append(fixture.page(5)) != nil)
        #expect(fixture.events.count == 2 && fixture.events.last == .goesOn)
        #expect(archive.figures.trouble == nil)
        #expect(try fixture.pages().numbers == [1, 5])
    }

    @Test("A look at what may not stay does not say that a full disk takes records again")
    func fullAndTidy() async {
        let fixture = ArchiveFixture()
        let archive = archive(fixture)
        _ = await archive.append(fixture.page(1))
        fixture.calls.fail(at: 1)
        _ = await archive.append(fixture.page(2))
        fixture.calls.heal()
        archive.tidy(trusted: nil, makesFolder: true)
        await archive.settle()
        #expect(archive.figures.trouble != nil && fixture.events.count == 1)
    }

    @Test("A disk that has not taken something is left alone for a while")
    func pause() async {
        let fixture = ArchiveFixture()
        let archive = archive(fixture, pause: .seconds(3600))
        fixture.calls.fail(at: 1)
        _ = await archive.append(fixture.page(1))
        fixture.calls.heal()
        let calls = fixture.calls.calls
        #expect(await archive.append(fixture.page(2)) == nil)
        #expect(fixture.calls.calls == calls)
    }

    @Test("A disk that does not answer keeps nobody waiting, and later ones are not even asked to wait")
    func hung() async {
        let fixture = ArchiveFixture()
        let gate = Gate()
        var calls = ArchiveCalls()
        calls.syncData = { _ in
            gate.wait()
            return 0
        }
        let archive = archive(fixture, patience: .milliseconds(20), calls: calls)
        #expect(await archive.append(fixture.page(1)) == nil)
        #expect(await archive.append(fixture.page(2)) == nil)
        #expect(archive.figures.trouble?.contains("has not answered") == true)
        gate.open()
        await archive.settle()
        #expect(archive.figures.trouble == nil)
    }
}
