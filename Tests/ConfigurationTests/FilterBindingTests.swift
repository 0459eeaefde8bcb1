import FeedModel
import Querying
import TestSupport
import Testing

@testable import Configuration

@Suite("The feeds that rules name: filters.md §2")
struct FilterBindingTests {
    private let fixture = ConfigurationFixture()

    private func text(feed lines: String, rule: String) -> String {
        "\(feed(lines))\n[[filter]]\nname = \"n\"\naction = \"block\"\nmatch = \"x\"\n\(rule)\n"
    }

    private func known(_ ids: String...) -> [FeedIDResolver.Known] {
        ids.map { (FeedIdentifier($0), "https://example.org/feed.xml") }
    }

    @Test("More labels than an article gets are told once, at the rule whose label may be left out")
    func manyLabels() throws {
        func rules(_ count: Int, last: String) -> String {
            (1...count).map { number in
                "[[filter]]\nname = \"n\(number)\"\naction = \"label\"\nlabel = \"l\(number)\"\nmatch = \"x\"\n"
            }.joined() + last
        }
        func warnings(_ text: String) throws -> [String] {
            try fixture.load("\(feed("id = \"a\""))\n\(text)").reviewFilters().map(\.message)
        }
        #expect(try warnings(rules(16, last: "")).isEmpty)
        let many = try warnings(rules(18, last: ""))
        #expect(many.count == 1 && many[0].hasPrefix("[[filter]] n17: 18 different labels may come to an article of a"))
        #expect(try warnings(rules(17, last: "feeds = [\"a\"]\n")).count == 1)
        #expect(try warnings(rules(17, last: "tags = [\"other\"]\n")).allSatisfy { !$0.contains("different labels") })
    }

    @Test("A rule names a feed by the id that the store knows it by, though that is not the one that its URL makes")
    func recognised() throws {
        var configuration = try fixture.load(text(feed: "", rule: "feeds = [\"mine\"]"))
        #expect(configuration.warnings.isEmpty, "as long as the store is not asked, nobody knows")
        #expect(configuration.reviewFilters().count == 1)
        try configuration.recognise(reviewing: known("mine"))
        #expect(configuration.warnings.isEmpty)
        #expect(configuration.filters.rules[0].feeds == [FeedIdentifier("mine")])
        var other = try fixture.load(text(feed: "", rule: "feeds = [\"example.org-feed\"]"))
        try other.recognise(reviewing: known("mine"))
        #expect(
            fixture.shown(other.warnings) == [
                "newswire.toml:5: warning: [[filter]] n: no feed has one of its feeds or tags, so that it does nothing"
            ])
    }

    @Test("A rule that names a feed by a former id holds for it, in feeds and in its query, with a warning")
    func formerly() throws {
        for (rule, key) in [("feeds = [\"old\"]", "feeds"), ("", "match")] {
            var written = text(feed: "id = \"new\"\nformerly = [\"old\"]", rule: rule)
            if key == "match" { written = written.replacing("\"x\"", with: "\"x -feed:old\"") }
            var configuration = try fixture.load(written)
            try configuration.recognise(reviewing: known("old"))
            #expect(
                fixture.shown(configuration.warnings) == [
                    "newswire.toml:6: warning: [[filter]] n: \(key): \"old\" is a former id of the feed \"new\", for which "
                        + "it holds; write the new one"
                ])
            let bound = configuration.filters.rules[0]
            #expect(bound.feeds == (key == "feeds" ? [FeedIdentifier("new")] : []))
            #expect(bound.query == (try Query(key == "feeds" ? "x" : "x -feed:new", for: .rule)))
        }
    }

    @Test("A URL in the place of an id is an error that names the id where a person gave it or the store knows it")
    func urls() throws {
        let rule = "feeds = [\"http://www.example.org/feed.xml/\"]"
        let given = fixture.errors(text(feed: "id = \"mine\"", rule: rule))
        #expect(given.count == 1 && given[0].contains("/\" is a URL; write its id, \"mine\""), "\(given)")
        let made = fixture.errors(text(feed: "", rule: rule))
        #expect(made.count == 1 && made[0].contains("write the id of its feed; `newswire feeds` lists them"), "\(made)")
        var asked = ConfigurationFixture()
        asked.known = known("known")
        let found = asked.errors(text(feed: "", rule: rule))
        #expect(found.count == 1 && found[0].contains("write its id, \"known\""), "\(found)")
        let secret = fixture.errors(text(feed: "", rule: "feeds = [\"https://example.org/?token=hunter2\"]"))
        #expect(secret.count == 1 && !secret[0].contains("hunter2"), "\(secret)")
    }

    @Test("What lets doubt a rule is a warning at its line, by its name, once the ids of feeds are settled")
    func doubts() throws {
        var configuration = try fixture.load(
            feed("id = \"a\"\ntags = [\"naval\"]\nenabled = false") + """

                [[filter]]
                name = "keep"
                action = "keep"
                match = "x"
                [[filter]]
                name = "label"
                action = "label"
                label = "Naval"
                match = "x feed:b -tag:land"
                feeds = ["a", "c"]
                tags = ["naval", "air"]
                [[filter]]
                name = "never"
                action = "block"
                match = "age:>7d age:<1d"
                feeds = ["a"]
                [[filter]]
                name = "fine"
                action = "block"
                match = "x feed:a tag:NAVAL"
                tags = ["Naval"]
                """)
        try configuration.recognise(reviewing: [])
        #expect(
            fixture.shown(configuration.warnings) == [
                "newswire.toml:7: warning: [[filter]] keep: it keeps what matches in all feeds, and blocks everything else; "
                    + "feeds or tags say where",
                "newswire.toml:11: warning: [[filter]] label: there is no feed c",
                "newswire.toml:11: warning: [[filter]] label: no feed has the tag air",
                "newswire.toml:11: warning: [[filter]] label: its query asks for feed:b, and there is no such feed",
                "newswire.toml:11: warning: [[filter]] label: its query asks for tag:land, and no feed has that tag",
                "newswire.toml:11: warning: [[filter]] label: its label Naval is also a tag of feeds, and by one word both "
                    + "are meant",
                "newswire.toml:18: warning: [[filter]] never: its query contradicts itself and matches nothing",
            ])
    }
}
