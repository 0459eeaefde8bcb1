import ArticleStore
import Digest
import FeedModel
import TestSupport
import Testing

@testable import WebInterface

@Suite("What of the feeds needs somebody is found in the store: web.md §4.1")
struct SituationTests {
    private let now = WebFixture.moment

    private func ago(_ hours: Int) -> Timestamp { now.adding(seconds: -3600 * hours) }

    private func state(_ id: String, _ change: (inout FeedState) -> Void = { _ in }) -> FeedState {
        var state = FeedState(feed: FeedIdentifier(id), url: "https://example.org/\(id).xml")
        state.lastPoll = ago(1)
        state.lastSuccess = ago(1)
        change(&state)
        return state
    }

    /// One that fails since so many hours.
    private func failing(
        _ id: String, _ kind: FailureKind, hours: Int, failures: Int = 1, _ change: (inout FeedState) -> Void = { _ in }
    ) -> FeedState {
        state(id) {
            $0.failure = FeedState.Failure(kind: kind, message: "it fails")
            $0.failures = failures
            $0.schedule.failingSince = ago(hours)
            change(&$0)
        }
    }

    private func fixture(_ states: [FeedState]) throws -> WebFixture {
        let tables = states.map { "[[feed]]\nurl = \"\($0.url)\"\nid = \"\($0.feed.text)\"" }
        return try WebFixture(states: states, feeds: tables.joined(separator: "\n"))
    }

    private func situation(_ fixture: WebFixture, at now: Timestamp? = nil) throws -> Situation {
        let now = now ?? self.now
        return try Situation(
            try fixture.house.parts.catalogue.snapshot(at: now), try fixture.house.reader(), status: nil, trouble: nil,
            freeBytes: nil, bytesOfWeek: nil, now: now)
    }

    @Test("Feeds that fail count from a day or five polls on, by how they fail, and each once")
    func failures() throws {
        let found = try situation(
            fixture([
                failing("long", .dns, hours: 24), failing("longer", .dns, hours: 30), failing("short", .dns, hours: 23),
                failing("often", .timeout, hours: 1, failures: 5),
                failing("seldom", .timeout, hours: 1, failures: 4), failing("gone", .gone, hours: 1),
                failing("never", .tls, hours: 24) { $0.lastSuccess = nil },
                failing("new", .tls, hours: 23) { $0.lastSuccess = nil },
                failing("paused", .gone, hours: 50) { $0.schedule.heldUntil = now.adding(seconds: 60) }, state("well"),
            ]))
        let counts = found.failing.sorted { $0.count > $1.count }.map { "\($0.kind) \($0.count)" }
        #expect(counts == ["dns 2", "timeout 1"])
        #expect(found.failing.first { $0.kind == .dns }?.since == ago(30))
        #expect(found.gone.map(\.id.text) == ["gone"])
        #expect(found.gone.first?.since == ago(1))
        #expect(found.neverAnswered.map(\.id.text) == ["never"])
        #expect(found.neverAnswered.first?.detail == "it fails")
        #expect(found.lastPoll == ago(1))
        #expect(!found.isRunning)
    }

    @Test("A feed that has moved is named with what to write, and one of which rules block all with the rule")
    func upkeep() throws {
        let blocked = Array(repeating: "no-deals", count: 20)
        let found = try situation(
            fixture([
                state("moved") {
                    $0.move.adopted = "https://new.example/feed.xml"
                    $0.move.adoptedSince = ago(5)
                },
                state("blocked") {
                    $0.recentBlocks = .counting(nil, passed: 0, blocked: blocked, at: ago(2))
                },
                state("partly") {
                    $0.recentBlocks = .counting(nil, passed: 0, blocked: Array(blocked.dropLast()), at: ago(2))
                },
            ]))
        #expect(found.moved.map(\.id.text) == ["moved"])
        #expect(found.moved.first?.since == ago(5))
        #expect(found.moved.first?.detail.contains("https://new.example/feed.xml") == true)
        #expect(found.blockedWhole.map(\.id.text) == ["blocked"])
        #expect(found.blockedWhole.first?.detail.contains("no-deals") == true)
    }

    @Test("What was found is kept until a pause ends, and no longer")
    func kept() throws {
        let fixture = try fixture([
            failing("gone", .gone, hours: 1) { $0.schedule.heldUntil = now.adding(seconds: 1) }
        ])
        #expect(try situation(fixture).gone.isEmpty)
        #expect(try situation(fixture, at: now.adding(milliseconds: 999)).gone.isEmpty)
        #expect(try situation(fixture, at: now.adding(seconds: 1)).gone.map(\.id.text) == ["gone"])
    }

    @Test("Articles that may have been lost are those of the events of a day, one line for a feed")
    func gaps() throws {
        let fixture = try fixture([state("a"), state("b")])
        func event(_ name: String, _ feed: String, at time: Timestamp) throws {
            let store = try ArticleStore.open(
                at: ArticleStore.eventsFolder(of: fixture.folder.file("store")), options: StoreOptions { time }
            ) { _ in }
            defer { store.close() }
            var digest = MessageDigest(.sha256)
            digest.update("\(name) \(feed) \(time.seconds)")
            let record = PendingRecord(
                prefix: Array("{\"id\":\"\(name)\",\"_newswire\":{\"event\":\"\(name)\"".utf8),
                uid: ArticleIdentifier(digest.finish()), kind: .new, version: 1, isInitial: false,
                contentHash: Hash128(high: 1, low: 1))
            _ = try store.commit([FeedCommit(feed: FeedIdentifier(feed), records: [record], state: nil)])
        }
        #expect(try situation(fixture).gaps.isEmpty, "without events nothing is known")
        try event("possible_gap", "b", at: ago(25))
        try event("possible_gap", "a", at: ago(20))
        try event("possible_gap", "a", at: ago(10))
        try event("feed_failing", "b", at: ago(5))
        let found = try situation(fixture)
        #expect(found.gaps.map(\.id.text) == ["a"])
        #expect(found.gaps.first?.since == ago(10))
    }
}
