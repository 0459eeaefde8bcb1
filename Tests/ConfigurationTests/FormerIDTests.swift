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
        let both = feeds("url = \"https://example.org/feed.xml\"\nid = \"new\"", old)
        #expect(try fixture.warnings(both).isEmpty)
        let polled = self.fixture([("old", "https://example.org/feed.xml"), ("new", "https://example.org/feed.xml")])
        #expect(try polled.warnings(feed("id = \"new\"")).isEmpty)
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
