import Configuration
import FeedModel
import Testing

@Suite("Recognising known feeds, in whatever order the store names them")
struct KnownFeedOrderTests {
    /// Two feeds whose URLs look alike without their secrets, one that has moved to another's old place, and one that
    /// nothing is configured for.
    private let own: [(id: String, url: String)] = [
        ("b", "https://h.example/feed?token=***"), ("a", "https://h.example/feed?token=***"),
        ("moved", "https://old.example/feed"), ("settled", "https://new.example/feed"),
        ("lost", "https://gone.example/feed"),
    ]
    private let redirects: [(id: String, url: String)] = [("moved", "https://new.example/feed")]
    private let candidates = [
        "https://h.example/feed?token=1", "https://h.example/feed?token=2", "https://new.example/feed",
        "https://fresh.example/feed",
    ].map { FeedIDResolver.Candidate(url: $0, id: nil) }

    private func known(rotatedBy count: Int) -> [FeedIDResolver.Known] {
        (own[count...] + own[..<count] + redirects).map { (FeedIdentifier($0.id), $0.url) }
    }

    @Test(
        "Known feeds give the same ids in whatever order the store names them, a feed's own URL before a redirect",
        arguments: 0..<5)
    func ids(rotation: Int) {
        let ids = FeedIDResolver.assign(candidates, known: known(rotatedBy: rotation))
        #expect(ids.map(\.text) == ["a", "b", "settled", "fresh.example-feed"])
    }

    @Test("The same ids of known feeds are suggested in whatever order the store names them", arguments: 0..<5)
    func suggestions(rotation: Int) {
        let known = known(rotatedBy: rotation).map { (id: $0.id, url: "https://www.h.example/x/rss") }
        let candidates = [FeedIDResolver.Candidate(url: "https://h.example/x", id: nil)]
        let ids = FeedIDResolver.assign(candidates, known: known)
        let suggestions = FeedIDResolver.suggestions(candidates, ids: ids, known: known)
        #expect(suggestions.map { $0.known.map(\.id.text) } == [["a", "b", "lost"]])
    }
}
