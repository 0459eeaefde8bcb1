import Digest
import FeedModel
import Glibc
import Locking
import TestSupport
import Testing

@testable import ArticleStore

@Suite("A fleet's store")
struct FleetStoreTests {
    private let folder = TemporaryDirectory()
    private func fixture(_ name: String = "store") -> StoreFixture { StoreFixture(in: folder, name: name) }

    private static let keys = [Hash128(high: 7, low: 7)]

    /// Commits of which some begin a segment in their middle.
    private var batches: [[FeedCommit]] {
        var keyed = StoreFixture.commit(4...6)
        keyed.records[1].keys = Self.keys
        return [
            [StoreFixture.commit(1...3)], [keyed, StoreFixture.commit(7...7)], [StoreFixture.commit(8...20)],
            [StoreFixture.commit(21...21)],
        ]
    }

    @Test("what is rendered and applied is, byte for byte, what a commit writes, segments and index too")
    func isAsACommit() throws {
        let (single, fleet) = (fixture("single"), fixture("fleet"))
        let store = try single.open(segmentSize: 2048)
        let other = try fleet.openOfFleet(segmentSize: 2048)
        for batch in batches {
            let result = try store.commit(batch)
            let before = other.head
            let rendered = try other.render(batch)
            #expect(rendered.count == result.count)
            #expect(other.head == before, "rendering writes nothing")
            #expect(fleet.segments == fleet.segments)
            try other.apply([
                .init(
                    position: other.fleetPlace!.position + 1, seq: rendered.head.seq, records: rendered, states: [])
            ])
            #expect(other.head == rendered.head)
        }
        #expect(single.segments.count > 2)
        #expect(single.segments == fleet.segments)
        #expect(other.lastSeq == store.lastSeq)
        for number: UInt64 in 1...21 {
            #expect(try other.known(StoreFixture.uid(number)) == store.known(StoreFixture.uid(number)))
        }
        #expect(try other.known(key: Self.keys[0]) == store.known(key: Self.keys[0]))
        #expect(try fleet.read().seqs == Array(1...21))
        store.close()
        other.close()
        #expect(try fleet.openOfFleet().fleetPlace == FleetPlace(fleet: StoreFixture.fleet, position: 4, seq: 21))
    }

    @Test("lines of the log make the same files, index and states as on the machine that made them")
    func follows() throws {
        let (first, second) = (fixture("first"), fixture("second"))
        let maker = try first.openOfFleet(segmentSize: 2048)
        // Where a segment begins is the maker's to say.
        let follower = try second.openOfFleet(segmentSize: 1 << 20)
        let state = StoreFixture.state()
        let entries = try batches.enumerated().map { index, batch in
            let states = index == 1 ? [StateDifference(from: nil, to: state)!] : []
            return try maker.add(batch, states: states)
        }
        try follower.follow(Array(entries[..<1]))
        try follower.follow(Array(entries[1...]))
        #expect(first.segments.count > 2)
        #expect(first.segments == second.segments)
        #expect(maker.head == follower.head)
        #expect(maker.fleetPlace == follower.fleetPlace)
        for number: UInt64 in 1...21 {
            #expect(try maker.known(StoreFixture.uid(number)) == follower.known(StoreFixture.uid(number)))
        }
        #expect(try follower.known(key: Self.keys[0])?.seq == 5)
        #expect(follower.state(of: StoreFixture.feed) == state)
        #expect(maker.state(of: StoreFixture.feed) == state)
        #expect(try second.read().seqs == Array(1...21), "readers go as far")
        // Written on from both sides, it stays the same.
        let next = try follower.add([StoreFixture.commit(22...30)])
        try maker.follow([next])
        #expect(first.segments == second.segments)
    }

    @Test("a copy that another program has made is durable before anything is written to it, or it is not opened")
    func copied() throws {
        let (single, fleet) = (fixture("single"), fixture("fleet"))
        try fleet.openOfFleet().close()
        let faults = FaultyFileSystem()
        try fleet.openOfFleet(files: faults.calling).close()
        let change = faults.log.firstIndex { $0 != "create" }
        #expect(change.map { faults.log[$0] } == "sync all of fleet", "\(faults.log)")
        faults.fail(at: try #require(change) + 1, sticky: false, .inputOutput)
        let error = #expect(throws: StoreError.self) { try fleet.openOfFleet(files: faults.calling) }
        #expect(error?.description.contains("making durable") == true)
        // Nobody goes by what a machine alone has copied.
        faults.clearLog()
        faults.heal()
        try single.open(files: faults.calling).close()
        #expect(!faults.log.contains { $0.hasPrefix("sync all") })
    }

    @Test("several entries cost one fdatasync, and one more for each segment that they fill")
    func oneSync() throws {
        let (first, second) = (fixture("first"), fixture("second"))
        let maker = try first.openOfFleet()
        let entries = try batches.map { try maker.add($0) }
        let faults = FaultyFileSystem()
        let follower = try second.openOfFleet(files: faults.calling)
        try follower.follow(Array(entries[..<1]))
        faults.clearLog()
        try follower.follow(Array(entries[1...]))
        #expect(faults.log.filter { $0.hasPrefix("sync") } == ["sync 00000000000000000001.jsonl"])
    }

    @Test(
        "where the disk takes nothing, nothing of the entries is here, and they may be applied again", arguments: 1...4)
    func failure(_ call: Int) throws {
        let (first, second) = (fixture("first"), fixture("second"))
        let maker = try first.openOfFleet(segmentSize: 2048)
        let state = StoreFixture.state()
        let entries = try batches.map { try maker.add($0, states: [StateDifference(from: nil, to: state)!]) }
        let faults = FaultyFileSystem()
        let follower = try second.openOfFleet(files: faults.calling)
        try follower.follow(Array(entries[..<1]))
        let before = (follower.head, follower.fleetPlace, second.segments)
        faults.fail(at: call, sticky: true, .noSpace)
        #expect(throws: StoreError.self) { try follower.follow(Array(entries[1...])) }
        #expect(follower.trouble != nil)
        #expect(follower.head == before.0)
        #expect(follower.fleetPlace == before.1)
        #expect(try follower.known(StoreFixture.uid(5)) == nil)
        faults.heal()
        try follower.recoverFromTrouble()
        #expect(second.segments == before.2)
        try follower.follow(Array(entries[1...]))
        #expect(first.segments == second.segments)
        #expect(follower.trouble == nil)
    }

    private func changed(_ entry: Entry, _ change: (inout String) -> Void) -> Entry {
        var entry = entry
        var text = String(decoding: entry.lines, as: UTF8.self)
        change(&text)
        entry.lines = Array(text.utf8)
        return entry
    }

    @Test(
        "lines that are damaged, out of order, or of another chain are refused, and nothing of their entry is written")
    func refuses() throws {
        let (first, second, third) = (fixture("first"), fixture("second"), fixture("third"))
        let maker = try first.openOfFleet(segmentSize: 2048)
        let entries = try batches.map { try maker.add($0) }
        let follower = try second.openOfFleet()
        let other = try third.openOfFleet()
        try other.add([StoreFixture.commit(90...92)])
        func fault(_ store: ArticleStore, _ entries: [Entry]) -> LogFault? {
            let files = (second.segments, third.segments)
            defer { #expect((second.segments, third.segments) == files) }
            do {
                try store.follow(entries)
                return nil
            } catch {
                return error as? LogFault
            }
        }
        #expect(
            fault(follower, [changed(entries[0]) { $0.replace("Article 2", with: "Article 3") }])
                == .init(.line, seq: 2))
        #expect(fault(follower, [changed(entries[0]) { $0.removeLast(40) }]) == .init(.line, seq: 3))
        #expect(fault(follower, [entries[1]]) == .init(.order, seq: 1))
        #expect(fault(follower, [entries[0], entries[2]]) == .init(.order, seq: 4))
        #expect(fault(other, [entries[1]]) == .init(.chain, seq: 4))
        var unsegmented = entries[2]
        #expect(!unsegmented.segments.isEmpty)
        unsegmented.segments = []
        #expect(fault(follower, [entries[0], entries[1], unsegmented])?.kind == .segment)
        var segmented = entries[1]
        segmented.segments = [4]
        #expect(fault(follower, [entries[0], segmented]) == .init(.segment, seq: 4))
        var unbegun = entries[0]
        unbegun.segments = []
        #expect(fault(follower, [unbegun]) == .init(.segment, seq: 1))
        #expect(fault(follower, [changed(entries[0]) { $0.append("{}\n") }]) == .init(.line, seq: 4))
        try follower.follow(entries)
        #expect(first.segments == second.segments)
    }

    @Test("a state that is none is refused with its entry")
    func refusesStates() throws {
        let fixture = fixture()
        let store = try fixture.openOfFleet()
        let line = StateDifference(line: #"{"feed":"f","failures":3}"#.utf8)!
        #expect(throws: StoreError.self) { try store.add([StoreFixture.commit(1...3)], states: [line]) }
        #expect(store.lastSeq == 0)
        #expect(fixture.segments.isEmpty)
    }

    @Test("no record is stored before the one that stands before it, whichever machine's clock is behind")
    func timesDoNotGoBack() throws {
        let now = Locked(StoreFixture.moment)
        let fixture = fixture()
        let clock: @Sendable () -> Timestamp = { now.withLock { $0 } }
        let store = try fixture.openOfFleet(clock: clock)
        try store.add([StoreFixture.commit(1...1)])
        now.withLock { $0 = StoreFixture.moment.adding(seconds: -60) }
        try store.add([StoreFixture.commit(2...2)])
        store.close()
        let again = try fixture.openOfFleet(clock: clock)
        try again.add([StoreFixture.commit(3...3)])
        now.withLock { $0 = StoreFixture.moment.adding(seconds: 60) }
        try again.add([StoreFixture.commit(4...4)])
        let times = fixture.lines().map { line in
            StoredRecord(line: Array("\(line)\n".utf8))?.storedAt?.seconds ?? 0
        }
        let first = StoreFixture.moment.seconds
        #expect(times == [first, first, first, first + 60])
    }

    @Test("is not written without its fleet, and another store not with one")
    func belongsToItsFleet() throws {
        let (fleet, single) = (fixture("fleet"), fixture("single"))
        let store = try fleet.openOfFleet()
        #expect(fleet.folder.text("fleet/format") == "newswire store 2\n")
        #expect(throws: StoreError.self) { try store.commit([StoreFixture.commit(1...3)]) }
        #expect(throws: StoreError.self) { try store.enlist(in: StoreFixture.fleet) }
        try store.add([StoreFixture.commit(1...3)])
        store.close()
        let error = #expect(throws: StoreError.self) { try fleet.open() }
        #expect(error?.code == .otherFleet)
        #expect(error?.description.contains("newswire fleet detach") == true)
        let other = try single.open()
        _ = try other.commit([StoreFixture.commit(1...3)])
        #expect(throws: StoreError.self) { try other.render([StoreFixture.commit(4...4)]) }
        #expect(throws: StoreError.self) { try other.detach() }
        #expect(other.fleetPlace == nil)
        other.close()
        #expect(throws: StoreError.self) { _ = try single.openOfFleet() }
        #expect(try fleet.read().seqs == [1, 2, 3], "everybody may read it")
        #expect(try single.read().seqs == [1, 2, 3])
    }

    @Test("stays its fleet's where the file that says so is lost", arguments: [nil, ""])
    func formatIsMadeAgain(_ content: String?) throws {
        let fixture = fixture()
        try fixture.openOfFleet().close()
        fixture.folder.write(Array((content ?? "").utf8), to: "store/format")
        if content == nil { unlink(fixture.folder.file("store/format")) }
        #expect(throws: StoreError.self) { try fixture.open() }
        var options = fixture.options()
        options.isOfFleet = true
        try ArticleStore.open(at: fixture.path, options: options) { _ in }.close()
        #expect(fixture.folder.text("store/format") == "newswire store 2\n")
    }

    @Test("becomes a store of its own again, and back, and goes on where it was")
    func detaches() throws {
        let fixture = fixture()
        let store = try fixture.openOfFleet()
        try store.add([StoreFixture.commit(1...3)], states: [StateDifference(from: nil, to: StoreFixture.state())!])
        try store.detach()
        _ = try store.commit([StoreFixture.commit(4...4)])
        store.close()
        #expect(fixture.folder.text("store/format") == "newswire store 1\n")
        #expect(fixture.folder.read("store/fleet") == nil)
        let single = try fixture.open()
        #expect(single.state(of: StoreFixture.feed) != nil)
        _ = try single.commit([StoreFixture.commit(5...6)])
        try single.enlist(in: StoreFixture.fleet)
        #expect(single.fleetPlace == FleetPlace(fleet: StoreFixture.fleet, position: 0, seq: 6))
        try single.add([StoreFixture.commit(7...7)])
        single.close()
        #expect(try fixture.read().seqs == Array(1...7))
        #expect(fixture.noted.isEmpty)
    }

    @Test("I12: says up to which entry articles and states are durable, and where that is unreadable is not opened")
    func place() throws {
        let fixture = fixture()
        let faults = FaultyFileSystem()
        let store = try fixture.openOfFleet(files: faults.calling)
        try store.add([StoreFixture.commit(1...3)])
        try store.noteFleetPlace()
        faults.clearLog()
        try store.add([StoreFixture.commit(4...5)], states: [StateDifference(from: nil, to: StoreFixture.state())!])
        #expect(!faults.log.contains("write fleet"), "what was applied a moment ago is not durable")
        faults.clearLog()
        try store.noteFleetPlace()
        #expect(faults.log.filter { $0 != "create" } == ["sync feeds.jsonl", "write fleet"])
        let text = try #require(fixture.folder.text("store/fleet"))
        #expect(text.hasPrefix("\(StoreFixture.fleet) 00000000000000000002 00000000000000000005 "))
        #expect(text.utf8.count == 96)
        store.close()
        for change in [text.replacing("2 0", with: "3 0"), String(text.dropLast(2)), ""] {
            fixture.folder.write(Array(change.utf8), to: "store/fleet")
            let error = #expect(throws: StoreError.self) { try fixture.openOfFleet() }
            #expect(error?.code == .damaged)
        }
    }

    @Test("what is shown before the log has it counts everywhere, is in no file, and goes when it is hidden")
    func shown() throws {
        let fixture = fixture()
        let store = try fixture.openOfFleet()
        let logged = StoreFixture.state(etag: "\"1\"")
        try store.add([], states: [StateDifference(from: nil, to: logged)!])
        let ahead = StoreFixture.state(etag: "\"2\"")
        let other = StoreFixture.state(FeedIdentifier("other"))
        for state in [ahead, other] { store.show(PackedFeedState(state), of: state.feed) }
        #expect(store.state(of: StoreFixture.feed) == ahead)
        #expect(store.allStates() == [ahead, other])
        #expect(store.loggedState(of: StoreFixture.feed)?.state(of: StoreFixture.feed) == logged)
        try store.add([StoreFixture.commit(1...1)])
        store.writeStates()
        #expect(fixture.folder.text("store/state/feeds.jsonl")?.contains(#""etag":"\"2\"""#) == false)
        #expect(fixture.folder.text("store/state/feeds.jsonl")?.contains("other") == false)
        store.hide(StoreFixture.feed)
        store.hide(FeedIdentifier("other"))
        #expect(store.allStates() == [logged])
    }

    @Test("a line of the log is held against the record that is here under its number")
    func comparison() throws {
        let fixture = fixture()
        let store = try fixture.openOfFleet()
        let rendered = try store.add([StoreFixture.commit(1...3)])
        let lines = rendered.lines[rendered.range].split(separator: 0x0a)
        for (index, line) in lines.enumerated() {
            #expect(try !store.differs(line, seq: UInt64(index) + 1))
            #expect(try store.differs(line.dropLast(), seq: UInt64(index) + 1))
            #expect(try store.differs(line, seq: UInt64((index + 1) % 3) + 1))
        }
        #expect(try store.differs(lines[0], seq: 4))
    }
}

@Suite("A fleet's store after a crash")
struct FleetTailTests {
    private let fixture = StoreFixture()
    private let segment = "store/articles/00000000000000000001.jsonl"

    @Test(
        "is kept as far as it is whole, although entries behind a torn one were made durable with it",
        arguments: [5, 8, 9, 11])
    func isCutAtTheFirst(_ seq: Int) throws {
        let other = StoreFixture()
        let maker = try other.openOfFleet()
        let entries = try [1...3, 4...6, 7...9, 10...12].map { try maker.add([StoreFixture.commit($0)]) }
        let store = try fixture.openOfFleet()
        try store.follow(Array(entries[..<1]))
        try store.noteFleetPlace()
        store.close()
        let old = ["store/articles.end", "store/index/known", "store/fleet"].map { ($0, fixture.folder.read($0) ?? []) }
        let again = try fixture.openOfFleet()
        try again.follow(Array(entries[1...]))
        again.close()
        // So a power loss leaves them, which are not synced one by one.
        for (name, bytes) in old { fixture.folder.write(bytes, to: name) }
        var bytes = try #require(fixture.folder.read(segment))
        let start = fixture.lines()[..<(seq - 1)].reduce(0) { $0 + $1.utf8.count + 1 }
        for place in start + 5..<start + 60 { bytes[place] = 0 }
        fixture.folder.write(bytes, to: segment)
        #expect(
            try fixture.read().seqs == Array(1..<UInt64(seq)),
            "a reader without a writer stops where the writer will cut")
        let third = try fixture.openOfFleet()
        #expect(third.lastSeq == UInt64(seq) - 1)
        #expect(third.fleetPlace?.position == 1)
        #expect(try fixture.read().damage.isEmpty)
        #expect(fixture.noted.contains { if case .tornTailSetAside = $0 { true } else { false } })
    }
}
