import Digest
import JSONText
import Testing

@testable import FeedModel

@Suite("What has changed in a feed's state, as a line")
struct StateDifferenceTests {
    /// The state as it comes back from its JSON.
    private func kept(_ state: FeedState) throws -> FeedState {
        var json = JSONWriter()
        state.write(to: &json)
        let bytes = json.finish()
        return try #require(bytes.withUnsafeBytes { bytes in JSONMembers(bytes).flatMap { FeedState($0) } })
    }

    /// States with each of their parts there and not there, all of one feed.
    private func states() throws -> [FeedState] {
        try PackedFeedStateTests.states.map { state in
            var state = state
            state.feed = FeedIdentifier("f \"x\" ü")
            state.lastSuccess = Timestamp(seconds: 1_790_000_001)
            state.nextPoll = state.nextPoll.map { _ in Timestamp(seconds: 1_790_000_002) }
            state.schedule.historyBlock = 9
            return try kept(state)
        }
    }

    private func text(_ difference: StateDifference) -> String { String(decoding: difference.line, as: UTF8.self) }

    @Test("makes of the state before the state after, whatever has come, changed or gone")
    func isApplied() throws {
        let states = try states()
        for old in states {
            for new in states {
                let difference = StateDifference(from: old, to: new)
                #expect((difference == nil) == (old == new))
                guard let difference else { continue }
                #expect(difference.result(on: old) == new)
                let read = try #require(StateDifference(line: difference.line))
                #expect(read.result(on: old) == new, "as another machine reads it")
            }
            #expect(StateDifference(from: nil, to: old)?.result(on: nil) == old)
        }
    }

    @Test("does to a state what its members do that are written behind the state's own")
    func isWrittenBehind() throws {
        let states = try states()
        for (index, old) in states.enumerated() {
            for other in states {
                // Made from another state than it is applied to: what is in it and what is not are of no state at all.
                guard let difference = StateDifference(from: states[(index + 1) % states.count], to: other) else {
                    continue
                }
                var json = JSONWriter()
                old.write(to: &json)
                let text = json.finish().dropLast() + [UInt8(ascii: ",")] + difference.line.dropFirst()
                var wanted = text.withUnsafeBytes { bytes in JSONMembers(bytes).flatMap { FeedState($0) } }
                wanted?.schedule.historyBlock = 9
                #expect(difference.result(on: old) == wanted)
            }
        }
        for line in [#"{"feed":"f \"x\" ü","url":null}"#, #"{"feed":"f \"x\" ü","url":7}"#] {
            #expect(try #require(StateDifference(line: line.utf8)).result(on: states[0]) == nil)
        }
    }

    @Test("tells texts apart that are the same to Unicode, as a server does")
    func isOfBytes() throws {
        var old = FeedState(feed: FeedIdentifier("f"), url: "https://h/")
        old.validators = .init(etag: "\"\u{e9}\"", lastModified: nil, request: Hash128(high: 0, low: 1))
        old.title = "\u{e9}"
        var new = old
        new.validators = .init(etag: "\"e\u{301}\"", lastModified: nil, request: Hash128(high: 0, low: 1))
        new.title = "e\u{301}"
        let difference = try #require(StateDifference(from: old, to: new))
        let applied = try #require(difference.result(on: old))
        #expect(applied.title?.utf8.elementsEqual("e\u{301}".utf8) == true)
        #expect(applied.validators?.etag?.utf8.elementsEqual("\"e\u{301}\"".utf8) == true)
    }

    @Test("has the feed, what differs, and null for what is gone, and nothing else")
    func isShort() throws {
        var old = FeedState(feed: FeedIdentifier("f"), url: "https://h/")
        old.title = "T"
        old.validators = .init(etag: "\"1\"", lastModified: nil, request: Hash128(high: 0, low: 1))
        old.schedule.historyBlock = 3
        var new = old
        new.title = nil
        new.failures = 2
        new.schedule.historyBlock = 4
        let difference = try #require(StateDifference(from: old, to: new))
        #expect(text(difference) == #"{"feed":"f","title":null,"failures":2}"#)
    }

    @Test("leaves each machine its own place in the file of polls")
    func keepsHistoryBlock() throws {
        var here = FeedState(feed: FeedIdentifier("f"), url: "https://h/")
        here.schedule.historyBlock = 3
        var new = here
        new.failures = 1
        let difference = try #require(StateDifference(from: here, to: new))
        var there = here
        there.schedule.historyBlock = nil
        let read = try #require(StateDifference(line: difference.line))
        #expect(read.result(on: there)?.schedule.historyBlock == nil)
        #expect(difference.result(on: there)?.schedule.historyBlock == 3, "the machine that polled has written there")
        there.schedule.historyBlock = 8
        #expect(difference.result(on: there)?.schedule.historyBlock == 8)
        let hostile = try #require(StateDifference(line: #"{"feed":"f","history_block":77}"#.utf8))
        #expect(hostile.result(on: there)?.schedule.historyBlock == 8)
    }

    @Test("is put into a state as it lies in memory where one field takes the place of another, and only there")
    func isMerged() throws {
        func merges(_ line: String, _ state: FeedState, addsOwn: Bool = false) -> Bool {
            Array(line.utf8).withUnsafeBytes { bytes in
                JSONMembers(bytes).flatMap { StateMerger.merged($0, into: PackedFeedState(state), addsOwn: addsOwn) }
            } != nil
        }
        var state = FeedState(feed: FeedIdentifier("f"), url: "https://h/")
        let poll = #"{"feed":"f","last_poll":"2026-11-02T00:00:00Z","status":304,"title":null,"polls":7}"#
        #expect(merges(poll, state))
        #expect(!merges(poll, state, addsOwn: true), "the block in the file of polls comes with it")
        state.schedule.historyBlock = 3
        #expect(merges(poll, state, addsOwn: true))
        let failure = #"{"feed":"f","error_class":"dns","error":"no such host"}"#
        #expect(!merges(failure, state), "the failure was not there before")
        state.failure = .init(kind: .timeout, message: "")
        #expect(merges(failure, state))
        #expect(!merges(#"{"feed":"f","error_class":null}"#, state), "the failure goes")
        #expect(!merges(#"{"feed":"f","validators":null}"#, state))
        for name in ["url", "redirect_to", "moved_to"] {
            #expect(
                !merges(#"{"feed":"f","\#(name)":"https://u:p@h/"}"#, state), "what may not be kept is left out of it")
        }
    }

    @Test("two that follow one another do as one what they do in a row, and each member stands there once")
    func follow() throws {
        let states = try states()
        for (index, first) in states.enumerated() {
            let second = states[(index * 7 + 3) % states.count]
            let third = states[(index * 5 + 1) % states.count]
            guard let one = StateDifference(from: first, to: second),
                let two = StateDifference(from: second, to: third)
            else { continue }
            let both = one.followed(by: two)
            #expect(both.result(on: first) == third)
            var names: [String] = []
            both.line.withUnsafeBytes { bytes in
                JSONMembers(bytes)?.forEach { name, _ in names.append(String(decoding: name, as: UTF8.self)) }
            }
            #expect(Set(names).count == names.count)
            #expect(names.first == "feed")
        }
    }

    @Test("a row of them leads to the same state from any place at which it was begun again")
    func replays() throws {
        let states = try states()
        let row = zip(states, states.dropFirst()).compactMap { StateDifference(from: $0, to: $1) }
        let last = try #require(states.last)
        for begin in row.indices {
            let state = row[begin...].reduce(last) { $1.result(on: $0) ?? $0 }
            #expect(state == last)
        }
    }

    @Test(
        "lines that no newswire writes are no difference, or make no state",
        arguments: ["", "{", "null", "{}", #"{"feed":7}"#, #"["feed"]"#, #"{"feed":"f","url":null}"#, #"{"feed":"f"}"#])
    func refuses(_ line: String) {
        #expect(StateDifference(line: line.utf8)?.result(on: nil) == nil)
    }

    @Test("a pause of a machine and a poll of another change nothing of each other")
    func merges() throws {
        let base = FeedState(feed: FeedIdentifier("f"), url: "https://h/")
        var paused = base
        paused.schedule.heldUntil = FeedState.Schedule.forGood
        var polled = base
        polled.failures = 3
        let pause = try #require(StateDifference(from: base, to: paused))
        let poll = try #require(StateDifference(from: base, to: polled))
        let both = try #require(poll.result(on: pause.result(on: base)))
        #expect(both.schedule.heldUntil == FeedState.Schedule.forGood)
        #expect(both.failures == 3)
    }
}

extension StateDifference {
    fileprivate init?(from old: FeedState, to new: FeedState) { self.init(from: PackedFeedState(old), to: new) }

    /// The state that comes of one, whether that is done to the state or to how it lies in memory.
    fileprivate func result(on old: FeedState?) -> FeedState? {
        let result = unpackedAndApplied(to: old)
        #expect(applied(to: old.map { PackedFeedState($0) })?.state(of: feed) == result)
        return result
    }
}
