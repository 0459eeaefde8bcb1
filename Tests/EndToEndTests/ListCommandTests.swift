import Glibc
import JSONText
import TestSupport
import Testing

@Suite("newswire import and export", .serialized)
struct ListCommandTests {
    private let desk = Desk(feeds: [])

    @Test("OPML becomes tables that check accepts, and comes back from export")
    func roundTrip() async {
        let opml = desk.folder.write(
            """
            <opml version="2.0"><body><outline text="Defence"><outline text="Europe">
            <outline type="rss" text="A &amp; B" xmlUrl="https://example.org/a?x=1&amp;y=2"/></outline></outline>
            <outline xmlUrl="file:///etc/passwd"/></body></opml>
            """, to: "list.opml")
        let imported = await desk.plain("import", opml)
        #expect(imported.status == 65 && imported.errors.contains("1 thing is missing or doubtful"))
        #expect(
            imported.output == """
                [[feed]]
                url = "https://example.org/a?x=1&y=2"
                title = "A & B"
                tags = ["Defence", "Europe"]

                """)
        #expect(imported.errors.contains("list.opml:3: warning: is a local file"))
        desk.folder.write(imported.output, to: "feeds.d/imported.toml")
        desk.folder.write(
            "contact = \"https://example.org/\"\ninclude = [\"feeds.d/*.toml\"]\n[store]\ndirectory = \"store\"",
            to: "newswire.toml")
        #expect(await desk.run("check").output.hasSuffix("ok, 1 feed\n"))
        let exported = await desk.run("export")
        #expect(exported.status == 0)
        desk.folder.write(exported.output, to: "again.opml")
        let again = await desk.plain("import", desk.folder.file("again.opml"))
        #expect(again.status == 0 && again.output == imported.output)
        let slip = await desk.run("export", "--tag", "none")
        #expect(slip.status == 64 && slip.output.isEmpty)
    }

    @Test("newsboat's urls file from standard input; files that are none are refused")
    func urls() async {
        let imported = await desk.plain("import", "-", input: "https://example.org/ \"a tag\" \"~Title\"\nexec:ls\n")
        #expect(imported.status == 65 && imported.errors.contains("-:2: warning: was left out"))
        #expect(imported.output == "[[feed]]\nurl = \"https://example.org/\"\ntitle = \"Title\"\ntags = [\"a tag\"]\n")
        #expect(await desk.plain("import", desk.folder.file("missing")).status == 66)
        #expect(await desk.plain("import", desk.folder.path).status == 66)
        let html = await desk.plain("import", "-", input: "<!doctype html><p>")
        #expect(html.status == 65 && html.errors.contains("is no OPML"))
        for empty in ["", "# none yet\n", "<opml><body/></opml>"] {
            let none = await desk.plain("import", "-", input: empty)
            #expect(none.status == 65 && none.output.isEmpty && none.errors.contains("-: it holds no feeds"))
        }
    }

    @Test(
        "contract.md §2.10: a list that is cut off stops check and start, leaves a reload's old one, and is imported with 65"
    )
    func cutOff() async throws {
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One")])))
        let opml = "<opml><body>\n<outline xmlUrl=\"\(desk.server.url("/feed"))\"/>\n"
        let path = desk.folder.write(opml + "</body></opml>", to: "list.opml")
        let text = try #require(desk.folder.text("newswire.toml"))
        desk.folder.write("include = [\"list.opml\"]\n" + text, to: "newswire.toml")
        let service = desk.service()
        await desk.server.received(1)
        desk.folder.write(opml, to: "list.opml")
        let said = "list.opml:2: error: ends inside <body>: it was cut off, or an end tag is missing"
        service.send(SIGHUP)
        while !service.errors.contains("the old one stays in force") { await Task.yield() }
        service.send(SIGTERM)
        #expect(await service.wait().status == 0)
        let check = await desk.run("check")
        #expect(check.status == 78 && check.errors.contains(said), "\(check.errors)")
        let run = await desk.service().wait()
        #expect(run.status == 78 && run.errors.contains(said), "\(run.errors)")
        let imported = await desk.plain("import", path)
        #expect(imported.status == 65 && imported.output == "[[feed]]\nurl = \"\(desk.server.url("/feed"))\"\n")
        #expect(imported.errors.contains("list.opml:2: warning: ends inside <body>"))
    }

    @Test("export names feeds as their publishers do, and leaves local files out")
    func titles() async throws {
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One")])))
        desk.folder.write(Publisher.rss([]), to: "local.xml")
        desk.configure(feeds: ["/feed"])
        desk.folder.write(
            (desk.folder.text("newswire.toml") ?? "") + "[[feed]]\nurl = \"local.xml\"\n", to: "newswire.toml")
        _ = try await desk.poll()
        let exported = await desk.run("export")
        #expect(
            exported.output.contains(
                "<outline type=\"rss\" text=\"Desk\" title=\"Desk\" xmlUrl=\"\(desk.server.url("/feed"))\"/>"))
        #expect(!exported.output.contains("local.xml") && exported.errors.contains("1 local file is left out"))
    }
}

@Suite("newswire add", .serialized)
struct AddTests {
    private let desk = Desk(feeds: [])

    init() {
        desk.server.on("/feed", .init(headers: [("ETag", "\"1\"")], body: Publisher.rss([("1", "One"), ("2", "Two")])))
        configure()
    }

    private func configure(_ more: String = "include = [\"feeds.d/*.toml\"]") {
        desk.folder.write("\(more)\n\(desk.folder.text("newswire.toml") ?? "")", to: "newswire.toml")
    }

    private func added() -> [String] {
        let names = Listing.names(in: desk.folder.file("feeds.d"))
        return names.compactMap { desk.folder.text("feeds.d/\($0)") }
    }

    @Test("A feed is asked once: its table is written and its articles are stored, with validators for the next poll")
    func feed() async throws {
        let main = desk.folder.text("newswire.toml")
        let ending = await desk.run("add", desk.server.url("/feed"), "--tag", "a", "--tag", "b")
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(ending.errors.contains("added 127.0.0.1") && ending.errors.contains("(Desk), 2 articles"))
        let fields = ending.output.dropLast().split(separator: "\t")
        #expect(fields.count == 3 && fields[1] == desk.server.url("/feed"))
        #expect(desk.server.requests.count == 1)
        let file = try #require(added().first)
        #expect(file.hasSuffix("[[feed]]\nurl = \"\(desk.server.url("/feed"))\"\ntags = [\"a\", \"b\"]\n"))
        #expect(file.hasPrefix("# Desk, added by `newswire add` on 20"))
        #expect(desk.folder.text("newswire.toml") == main)
        #expect(try await desk.ids() == ["1", "2"])
        let articles = try await desk.dump()
        #expect(articles[0]["_newswire"]?["initial"] != nil)
        #expect(articles[0]["_newswire"]?["feed_tags"]?.array?.compactMap(\.string) == ["a", "b"])
        _ = await desk.run("poll", "--all", "--force")
        #expect(desk.server.requests.last?.header("If-None-Match") == "\"1\"")
        #expect(try await desk.ids() == ["1", "2"])
    }

    @Test("Of a page the first feed is taken, not that of its comments, and the others are said")
    func page() async throws {
        desk.server.on(
            "/",
            .init(
                headers: [("Content-Type", "text/html")],
                body: """
                    <!doctype html><link rel=alternate type="application/rss+xml" title="Comments" href="/comments/feed">
                    <link rel=alternate type="application/rss+xml" title="Posts" href="/feed">
                    """))
        let ending = await desk.run("add", desk.server.url("/"), "--id", "mine", "--title", "My \"own\"")
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(ending.errors.contains("also names \(desk.server.url("/comments/feed"))"))
        #expect(desk.server.requests.map(\.path) == ["/", "/feed"])
        #expect(added().first?.contains("id = \"mine\"\ntitle = \"My \\\"own\\\"\"") == true)
        #expect(try await desk.dump("--feed", "mine").count == 2)
    }

    @Test("Where a page names none, well-known paths are asked")
    func guess() async {
        desk.server.on("/", .init(headers: [("Content-Type", "text/html")], body: "<!doctype html><p>"))
        #expect(await desk.run("add", desk.server.url("/")).status == 0)
        #expect(desk.server.requests.map(\.path) == ["/", "/feed"])
    }

    @Test("contract.md §1.10: a link in the page's text is taken before well-known paths, one to another site never")
    func textLinks() async {
        let other = desk.server.url("/feed").replacing("127.0.0.1", with: "localhost")
        let html = [("Content-Type", "text/html")]
        desk.server.on(
            "/", .init(headers: html, body: "<!doctype html><a href=\"\(other)\">Feed</a><a href=\"/all\">RSS</a>"))
        desk.server.on("/all", .init(body: Publisher.rss([("1", "One")])))
        let ending = await desk.run("add", desk.server.url("/"))
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(desk.server.requests.map(\.path) == ["/", "/all"])
        #expect(added().first?.contains("url = \"\(desk.server.url("/all"))\"") == true)
        desk.server.on("/feed", .init(status: 404))
        desk.server.on("/page", .init(headers: html, body: "<!doctype html><a href=\"\(other)\">Feed</a>"))
        let none = await desk.run("add", desk.server.url("/page"))
        #expect(none.status == 65 && none.errors.contains("it links to \(other) on other sites"), "\(none.errors)")
        #expect(desk.server.requests(to: "/feed").count == 1 && added().count == 1)
    }

    @Test("What is configured already is refused, with its place, and nobody is asked")
    func configured() async throws {
        #expect(await desk.run("add", desk.server.url("/feed")).status == 0)
        let count = desk.server.requests.count
        let again = await desk.run("add", desk.server.url("/feed/"))
        #expect(again.status == 64 && again.errors.contains("configured already, as 127.0.0.1"))
        #expect(again.errors.contains("feeds.d/") && again.errors.contains(".toml:2"))
        #expect(desk.server.requests.count == count && added().count == 1)
        // Found by way of a page, it is the same feed.
        desk.server.on("/old", .redirect(301, to: "/feed"))
        #expect(await desk.run("add", desk.server.url("/old")).status == 64)
        #expect(added().count == 1)
    }

    @Test("What is no feed is not added", arguments: [("/none", 69 as Int32), ("/page", 65), ("/private", 69)])
    func noFeed(path: String, status: Int32) async {
        desk.server.on("/page", .init(headers: [("Content-Type", "text/html")], body: "<!doctype html><p>"))
        desk.server.on("/feed", .init(status: 404))
        if path == "/private" {
            desk.folder.write(
                "contact = \"https://example.org/bot\"\ninclude = [\"feeds.d/*.toml\"]\n", to: "newswire.toml")
        }
        let ending = await desk.run("add", desk.server.url(path))
        #expect(ending.status == status, "\(ending.errors)")
        #expect(added().isEmpty && ending.output.isEmpty)
    }

    @Test("Of a page whose feeds cannot be had, each that was asked is named with its answer")
    func inVain() async {
        let html = [("Content-Type", "text/html")]
        let links = ["/gone", "/private", "/page"].map { "<link rel=alternate type=application/rss+xml href=\($0)>" }
        desk.server.on("/", .init(headers: html, body: "<!doctype html>\(links.dropLast().joined())"))
        desk.server.on("/page", .init(headers: html, body: "<!doctype html>\(links.joined())"))
        desk.server.on("/gone", .init(status: 404))
        desk.server.on("/private", .init(status: 403))
        let refused = await desk.run("add", desk.server.url("/"))
        #expect(refused.status == 69 && refused.errors.contains("adding \(desk.server.url("/")): none of the feeds"))
        #expect(refused.errors.contains("\(desk.server.url("/gone")): status 404"), "\(refused.errors)")
        #expect(refused.errors.contains("\(desk.server.url("/private")): status 403"), "\(refused.errors)")
        let page = await desk.run("add", desk.server.url("/page"))
        #expect(page.status == 65 && page.errors.contains("\(desk.server.url("/page")): is no feed"), "\(page.errors)")
    }

    @Test("A tag or an id that the configuration would not take leaves nothing behind")
    func wrongValues() async {
        #expect(await desk.run("add", desk.server.url("/feed"), "--id", "a b").status == 64)
        desk.folder.write(
            (desk.folder.text("newswire.toml") ?? "") + "[[feed]]\nurl = \"https://a.org/\"\nid = \"taken\"\n",
            to: "newswire.toml")
        for words in [["--tag", ""], ["--id", ""], ["--id", "taken"], ["--title", "a\u{1}b"]] {
            let ending = await desk.run(["add", desk.server.url("/feed")] + words)
            #expect(ending.status == 64 && ending.errors.hasPrefix("newswire: adding http"), "\(ending.errors)")
            #expect(!ending.errors.contains("feeds.d"), "\(ending.errors)")
            #expect(desk.server.requests.isEmpty)
        }
        #expect(added().isEmpty)
        #expect(await desk.run("dump").output.isEmpty)
    }

    @Test("A configuration that does not include feeds.d is told which line to add")
    func notIncluded() async {
        desk.configure(feeds: [])
        let list = desk.folder.write("\(desk.server.url("/feed"))\n", to: "urls")
        for words in [["add", desk.server.url("/feed")], ["import", "--add", list]] {
            let ending = await desk.run(words)
            #expect(ending.status == 78 && ending.output.isEmpty)
            #expect(ending.errors.contains("    include = [\"feeds.d/*.toml\"]"), "\(ending.errors)")
        }
        #expect(desk.server.requests.isEmpty && added().isEmpty)
        configure()
        #expect(await desk.run("import", "--add", list).status == 0)
        #expect(await desk.run("check").output.hasSuffix("ok, 1 feed\n"))
        #expect(await desk.run("add", desk.server.url("/feed")).status == 64)
    }

    @Test("A feed that is removed and added by another id goes on with its history, and the line that does it is said")
    func newID() async throws {
        #expect(await desk.run("add", desk.server.url("/feed"), "--id", "first").status == 0)
        #expect(await desk.run("remove", "first").status == 0)
        let ending = await desk.run("add", desk.server.url("/feed"), "--id", "second")
        #expect(ending.status == 0 && ending.errors.contains("formerly = [\"first\"]"), "\(ending.errors)")
        #expect(ending.errors.contains("added second (Desk), 0 articles"), "\(ending.errors)")
        #expect(added().first?.contains("id = \"second\"\nformerly = [\"first\"]\n") == true)
        #expect(try await desk.dump("--feed", "second").count == 2)
        #expect(try await desk.dump().count == 2)
    }

    @Test("add and import say what check would say of the new table")
    func hint() async throws {
        desk.server.on("/rss", .init(body: Publisher.rss([("1", "One")])))
        #expect(await desk.run("add", desk.server.url("/feed"), "--id", "first").status == 0)
        #expect(await desk.run("remove", "first").status == 0)
        let said = "id = \"first\" keeps its history"
        let list = desk.folder.write("\(desk.server.url("/rss"))\n", to: "urls")
        let imported = await desk.run("import", "--add", list)
        #expect(imported.errors.contains(said) && imported.errors.contains("feeds.d/urls.toml:3: warning:"))
        #expect(await desk.run("remove", desk.server.url("/rss")).status == 0)
        #expect(await desk.run("add", desk.server.url("/rss")).errors.contains(said))
    }

    @Test("While a service runs, the table is written and the service reads it and polls the feed")
    func service() async throws {
        desk.server.on("/other", .init(body: Publisher.rss([("9", "Nine")])))
        desk.folder.write(
            (desk.folder.text("newswire.toml") ?? "") + "[[feed]]\nurl = \"\(desk.server.url("/other"))\"\n",
            to: "newswire.toml")
        let service = desk.service()
        await desk.server.received(1)
        let ending = await desk.run("add", desk.server.url("/feed"))
        #expect(ending.status == 0 && ending.errors.contains("the running service polls it"), "\(ending.errors)")
        #expect(added().count == 1)
        await desk.server.received(3)
        service.send(SIGTERM)
        _ = await service.wait()
        #expect(desk.server.requests(to: "/feed").count == 2)
    }
}

/// The names in a folder.
private enum Listing {
    static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }
}
