import FeedModel
import Fleet
import Glibc
import Locking
import TestSupport
import Testing

@testable import ArticleStore
@testable import Ingestion

@Suite("A diverged copy of a fleet's log rejoins")
struct FleetRejoinTests {
    private let fleet = MemoryFleet()
    private let folder = TemporaryDirectory()
    private func machine(_ name: String) throws -> FleetMachine { try FleetMachine(name, in: fleet, folder) }

    private func rejoin(_ name: String) throws -> FleetRejoin {
        try FleetRejoin(
            folder.file(name), MemoryLog(fleet, MemoryLink(), run: ""), at: Timestamp(seconds: 1_790_000_000))
    }

    /// Two machines that have followed ten entries, of which the engine then loses those behind the fourth.
    private func diverged() throws -> FleetMachine {
        let one = try machine("one")
        let two = try machine("two")
        for number: UInt64 in 1...10 { one.commit(.of("a", number * 2 - 1...number * 2, etag: "\"\(number)\"")) }
        try two.ledger.catchUp()
        one.crash()
        two.store.close()
        fleet.lose(behind: 4)
        return two
    }

    private func lines(_ name: String) -> [String] {
        (folder.text(name) ?? "").split(separator: "\n").map(String.init)
    }

    @Test(
        "what the log does not have is set aside, the rest is kept, and the copy follows again",
        arguments: [false, true])
    func rejoins(_ hasGoneOn: Bool) throws {
        _ = try diverged()
        let three = try machine("three")
        if hasGoneOn { for number: UInt64 in 1...9 { three.commit(.of("b", number...number)) } }
        try three.ledger.catchUp()
        try Cursors(directory: folder.file("two")).advance("reader", to: 15)
        try Cursors(directory: folder.file("two")).advance("slow", to: 7)
        let result = try rejoin("two")
        #expect(result.last == 8)
        let cut = try #require(result.cut)
        #expect(cut.path == folder.file("two/diverged/9-1790000000.jsonl"))
        #expect(
            lines("two/diverged/9-1790000000.jsonl").map { $0.contains(#""feed":"a""#) }
                == Array(repeating: true, count: 12))
        #expect(cut.first == 9)
        let two = try machine("two")
        #expect(two.store.lastSeq == 8)
        #expect(two.store.state(of: FeedIdentifier("a"))?.validators == nil, "the feed is asked for all that was lost")
        try two.ledger.catchUp()
        #expect(two.segments == three.segments)
        #expect(two.store.head == three.store.head)
        #expect(try two.commit(.of("c", 1...1))[0].get().count == 1)
        let cursors = try Cursors(directory: folder.file("two"))
        #expect(try cursors.read("reader") == 8)
        #expect(try cursors.read("slow") == 7)
    }

    @Test("where it is done twice, or where nothing has diverged, nothing more is cut off")
    func again() throws {
        _ = try diverged()
        _ = try rejoin("two")
        let segments = try machine("two").segments
        let again = try rejoin("two")
        #expect(again.last == 8 && again.cut == nil)
        let two = try machine("two")
        #expect(two.segments == segments)
        try two.ledger.catchUp()
    }

    @Test("a copy whose beginning is not the log's any more is left as it is")
    func nothingInCommon() throws {
        _ = try diverged()
        let three = try machine("three")
        for number: UInt64 in 1...9 { three.commit(.of("b", number...number)) }
        fleet.trim(upTo: 6)
        let before = folder.read("two/articles/00000000000000000001.jsonl")
        #expect(throws: FleetRejoin.Failure.self) { try rejoin("two") }
        #expect(folder.read("two/articles/00000000000000000001.jsonl") == before)
        #expect(folder.read("two/diverged") == nil)
    }

    @Test("a store that is written to, or is none of this fleet's, is left as it is")
    func refuses() throws {
        let one = try machine("one")
        one.commit(.of("a", 1...3))
        #expect(throws: FleetRejoin.Failure.self) { try rejoin("one") }
        one.store.close()
        fleet.core.withLock { $0.end.fleet = "11111111-2f3e-4c57-9a0e-6b4d2f1e8c77" }
        #expect(throws: FleetRejoin.Failure.self) { try rejoin("one") }
        var options = StoreOptions { FleetMachine.moment }
        options.files = FleetMachine.files
        try ArticleStore.open(at: folder.file("single"), options: options) { _ in }.close()
        #expect(throws: FleetRejoin.Failure.self) { try rejoin("single") }
    }
}
