import Configuration
import Digest
import Dispatch
import FeedModel
import Fleet
import Locking
import TestSupport
import Testing

@testable import ArticleStore
@testable import Ingestion

@Suite("The ledger of a fleet")
struct FleetLedgerTests {
    private let fleet = MemoryFleet()
    private let folder = TemporaryDirectory()
    private func machine(_ name: String, entrySize: Int = CommitGroup.mostBytes) throws -> FleetMachine {
        try FleetMachine(name, in: fleet, folder, entrySize: entrySize)
    }

    private func expectSame(_ machines: FleetMachine..., location: SourceLocation = #_sourceLocation) throws {
        for machine in machines {
            try machine.ledger.catchUp()
            #expect(machine.store.head == machines[0].store.head, sourceLocation: location)
            #expect(machine.segments == machines[0].segments, sourceLocation: location)
            #expect(machine.ledger.position == fleet.position, sourceLocation: location)
            var states: [[FeedState]] = []
            for machine in [machine, machines[0]] {
                var all: [FeedState] = []
                machine.store.forEachState { feed, packed in
                    var state = packed.state(of: feed)
                    state.schedule.historyBlock = nil
                    all.append(state)
                }
                states.append(all.sorted { $0.feed < $1.feed })
            }
            #expect(states[0] == states[1], sourceLocation: location)
        }
    }

    // MARK: Two machines

    @Test("what one machine commits is, byte for byte, on all of them, whoever commits in turn")
    func twoMachines() throws {
        let (one, two, three) = (try machine("one"), try machine("two"), try machine("three"))
        #expect(try one.commit(.of("a", 1...3), .of("b", 1...2)).map { try $0.get().count } == [5, 5])
        #expect(try two.commit(.of("c", 1...4)).map { try $0.get().firstSeq } == [6])
        #expect(two.link.appendCount == 1, "the log is read before the first entry")
        one.commit(.of("a", 4...9))
        #expect(one.link.appendCount == 3, "the first try has seen an older end")
        #expect(one.ledger.figures.overtaken == 1 && one.ledger.figures.appended == 2)
        try expectSame(one, two, three)
        #expect(one.segments.count > 1)
        #expect(three.store.lastSeq == 15)
        #expect(three.told.withLock { $0.changed.map(\.text) } == ["a", "b", "c"])
        #expect(fleet.entries.map(\.records.count) == [5, 4, 6])
        #expect(fleet.entries.flatMap(\.segments) == one.segments.keys.compactMap { UInt64($0.dropLast(6)) }.sorted())
    }

    @Test("entries that come in pieces are all read before anything is appended")
    func cutShort() throws {
        let (one, two) = (try machine("one"), try machine("two"))
        for number: UInt64 in 1...5 { one.commit(.of("a", number...number)) }
        two.link.onRead(.cutShort, .cutShort, .cutShort)
        #expect(try two.commit(.of("b", 1...1))[0].get().firstSeq == 6)
        try expectSame(one, two)
    }

    @Test("whoever was told that an entry is the last does not ask again what is behind it")
    func lastEntry() throws {
        let (one, two) = (try machine("one"), try machine("two"))
        try two.ledger.catchUp()
        let before = two.link.readCount
        for number: UInt64 in 1...3 {
            one.commit(.of("a", number...number))
            try two.ledger.catchUp()
        }
        #expect(two.link.readCount == before + 3)
        try expectSame(one, two)
    }

    @Test("polls that share an entry are told what no line can hold")
    func refusals() throws {
        let one = try machine("one")
        var bad = FeedCommit.of("a", 1...2)
        bad.records[0].prefix.append(0x0a)
        let results = one.commit(bad, .of("b", 1...1))
        #expect(try results[1].get().refused.map(\.feed.text) == ["a"])
        #expect(one.store.lastSeq == 2)
    }

    // MARK: Judged again

    private static let link = Hash128(high: 77, low: 7)

    @Test("a commit of which another machine has stored a link meanwhile is given back, and those beside it are stored")
    func overtaken() throws {
        let (one, two) = (try machine("one"), try machine("two"))
        two.commit(.of("b", 1...1))
        var basis = two.ledger.basis
        basis.keys = [Self.link]
        one.commit(.of("a", 1...1, keys: [Self.link]))
        let batch = [
            LedgerCommit(.of("b", 2...2, keys: [Self.link]), basis, nil),
            LedgerCommit(.of("c", 1...1), two.ledger.basis, nil),
        ]
        let results = two.ledger.queue.sync { two.ledger.commit(batch) }
        #expect(throws: StoreError.self) { try results[0].get() }
        if case .failure(let error) = results[0] { #expect(error.code == .overtaken) }
        #expect(try results[1].get().count == 1)
        #expect(two.store.lastSeq == 3)
        #expect(two.ledger.figures.judgedAgain == 1)
        // Judged with what is known now it is stored.
        basis = two.ledger.basis
        basis.keys = [Self.link]
        #expect(try two.commit(.of("b", 2...2), on: basis)[0].get().count == 1)
        try expectSame(one, two)
    }

    @Test("what was stored before the judgement, or under other links, overtakes nobody")
    func notOvertaken() throws {
        let (one, two) = (try machine("one"), try machine("two"))
        one.commit(.of("a", 1...1, keys: [Self.link]))
        try two.ledger.catchUp()
        var basis = two.ledger.basis
        basis.keys = [Self.link]
        one.commit(.of("a", 2...2, keys: [Hash128(high: 1, low: 1)]))
        #expect(try two.commit(.of("b", 1...1), on: basis)[0].get().count == 1)
    }

    @Test("a commit that was read past before it was handed in is given back too")
    func overtakenBefore() throws {
        let (one, two) = (try machine("one"), try machine("two"))
        var basis = two.ledger.basis
        basis.keys = [Self.link]
        one.commit(.of("a", 1...1, keys: [Self.link]))
        try two.ledger.catchUp()
        #expect(throws: StoreError.self) { try two.commit(.of("b", 1...1), on: basis)[0].get() }
        #expect(two.link.appendCount == 0)
    }

    // MARK: Answers that are lost

    @Test("an append without an answer that has come through is stored once, and known to be")
    func lostAnswer() throws {
        let (one, two) = (try machine("one"), try machine("two"))
        one.link.onAppend(.lostAnswer)
        var commit = FeedCommit.of("a", 1...3)
        commit.state?.schedule.historyBlock = 5
        #expect(try one.commit(commit)[0].get().count == 3)
        #expect(fleet.position == 1)
        #expect(one.link.appendCount == 1)
        #expect(one.ledger.figures.unanswered == 1)
        #expect(one.store.state(of: FeedIdentifier("a"))?.schedule.historyBlock == 5)
        #expect(one.ledger.trouble == nil)
        try expectSame(one, two)
    }

    @Test("an append without an answer that was lost is tried again, also where others were first by then")
    func lostAppend() throws {
        let (one, two) = (try machine("one"), try machine("two"))
        one.link.onAppend(.away, .away)
        #expect(try one.commit(.of("a", 1...3))[0].get().firstSeq == 1)
        #expect(fleet.position == 1)
        one.link.onAppend(.away)
        two.commit(.of("b", 1...1))
        #expect(try one.commit(.of("a", 4...4))[0].get().firstSeq == 5)
        try expectSame(one, two)
    }

    @Test("an append without an answer is found behind what others have appended since")
    func lostAnswerAmongOthers() throws {
        let (one, two) = (try machine("one"), try machine("two"))
        one.link.onAppend(.lostAnswer)
        one.link.onRead(.first { two.commit(.of("b", 1...2)) })
        #expect(try one.commit(.of("a", 1...3))[0].get().count == 3)
        #expect(fleet.entries.count == 2)
        try expectSame(one, two)
    }

    @Test("an append without an answer that was found is not tried again where the engine goes away right behind it")
    func lostAnswerAndAway() throws {
        let (one, two) = (try machine("one"), try machine("two"))
        try one.ledger.catchUp()
        one.link.onAppend(.lostAnswer)
        one.link.onRead(.cutShort, .away)
        #expect(try one.commit(.of("a", 1...3))[0].get().count == 3)
        #expect(fleet.entries.count == 1)
        #expect(one.ledger.trouble?.code == .fleetAway)
        try expectSame(one, two)
        #expect(one.ledger.trouble == nil)
    }

    @Test("while the engine is away nothing should be fetched, commits wait for it, and end where the service ends")
    func away() throws {
        let one = try machine("one")
        one.link.onAppend(.away, .away)
        one.link.onRead(.away, .first { #expect(one.ledger.trouble?.code == .fleetAway) })
        #expect(try one.commit(.of("a", 1...1))[0].get().count == 1)
        #expect(one.ledger.trouble == nil)
        one.link.onAppend(.first { one.ledger.stop() }, .away)
        one.link.onRead(.away)
        one.commit(.of("a", 2...2))
        one.link.onAppend(.away)
        let error = #expect(throws: StoreError.self) { try one.commit(.of("a", 3...3))[0].get() }
        #expect(error?.code == .fleetAway)
        #expect(one.store.lastSeq == 2)
    }

    @Test("an engine that refuses is not asked for ever")
    func refused() throws {
        let one = try machine("one")
        one.link.onAppend(.refused)
        #expect(throws: StoreError.self) { try one.commit(.of("a", 1...1))[0].get() }
        #expect(one.ledger.trouble != nil)
        #expect(try one.commit(.of("a", 1...1))[0].get().count == 1)
    }

    // MARK: Put out

    @Test("what a machine has that was put out is thrown away, and the feeds' states are as they were")
    func putOut() throws {
        let (one, two) = (try machine("one"), try machine("two"))
        one.commit(.of("a", 1...1, etag: "\"1\""))
        try _ = one.ledger.keep(.of("a", etag: "\"2\""), one.ledger.basis)
        try _ = one.ledger.keep(.of("b", etag: "\"2\""), one.ledger.basis)
        let basis = one.ledger.basis
        fleet.putOut(one.run)
        let error = #expect(throws: StoreError.self) { try one.commit(.of("a", 2...2, etag: "\"3\""))[0].get() }
        #expect(error?.code == .fleetAway)
        #expect(one.told.withLock { $0.putOut } == 1)
        #expect(one.store.state(of: FeedIdentifier("a"))?.validators?.etag == "\"1\"")
        #expect(one.store.state(of: FeedIdentifier("b")) == nil)
        #expect(one.store.lastSeq == 1)
        // What was polled before it joined again comes too late.
        fleet.core.withLock { _ = $0.runs.insert(one.run) }
        #expect(throws: StoreError.self) { try one.ledger.keep(.of("a", etag: "\"4\""), basis) }
        #expect(throws: StoreError.self) { try one.commit(.of("a", 3...3), on: basis)[0].get() }
        #expect(try one.commit(.of("a", 4...4))[0].get().count == 1)
        try expectSame(one, two)
    }

    @Test("a machine that hears elsewhere that it was put out appends nothing of what it has")
    func endTerm() throws {
        let one = try machine("one")
        try _ = one.ledger.keep(.of("a", etag: "\"2\""), one.ledger.basis)
        one.ledger.endTerm()
        one.writeStates()
        #expect(fleet.position == 0)
        #expect(one.store.state(of: FeedIdentifier("a")) == nil)
        // Also where it hears of it while it waits for the engine.
        try _ = one.ledger.keep(.of("b", etag: "\"2\""), one.ledger.basis)
        one.link.onAppend(.away)
        one.link.onRead(.first { one.ledger.endTerm() })
        let error = #expect(throws: StoreError.self) { try one.commit(.of("b", 1...1))[0].get() }
        #expect(error?.code == .fleetAway)
        #expect(fleet.position == 0)
        #expect(one.store.state(of: FeedIdentifier("b")) == nil)
    }

    // MARK: States

    @Test("a state without articles counts at once here, and elsewhere with the next entry")
    func keptStates() throws {
        let (one, two) = (try machine("one"), try machine("two"))
        #expect(try one.ledger.keep(.of("a", etag: "\"1\"", block: 3), one.ledger.basis))
        #expect(try !one.ledger.keep(.of("b", etag: "\"1\""), one.ledger.basis))
        #expect(try !one.ledger.keep(.of("a", etag: "\"2\"", block: 3), one.ledger.basis))
        #expect(one.store.state(of: FeedIdentifier("a"))?.validators?.etag == "\"2\"")
        #expect(fleet.position == 0)
        #expect(folder.text("one/state/feeds.jsonl") == nil)
        one.commit(.of("c", 1...1))
        #expect(fleet.entries.map(\.states.count) == [3])
        try expectSame(one, two)
        #expect(one.store.state(of: FeedIdentifier("a"))?.schedule.historyBlock == 3)
        #expect(two.store.state(of: FeedIdentifier("a"))?.schedule.historyBlock == nil)
        one.writeStates()
        #expect(fleet.position == 1, "there is nothing left to be written")
        #expect(try !one.ledger.keep(.of("a", etag: "\"2\"", block: 3), one.ledger.basis), "nothing has changed")
        try _ = one.ledger.keep(.of("a", etag: "\"3\"", block: 3), one.ledger.basis)
        one.writeStates()
        let line = try #require(fleet.entries.last?.states.first)
        let text = String(decoding: line, as: UTF8.self)
        #expect(text.hasPrefix(#"{"feed":"a","validators":{"etag":"\"3\""#) && !text.contains("url"))
        try expectSame(one, two)
    }

    @Test("states that the engine does not take go with a later entry, and nobody waits for that")
    func keptStatesLater() throws {
        let (one, two) = (try machine("one"), try machine("two"))
        try _ = one.ledger.keep(.of("a", etag: "\"1\""), one.ledger.basis)
        one.link.onAppend(.away)
        one.writeStates()
        #expect(fleet.position == 0)
        try _ = one.ledger.keep(.of("a", etag: "\"2\""), one.ledger.basis)
        one.link.onAppend(.lostAnswer)
        one.writeStates()
        #expect(one.store.state(of: FeedIdentifier("a"))?.validators?.etag == "\"2\"")
        one.writeStates()
        try expectSame(one, two)
        #expect(two.store.state(of: FeedIdentifier("a"))?.validators?.etag == "\"2\"")
    }

    @Test("a pause from one machine is not undone by a poll of another, whose state was waiting")
    func pauseAndPoll() throws {
        let (one, two) = (try machine("one"), try machine("two"))
        one.commit(.of("feed", 1...1, etag: "\"1\""))
        try two.ledger.catchUp()
        let polled = FeedState.of("feed", etag: "\"2\"")
        try _ = one.ledger.keep(polled, one.ledger.basis)
        let feed = PollRehearsal.feed("https://example.org/feed")
        let until = FeedState.Schedule.forGood
        try two.ledger.queue.sync { try two.ledger.hold([feed], until: until) }
        #expect(two.store.state(of: feed.id)?.schedule.heldUntil == until)
        #expect(
            String(decoding: try #require(fleet.entries.last?.states.first), as: UTF8.self).contains("\"url\"") == false
        )
        try one.ledger.catchUp()
        #expect(one.store.state(of: feed.id)?.schedule.heldUntil == until)
        #expect(one.store.state(of: feed.id)?.validators?.etag == "\"2\"")
        one.writeStates()
        try expectSame(one, two)
        #expect(two.store.state(of: feed.id)?.schedule.heldUntil == until)
        #expect(two.store.state(of: feed.id)?.validators?.etag == "\"2\"")
    }

    // MARK: Large commits

    @Test("commits are put together as far as an entry holds them, and one that is larger is taken apart")
    func groups() {
        let size = FeedCommit.of("a", 1...1).records[0].sizeLimit
        let batch = [1...2, 1...1, 1...8, 1...2].enumerated().map { index, numbers in
            LedgerCommit(.of("\(index)", numbers), CommitBasis(), StateDifference(from: nil, to: .of("s", etag: "e")))
        }
        let state = batch[0].difference?.line.count ?? 0
        let groups = CommitGroup.groups(of: batch, mostBytes: 3 * size + 2 * state)
        #expect(groups.map { $0.parts.map(\.index) } == [[0, 1], [2], [2], [2, 3]] || groups.count > 3)
        var records: [Int: Int] = [:]
        for part in groups.flatMap(\.parts) {
            records[part.index, default: 0] += part.commit.records.count
            #expect(part.isLast == (part.difference != nil), "validators are never there before the articles")
        }
        #expect(records == [0: 2, 1: 1, 2: 8, 3: 2])
        for group in groups {
            let bytes = group.parts.reduce(0) { sum, part in
                part.commit.records.reduce(sum) { $0 + $1.sizeLimit } + (part.difference?.line.count ?? 0)
            }
            #expect(bytes <= 3 * size + 2 * state)
        }
        #expect(groups.flatMap(\.parts).filter(\.isLast).map(\.index) == [0, 1, 2, 3])
    }

    @Test("a commit larger than an entry is stored in several, none of which overtakes the others")
    func largeCommit() throws {
        let one = try machine("one", entrySize: 3 * FeedCommit.of("a", 1...1).records[0].sizeLimit + 600)
        let two = try machine("two")
        var basis = one.ledger.basis
        basis.keys = [Self.link]
        #expect(try one.commit(.of("a", 1...10, keys: [Self.link]), on: basis)[0].get().refused.isEmpty)
        #expect(fleet.entries.map(\.records.count).reduce(0, +) == 10)
        #expect(fleet.entries.count > 2)
        #expect(fleet.entries.dropLast().flatMap(\.states).isEmpty)
        #expect(fleet.entries.last?.states.count == 1)
        try expectSame(one, two)
        // Where another comes between its entries, the rest is judged again.
        basis = one.ledger.basis
        basis.keys = [Self.link]
        one.link.onAppend(
            .first {}, .first { two.commit(.of("b", 1...1, keys: [Self.link])) })
        let error = #expect(throws: StoreError.self) {
            try one.commit(.of("a", 11...20, keys: [Self.link]), on: basis)[0].get()
        }
        #expect(error?.code == .overtaken)
        try expectSame(one, two)
        #expect(one.store.state(of: FeedIdentifier("a")) != nil)
    }
}
