import Glibc
import TestSupport
import Testing

@testable import ArticleStore

@Suite("The writer's lock (security.md §17)") struct WriterLockTests {
    let fixture = StoreFixture()

    private func file(_ name: String) -> String { "\(fixture.path)/\(name)" }

    @Test("Only who may write to the store can open it", arguments: [(0o2750, 0o600), (0o2770, 0o660), (0o700, 0o600)])
    func mode(_ store: UInt32, _ wanted: UInt32) throws {
        fixture.folder.write("", to: "store/x")
        setMode(of: fixture.path, to: store)
        let opened = try fixture.open()
        #expect(ArticleStoreTests.mode(of: file("writer.lock")) == wanted)
        opened.close()
        // As a copy that was put back may have it.
        setMode(of: file("writer.lock"), to: 0o666)
        try fixture.open().close()
        #expect(ArticleStoreTests.mode(of: file("writer.lock")) == wanted)
    }

    @Test("A store's files that root has made belong to the owner of the store, who can open it")
    func owner() throws {
        fixture.folder.write("", to: "store/x")
        guard setOwner(of: fixture.path, to: 65_534, group: 65_533) else { return }
        try fixture.open().close()
        #expect(ownerOf(file("writer.lock")) == 65_534)
        // Root's own, from before.
        #expect(setOwner(of: file("writer.lock"), to: 0, group: 0))
        try fixture.open().close()
        #expect(ownerOf(file("writer.lock")) == 65_534)
    }

    @Test("Root gives away no file of the store that has another name elsewhere")
    func hardLink() throws {
        fixture.folder.write("", to: "store/x")
        fixture.folder.write("", to: "elsewhere", mode: 0o644)
        guard setOwner(of: fixture.path, to: 65_534, group: 65_533) else { return }
        #expect(link(fixture.folder.file("elsewhere"), file("writer.lock")) == 0)
        try fixture.open().close()
        #expect(ownerOf(file("writer.lock")) == 0)
        #expect(ArticleStoreTests.mode(of: file("writer.lock")) == 0o644)
    }

    @Test("I1: a second writer is refused with 75")
    func oneWriter() throws {
        let store = try fixture.open()
        let error = #expect(throws: StoreError.self) { try fixture.open() }
        #expect(error?.code == .inUse)
        store.close()
        try fixture.open().close()
    }

    @Test("A reader's lock on the file that readers look at keeps no writer out, and hides no writer")
    func readLock() throws {
        try fixture.open().close()
        let reader = lock(file("lock"), F_RDLCK)
        #expect(reader >= 0)
        defer { close(reader) }
        let directory = try #require(try StoreDirectory(existing: fixture.path))
        #expect(try !WriterLock.isTaken(directory))
        let store = try fixture.open()
        #expect(try WriterLock.isTaken(directory))
        #expect(fixture.noted.isEmpty)
        #expect(throws: StoreError.self) { try fixture.open() }
        // The next reader comes too late to be in the way.
        #expect(lock(file("lock"), F_RDLCK) == -1)
        store.close()
        #expect(try !WriterLock.isTaken(directory))
    }

    @Test("A newswire that takes `lock` alone, as older ones do, is kept out and keeps others out")
    func olderWriter() throws {
        try fixture.open().close()
        let older = lock(file("lock"), F_WRLCK)
        #expect(older >= 0)
        let error = #expect(throws: StoreError.self) { try fixture.open() }
        #expect(error?.code == .inUse)
        close(older)
        let store = try fixture.open()
        #expect(lock(file("lock"), F_WRLCK) == -1)
        store.close()
    }

    @Test("A store is opened whatever stands in the place of the readers' lock file", arguments: Junk.allCases)
    func junk(_ junk: Junk) throws {
        try fixture.open().close()
        unlinkIfThere(file("lock"))
        #expect(junk.put(at: file("lock")))
        let store = try fixture.open()
        #expect(
            fixture.noted.contains {
                if case .writerNotShown(let error) = $0 { error.path == file("lock") } else { false }
            })
        #expect(throws: StoreError.self) { try fixture.open() }
        store.close()
    }
}
