import FeedModel
import Glibc
import TestSupport
import Testing

@testable import ArticleStore

/// `cursors` is writable to the group: what a member puts there may be anything.
@Suite("Names in cursors/ that others have put there (security.md §17)") struct HarmfulCursorTests {
    let fixture = StoreFixture()

    private func file(_ name: String) -> String { "\(fixture.path)/cursors/\(name)" }

    /// A store of ten records in several segments.
    private func filled() throws -> ArticleStore {
        let store = try fixture.open(segmentSize: 4096)
        for number in 1...10 as ClosedRange<UInt64> { _ = try store.commit([StoreFixture.commit(number...number)]) }
        return store
    }

    @Test("A cursor that is no regular file is listed as trouble, and the others are read", arguments: Junk.allCases)
    func listed(_ junk: Junk) throws {
        try filled().close()
        let cursors = try Cursors(directory: fixture.path)
        try cursors.advance("good", to: 3)
        #expect(junk.put(at: file("evil")))
        let list = try cursors.list()
        #expect(list.map(\.name) == ["evil", "good"])
        #expect(list.map(\.seq) == [nil, 3])
        #expect(list[0].trouble?.path == file("evil"))
        #expect(throws: StoreError.self) { try cursors.read("evil") }
    }

    @Test("Junk among the cursors keeps no store from being opened, and is reported", arguments: Junk.allCases)
    func opened(_ junk: Junk) throws {
        try filled().close()
        try Cursors(directory: fixture.path).advance("far", to: 99)
        #expect(junk.put(at: file("evil")))
        try fixture.open(segmentSize: 4096).close()
        #expect(
            fixture.noted.contains { if case .cursorLeft(let error) = $0 { error.path == file("evil") } else { false } }
        )
        #expect(fixture.noted.contains(.cursorMovedBack(name: "far", from: 99, to: 10)))
    }

    @Test("A cursor that nobody may read keeps no store from being opened, and its articles are kept")
    func unreadable() throws {
        let store = try filled()
        fixture.folder.write("", to: "store/cursors/huge")
        cut(file("huge"), to: 1 << 40)
        #expect(try Cursors(directory: fixture.path).list().map(\.seq) == [nil])
        let cutoff = Timestamp(milliseconds: StoreFixture.moment.milliseconds + 1000)
        let result = try store.expire(before: cutoff)
        #expect(result.segments == 0)
        #expect(result.obstacle == .consumers([.init(name: "huge", seq: nil)]))
        store.close()
        try fixture.open(segmentSize: 4096).close()
    }

    @Test("Retention keeps what a cursor that cannot be read may need", arguments: Junk.allCases)
    func retention(_ junk: Junk) throws {
        let store = try filled()
        #expect(junk.put(at: file("evil")))
        let cutoff = Timestamp(milliseconds: StoreFixture.moment.milliseconds + 1000)
        #expect(try store.expire(before: cutoff).obstacle == .consumers([.init(name: "evil", seq: nil)]))
        #expect(try store.expire(before: cutoff, force: true).segments > 0)
    }

    @Test("A folder of cursors with too many files is an error, and is neither listed nor waited for")
    func tooMany() throws {
        try filled().close()
        let descriptor = open("\(fixture.path)/cursors", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(descriptor) }
        for number in 0...Cursors.maximumFiles {
            close(openat(descriptor, "c\(number)", O_WRONLY | O_CREAT | O_CLOEXEC, 0o644))
        }
        let error = #expect(throws: StoreError.self) { try Cursors(directory: fixture.path).list() }
        #expect(error?.reason == "it holds more than 10000 names")
        try fixture.open(segmentSize: 4096).close()
        #expect(fixture.noted == [.cursorLeft(try #require(error))])
    }

    @Test(
        "Junk in the place of the cursors' lock is an error before anything is printed, and no link there is followed",
        arguments: Junk.allCases
    )
    func lockIsJunk(_ junk: Junk) throws {
        try filled().close()
        let cursors = try Cursors(directory: fixture.path)
        #expect(junk.put(at: file(".lock")))
        let error = #expect(throws: StoreError.self) { try cursors.lockForDump("a") }
        #expect(error?.path == file(".lock") && error?.reason == "it is no regular file")
        #expect(throws: StoreError.self) { try cursors.advance("a", to: 1) }
        // One that leaves its cursor needs no lock.
        _ = try cursors.lockForReading("a")
        fixture.folder.write("99\n", to: "store/cursors/far")
        try fixture.open(segmentSize: 4096).close()
    }

    @Test("Junk in the place of a consumer's own lock is an error before anything is printed", arguments: Junk.allCases)
    func consumersLockIsJunk(_ junk: Junk) throws {
        try filled().close()
        let cursors = try Cursors(directory: fixture.path)
        #expect(junk.put(at: file(".a.lock")))
        let error = #expect(throws: StoreError.self) { try cursors.lockForDump("a") }
        #expect(error?.path == file(".a.lock"))
        #expect(try cursors.lockForReading("a") == nil)
        _ = try cursors.lockForDump("b")
    }

    @Test("Junk under the name of a cursor's new file is passed over", arguments: Junk.allCases)
    func newFileIsJunk(_ junk: Junk) throws {
        try filled().close()
        let cursors = try Cursors(directory: fixture.path)
        for name in [".new", ".new.1"] { #expect(junk.put(at: file(name))) }
        let lock = try cursors.lockForDump("a")
        try cursors.advance("a", to: 7)
        #expect(try cursors.read("a") == 7)
        withExtendedLifetime(lock) {}
    }

    @Test("A folder in which no cursor can be written is an error before anything is printed")
    func noNewFile() throws {
        try filled().close()
        let cursors = try Cursors(directory: fixture.path)
        #expect(Junk.folder.put(at: file(".new")))
        for number in 1..<8 { #expect(Junk.folder.put(at: file(".new.\(number)"))) }
        #expect(throws: StoreError.self) { try cursors.lockForDump("a") }
    }

    @Test("A folder in a cursor's place is an error before anything is printed; a link there is replaced")
    func cursorIsJunk() throws {
        try filled().close()
        let cursors = try Cursors(directory: fixture.path)
        #expect(Junk.folder.put(at: file("a")))
        let error = #expect(throws: StoreError.self) { try cursors.lockForDump("a") }
        #expect(error?.path == file("a"))
        fixture.folder.write("mine\n", to: "victim")
        #expect(symlink(fixture.folder.file("victim"), file("b")) == 0)
        try cursors.advance("b", to: 2)
        #expect(try cursors.read("b") == 2)
        #expect(fixture.folder.text("victim") == "mine\n")
    }

    @Test("The cursors' lock is waited for no longer than a limit, and then the status is 75 and the cursor stands")
    func lockIsHeld() throws {
        try filled().close()
        let directory = try #require(try StoreDirectory(existing: fixture.path))
        let cursors = Cursors(directory: directory, FileSystem(), patience: .milliseconds(30))
        try cursors.advance("a", to: 1)
        let descriptor = open(file(".lock"), O_RDONLY | O_CLOEXEC)
        #expect(flock(descriptor, LOCK_EX) == 0)
        let error = #expect(throws: StoreError.self) { try cursors.advance("a", to: 5) }
        #expect(error?.code == .inUse)
        #expect(throws: StoreError.self) { try cursors.lockForDump("a") }
        #expect(try cursors.read("a") == 1)
        close(descriptor)
        try cursors.advance("a", to: 5)
        #expect(try cursors.read("a") == 5)
    }

    @Test("No file of the store is written through a link", arguments: ["articles.end", "state/polls", "format.new"])
    func writtenThroughLink(_ name: String) throws {
        fixture.folder.write("mine\n", to: "victim")
        fixture.folder.write("", to: "store/state/x")
        #expect(symlink(fixture.folder.file("victim"), "\(fixture.path)/\(name)") == 0)
        if let store = try? fixture.open() {
            let history = try PollHistory(directory: fixture.path, lastBlock: nil) { _ in }
            history.stage(
                PollRecord(startedAt: StoreFixture.moment, feed: 1, outcome: .notModified), block: history.newBlock(),
                number: 1)
            history.write()
            _ = try? store.commit([StoreFixture.commit(1...1)])
            store.close()
        }
        #expect(fixture.folder.text("victim") == "mine\n")
    }
}
