import Configuration
import FeedModel
import TestSupport
import Testing

@testable import Ingestion

@Suite("A feed whose articles change at every poll is bounded, marked, and loses no last state (identity.md §8.3)")
struct VolatileFeedTests {
    private let fixture: PollerFixture

    init() throws {
        fixture = try PollerFixture()
    }

    private func answer(_ state: Int) {
        let items = (0..<6).map { number in
            "<entry><id>urn:\(number)</id><title>A \(number)</title><updated>2026-11-01T00:00:\(10 + state)Z</updated>"
                + "<content>\(state) views of \(number)</content></entry>"
        }
        let body = "<feed xmlns=\"http://www.w3.org/2005/Atom\"><id>x</id><title>T</title>\(items.joined())</feed>"
        fixture.server.on("/feed") { request, connection in
            connection.send(LoopbackResponse.conditional(request, etag: "\"\(state)\"", body: body))
        }
    }

    @Test("The newest state is kept when its time has come, though the server says that nothing is new since")
    func lastState() async throws {
        var updates = 0
        for state in 0..<30 {
            answer(state)
            updates += try await fixture.poll().updatedArticles
        }
        #expect(updates == 24 * 6)
        let volatility = try #require(fixture.state?.volatility)
        #expect(volatility.articles == 6)
        #expect(volatility.moves == ["a counter in the text"])
        #expect(volatility.sentence.contains("6 articles change at every poll (a counter in the text)"))
        #expect(volatility.until == PollerFixture.start.adding(seconds: 86_400))
        // Nothing is asked for whole before.
        fixture.pass(hours: 23)
        #expect(try await fixture.poll().outcome == .notModified)
        fixture.pass(hours: 1)
        #expect(try await fixture.poll().updatedArticles == 6)
        #expect(fixture.state?.volatility?.until == nil)
        fixture.pass(hours: 30)
        #expect(try await fixture.poll().outcome == .notModified)
        await fixture.close()
    }

    @Test("A feed that has calmed down is marked no longer")
    func calm() async throws {
        for state in 0..<26 {
            answer(state)
            try await fixture.poll()
        }
        #expect(FeedMarks(try #require(fixture.state)) == .volatile)
        let metrics = FeedMetrics(feeds: try fixture.configuration("/feed").feeds, store: fixture.store)
        #expect(metrics.prometheus.contains("\nnewswire_feed_volatile_articles{feed=\"feed\"} 6\n"))
        #expect(metrics.prometheus.contains("\nnewswire_feed_volatile{feed=\"feed\"} 0\n"))
        fixture.pass(hours: 72)
        answer(27)
        #expect(try await fixture.poll().updatedArticles == 6)
        #expect(FeedMarks(try #require(fixture.state)) == [])
        #expect(metrics.prometheus.contains("\nnewswire_feed_volatile_articles{feed=\"feed\"} 0\n"))
        await fixture.close()
    }
}
