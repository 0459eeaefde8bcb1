import FeedModel
import TestSupport
import Testing

@testable import Configuration

@Suite("What feeds have alike is in memory once")
struct SharedValuesTests {
    private func load(_ feeds: String, list: String = "") throws -> [FeedConfiguration] {
        let fixture = ConfigurationFixture()
        fixture.write(list, to: "urls")
        return try fixture.load("contact = \"https://example.org/bot\"\ninclude = [\"urls\"]\n\(feeds)").feeds
    }

    private func table(_ name: String, _ lines: String) -> String {
        "[[feed]]\nurl = \"https://\(name).example/feed\"\n\(lines)\n"
    }

    /// Where the elements of an array lie.
    private func place(_ elements: [some Any]) -> UnsafeRawPointer? {
        elements.withUnsafeBytes { $0.baseAddress }
    }

    @Test(
        "Feeds whose tables have equal options share them",
        arguments: [
            "interval = \"2h\"", "timeout = \"45s\"\nheaders = { Accept-Language = \"de\" }",
            "bearer = { env = \"TOKEN\" }", "basic_auth = { user = \"me\", password = { env = \"P\" } }",
            "private_networks = [\"10.0.0.0/8\"]\nupdates = \"ignore\"",
        ])
    func options(_ lines: String) throws {
        let feeds = try load(table("a", lines) + table("b", lines) + table("c", "interval = \"3h\""))
        #expect(feeds[0].shared === feeds[1].shared)
        #expect(feeds[0].shared !== feeds[2].shared)
        #expect(feeds[0].options == feeds[1].options && feeds[0].options != feeds[2].options)
    }

    @Test("A feed whose table sets nothing, or only what holds anyway, shares the options of a list")
    func defaults() throws {
        let feeds = try load(
            table("a", "title = \"A\"") + table("b", "timeout = \"30s\""), list: "https://c.example/feed\n")
        #expect(feeds.count == 3)
        #expect(feeds.allSatisfy { $0.shared === feeds[0].shared })
    }

    @Test("Feeds of hosts with a freshness cap of their own keep it, whether they share options or not")
    func caps() throws {
        let feeds = try load(
            "[host.\"b.example\"]\nmax_age_cap = \"2h\"\n" + table("a", "interval = \"2h\"")
                + table("b", "interval = \"2h\""))
        #expect(feeds[0].maxAgeCap != feeds[1].maxAgeCap)
        #expect(feeds[1].maxAgeCap == .seconds(7200))
    }

    @Test("Feeds of equal tags share them, in tables and lists")
    func tags() throws {
        let feeds = try load(
            ["a", "b"].map { table($0, "tags = [\"news\", \"a tag of more than fifteen bytes\"]") }.joined()
                + table("c", "tags = [\"news\"]"),
            list: "https://d.example/feed news \"a tag of more than fifteen bytes\"\n")
        #expect(feeds.map(\.tags.count) == [2, 2, 1, 2])
        #expect(place(feeds[0].tags) == place(feeds[1].tags))
        #expect(place(feeds[0].tags) == place(feeds[3].tags))
        #expect(place(feeds[0].tags) != place(feeds[2].tags))
    }

    @Test("Feeds of one host have one name of it, whatever form their URLs have, and the name of their file once")
    func hosts() throws {
        let feeds = try load(
            table("a-name-of-more-than-fifteen-bytes", "")
                + "[[feed]]\nurl = \"https://A-Name-of-more-than-fifteen-bytes.example/b\"\ntitle = \"B\"\n"
                + table("another-name-of-such-a-length", ""),
            list: "https://a-name-of-more-than-fifteen-bytes.example./list\n")
        let hosts = try feeds.map { try #require($0.host) }
        #expect(hosts[0] == "a-name-of-more-than-fifteen-bytes.example" && hosts[1] == hosts[0] && hosts[3] == hosts[0])
        #expect(hosts[2] == "another-name-of-such-a-length.example")
        #expect(feeds[0].file === feeds[2].file && feeds[0].file !== feeds[3].file)
    }

    @Test("The texts of feeds are in one block, in which a host that stands in the URL is not there twice")
    func texts() throws {
        let feeds = try load(table("a", "id = \"one\"\ntitle = \"The first\"") + table("b", "id = \"two\""))
        #expect(place(feeds[0].texts.block) == place(feeds[1].texts.block))
        let texts = ["one", "https://a.example/feed", "The first", "two", "https://b.example/feed"]
        #expect(feeds[0].texts.block.count == texts.reduce(2 * 11) { $0 + $1.utf8.count })
    }

    @Test("A feed itself takes little more than where its texts are, and what it shares")
    func size() {
        #expect(MemoryLayout<FeedConfiguration>.stride <= 40)
    }
}
