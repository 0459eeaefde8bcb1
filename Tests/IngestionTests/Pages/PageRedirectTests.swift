import FeedModel
import Fetching
import TestSupport
import Testing
import Web

@testable import Configuration
@testable import Ingestion

@Suite("Where a redirect of a page may lead (docs/spec/fulltext.md §6.3)", .serialized)
struct PageRedirectTests {
    private let text = String(repeating: "word ", count: 100)
    private let folder = TemporaryDirectory()

    private func failure(_ outcome: PageTask.Outcome) -> PageFailure? {
        if case .failed(let failure) = outcome { failure.kind } else { nil }
    }

    private func feed(_ options: String = "", url: String = "https://www.example.org/feed") throws -> FeedConfiguration
    {
        let text = """
            contact = "https://example.org/bot"
            [fetch]
            private_networks = "allow"
            [[feed]]
            id = "feed"
            url = "\(url)"
            fulltext = "always"
            \(options)
            """
        return try ConfigurationLoader.load(
            path: folder.write(text, to: "newswire.toml"), environment: ["HOME": "/nonexistent"]
        ).feeds[0]
    }

    @Test("A redirect to a host that is not the feed's own is not followed unless fulltext_hosts names it")
    func otherHost() async throws {
        let fixture = try PageFixture()
        fixture.server.on("/a", .redirect(301, to: fixture.other.url("/b")))
        fixture.other.page("/b", text)
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        let open = "fulltext = \"always\"\nprivate_networks = \"allow\""
        #expect(failure(try await fixture.fetch(seq, options: open)) == .otherHost)
        #expect(fixture.other.requests.isEmpty && fixture.visits == ["127.0.0.1"])
        let named = open + "\nfulltext_hosts = [\"127.0.0.2\"]"
        #expect(try await fixture.fetch(seq, options: named) == .stored(isLonger: true))
        await fixture.close()
    }

    @Test("A way that leaves the allowed hosts in its middle is not followed, wherever it ends")
    func middle() async throws {
        let fixture = try PageFixture()
        fixture.server.on("/a", .redirect(302, to: fixture.other.url("/track")))
        fixture.other.on("/track", .redirect(302, to: fixture.server.url("/b")))
        fixture.server.page("/b", text)
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        let open = "fulltext = \"always\"\nprivate_networks = \"allow\""
        #expect(failure(try await fixture.fetch(seq, options: open)) == .otherHost)
        #expect(fixture.other.requests.isEmpty)
        let named = open + "\nfulltext_hosts = [\"127.0.0.2\"]"
        #expect(try await fixture.fetch(seq, options: named) == .stored(isLonger: true))
        await fixture.close()
    }

    @Test(
        "A feed's own host with or without www. has its pages, and so have the hosts of fulltext_hosts and those below them"
    )
    func hosts() throws {
        let hosts = PageHosts(of: try feed("fulltext_hosts = [\"other.example\"]"))
        for host in ["example.org", "www.example.org", "other.example", "news.other.example"] {
            #expect(hosts.has(host) && hosts.mayAsk(host))
        }
        for host in ["news.example.org", "example.org.evil.example", "another.example", "notother.example"] {
            #expect(!hosts.has(host) && !hosts.mayAsk(host))
        }
    }

    @Test("A service of links is asked where a link leads, and has no pages itself unless fulltext_hosts names it")
    func linkServices() throws {
        let hosts = PageHosts(of: try feed())
        for host in ["t.co", "feedproxy.google.com", "bit.ly"] { #expect(hosts.mayAsk(host) && !hosts.has(host)) }
        #expect(!hosts.mayAsk("x.t.co"))
        #expect(PageHosts(of: try feed("fulltext_hosts = [\"t.co\"]")).has("t.co"))
        let record = try PageRecordText.record(url: "https://t.co/abc")
        #expect(
            PageWish(record, of: try feed(), pages: FeedPages(), now: nil)
                == .wanted(.init(url: "https://t.co/abc", host: "t.co")))
    }

    @Test(
        "A redirect into a private network may be a passing fault, and is tried again; an address in the link is none")
    func privateNetwork() async throws {
        let fixture = try PageFixture()
        fixture.server.on("/a", .redirect(302, to: fixture.other.url("/b")))
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        let named = "fulltext = \"always\"\nfulltext_hosts = [\"127.0.0.2\"]"
        #expect(failure(try await fixture.fetch(seq, options: named)) == .privateNetwork)
        #expect(PageFailure.privateNetwork.retryDelay(after: 1) == 3600)
        #expect(PageFailure.privateNetwork.retryDelay(after: 4) == nil)
        let direct = try fixture.article(2, at: fixture.other.url("/b"))
        #expect(failure(try await fixture.fetch(direct, options: named)) == .refusedAddress)
        #expect(PageFailure.refusedAddress.retryDelay(after: 1) == nil)
        await fixture.close()
    }

    @Test(
        "The page of a private server may be on https where its feed is on http, but on no other port, host or way back",
        arguments: [
            ("http://10.0.0.5/feed", "https://10.0.0.5/a", true), ("http://10.0.0.5/feed", "http://10.0.0.5/a", true),
            ("http://10.0.0.5/feed", "https://10.0.0.5:8443/a", false),
            ("https://10.0.0.5/feed", "http://10.0.0.5/a", false),
            ("http://10.0.0.5:8080/feed", "https://10.0.0.5/a", false),
            ("http://10.0.0.5/feed", "https://10.0.0.6/a", false),
        ])
    func upgraded(feedURL: String, page: String, isOwn: Bool) throws {
        let feed = try feed("headers = { X-Lang = \"de\" }", url: feedURL)
        let configuration = try ConfigurationLoader.load(
            path: folder.file("newswire.toml"), environment: ["HOME": "/nonexistent"])
        let builder = RequestBuilder(configuration, version: "test", environment: [:])
        let request = try builder.request(page: WebURL(page), of: feed)
        #expect(request.isAmongPrivate == isOwn)
        #expect(request.headers.isEmpty && request.credentials == nil)
    }
}
