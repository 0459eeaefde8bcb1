import Configuration
import FeedModel
import Querying
import TestSupport
import Testing

@Suite("Changes of feeds that rules name: contract.md §2.12")
struct FilterEditTests {
    private let fixture = ConfigurationFixture()
    private let feeds = """
        contact = "https://example.org/"
        include = ["rules/*.toml"]
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

    private func edit(_ change: FeedEdit.Change, known: [FeedIDResolver.Known]) throws -> FeedEdit {
        let configuration = try ConfigurationLoader.load(
            path: fixture.folder.file("newswire.toml"), environment: fixture.environment, knownFeeds: { _ in known })
        let feed = try #require(configuration.feeds.first { $0.id.text == "a" })
        return try FeedEdit(change, of: [feed], in: configuration, environment: fixture.environment, known: known)
    }

    private func refusals(_ change: FeedEdit.Change) throws -> [String] {
        do {
            _ = try edit(change, known: known)
            return []
        } catch FeedEdit.Failure.refused(let messages) {
            return messages.map { $0.replacing(fixture.folder.path + "/", with: "") }
        }
    }

    private func rule(_ name: String, _ lines: String, match: String = "x") -> String {
        "[[filter]] # mine\nname = \"\(name)\"\naction = \"block\"\nmatch = \"\(match)\"\n\(lines)\n"
    }

    @Test(
        "The rules of a renamed feed name it by its new id, wherever they stand, whether the store knows the feed or not",
        arguments: [true, false])
    func rename(isKnown: Bool) throws {
        let others = rule("other", "feeds = [\"b\"]") + rule("tagged", "tags = [\"a\"]")
        fixture.write(
            feeds + rule("here", "feeds = [\n  \"b\",\n  'a',\n]") + "[[feed]]\nurl = \"https://c.org/\"\n",
            to: "newswire.toml")
        fixture.write(others + rule("there", "feeds = [\"a\"] # one"), to: "rules/all.toml")
        let edit = try edit(.rename(to: FeedIdentifier("new")), known: isKnown ? known : [])
        #expect(edit.notes.count == 2 && edit.notes.allSatisfy { $0.contains("names the new id, too") })
        try edit.write()
        let main = fixture.folder.text("newswire.toml") ?? ""
        let former = isKnown ? "formerly = [\"a\"]\n" : ""
        #expect(main.contains("url = \"https://a.org/\"\n\(former)id = \"new\"\n"), "\(main)")
        #expect(main.contains(rule("here", "feeds = [\"b\", \"new\"]")), "\(main)")
        #expect(fixture.folder.text("rules/all.toml") == others + rule("there", "feeds = [\"new\"] # one"))
        let after = try fixture.load(main)
        #expect(after.filters.rules.first { $0.name == "there" }?.feeds == [FeedIdentifier("new")])
        #expect(after.reviewFilters().filter { !$0.message.contains("tagged") }.isEmpty)
    }

    @Test("A feed that a rule asks for in its query is not renamed until the query asks for both ids")
    func query() throws {
        fixture.write(feeds + rule("r", "", match: "x -feed:a"), to: "newswire.toml")
        #expect(
            try refusals(.rename(to: FeedIdentifier("new"))) == [
                "a is not changed: the rule r in newswire.toml:9 asks for feed:a in its match. Write (feed:a OR feed:new) "
                    + "there, and try again."
            ])
        fixture.write(feeds + rule("r", "", match: "x -(feed:a OR feed:new)"), to: "newswire.toml")
        #expect(try refusals(.rename(to: FeedIdentifier("new"))).isEmpty)
    }

    @Test("A rule with comments among its feeds is not changed, nor is the feed, and what to write is said")
    func comments() throws {
        fixture.write(feeds + rule("r", "feeds = [\"a\", # why\n]"), to: "newswire.toml")
        #expect(
            try refusals(.rename(to: FeedIdentifier("new"))) == [
                "the rule r in newswire.toml:9 is not changed: there are comments in its feeds. Write there: feeds = "
                    + "[\"new\"]"
            ])
    }

    @Test("Rules that name a removed feed stay as they are, and each is said")
    func remove() throws {
        let rules =
            rule("one", "feeds = [\"a\"]") + rule("two", "", match: "feed:a x") + rule("three", "feeds = [\"b\"]")
        fixture.write(feeds + rules, to: "newswire.toml")
        let edit = try edit(.remove, known: known)
        let notes = edit.notes.map { $0.replacing(fixture.folder.path + "/", with: "") }
        #expect(
            notes == [
                "the rule one in newswire.toml:9 still names a", "the rule two in newswire.toml:14 still names a",
            ])
        try edit.write()
        #expect(fixture.folder.text("newswire.toml")?.hasSuffix(rules) == true)
        let after = try fixture.load(fixture.folder.text("newswire.toml") ?? "")
        #expect(after.filters.rules.first { $0.name == "one" }?.isForAllFeeds == false)
    }
}
