import FeedModel
import Testing

@testable import Configuration

@Suite("The id that a feed has now by each that it had before")
struct FeedSuccessionTests {
    private let fixture = ConfigurationFixture()

    private func feeds(_ tables: (id: String, formerly: [String])...) throws -> [FeedConfiguration] {
        let text = tables.map { table in
            """
            [[feed]]
            url = "https://example.org/\(table.id).xml"
            id = "\(table.id)"
            formerly = \(table.formerly)
            """
        }
        return try fixture.load("contact = \"https://example.org/bot\"\n\(text.joined(separator: "\n"))").feeds
    }

    private func state(_ id: String, formerly: String...) -> FeedState {
        var state = FeedState(feed: FeedIdentifier(id), url: "https://example.org/\(id).xml")
        state.formerly = formerly
        return state
    }

    private func current(_ id: String, in succession: FeedSuccession) -> String {
        succession.current(FeedIdentifier(id)).text
    }

    @Test("A former id leads to the feed that the configuration, or else the store, says had it; any other to itself")
    func successors() throws {
        let succession = FeedSuccession(
            try feeds(("new", ["old"]), ("other", [])),
            states: [state("stored", formerly: "older"), state("other", formerly: "old")])
        #expect(current("old", in: succession) == "new")
        #expect(current("older", in: succession) == "stored")
        #expect(current("never", in: succession) == "never")
        #expect(succession.successor(of: FeedIdentifier("never")) == nil)
    }

    @Test("An id that a configured feed has is that feed's, whoever had it before")
    func ownFirst() throws {
        let succession = FeedSuccession(try feeds(("here", [])), states: [state("elsewhere", formerly: "here")])
        #expect(current("here", in: succession) == "here")
        #expect(succession.successor(of: FeedIdentifier("here")) == nil)
    }
}
