import ArticleStore
import FeedModel
import JSONText
import Publishing
import TestSupport
import Testing

@testable import newswire

@Suite("Publishing: publish.md §3")
struct PublishTests {
    private let fixture = PublishFixture()
    private var broker: FakeBroker { fixture.broker }

    private var seqs: [UInt64] { broker.entries.map(\.seq) }

    @Test("P1, P2: a message is the line without its line feed, and its id the first half of the chain")
    func messages() throws {
        try fixture.store(3)
        #expect(try fixture.run(batch: 2) == .done)
        #expect(seqs == [1, 2, 3] && broker.batches == 2)
        for entry in broker.entries {
            let line = try #require(try fixture.reader().line(seq: entry.seq))
            #expect(Array(entry.line.utf8) + [0x0a] == line && entry.omitted == nil)
            #expect(try fixture.reader().mark(of: entry.seq)?.chain.hasPrefix(entry.id) == true && entry.id.count == 32)
        }
        #expect(try fixture.cursor() == 3)
    }

    @Test(
        "P4: whatever is lost on the way, in rounds of faults, each article is there once and in order",
        arguments: 1...5)
    func faults(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var number = 0
        broker.fate = { count in
            number += 1
            // Each second batch is well: a bus that is away twice is waited for.
            guard number % 2 == 0 else { return .taken }
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: return .taken
            case 1: return .lostAfter(Int.random(in: 0...count, using: &generator))
            default: return .lostAfter(count)
            }
        }
        var lost = 0
        var choice = SeededGenerator(seed: seed &+ 100)
        for _ in 0..<60 {
            try fixture.store(Int.random(in: 1...25, using: &choice))
            // A bus that is away before it was of use ends a run; the next goes on.
            _ = try fixture.run(batch: Int.random(in: 1...9, using: &choice))
            // The bus loses its end, or the cursor is that of an older copy.
            switch Int.random(in: 0..<4, using: &choice) {
            case 0 where broker.entries.count > 10:
                broker.entries.removeLast(Int.random(in: 1...8, using: &choice))
                lost += 1
            case 1: try fixture.ack(UInt64(Int.random(in: 0...broker.entries.count, using: &choice)))
            default: break
            }
        }
        broker.fate = { _ in .taken }
        #expect(try fixture.run() == .done)
        #expect(seqs == Array(1...(try fixture.reader().lastSeq())) && lost > 0 && number > 100)
        #expect(try fixture.cursor() == fixture.reader().lastSeq())
    }

    @Test("P4: a bus that cannot say where it ends gets a batch again whose acknowledgement was lost, and loses none")
    func kafka() throws {
        broker.knowsEnd = false
        try fixture.store(10)
        var number = 0
        broker.fate = { _ in
            number += 1
            return number == 2 ? .lostAfter(2) : .taken
        }
        #expect(try fixture.run(batch: 4) == .done)
        #expect(seqs == [1, 2, 3, 4, 5, 6, 5, 6, 7, 8, 9, 10])
    }

    @Test("P4: where the last message is not the store's record, nothing is published, and the status is 65")
    func foreign() throws {
        try fixture.store(3)
        let strange = [
            FakeBroker.Entry(seq: 2, id: String(repeating: "0", count: 32), line: ""),
            FakeBroker.Entry(seq: 9, id: String(repeating: "0", count: 32), line: ""),
        ]
        for entry in strange {
            broker.entries = [entry]
            let failure = #expect(throws: CommandFailure.self) { try fixture.run() }
            #expect(failure?.status == .badInput && failure?.message.contains("record \(entry.seq)") == true)
            #expect(broker.entries == [entry])
        }
    }

    @Test(
        "P5: what is larger than the bus takes goes without content, and without anything where that is too large as well"
    )
    func large() throws {
        try fixture.store(1, text: String(repeating: "y", count: 40_000))
        try fixture.store(1)
        broker.largestLine = 20_000
        #expect(try fixture.run() == .done)
        #expect(seqs == [1, 2] && broker.entries.map(\.omitted) == ["content", nil])
        let short = try JSONParser.parse(Array(broker.entries[0].line.utf8)).value
        #expect(short["content_text"] == nil && short["summary"] == nil && short["title"]?.string == "T")
        #expect(short["_newswire"]?["seq"]?.integer == 1 && short["_newswire"]?["chain"] == nil)
        #expect(fixture.log.lines.count { $0.contains("larger than the fake takes") } == 1)
        let batch = try BusBatch(
            DeliveryBatch(
                try fixture.reader(), after: 0, through: .max,
                filter: DumpFilter(feeds: [], tags: [], since: nil, until: nil, kinds: .init(), isForConsumer: true),
                limit: 1,
                damage: { _ in }, removed: { _ in }), largestLine: BusBatch.leastLimit)
        #expect(batch.shortened == [1])
    }

    @Test("P5: a bus that takes less than it says is believed, and stops no other article")
    func learnt() throws {
        try fixture.store(1)
        try fixture.store(1, text: String(repeating: "y", count: 100_000))
        try fixture.store(2)
        broker.fate = { _ in .tooLarge(30_000) }
        #expect(try fixture.run() == .done)
        #expect(seqs == [1, 2, 3, 4] && broker.entries.map(\.omitted) == [nil, "content", nil, nil])
    }

    @Test("P6: a connection that was of use is made anew without a word; one that never was is away")
    func away() throws {
        try fixture.store(4)
        var number = 0
        broker.fate = { _ in
            number += 1
            return number == 2 ? .lostAfter(0) : .taken
        }
        #expect(try fixture.run(batch: 2) == .done)
        #expect(seqs == [1, 2, 3, 4] && broker.connections == 2 && fixture.log.warnings.isEmpty)
        try fixture.store(1)
        broker.failsToConnect = { BusFailure(.away, "nobody is there") }
        #expect(try fixture.run() == .failed)
        #expect(fixture.log.warnings.count == 1 && fixture.log.warnings[0].hasPrefix("warning: nobody is there"))
        #expect(try fixture.cursor() == 4)
    }

    @Test("P8: what was published, and how often it failed, is counted over all runs")
    func counts() throws {
        try fixture.store(3)
        #expect(try fixture.run() == .done)
        broker.failsToConnect = { BusFailure(.away, "nobody is there") }
        #expect(try fixture.run() == .failed)
        let figures = try #require(try Cursors(directory: fixture.folder.file("store")).publishFigures(of: "index"))
        #expect(figures.errors == 1)
    }

    @Test("A bus that does not let newswire in ends the command with 77, what is not there with 78")
    func refusals() throws {
        try fixture.store(1)
        broker.failsToConnect = { BusFailure(.notPermitted, "no entry") }
        #expect(try fixture.run() == .ended("no entry"))
        broker.failsToConnect = { BusFailure(.misconfigured, "no stream") }
        let failure = #expect(throws: CommandFailure.self) { try fixture.run() }
        #expect(failure?.status == .badConfiguration && failure?.message.contains("no stream") == true)
    }

    @Test("What was shortened is said once a day, with how many there were since")
    func oncePerDay() {
        var count = ShortenedCount()
        let start = Timestamp(seconds: 1_000_000)
        #expect(count.pass([7], now: start).map { [UInt64($0.count), $0.last] } == [1, 7])
        #expect(count.pass([8, 9], now: Timestamp(seconds: 1_000_100)) == nil)
        #expect(count.pass([], now: Timestamp(seconds: 1_900_000)) == nil)
        #expect(count.pass([10], now: Timestamp(seconds: 1_090_000)).map { [UInt64($0.count), $0.last] } == [3, 10])
    }
}
