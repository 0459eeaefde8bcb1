import Configuration
import FeedModel
import Testing

@Suite("A feed may have had another id: contract.md §2")
struct FormerIDTests {
    private func fixture(_ known: [(String, String)]) -> ConfigurationFixture {
        var fixture = ConfigurationFixture()
        fixture.known = known.map { (FeedIdentifier($0.0), $0.1) }
        return fixture
    }

    /// A configuration of tables with these lines.
    private func feeds(_ tables: String...) -> String {
        "contact = \"https://example.org/bot\"\n" + tables.map { "[[feed]]\n\($0)\n" }.joined()
    }

    private let old = "url = \"https://example.org/a\"\nid = \"old\""
    private let new = "url = \"https://example.org/b\"\nid = \"new\"\nformerly = [\"old\"]"

    @Test("A new id for a known URL is warned of, with the line that keeps the history")
    func newID() throws {
        let fixture = fixture([("old", "https://example.org/feed.xml"), ("other", "https://example.org/other.xml")])
        let warnings = try fixture.warnings(feed("id = \"new\""))
        try #require(warnings.count == 1, "\(warnings)")
        #expect(warnings[0].hasPrefix("newswire.toml:2: warning: \"new\" is a new id for a URL that the store knows;"))
        #expect(warnings[0].contains("formerly = [\"old\"] keeps the history"))
        #expect(try fixture.warnings(feed("id = \"new\"\nformerly = [\"old\"]")).isEmpty)
        #expect(try fixture.warnings(feed("id = \"old\"")).isEmpty && fixture.warnings(feed("")).isEmpty)
        // Written otherwise it is the same feed.
        let written = try fixture.warnings(feeds("url = \"http://www.example.org/feed.xml/\"\nid = \"new\""))
        #expect(written.count == 1 && written[0].contains("formerly = [\"old\"]"))
        // Nobody has moved where the feed of that id is still there, or the new one has been polled already.
        let both = feeds(
            "url = \"https://example.org/feed.xml\"\nid = \"new\"",
            "url = \"https://example.org/feed.xml\"\nid = \"old\"")
        #expect(try fixture.warnings(both).isEmpty)
        let polled = self.fixture([("old", "https://example.org/feed.xml"), ("new", "https://example.org/feed.xml")])
        #expect(try polled.warnings(feed("id = \"new\"")).isEmpty)
    }

    private let first = "url = \"https://example.org/first\""
    private let second = "url = \"https://example.com/second\""

    @Test("Two feeds that exchange their ids or URLs are warned of as such, each with the id that its URL is known by")
    func exchanged() throws {
        let fixture = fixture([("a", "https://example.org/first"), ("b", "http://www.example.com/second/")])
        let warnings = try fixture.warnings(feeds("\(first)\nid = \"b\"", "\(second)\nid = \"a\""))
        try #require(warnings.count == 2, "\(warnings)")
        #expect(warnings[0].hasPrefix("newswire.toml:2: warning: \"b\" and \"a\" (in "))
        #expect(warnings[0].contains("newswire.toml:5) have exchanged their URLs or their ids: the store knows "))
        #expect(warnings[0].contains("https://example.org/first as \"a\"; id = \"a\" here keeps its history"))
        #expect(warnings[1].hasPrefix("newswire.toml:5: warning: \"a\" and \"b\" (in "))
        // As it was, and once they have been polled so.
        #expect(try fixture.warnings(feeds("\(first)\nid = \"a\"", "\(second)\nid = \"b\"")).isEmpty)
        let polled = self.fixture([("b", "https://example.org/first"), ("a", "https://example.com/second")])
        #expect(try polled.warnings(feeds("\(first)\nid = \"b\"", "\(second)\nid = \"a\"")).isEmpty)
    }

    @Test(
        "A feed that gets a URL which the store knows by another id is warned of, wherever the feed of that id is by now"
    )
    func takenURL() throws {
        let fixture = fixture([
            ("a", "https://example.org/first"), ("b", "https://example.com/second"), ("c", "https://example.net/third"),
        ])
        let third = "url = \"https://example.net/third\""
        // Three in a ring are no exchange of two, and each is said.
        let ring = try fixture.warnings(
            feeds("\(first)\nid = \"b\"", "\(second)\nid = \"c\"", "\(third)\nid = \"a\""))
        #expect(ring.count == 3 && ring.allSatisfy { $0.contains(" has a URL that the store knows as ") }, "\(ring)")
        // The feed of the old id has gone.
        let gone = try fixture.warnings(feeds("\(first)\nid = \"b\"", "\(third)\nid = \"c\""))
        try #require(gone.count == 1, "\(gone)")
        #expect(gone[0].contains("\"b\" has a URL that the store knows as \"a\"; id = \"a\" here keeps its history"))
        // The feed of the old id has another URL, and the table at the old one has no id, or a new one.
        for id in ["", "\nid = \"new\""] {
            let moved = try fixture.warnings(
                feeds("\(first)\(id)", "url = \"https://example.org/elsewhere\"\nid = \"a\"", second, third))
            try #require(moved.count == 1, "\(moved)")
            #expect(moved[0].hasPrefix("newswire.toml:2: warning: \"") && moved[0].contains("id = \"a\" here keeps"))
        }
    }

    @Test("A feed at the URL to which a permanent redirect of another leads is not taken for that")
    func redirected() throws {
        let fixture = fixture([("a", "https://example.org/first"), ("a", "https://example.com/second")])
        #expect(try fixture.warnings(feeds("\(first)\nid = \"a\"", "\(second)\nid = \"b\"")).isEmpty)
        // Whoever follows the redirect in the configuration keeps the id.
        #expect(try fixture.warnings(feeds("\(second)\nid = \"a\"")).isEmpty)
    }

    @Test("A feed of a new id goes on with the one that has gone from its URL, and with no other")
    func predecessor() throws {
        func state(_ id: String, _ url: String, _ formerly: [String] = []) -> FeedState {
            var state = FeedState(feed: FeedIdentifier(id), configured: url)
            state.formerly = formerly
            return state
        }
        let configuration = try fixture([]).load(feeds("\(first)\nid = \"here\""))
        func predecessor(_ url: String, _ states: [FeedState]) -> String? {
            configuration.predecessor(of: FeedIdentifier("new"), at: url, among: states)?.text
        }
        let url = "https://example.org/x"
        #expect(
            predecessor(url, [state("old", "http://www.example.org/x/"), state("far", "https://e.net/x")]) == "old")
        #expect(predecessor(url, [state("old", url), state("older", url)]) == nil)
        // Its history has gone over to the next.
        #expect(predecessor(url, [state("old", url, ["older"]), state("older", url)]) == "old")
        #expect(predecessor(url, [state("here", url)]) == nil)
        #expect(predecessor(url, [state("old", url), state("new", "https://example.org/y")]) == nil)
        // Another secret may be another person's feed.
        #expect(predecessor("\(url)?token=1", [state("old", "\(url)?token=2")]) == nil)
        #expect(predecessor("\(url)?token=1", [state("old", "\(url)?token=1")]) == "old")
    }

    @Test("A new feed of the same host is not told to take an id that another feed has taken over")
    func takenOver() throws {
        let fixture = fixture([("old", "https://example.org/b"), ("new", "https://example.org/b")])
        #expect(try fixture.warnings(feeds(new, "url = \"https://example.org/c\"")).isEmpty)
    }

    @Test("A former id that the feed itself or another one has is an error with its place")
    func inUse() {
        let fixture = fixture([])
        #expect(
            fixture.errors(feed("id = \"a\"\nformerly = [\"a\"]")).first?.contains(":2: error: [[feed]] formerly:")
                == true)
        let errors = fixture.errors(feeds(new, old))
        #expect(
            errors.count == 1 && errors[0].hasPrefix("newswire.toml:2: error: [[feed]] formerly: \"old\" is the id"))
        #expect(errors.first?.contains("newswire.toml:6") == true)
        // Neither a chain nor a circle: each of the ids is still there.
        let chain = feeds(new, old + "\nformerly = [\"oldest\"]")
        #expect(fixture.errors(chain).count == 1)
        #expect(fixture.errors(feeds(new, old + "\nformerly = [\"new\"]")).count == 2)
    }

    @Test("A former id that the store knows as that of a feed without an id in the configuration is in use")
    func recognised() {
        let fixture = fixture([("old", "https://example.org/a")])
        let errors = fixture.errors(feeds(new, "url = \"https://example.org/a\""))
        #expect(errors.count == 1 && errors[0].contains("\"old\" is the id of the feed in"))
    }

    @Test("Two feeds cannot have had one id")
    func twice() {
        let errors = fixture([]).errors(feeds(new, "url = \"https://example.org/c\"\nid = \"c\"\nformerly = [\"old\"]"))
        #expect(
            errors.count == 1
                && errors[0].hasPrefix("newswire.toml:6: error: [[feed]] formerly: \"old\" is a former id"))
    }

    @Test("A slip in a former id is an error with the nearest, before all articles come as new")
    func slip() throws {
        let known = [("olt", "https://example.org/x")]
        let errors = fixture(known).errors(feeds(new))
        #expect(errors.count == 1 && errors[0].contains("the store knows no feed \"old\"; did you mean \"olt\"?"))
        // Nothing is known of a store that is new or has lost its states, and what the feed is known by does not go wrong.
        #expect(fixture([]).errors(feeds(new)).isEmpty)
        let polled = fixture(known + [("new", "https://example.org/b")])
        #expect(try polled.warnings(feeds(new)).count == 1)
    }

    @Test("A former id has to be one, and lists are bounded")
    func refused() {
        #expect(fixture([]).errors(feed("formerly = [\"a b\"]")).count == 1)
        #expect(fixture([]).errors(feed("formerly = \"old\"")).count == 1)
        let many = (0...20).map { "\"\($0)\"" }.joined(separator: ", ")
        #expect(fixture([]).errors(feed("formerly = [\(many)]")).count == 1)
    }
}
