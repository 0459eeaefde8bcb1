import Configuration
import FeedModel
import Glibc
import TestSupport
import Testing

@Suite("The file that newswire add writes")
struct FeedFileTests {
    let fixture = ConfigurationFixture()
    private let table = FeedTable(url: "https://example.org/feed", tags: ["a \"b\""])

    private func file(_ table: FeedTable, title: String? = nil) -> FeedFile {
        FeedFile(table, main: fixture.folder.file("newswire.toml"), title: title, date: "2026-11-26")
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
        let first = file(table)
        try first.write()
        let name = "feeds.d/\(first.path.split(separator: "/").last ?? "")"
        fixture.write("# mine\n", to: name)
        #expect(throws: FeedFile.Failure.self) { try file(table).write() }
        #expect(fixture.folder.text(name) == "# mine\n")
        #expect(fixture.folder.read("feeds.d/.add-\(getpid())") == nil)
    }

    @Test("security.md §11: newswire add names its file by a hash of the URL")
    func name() throws {
        let path = file(FeedTable(url: "https://../../etc/cron.d/x\0", tags: [])).path
        let name = try #require(path.split(separator: "/").last)
        #expect(path.hasPrefix(fixture.folder.file("feeds.d/")) && name.count == 21)
        #expect(name.dropLast(5).allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) })
        #expect(file(table).path != path)
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
            #expect(configuration.feed(at: url) != nil, "\(url)")
        }
        for url in ["https://example.org/feed.xml?a", "https://example.com/feed.xml", "https://example.org/Feed.xml"] {
            #expect(configuration.feed(at: url) == nil, "\(url)")
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
