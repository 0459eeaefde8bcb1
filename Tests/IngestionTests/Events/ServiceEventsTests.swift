import ArticleStore
import FeedModel
import Scheduling
import Testing

@testable import Ingestion

@Suite("contract.md §7: what of the service is an event")
struct ServiceEventsTests {
    private let now = PollRehearsal.now

    @Test("A disk that takes nothing is an event once, and again when it has taken something in between")
    func disk() {
        var events = ServiceEvents()
        let seen = ["full", "full", nil, nil, "full"].map { events.look(disk: $0, at: now)?.kind }
        #expect(seen == [.diskFull, nil, nil, nil, .diskFull])
    }

    @Test("A clock is an event once its doubt lasts, and the same event as long as it has not counted since")
    func clock() {
        var events = ServiceEvents()
        func isNews(_ minutes: Int64, _ isDoubtful: Bool = true) -> Bool {
            events.isNews(ofClock: isDoubtful, SteadyTime(milliseconds: minutes * 60_000))
        }
        let seen = [isNews(0), isNews(8), isNews(9), isNews(10), isNews(11, false), isNews(12), isNews(30)]
        #expect(seen == [false, false, true, false, false, false, true])
        func uid(_ trusted: Timestamp?, _ hours: Int) -> String {
            ServiceEvents.clock("a doubt", trusted: trusted, at: now.adding(seconds: hours * 3600)).uid.description
        }
        #expect(uid(now, 0) == uid(now, 5) && uid(now, 0) != uid(now.adding(seconds: 1), 0))
    }

    @Test("A consumer whose batch is refused for long is an event, of articles and of events alike")
    func consumers() {
        func consumer(_ since: Int, isOfEvents: Bool = false) -> StatusFigures.Consumer {
            let failure = DeliveryFailure(
                since: now.adding(seconds: since), attempts: 7, first: 3, last: 4, reason: "the command ended")
            var consumer = StatusFigures.Consumer(name: "x", seq: 2, behind: 2, failure: failure)
            consumer.isOfEvents = isOfEvents
            return consumer
        }
        func look(_ consumers: [StatusFigures.Consumer]) -> [NewsEvent] {
            ServiceEvents.look(consumers: consumers, patience: .seconds(3600), at: now)
        }
        #expect(look([consumer(-3599), .init(name: "y", seq: 1, behind: 0)]).isEmpty)
        let events = look([consumer(-3600), consumer(-3600, isOfEvents: true)])
        #expect(events.map(\.kind) == [.consumerStuck, .consumerStuck] && events.first?.consumer == "x")
        #expect(Set(events.map(\.uid.description)).count == 2)
    }
}
