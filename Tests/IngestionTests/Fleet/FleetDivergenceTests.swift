import Digest
import Dispatch
import FeedModel
import Fleet
import Glibc
import Locking
import TestSupport
import Testing

@testable import ArticleStore
@testable import Ingestion

@Suite("A fleet's store and its log are the same, or nothing more is written")
struct FleetDivergenceTests {
    private let fleet = MemoryFleet()
    private let folder = TemporaryDirectory()
    private func machine(_ name: String, files: FileSystem = FleetMachine.files) throws -> FleetMachine {
        try FleetMachine(name, in: fleet, folder, files: files)
    }

    /// Catching up fails with 65, and so does whatever is committed then.
    private func expectDivergence(
        _ machine: FleetMachine, _ text: String, location: SourceLocation = #_sourceLocation
    ) {
        let before = (machine.store.head, machine.segments)
        let error = #expect(throws: StoreError.self, sourceLocation: location) { try machine.ledger.catchUp() }
        #expect(error?.code == .damaged, sourceLocation: location)
        #expect(error?.description.contains(text) == true, "\(error?.description ?? "")", sourceLocation: location)
        #expect(throws: StoreError.self, sourceLocation: location) { try machine.commit(.of("z", 1...1))[0].get() }
        #expect(machine.told.withLock { $0.divergences.count } == 1, sourceLocation: location)
        #expect(machine.ledger.trouble == error, sourceLocation: location)
        #expect(machine.store.head == before.0 && machine.segments == before.1, sourceLocation: location)
    }

    @Test("what is here already, since the process ended before it noted that, is compared and passed over")
    func passesOver() throws {
        let one = try machine("one")
        let two = try machine("two")
        one.commit(.of("a", 1...3))
        try two.ledger.catchUp()
        one.commit(.of("a", 4...6, etag: "\"2\""))
        one.commit(.of("a", 7...9, etag: "\"3\""))
        try two.ledger.catchUp()
        two.crash()
        one.commit(.of("a", 10...12, etag: "\"4\""))
        let again = try machine("two")
        #expect(again.store.fleetPlace?.position == 1)
        #expect(again.store.lastSeq == 9)
        try again.ledger.catchUp()
        #expect(again.segments == one.segments)
        #expect(again.store.state(of: FeedIdentifier("a"))?.validators?.etag == "\"4\"")
        #expect(again.ledger.position == 4)
    }

    @Test("what a crash has left of an entry is kept, and the log fills in the rest")
    func fillsIn() throws {
        let one = try machine("one")
        let two = try machine("two")
        one.commit(.of("a", 1...3))
        one.commit(.of("a", 4...9))
        try two.ledger.catchUp()
        two.crash()
        let names = two.segments.keys.sorted()
        let last = try #require(names.last)
        let bytes = try #require(two.segments[last])
        folder.write(Array(bytes.dropLast(100)), to: "two/articles/\(last)")
        folder.write([], to: "two/articles.end")
        let again = try machine("two")
        #expect(again.store.lastSeq < 9)
        try again.ledger.catchUp()
        #expect(again.segments == one.segments)
    }

    @Test("a record that is another one here is told by its number")
    func other() throws {
        let one = try machine("one")
        let two = try machine("two")
        one.commit(.of("a", 1...3))
        try two.ledger.catchUp()
        one.commit(.of("a", 4...6))
        try two.ledger.catchUp()
        two.crash()
        fleet.lose(behind: 1)
        // The fleet went on from there otherwise.
        let three = try machine("three")
        three.commit(.of("b", 1...4))
        expectDivergence(try machine("two"), "seq 4")
    }

    @Test("an engine that was promoted without its end is found, however far the fleet has gone on since")
    func lostEnd() throws {
        let one = try machine("one")
        let two = try machine("two")
        one.commit(.of("a", 1...3))
        one.commit(.of("a", 4...6))
        try two.ledger.catchUp()
        fleet.lose(behind: 1)
        one.link.onRead(.away)
        #expect(throws: StoreError.self) { try one.ledger.catchUp() }
        expectDivergence(one, "seq 4")
        let three = try machine("three")
        three.commit(.of("b", 1...1))
        three.commit(.of("b", 2...2))
        three.commit(.of("b", 3...3))
        two.link.onRead(.away)
        #expect(throws: StoreError.self) { try two.ledger.catchUp() }
        expectDivergence(two, "")
    }

    @Test("an engine that has taken the place of another while nobody asked is found, also by who appends first")
    func takenPlace() throws {
        let one = try machine("one")
        let two = try machine("two")
        one.commit(.of("a", 1...3))
        one.commit(.of("a", 4...6))
        try two.ledger.catchUp()
        fleet.lose(behind: 1)
        one.link.reconnect()
        expectDivergence(one, "seq 4")
        // It has gone on to the very position of the one before.
        try machine("three").commit(.of("b", 1...1))
        #expect(fleet.position == two.ledger.position)
        two.link.reconnect()
        let error = #expect(throws: StoreError.self) { try two.commit(.of("z", 1...1))[0].get() }
        #expect(error?.code == .damaged)
        #expect(fleet.position == 2)
        expectDivergence(two, "seq")
    }

    @Test("the engine of another fleet is refused, and so is a log that does not reach back")
    func otherFleet() throws {
        let one = try machine("one")
        let two = try machine("two")
        one.commit(.of("a", 1...3))
        one.commit(.of("a", 4...6))
        fleet.trim(upTo: 1)
        expectDivergence(two, "entry 1")
        fleet.core.withLock { $0.end.fleet = "11111111-2f3e-4c57-9a0e-6b4d2f1e8c77" }
        one.link.onRead(.away)
        #expect(throws: StoreError.self) { try one.ledger.catchUp() }
        expectDivergence(one, "11111111")
    }

    @Test("an entry that is damaged stops the machine and is not skipped", arguments: 0...4)
    func damagedEntry(_ kind: Int) throws {
        let one = try machine("one")
        let two = try machine("two")
        one.commit(.of("a", 1...3))
        one.commit(.of("a", 4...6))
        fleet.core.withLock { core in
            var text = String(decoding: core.rows[0].body, as: UTF8.self)
            switch kind {
            case 0: text = text.replacing(#""id":"2""#, with: #""id":"3""#)
            case 1: text = text.replacing(#""records":3"#, with: #""records":2"#)
            case 2: text = text.replacing(#"{"feed":"a""#, with: #"{"food":"a""#)
            case 3: text = text.replacing(#""segments":[1"#, with: #""segments":[2"#)
            default: core.rows[0].position = 9
            }
            core.rows[0].body = Array(text.utf8)
        }
        expectDivergence(two, "")
        #expect(two.store.lastSeq == 0)
    }

    @Test("where the disk takes nothing, what is in the log comes once it does, and nothing is doubled")
    func fullDisk() throws {
        let faults = FailingWrites()
        let one = try machine("one", files: faults.files)
        let two = try machine("two")
        one.commit(.of("a", 1...3))
        faults.isFull.withLock { $0 = true }
        #expect(throws: StoreError.self) { try one.commit(.of("a", 4...6, etag: "\"2\""))[0].get() }
        #expect(fleet.position == 2)
        #expect(one.store.lastSeq == 3)
        #expect(one.store.trouble != nil)
        #expect(one.store.state(of: FeedIdentifier("a"))?.validators?.etag == "\"a\"")
        faults.isFull.withLock { $0 = false }
        try one.store.recoverFromTrouble()
        try one.ledger.catchUp()
        try two.ledger.catchUp()
        #expect(one.segments == two.segments)
        #expect(one.store.state(of: FeedIdentifier("a"))?.validators?.etag == "\"2\"")
        #expect(try one.commit(.of("a", 7...7))[0].get().firstSeq == 7)
    }

    @Test("a copy that was made while its machine ran goes on from where its articles end")
    func copy() throws {
        let one = try machine("one")
        for number: UInt64 in 1...20 { one.commit(.of("a", number...number)) }
        let two = try machine("two")
        try two.ledger.catchUp()
        two.crash()
        let segments = two.segments.keys.sorted()
        for name in segments.dropFirst(2) { unlink(folder.file("two/articles/\(name)")) }
        unlink(folder.file("two/index/known"))
        folder.write([], to: "two/articles.end")
        folder.write(FleetPlace(fleet: MemoryFleet.id, position: 20, seq: 20).bytes, to: "two/fleet")
        let again = try machine("two")
        #expect(again.store.lastSeq < 20)
        try again.ledger.catchUp()
        #expect(again.segments == one.segments)
        #expect(again.ledger.position == 20)
    }
}

/// A disk that may be full.
private final class FailingWrites: Sendable {
    let isFull = Locked(false)

    var files: FileSystem {
        var files = FleetMachine.files
        let isFull = isFull
        files.write = { descriptor, bytes, offset in
            if isFull.withLock({ $0 }) {
                errno = ENOSPC
                return -1
            }
            return pwrite(descriptor, bytes.baseAddress, bytes.count, offset)
        }
        return files
    }
}
