import Configuration
import TestSupport
import Testing

@testable import Ingestion

@Suite("Feeds of one host share an allowance (polling.md §7)")
struct HostAllowanceTests {
    @Test("A host whose feeds cannot all be asked within max_interval, by the delay that is configured, is named")
    func crowded() throws {
        let folder = TemporaryDirectory()
        let feeds = (0..<25).map { "[[feed]]\nurl = \"https://s\($0 % 3).slow.example/\($0)\"\n" }.joined()
        let path = folder.write(
            """
            contact = "https://example.org/bot"
            [host."slow.example"]
            delay = "1h"
            [[feed]]
            url = "https://quick.example/a"
            \(feeds)
            """, to: "newswire.toml")
        let allowances = HostAllowances(
            try ConfigurationLoader.load(path: path, environment: ["HOME": "/nonexistent"]))
        #expect(allowances.feeds(of: "slow.example") == 25 && allowances.feeds(of: "quick.example") == 1)
        #expect(allowances.feeds(of: "other.example") == 0)
        let crowded = try #require(allowances.crowdedHosts.first)
        #expect(allowances.crowdedHosts.count == 1)
        #expect(crowded.key == "slow.example" && crowded.feeds == 25 && crowded.seconds == 90_000)
    }

    @Test("polling.md §7: all forms of one host have one allowance, for feeds, adopted URLs and redirects")
    func forms() throws {
        let forms = [
            ["http://127.0.0.1:8099/a", "http://2130706433:8099/b", "http://127.1:8099/c", "http://127.0.0.1./d"],
            [
                "https://example.org/a", "https://example.org./b", "https://exa%6dple.org/c",
                "https://EXAMPLE.ORG:444/d",
            ],
            ["https://b\u{fc}cher.example/a", "https://B\u{dc}CHER.example/b", "https://xn--bcher-kva.example/c"],
        ]
        let folder = TemporaryDirectory()
        let path = folder.write(
            "contact = \"https://example.org/bot\"\n"
                + forms.joined().map { "[[feed]]\nurl = \"\($0)\"\n" }.joined(), to: "newswire.toml")
        let configuration = try ConfigurationLoader.load(path: path, environment: ["HOME": "/nonexistent"])
        let allowances = HostAllowances(configuration)
        let keys = Dictionary(
            uniqueKeysWithValues: configuration.feeds.map { ($0.url, allowances.allowance(for: $0, state: nil).key) })
        for (urls, key) in zip(forms, ["127.0.0.1", "example.org", "xn--bcher-kva.example"]) {
            for url in urls {
                #expect(keys[url] == key)
                #expect(allowances.allowance(for: configuration.feeds[0], adoptedURL: url).key == key)
                // What a redirect leads to is asked for by this name.
                #expect(FeedConfiguration.host(of: url).map { allowances.allowance(forHost: $0).key } == key)
            }
        }
    }
}
