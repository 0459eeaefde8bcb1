import Configuration
import TestSupport
import Testing

@testable import Ingestion

@Suite("Feeds of one host share an allowance (polling.md §7)")
struct HostAllowanceTests {
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
