import JSONText
import TestSupport
import Testing

@Suite("newswire discover")
struct DiscoverTests {
    @Test("The feeds of a page are printed with type and title, from its header and its HTML, each once")
    func page() async throws {
        let desk = Desk()
        desk.server.on(
            "/blog",
            .init(
                headers: [
                    ("Content-Type", "text/html"),
                    ("Link", "</json>; rel=\"alternate\"; type=\"application/feed+json\"; title=\"J\""),
                ],
                body: """
                    <!doctype html><link rel=alternate type="application/rss+xml" title="News &amp; more" href="/feed">
                    <link rel=alternate type="application/feed+json" href="/json">
                    """))
        let ending = await desk.run("discover", desk.server.url("/blog"))
        #expect(ending.status == 0)
        #expect(
            ending.lines == [
                "\(desk.server.url("/json"))\tapplication/feed+json\tJ",
                "\(desk.server.url("/feed"))\tapplication/rss+xml\tNews & more",
            ])
        #expect(desk.server.requests.count == 1)
        let json = await desk.run("discover", "--json", desk.server.url("/blog"))
        let first = try JSONParser.parse(Array((json.lines.first ?? "").utf8)).value
        #expect(first["url"]?.string == desk.server.url("/json") && first["title"]?.string == "J")
    }

    @Test("A feed is printed as it is, by the URL that lasts")
    func feed() async {
        let desk = Desk()
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One")])))
        desk.server.on("/old", .redirect(301, to: "/feed"))
        desk.server.on("/temporary", .redirect(302, to: "/feed"))
        for (path, shown) in [("/feed", "/feed"), ("/old", "/feed"), ("/temporary", "/temporary")] {
            let ending = await desk.run("discover", desk.server.url(path))
            #expect(ending.lines == ["\(desk.server.url(shown))\tapplication/rss+xml\tDesk"])
        }
    }

    @Test("A page without feeds ends with 65; only --guess asks well-known paths, and stops at the first feed")
    func guess() async {
        let desk = Desk()
        desk.server.on("/", .init(headers: [("Content-Type", "text/html")], body: "<!doctype html><p>Hi"))
        desk.server.on("/rss.xml", .init(body: Publisher.rss([("1", "One")])))
        let plain = await desk.run("discover", desk.server.url("/"))
        #expect(plain.status == 65 && plain.output.isEmpty && plain.errors.contains("--guess"))
        #expect(desk.server.requests.count == 1)
        let guess = await desk.run("discover", "--guess", desk.server.url("/"))
        #expect(guess.lines == ["\(desk.server.url("/rss.xml"))\tapplication/rss+xml\tDesk"])
        #expect(desk.server.requests.map(\.path) == ["/", "/", "/feed", "/feed.xml", "/rss.xml"])
    }

    @Test("polling.md §8: a page that is a wall for browsers, though its status is 200, is named with what helps")
    func wall() async {
        let desk = Desk()
        let text = desk.folder.text("newswire.toml") ?? ""
        desk.folder.write("include = [\"feeds.d/*.toml\"]\n\(text)", to: "newswire.toml")
        page(desk, "<title>Just a moment...</title><script id=\"anubis_challenge\">{}</script>")
        for arguments in [["discover"], ["discover", "--guess"], ["add"]] {
            let ending = await desk.run(arguments + [desk.server.url("/")])
            #expect(ending.status == 69 && ending.output.isEmpty)
            #expect(ending.errors.contains("Anubis") && ending.errors.contains("ask the publisher"), "\(ending.errors)")
        }
        // A page that only looks like one hides no feed.
        page(desk, "<script id=\"anubis_challenge\">{}</script><a href=\"/all\">All as RSS</a>")
        desk.server.on("/all", .init(body: Publisher.rss([("1", "One")])))
        #expect(await desk.run("discover", desk.server.url("/")).lines.count == 1)
    }

    private func page(_ desk: Desk, _ body: String) {
        desk.server.on("/", .init(headers: [("Content-Type", "text/html")], body: "<!doctype html>\(body)"))
    }

    /// The desk's server under another name, which makes it another site.
    private func elsewhere(_ desk: Desk, _ path: String) -> String {
        desk.server.url(path).replacing("127.0.0.1", with: "localhost")
    }

    @Test("contract.md §1.10: where a page declares no feed, links in its text to its own site are asked, feeds or not")
    func textLinks() async {
        let desk = Desk()
        page(
            desk,
            """
            <a href="/about">About</a><a href="/rss-help">What is RSS?</a><a href="/all">All as RSS</a>
            <a href="\(elsewhere(desk, "/other/feed"))">Their feed</a><a href="/x/comments.rss">Comments</a>
            """)
        for path in ["/all", "/x/comments.rss", "/other/feed"] {
            desk.server.on(path, .init(body: Publisher.rss([("1", "One")])))
        }
        desk.server.on("/rss-help", .init(headers: [("Content-Type", "text/html")], body: "<!doctype html><p>"))
        let ending = await desk.run("discover", desk.server.url("/"))
        #expect(ending.status == 0, "\(ending.errors)")
        let lines = ["/all", "/x/comments.rss"].map { "\(desk.server.url($0))\tapplication/rss+xml\tDesk" }
        #expect(ending.lines == lines)
        #expect(desk.server.requests.map(\.path) == ["/", "/rss-help", "/all", "/x/comments.rss"])
    }

    @Test(
        "contract.md §1.10: a feed of another site comes behind all that the page's own site may have, with --guess alone"
    )
    func otherSites() async {
        let desk = Desk()
        page(desk, "<a href=\"\(elsewhere(desk, "/other/feed"))\">Feed</a><a href=\"/feed\">Feed</a>")
        desk.server.on("/other/feed", .init(body: Publisher.rss([("1", "One")])))
        #expect(await desk.run("discover", desk.server.url("/")).status == 65)
        #expect(desk.server.requests.map(\.path) == ["/", "/feed"])
        let guess = await desk.run("discover", "--guess", desk.server.url("/"))
        #expect(guess.lines == ["\(elsewhere(desk, "/other/feed"))\tapplication/rss+xml\tDesk"], "\(guess.errors)")
        let own = ["/", "/feed", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml", "/rss", "/feed.json"]
        #expect(desk.server.requests.dropFirst(2).map(\.path) == own + ["/other/feed"])
        desk.server.on("/index.xml", .init(body: Publisher.rss([("2", "Two")])))
        let count = desk.server.requests(to: "/other/feed").count
        let fixed = await desk.run("discover", "--guess", desk.server.url("/"))
        #expect(fixed.lines.first?.hasPrefix(desk.server.url("/index.xml")) == true)
        #expect(desk.server.requests(to: "/other/feed").count == count)
    }

    @Test("contract.md §1.10: however many links a page has, sixteen requests are made at most")
    func bounds() async {
        let desk = Desk()
        let links = (0..<30).map { "<a href=\"/rss/\($0)\">x</a><a href=\"\(elsewhere(desk, "/feeds/\($0)"))\">x</a>" }
        page(desk, links.joined())
        #expect(await desk.run("discover", desk.server.url("/")).status == 65)
        #expect(desk.server.requests.count == 6)
        #expect(await desk.run("discover", "--guess", desk.server.url("/")).status == 65)
        #expect(desk.server.requests.count == 6 + 16)
    }

    @Test("security.md §1, §2: other schemes and private addresses are refused, also after a redirect")
    func refused() async {
        let desk = Desk()
        for url in ["file:///etc/passwd", "gopher://127.0.0.1/", "http://"] {
            let ending = await desk.run("discover", url)
            #expect(ending.status == 69 && ending.output.isEmpty)
        }
        desk.server.on("/away", .redirect(302, to: "file:///etc/passwd"))
        #expect(await desk.run("discover", desk.server.url("/away")).status == 69)
        desk.folder.write("contact = \"https://example.org/bot\"", to: "newswire.toml")
        let count = desk.server.requests.count
        let ending = await desk.run("discover", "--guess", desk.server.url("/"))
        #expect(ending.status == 69 && ending.errors.contains("private_networks"))
        #expect(desk.server.requests.count == count)
    }

    @Test("security.md §2: a page of a public site leads to no private address, whatever is open for all feeds")
    func linkToPrivate() async {
        let desk = Desk()
        // The desk's server is the proxy: to newswire, the page may be anybody's.
        desk.folder.write(
            """
            contact = "https://example.org/bot"
            include = ["feeds.d/*.toml"]
            [fetch]
            private_networks = "allow"
            proxy = "\(desk.server.url(""))"
            host_delay = "0s"
            [store]
            directory = "store"
            """, to: "newswire.toml")
        let inside = "http://10.0.0.1:8080/admin"
        let link = "<link rel=\"alternate\" type=\"application/rss+xml\" href=\"\(inside)\">"
        desk.server.on("http://site.example/", .init(headers: [("Content-Type", "text/html")], body: "<html>\(link)"))
        desk.server.on(inside, .init(body: Publisher.rss([("1", "One")])))
        let ending = await desk.run("add", "http://site.example/")
        #expect(ending.status == 69 && ending.errors.contains("a link led to 10.0.0.1, "))
        #expect(!ending.errors.contains("private_networks"))
        #expect(desk.server.requests(to: inside).isEmpty)
        // What a person writes is asked.
        #expect(await desk.run("discover", inside).status == 0)
    }

    @Test("Without a contact nobody is asked")
    func contact() async {
        let desk = Desk()
        desk.folder.write("", to: "newswire.toml")
        #expect(await desk.run("discover", desk.server.url("/")).status == 78)
        #expect(desk.server.requests.isEmpty)
    }
}
