import FeedModel
import TestSupport
import Testing

@testable import ArticleStore

@Suite struct CursorTests {
    let fixture = StoreFixture()

    @Test("contract.md §4: a cursor stands where it was moved to, forwards and back")
    func cursorsMove() throws {
        try fixture.open().close()
        let cursors = try Cursors(directory: fixture.path)
        #expect(try cursors.read("default") == nil)
        try cursors.advance("default", to: 12)
        #expect(try cursors.read("default") == 12)
        try cursors.advance("default", to: 3)
        try cursors.advance("other", to: .max)
        #expect(try cursors.list().map(\.name) == ["default", "other"])
        #expect(try cursors.list().map(\.seq) == [3, .max])
        #expect(fixture.folder.text("store/cursors/default") == "3\n")
    }

    @Test(
        "A consumer's name is checked before it becomes a file name",
        arguments: ["", ".", "..", ".a", "a/b", "ä", "a b", "a\n", String(repeating: "a", count: 65)])
    func namesAreChecked(_ name: String) throws {
        try fixture.open().close()
        let cursors = try Cursors(directory: fixture.path)
        #expect(!Cursors.isName(name))
        #expect(throws: StoreError.self) { try cursors.read(name) }
        #expect(throws: StoreError.self) { try cursors.advance(name, to: 1) }
        #expect(throws: StoreError.self) { try cursors.lockForDump(name) }
    }

    @Test("contract.md §4: one dump for a consumer at a time, else 75")
    func oneDumpAtATime() throws {
        try fixture.open().close()
        let cursors = try Cursors(directory: fixture.path)
        do {
            let lock = try cursors.lockForDump("a")
            let error = #expect(throws: StoreError.self) { try cursors.lockForDump("a") }
            #expect(error?.code == .inUse)
            _ = try cursors.lockForDump("b")
            // What its caller does with the articles may end with an ack.
            try cursors.advance("a", to: 5)
            withExtendedLifetime(lock) {}
        }
        _ = try cursors.lockForDump("a")
    }

    @Test(
        "A consumer is made once, where it is to begin, with the record that it means; and removed with all that is its own"
    )
    func consumersComeAndGo() throws {
        let store = try fixture.open()
        _ = try store.commit([StoreFixture.commit(1...3)])
        let (reader, cursors) = (try StoreReader(directory: fixture.path), try Cursors(directory: fixture.path))
        #expect(try cursors.begin("a", at: 2, in: reader))
        #expect(try cursors.position(of: "a").trail.last == reader.mark(of: 2))
        #expect(try !cursors.begin("a", at: 0, in: reader))
        #expect(try cursors.read("a") == 2)
        #expect(try cursors.begin("b", at: 0, in: reader))
        #expect(try cursors.list().map(\.seq) == [2, 0])
        do {
            let lock = try cursors.lockForDump("a")
            let error = #expect(throws: StoreError.self) { try cursors.remove("a") }
            #expect(error?.code == .inUse)
            withExtendedLifetime(lock) {}
        }
        try cursors.remove("a")
        #expect(try cursors.list().map(\.name) == ["b"])
        #expect(try !cursors.isThere("a") && cursors.isThere("b"))
        #expect(fixture.folder.text("store/cursors/.a.trail") == nil)
    }

    @Test("A cursor that holds no number is reported, not taken for the beginning")
    func damagedCursor() throws {
        try fixture.open().close()
        fixture.folder.write("12x\n", to: "store/cursors/a")
        let cursors = try Cursors(directory: fixture.path)
        let error = #expect(throws: StoreError.self) { try cursors.read("a") }
        #expect(error?.code == .damaged)
        #expect(try cursors.list().map(\.seq) == [nil])
    }

    @Test(
        "contract.md §5: files get the mode and group of the store; cursors stay writable to the group",
        arguments: [
            (0o2750, 0o640, 0o2750, 0o660, 0o2770), (0o2770, 0o660, 0o2770, 0o660, 0o2770),
            (0o700, 0o600, 0o700, 0o600, 0o700), (0o750, 0o640, 0o750, 0o640, 0o750),
        ] as [(UInt32, UInt32, UInt32, UInt32, UInt32)])
    func permissions(_ store: UInt32, _ file: UInt32, _ folder: UInt32, _ cursor: UInt32, _ cursors: UInt32) throws {
        try fixture.open().close()
        let made = StoreFixture()
        made.folder.write("", to: "store/x")
        setMode(of: made.path, to: store)
        let opened = try made.open()
        _ = try opened.commit([StoreFixture.commit(1...1)])
        try Cursors(directory: made.path).advance("a", to: 1)
        for name in [
            "format", "lock", "articles.end", "articles/00000000000000000001.jsonl", "state/feeds.jsonl", "index/known",
        ] {
            #expect(mode(of: "\(made.path)/\(name)") == file, "\(name)")
        }
        for name in ["articles", "state", "index"] { #expect(mode(of: "\(made.path)/\(name)") == folder, "\(name)") }
        #expect(mode(of: "\(made.path)/cursors/a") == cursor)
        #expect(mode(of: "\(made.path)/cursors") == cursors)
    }

    @Test("contract.md §5: the group of the store's folder is everything's group, also where root writes")
    func groups() throws {
        let folder = StoreFixture()
        folder.folder.write("", to: "store/x")
        guard setOwner(of: folder.path, to: 65_534, group: 65_533) else { return }
        setMode(of: folder.path, to: 0o2750)
        _ = try folder.open().commit([StoreFixture.commit(1...1)])
        try Cursors(directory: folder.path).advance("a", to: 1)
        for name in ["format", "articles", "articles/00000000000000000001.jsonl", "cursors/a", "index/known"] {
            #expect(groupOf("\(folder.path)/\(name)") == 65_533)
            #expect(ownerOf("\(folder.path)/\(name)") == 65_534)
        }
    }
}
