import FeedModel
import Testing
import Web

@testable import WebInterface

@Suite("Requests that were not meant for this: web.md §3.5, §3.6")
struct GateTests {
    @Test(
        "It is asked by localhost, an address of its own or a name that it was given; by any other name it does not answer",
        arguments: [
            ("localhost", 200), ("localhost:8473", 200), ("LOCALHOST:1", 200), ("localhost.", 200), ("127.0.0.1", 200),
            ("[::1]:8473", 200), ("[0:0:0:0:0:0:0:1]", 200), ("news.example.org", 200), ("News.Example.org:443", 200),
            ("10.0.0.5:8473", 200), ("evil.example", 421), ("localhost.evil.example", 421),
            ("127.0.0.1.evil.example", 421),
            ("10.0.0.6", 421), ("127.0.0.2", 421), ("0.0.0.0", 421), ("[::2]", 421), ("sub.news.example.org", 421),
            ("", 400), ("localhost:x", 400), ("localhost/x", 400), ("a@localhost", 400),
            ("localhost, evil.example", 400),
            ("[::1", 400), ("[localhost]", 400), (":8473", 400),
        ])
    func hosts(host: String, status: Int) throws {
        let site = try SiteFixture(
            "hosts = [\"news.example.org\"]\nlisten = [\"127.0.0.1:8473\", \"10.0.0.5:8473\"]\nanonymous = \"read\"")
        #expect(site.ask("GET", "/read", host: host).status == status)
        // Whoever may connect to the Unix socket is no browser.
        #expect(site.ask("GET", "/read", from: .unixSocket, host: host).status == 200)
    }

    @Test("Where all addresses are listened on, it is asked by any address, and by no name that it was not given")
    func everywhere() throws {
        let site = try SiteFixture("listen = [\"0.0.0.0:8473\"]\nanonymous = \"read\"")
        #expect(site.ask("GET", "/read", host: "192.0.2.7:8473").status == 200)
        #expect(site.ask("GET", "/read", host: "evil.example").status == 421)
    }

    @Test("A request without a host, or with two, is refused, and what is asked of nothing there tells no more")
    func hostHeaders() throws {
        let site = try SiteFixture()
        #expect(site.ask("GET", "/read", host: nil).status == 400)
        #expect(site.ask("GET", "/read", [("host", "localhost")], host: "evil.example").status == 400)
        #expect(site.ask("GET", "/none", host: "evil.example").status == 421)
        #expect(site.ask("GET", "/%zz", host: "evil.example").status == 421)
    }

    @Test("Where the address itself names a host, that one counts and not Host")
    func absoluteAddress() throws {
        let site = try SiteFixture()
        #expect(site.ask("GET", "http://localhost:8473/read").status == 200)
        #expect(site.ask("GET", "http://evil.example/read", host: "localhost").status == 421)
        #expect(site.ask("GET", "http://localhost@evil.example/read", host: "localhost").status == 400)
        #expect(site.ask("GET", "http://localhost/read", [("host", "localhost")], host: "localhost").status == 400)
    }

    @Test(
        "What another page has sent changes nothing, as browsers say it",
        arguments: [
            ([("sec-fetch-site", "same-origin")], 200), ([("sec-fetch-site", "none")], 200),
            ([("sec-fetch-site", "cross-site")], 403), ([("sec-fetch-site", "same-site")], 403),
            ([("sec-fetch-site", "")], 403), ([("sec-fetch-site", "none"), ("sec-fetch-site", "cross-site")], 403),
            ([("origin", "http://localhost:8473")], 200), ([("origin", "http://LOCALHOST:8473")], 200),
            ([("origin", "http://localhost:3000")], 403), ([("origin", "http://localhost")], 403),
            ([("origin", "https://evil.example")], 403), ([("origin", "null")], 403), ([("origin", "")], 403),
            ([("origin", "https://news.example.org")], 200), ([("origin", "https://news.example.org:444")], 200),
            ([("origin", "https://news.example.org.evil.example")], 403),
            ([("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")], 403), ([], 200),
        ])
    func crossSite(headers: [(String, String)], status: Int) throws {
        let site = try SiteFixture(
            "hosts = [\"news.example.org\"]\n\(AccessTests.accounts)", secrets: AccessTests.secrets)
        let proof = [SiteFixture.basic("manager", "mänager's")]
        for folder in AccessTests.folders {
            #expect(site.ask("POST", "\(folder)/manage", proof + headers).status == status, "\(folder)")
            #expect(site.ask("GET", "\(folder)/read", proof + headers).status == 200, "\(folder)")
        }
    }

    @Test("The port that goes without saying may be said or not")
    func standardPorts() throws {
        let site = try SiteFixture("hosts = []", endpoints: [SiteFixture.endpoints[1]])
        func status(_ origin: String, _ host: String) -> Int {
            site.ask("POST", "/nothing", [("origin", origin)], host: host).status
        }
        #expect(status("http://localhost", "localhost:80") == 200)
        #expect(status("https://localhost:443", "localhost") == 200)
        #expect(status("https://localhost", "localhost:80") == 403)
    }
}
