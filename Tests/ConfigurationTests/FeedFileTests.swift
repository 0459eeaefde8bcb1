import Configuration
import FeedModel
import Glibc
import TestSupport
import Testing

@Suite("The files that newswire add and newswire import --add write")
struct FeedFileTests {
    let fixture = ConfigurationFixture()
    private let table = FeedTable(url: "https://example.org/feed", tags: ["a \"b\""])

    private func file(_ table: FeedTable, name: String = "example", title: String? = nil) -> FeedFile {
        FeedFile(table, name: name, main: fixture.folder.file("newswire.toml"), title: title, date: "2026-11-26")
    }

    @Test("The file that newswire add writes loads, changes nothing else, and has the mode of the main file")
    func written() throws {
        let main = "contact = \"https://example.org/\"\ninclude = [\"feeds.d/*.toml\"]\n"
        fixture.write(main, to: "newswire.toml", mode: 0o640)
        let file = file(table, title: "Example\nurl = \"https://evil.example/\"")
        try file.write()
        fixture.folder.write("", to: "feeds.d/other.txt")
        let configuration = try ConfigurationLoader.load(
            path: fixture.folder.file("newswire.toml"), environment: fixture.environment)
        #expect(configuration.feeds.map(\.url) == ["https://example.org/feed"])
        #expect(configuration.feeds.first?.tags == ["a \"b\""])
        #expect(configuration.feeds.first?.source.file.hasSuffix(file.path.split(separator: "/").last ?? "") == true)
        #expect(fixture.folder.text("newswire.toml") == main)
        var status = stat()
        #expect(stat(file.path, &status) == 0 && status.st_mode & 0o7777 == 0o640)
    }

    @Test("newswire add never changes a file that is there")
    func exists() throws {
        fixture.write("", to: "newswire.toml")
        let (first, second) = (file(table), file(table))
        try first.write()
        fixture.write("# mine\n", to: "feeds.d/example.toml")
        #expect(throws: FeedFile.Failure.self) { try second.write() }
        let third = file(table)
        #expect(third.path.hasSuffix("feeds.d/example-2.toml"))
        try third.write()
        #expect(fixture.folder.text("feeds.d/example.toml") == "# mine\n")
        #expect(fixture.folder.read("feeds.d/.newswire-\(getpid())") == nil)
    }

    @Test(
        "security.md §11: newswire add names its file after the feed, with harmless characters alone",
        arguments: [
            ("../../etc/cron.d/x\0", "etc-cron.d-x-"), (".hidden", "hidden"), ("-rf *", "rf--"),
            ("page.example-feed", nil),
            ("A_b~1", "A_b-1"), ("мир", "feed"),
            (String(repeating: "x", count: 300), String(repeating: "x", count: 80)),
        ])
    func name(name: String, expected: String?) {
        #expect(file(table, name: name).path == fixture.folder.file("feeds.d/\(expected ?? name).toml"))
    }

    @Test("The file of an imported list is named after the list, and holds its new feeds alone")
    func list() throws {
        let main = fixture.write(
            """
            contact = "https://example.org/"
            include = ["feeds.d/*.toml"]
            [[feed]]
            url = "https://a.org/feed"
            id = "mine"
            """, to: "newswire.toml")
        let list = try FeedListImport.read(
            Array("https://a.org/feed\nhttp://www.a.org/feed/\nhttps://b.org/ x\nhttps://c.org/1\n".utf8))
        let configuration = try ConfigurationLoader.load(path: main, environment: fixture.environment)
        let comparison = list.compared(with: configuration)
        #expect(comparison.new.map(\.url) == ["https://b.org/", "https://c.org/1"])
        #expect(comparison.known.map(\.feed.id.text) == ["mine"] && comparison.known.map(\.isVariant) == [false])
        let variant = try FeedListImport.read(Array("http://www.a.org/feed/".utf8)).compared(with: configuration)
        #expect(variant.new.isEmpty && variant.known.map(\.isVariant) == [true])
        let file = FeedFile(comparison.new, list: "/x/my urls.txt", main: main, date: "2026-11-29")
        #expect(file.path.hasSuffix("/feeds.d/my-urls.toml"))
        #expect(file.text.hasPrefix("# From my urls.txt, by `newswire import --add` on 2026-11-29\n\n[[feed]]\n"))
        try file.write()
        let extended = try ConfigurationLoader.load(path: main, environment: fixture.environment)
        #expect(extended.feeds.map(\.url) == ["https://a.org/feed", "https://b.org/", "https://c.org/1"])
        #expect(extended.feeds[1].tags == ["x"])
    }

    @Test("newswire add says beforehand that it may not write its file", .enabled(if: getuid() != 0))
    func readOnly() {
        chmod(fixture.folder.path, 0o555)
        defer { chmod(fixture.folder.path, 0o755) }
        #expect(throws: FeedFile.Failure.self) { try FeedFile.check(main: fixture.folder.file("newswire.toml")) }
    }

    @Test("A configured feed is found by its URL whatever scheme, www or last slash that has")
    func finding() throws {
        let configuration = try fixture.load(feed("tags = [\"x\"]"))
        for url in ["https://example.org/feed.xml", "http://www.example.org/feed.xml/", "HTTPS://EXAMPLE.ORG/feed.xml"]
        {
            #expect(configuration.feeds(at: url).first != nil, "\(url)")
        }
        for url in ["https://example.org/feed.xml?a", "https://example.com/feed.xml", "https://example.org/Feed.xml"] {
            #expect(configuration.feeds(at: url).first == nil, "\(url)")
        }
    }

    @Test("A feed's table that is about to be added is judged with all others")
    func addition() throws {
        let path = fixture.write(
            "contact = \"https://example.org/\"\n[[feed]]\nurl = \"https://a.org/\"\nid = \"a\"", to: "newswire.toml")
        func load(_ table: FeedTable) throws(ConfigurationError) -> Configuration {
            try ConfigurationLoader.load(path: path, environment: fixture.environment, adding: ("new.toml", table.text))
        }
        #expect(try load(table).feeds.map(\.id.text) == ["a", "example.org-feed"])
        #expect(throws: ConfigurationError.self) { try load(FeedTable(url: "https://b.org/", id: "a")) }
        #expect(throws: ConfigurationError.self) { try load(FeedTable(url: "https://b.org/", tags: [""])) }
        #expect(throws: ConfigurationError.self) { try load(FeedTable(url: "gopher://b.org/")) }
    }
}
