import FeedModel
import Scheduling
import Testing

@testable import Configuration
@testable import Ingestion

@Suite("The roster knows the feeds of a running service")
struct FeedRosterTests {
    private let now = PollRehearsal.now

    private func feed(_ id: String, isEnabled: Bool = true) -> FeedConfiguration {
        let feed = PollRehearsal.feed("https://\(id).example/feed", id: id)
        if isEnabled { return feed }
        var options = feed.options
        options.enabled = false
        return FeedConfiguration(
            id: feed.id, hasExplicitID: true, url: feed.url, origin: feed.origin, title: nil, tags: [],
            source: feed.source,
            options: Shared(options))
    }

    private func roster(_ feeds: [FeedConfiguration], memory: FeedRoster.Memory = { _ in nil }) -> FeedRoster {
        var roster = FeedRoster(PollRehearsal.configuration(feeds: feeds))
        roster.countAll(at: now, memory: memory)
        return roster
    }

    private func outlook(of feed: FeedConfiguration, _ change: (inout FeedState) -> Void = { _ in }) -> FeedOutlook {
        var state = FeedState(feed: feed.id, configured: feed.url)
        state.lastPoll = now
        change(&state)
        return FeedOutlook(state, at: feed.url)
    }

    @Test("A feed keeps its number over configurations that have it at another place, or not at all")
    func numbers() {
        var roster = roster([feed("a"), feed("b"), feed("c", isEnabled: false)])
        #expect(roster.feedCount == 2 && roster.allNumbers == 0..<3)
        #expect(roster.feed(1)?.id == FeedIdentifier("b") && roster.feed(2) == nil)
        roster.adopt(PollRehearsal.configuration(feeds: [feed("d"), feed("c"), feed("b")]))
        #expect((0...4).map { roster.feed($0)?.id.text } == [nil, "b", "c", "d", nil])
        #expect(roster.id(of: 0) == FeedIdentifier("a") && !roster.isPolled(FeedIdentifier("a")))
        #expect(roster.number(of: FeedIdentifier("d")) == 3 && roster.isPolled(FeedIdentifier("d")))
    }

    @Test("Who asks for feeds by their ids gets those of the configuration, and hears which there are not")
    func ids() {
        let roster = roster([feed("a"), feed("b", isEnabled: false)])
        let wanted = [FeedIdentifier("b"), FeedIdentifier("x")]
        #expect(roster.feeds(wanted).map(\.id.text) == ["b"] && roster.unknown(wanted) == [FeedIdentifier("x")])
        #expect(roster.feeds([]).count == 2 && roster.unknown([]).isEmpty)
    }

    @Test("Feeds are counted by their condition, as it changes")
    func conditions() {
        let (a, b) = (feed("a"), feed("b"))
        var roster = roster([a, b, feed("c", isEnabled: false)])
        #expect(roster.conditions == [.never: 2, .paused: 1])
        roster.count(a, outlook(of: a), at: now)
        roster.count(b, outlook(of: b) { $0.failure = .init(kind: .gone, message: "") }, at: now)
        #expect(roster.conditions.filter { $0.value > 0 } == [.ok: 1, .gone: 1, .paused: 1])
    }

    @Test("identity.md §5.4: feeds whose ids or links change at every poll are counted, as that changes")
    func churn() {
        let (a, b) = (feed("a"), feed("b"))
        var roster = roster([a, b])
        var churn = FeedState.Churn()
        churn.idChanges = 8
        roster.count(a, outlook(of: a) { $0.churn = churn }, at: now)
        #expect(roster.marked[.churn] == 0)
        churn.idChanges = FeedState.Churn.limit
        roster.count(a, outlook(of: a) { $0.churn = churn }, at: now)
        (churn.idChanges, churn.volatileParameters) = (0, ["sid"])
        roster.count(b, outlook(of: b) { $0.churn = churn }, at: now)
        #expect(roster.marked[.churn] == 2)
        roster.count(a, outlook(of: a), at: now)
        #expect(roster.marked[.churn] == 1)
        roster.adopt(PollRehearsal.configuration(feeds: [a]))
        #expect(roster.marked[.churn] == 0)
    }

    @Test("identity.md §8.3: feeds with articles that change all the time are counted, as that changes")
    func volatile() {
        let (a, b) = (feed("a"), feed("b"))
        var roster = roster([a, b])
        for feed in [a, b] {
            roster.count(feed, outlook(of: feed) { $0.volatility = FeedState.Volatility() }, at: now)
        }
        #expect(roster.marked[.volatile] == 2)
        #expect(roster.marked[.churn] == 0)
        roster.count(a, outlook(of: a), at: now)
        #expect(roster.marked[.volatile] == 1)
    }

    @Test("Counting all feeds looks up each one that is polled once, in the order of the configuration, and no other")
    func lookups() {
        var roster = FeedRoster(
            PollRehearsal.configuration(feeds: [feed("b"), feed("off", isEnabled: false), feed("a")]))
        var lookups: [String] = []
        var polled: [String] = []
        roster.countAll(at: now) { feed in
            lookups.append(feed.id.text)
            return feed.id.text == "a" ? outlook(of: feed) : nil
        } polled: { number, feed, outlook in
            polled.append("\(number) \(feed.id.text) \(outlook == nil ? "new" : "known")")
        }
        #expect(lookups == ["b", "a"] && polled == ["0 b new", "2 a known"])
        #expect(roster.conditions == [.never: 1, .paused: 1, .ok: 1])
    }

    @Test("A feed that a person has paused for a while is counted as paused until the pause ends, without being polled")
    func holds() {
        let a = feed("a")
        let held = outlook(of: a) { $0.schedule.heldUntil = now.adding(seconds: 60) }
        var roster = roster([a]) { _ in held }
        #expect(roster.conditions == [.paused: 1])
        roster.countEndedHolds(at: now.adding(seconds: 59)) { _ in held }
        #expect(roster.conditions == [.paused: 1])
        roster.countEndedHolds(at: now.adding(seconds: 60)) { _ in held }
        #expect(roster.conditions.filter { $0.value > 0 } == [.ok: 1])
    }

    @Test("A reload counts the feeds that came, went and are polled otherwise")
    func changes() {
        var retitled = feed("b")
        retitled.title = "another"
        let changes = ConfigurationChanges(
            from: PollRehearsal.configuration(feeds: [feed("a"), feed("b"), feed("c")]),
            to: PollRehearsal.configuration(feeds: [retitled, feed("c"), feed("d"), feed("e")]))
        #expect((changes.added, changes.removed, changes.changed) == (2, 1, 1))
    }
}
