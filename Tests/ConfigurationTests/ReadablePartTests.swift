import Configuration
import FeedModel
import TestSupport
import Testing

@Suite("Of a wrong configuration is known what can be read: contract.md §1")
struct ReadablePartTests {
    let fixture = ConfigurationFixture()

    /// What is known of the main file with that text.
    private func readable(_ text: String) throws -> Configuration? {
        let error = #expect(throws: ConfigurationError.self) { try fixture.load(text) }
        return try #require(error).readable
    }

    private let standard = "/home/somebody/.local/state/newswire"

    @Test(
        "A mistake elsewhere leaves the store where the configuration says",
        arguments: [
            // Wrong values and unknown keys, before and behind the table.
            "contact = 3\n[store]\ndirectory = \"/srv/news\"",
            "[store]\ndirectory = \"/srv/news\"\nkeep = \"90 dayz\"",
            "[store]\ndirectory = \"/srv/news\"\n[[feed]]\nurl = 3", "[store]\ndirectory = \"/srv/news\"\n[[feeds]]",
            "[store]\ndirectory = \"/srv/news\"\n[fetch]\ntimeuot = \"3s\"",
            // An included file that is not there.
            "include = [\"none.toml\"]\n[store]\ndirectory = \"/srv/news\"",
            // No TOML before the table, which can be read by itself.
            "contact = \"\n[store]\ndirectory = \"/srv/news\"",
            "contact = \"x\n[store]\ndirectory = \"/srv/news\"\n[[feed]]\n",
            // No TOML any more behind the table.
            "[store]\ndirectory = \"/srv/news\"\n[[feed]]\nurl = \"https://example.org/\nid = 'a'",
            "[store]\ndirectory = \"/srv/news\"\n[[feed]]\ntags = [\n'a',\n\n[fetch]\nretries = 3\n",
        ])
    func certain(text: String) throws {
        #expect(try readable(text)?.store.directory == "/srv/news")
    }

    @Test(
        "A mistake that has nothing to do with the store leaves it at its usual place",
        arguments: [
            "contact = 3", "contact = \"", "[schedule]\nmin_interval = 3",
            "contact = \"\n[store]\n# directory = \"/srv/news\"",
        ])
    func usual(text: String) throws {
        #expect(try readable(text)?.store.directory == standard)
    }

    @Test(
        "A mistake that may have meant the place of the store leaves it unknown",
        arguments: [
            "[store]\ndirectory = 3", "[store]\ndirectry = \"/srv/news\"", "[stroe]\ndirectory = \"/srv/news\"",
            "directory = \"/srv/news\"", "store = \"/srv/news\"", "[store]\ndirectory = \"/srv/news",
            "contact = \"\"\"\n[store]\ndirectory = \"/srv/news\"", "store.directry = \"/srv/news\"",
            "contact = \"\n[store]\ndirectory = \"/srv/news",
            "contact = \"\n[store]\n[store]\ndirectory = \"/srv/news\"",
        ])
    func unknown(text: String) throws {
        #expect(try readable(text)?.store.directory == "")
    }

    @Test("Feeds that can be read are there, so that they can be named; what is wrong is told as ever")
    func feeds() throws {
        let text = feed("id = \"a\"") + "\n[[feed]]\nurl = 3\n[[feed]]\nurl = \"https://example.org/b\"\nid = \"b\"\n"
        #expect(try readable(text)?.feeds.map(\.id.text) == ["a", "b"])
        let broken = feed("id = \"a\"") + "\n[[feed]]\nurl = \"https://example.org/b\nid = \"b\"\n"
        #expect(try readable(broken)?.feeds.map(\.id.text) == ["a"])
        #expect(fixture.errors(broken).count == 1)
    }

    @Test("Nothing is known of a main file that cannot be read")
    func missing() {
        let error = #expect(throws: ConfigurationError.self) {
            try ConfigurationLoader.load(path: fixture.folder.file("none.toml"), environment: fixture.environment)
        }
        #expect(error?.readable == nil)
    }
}
