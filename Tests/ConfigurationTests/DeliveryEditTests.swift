import Configuration
import FeedModel
import TestSupport
import Testing

@Suite("Changes of feeds that deliveries name: contract.md §2.13")
struct DeliveryEditTests {
    private let fixture = ConfigurationFixture()
    private let feeds = """
        contact = "https://example.org/"
        [[feed]]
        url = "https://a.org/"
        id = "a"
        [[feed]]
        url = "https://b.org/"
        id = "b"

        """
    private let known: [FeedIDResolver.Known] = [
        (FeedIdentifier("a"), "https://a.org/"), (FeedIdentifier("b"), "https://b.org/"),
    ]

    private func edit(_ change: FeedEdit.Change) throws -> FeedEdit {
        let configuration = try ConfigurationLoader.load(
            path: fixture.write(feeds, to: "newswire.toml"), environment: fixture.environment,
            knownFeeds: { _ in known })
        let feed = try #require(configuration.feeds.first { $0.id.text == "a" })
        return try FeedEdit(change, of: [feed], in: configuration, environment: fixture.environment, known: known)
    }

    private func shown(_ notes: [String]) -> [String] {
        notes.map { $0.replacing(fixture.folder.path + "/", with: "") }
    }

    @Test("The deliveries of a renamed feed name it by its new id, and the rest of their files stays to the byte")
    func rename() throws {
        let before = "# to the desk\nmail = \"desk@example.org\"\nfeeds = [\n  'b', \"a\",\n] # mine\nbatch = 3\n"
        fixture.write(before, to: "deliver.d/desk.toml", mode: 0o640)
        fixture.write("to = \"https://example.org/\"\nfeeds = [\"b\"]\n", to: "deliver.d/other.toml")
        let edit = try edit(.rename(to: FeedIdentifier("new")))
        #expect(
            shown(edit.notes) == [
                "the delivery desk in deliver.d/desk.toml:3 names the new id, too; one that runs does so from its next start: "
                    + "`systemctl restart newswire-deliver@desk`"
            ])
        try edit.write()
        let after = before.replacing("[\n  'b', \"a\",\n]", with: "[\"b\", \"new\"]")
        #expect(fixture.folder.text("deliver.d/desk.toml") == after)
        #expect(fixture.folder.text("deliver.d/other.toml")?.contains("new") == false)
        #expect(fixture.folder.text("newswire.toml")?.contains("id = \"new\"") == true)
    }

    @Test("A delivery whose query asks for a renamed feed goes on to mean it, and what to write is said")
    func query() throws {
        fixture.write("match = ['x', '-feed:a']\n", to: "deliver.d/desk.toml")
        #expect(
            shown(try edit(.rename(to: FeedIdentifier("new"))).notes) == [
                "the delivery desk in deliver.d/desk.toml:1 asks for feed:a in its match, which goes on to mean the feed; write "
                    + "feed:new there"
            ])
        fixture.write("match = 'feed:a OR feed:new'\n", to: "deliver.d/desk.toml")
        #expect(try edit(.rename(to: FeedIdentifier("new"))).notes.isEmpty)
    }

    @Test(
        "Where comments stand among the feeds of a delivery neither it nor the feed is changed, and what to write is said"
    )
    func comments() throws {
        fixture.write("feeds = [\"a\", # why\n]\n", to: "deliver.d/desk.toml")
        do {
            _ = try edit(.rename(to: FeedIdentifier("new")))
            Issue.record("it was renamed")
        } catch FeedEdit.Failure.refused(let messages) {
            #expect(
                shown(messages) == [
                    "the delivery desk in deliver.d/desk.toml:1 is not changed: there are comments in its feeds. Write there: "
                        + "feeds = [\"new\"]"
                ])
        }
    }

    @Test("Deliveries that name a removed feed stay as they are, and each is said; so is one that cannot be read")
    func remove() throws {
        fixture.write("feeds = [\"a\"]\nmatch = 'feed:a'\n", to: "deliver.d/one.toml")
        fixture.write("match = 'feed:a x'\n", to: "deliver.d/two.toml")
        fixture.write("feeds = [\"b\"]\n", to: "deliver.d/three.toml")
        fixture.write("feeds = \n", to: "deliver.d/wrong.toml")
        let edit = try edit(.remove)
        let notes = shown(edit.notes)
        #expect(
            notes.count == 3
                && notes[0].hasPrefix("not looked at for the feed: deliver.d/wrong.toml:1: error: is not TOML"))
        #expect(
            notes.dropFirst() == [
                "the delivery one in deliver.d/one.toml:1 still names a",
                "the delivery two in deliver.d/two.toml:1 still names a",
            ])
        try edit.write()
        #expect(fixture.folder.text("deliver.d/one.toml") == "feeds = [\"a\"]\nmatch = 'feed:a'\n")
    }

    @Test("Tags of a feed are changed whatever deliveries there are")
    func retag() throws {
        fixture.write("feeds = \n", to: "deliver.d/wrong.toml")
        #expect(try edit(.retag(adding: ["x"], removing: [])).notes.isEmpty)
    }
}
