import ArticleStore
import Dispatch
import FeedModel
import Fleet
import JSONText
import Locking
import Logging
import TestSupport
import Testing

@testable import Ingestion

@Suite("Consumers of a fleet are held for commands")
struct ConsumerDeskTests {
    private let folder = TemporaryDirectory()
    private let engine = MemoryConsumers(runs: ["one-1": "one", "two-1": "two", "one-2": "one"])
    private let standing = Locked<ConsumerDesk.Standing?>(.init(run: "one-1", isLeased: true))

    private func desk() throws -> ConsumerDesk {
        let store = try ArticleStore.open(
            at: folder.file("store"), options: StoreOptions { Timestamp(seconds: 1_800_000_000) }
        ) { _ in }
        store.close()
        let path = store.path
        return ConsumerDesk(
            machine: "one", cursors: { () throws(StoreError) in try Cursors(directory: path) },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            standing: { [standing] in standing.withLock { $0 } }, connect: { [engine] in engine })
    }

    private func cursors() throws -> Cursors { try Cursors(directory: folder.file("store")) }

    /// The lines of an answer so far, and whether that is all.
    private func lines(_ reply: ControlReply) throws -> (lines: [JSONValue], isOver: Bool) {
        let (bytes, isOver) = reply.take()
        return (try bytes.split(separator: 0x0a).map { try JSONParser.parse(Array($0)).value }, isOver)
    }

    private func taken(_ desk: ConsumerDesk, _ name: String = "index", seq: UInt64? = 0) throws -> (
        reply: ControlReply, lines: [JSONValue], isOver: Bool
    ) {
        let reply = ControlReply()
        desk.take(name, seq: seq, reply)
        desk.queue.sync(execute: desk.lookNow)
        let (lines, isOver) = try lines(reply)
        return (reply, lines, isOver)
    }

    @Test("A consumer is held as long as its command is there, and the fleet's cursor follows")
    func follows() throws {
        let desk = try desk()
        let (reply, lines, isOver) = try taken(desk, seq: 3)
        #expect(lines.first?["seq"]?.integer == 3 && lines.first?["was_here"]?.bool == true && !isOver)
        #expect(engine["index"] == .init(seq: 3, run: "one-1", holder: "one"))
        try cursors().advance("index", to: 8)
        desk.queue.sync(execute: desk.lookNow)
        #expect(engine["index"]?.seq == 8)
        // The last batch, and then the end of the command.
        try cursors().advance("index", to: 9)
        reply.drop()
        desk.queue.sync(execute: desk.lookNow)
        #expect(engine["index"] == .init(seq: 9, run: nil, holder: "one"))
    }

    @Test("A cursor that is moved back by hand is moved back in the fleet, and the delivery keeps the consumer")
    func byHand() throws {
        let desk = try desk()
        let (delivery, _, _) = try taken(desk, seq: 8)
        let (hand, _, _) = try taken(desk, seq: 8)
        try cursors().advance("index", to: 2)
        hand.drop()
        let done = ControlReply()
        desk.free("index", done)
        desk.queue.sync(execute: desk.lookNow)
        #expect(try lines(done).isOver)
        #expect(engine["index"] == .init(seq: 2, run: "one-1", holder: "one"))
        #expect(try !lines(delivery).isOver)
        delivery.drop()
        desk.free("index", ControlReply())
        desk.queue.sync(execute: desk.lookNow)
        #expect(engine["index"]?.run == nil)
    }

    @Test("What another machine has is told with its name, and what it had is gone on behind")
    func elsewhere() throws {
        let desk = try desk()
        _ = try engine.take("index", run: "two-1", machine: "two", seq: 5)
        let (_, lines, isOver) = try taken(desk, seq: 90)
        #expect(lines.first?["held_by"]?.string == "two" && isOver)
        #expect(try engine.move("index", run: "two-1", to: 7))
        try engine.free("index", run: "two-1")
        let (_, next, isHeldNoMore) = try taken(desk, seq: 90)
        #expect(next.first?["seq"]?.integer == 7 && next.first?["was_here"] == nil && !isHeldNoMore)
        #expect(engine["index"] == .init(seq: 7, run: "one-1", holder: "one"))
    }

    @Test("A consumer that the fleet does not know begins only where that is wanted")
    func unknown() throws {
        let desk = try desk()
        let (_, lines, isOver) = try taken(desk, seq: nil)
        #expect(lines.first?["unknown"]?.bool == true && isOver && engine["index"] == nil)
        _ = try engine.take("index", run: "two-1", machine: "two", seq: 5)
        try engine.free("index", run: "two-1")
        #expect(try taken(desk, seq: nil).lines.first?["seq"]?.integer == 5)
    }

    @Test("At the end of the lease, and in another run, what was held is not any more, and nothing is written")
    func leaseEnds() throws {
        let desk = try desk()
        let (reply, _, _) = try taken(desk, seq: 3)
        try cursors().advance("index", to: 8)
        standing.withLock { $0?.isLeased = false }
        desk.queue.sync(execute: desk.lookNow)
        var (lines, isOver) = try lines(reply)
        #expect(lines.last?["error"]?.string?.contains("lease") == true && isOver)
        #expect(engine["index"]?.seq == 3)
        #expect(try taken(desk).lines.last?["error"]?.string?.contains("not in the fleet") == true)
        // The next run begins as any other machine would: asked for anew.
        standing.withLock { $0 = .init(run: "one-1", isLeased: true) }
        let (second, _, _) = try taken(desk, seq: 8)
        engine.putOut("one-1")
        standing.withLock { $0 = .init(run: "one-2", isLeased: true) }
        let (third, _, _) = try taken(desk, seq: 8)
        (lines, isOver) = try self.lines(second)
        #expect(isOver)
        #expect(try !self.lines(third).isOver)
        #expect(engine["index"]?.run == "one-2")
    }

    @Test("A command whose consumer another machine has by now is told so")
    func stolen() throws {
        let desk = try desk()
        let (reply, _, _) = try taken(desk, seq: 3)
        engine.putOut("one-1")
        _ = try engine.take("index", run: "two-1", machine: "two", seq: 0)
        try cursors().advance("index", to: 8)
        desk.queue.sync(execute: desk.lookNow)
        let (lines, isOver) = try lines(reply)
        #expect(lines.last?["error"]?.string?.contains("another") == true && isOver)
        #expect(engine["index"] == .init(seq: 3, run: "two-1", holder: "two"))
    }

    @Test("While the engine is away a consumer is kept, and the fleet's cursor follows once it is there again")
    func away() throws {
        let desk = try desk()
        let (reply, _, _) = try taken(desk, seq: 3)
        engine.set(away: true)
        try cursors().advance("index", to: 8)
        desk.queue.sync(execute: desk.lookNow)
        #expect(try !lines(reply).isOver)
        #expect(try taken(desk, "other").lines.last?["error"]?.string?.contains("away") == true)
        engine.set(away: false)
        desk.queue.sync(execute: desk.lookNow)
        #expect(engine["index"]?.seq == 8)
    }

    @Test("A service that stops lets all go, where they stand, and takes none any more")
    func closing() throws {
        let desk = try desk()
        let (reply, _, _) = try taken(desk, seq: 3)
        try cursors().advance("index", to: 8)
        desk.close()
        #expect(engine["index"] == .init(seq: 8, run: nil, holder: "one"))
        #expect(try lines(reply).isOver)
        #expect(try taken(desk).lines.last?["error"]?.string?.contains("stops") == true)
    }

    @Test("What no other machine has is forgotten")
    func forgetting() throws {
        let desk = try desk()
        _ = try engine.take("index", run: "two-1", machine: "two", seq: 5)
        let refused = ControlReply()
        desk.forget("index", refused)
        desk.queue.sync(execute: desk.lookNow)
        #expect(try lines(refused).lines.first?["held_by"]?.string == "two" && engine["index"] != nil)
        try engine.free("index", run: "two-1")
        desk.forget("index", ControlReply())
        desk.queue.sync(execute: desk.lookNow)
        #expect(engine["index"] == nil)
    }
}
