import Configuration
import FeedModel
import Glibc
import TestSupport
import Testing

@Suite("include: contract.md §2")
struct IncludeTests {
    let fixture = ConfigurationFixture()
    let contact = "contact = \"https://example.org/\"\n"

    @Test("Patterns in include are relative to the including file and sorted, and one that matches nothing is fine")
    func globs() throws {
        fixture.write("[[feed]]\nurl = \"https://b.org/\"", to: "feeds.d/b.toml")
        fixture.write("[[feed]]\nurl = \"https://a.org/\"\n[host.\"a.org\"]", to: "feeds.d/a.toml")
        fixture.write("https://c.org/\n", to: "urls")
        let text = contact + "include = [\"feeds.d/*.toml\", \"urls\", \"none.d/*.toml\", \"feeds.d/*.opml\"]"
        let configuration = try fixture.load(text)
        #expect(configuration.feeds.map(\.url) == ["https://a.org/", "https://b.org/", "https://c.org/"])
        #expect(configuration.hosts.map(\.name) == ["a.org"])
        #expect(configuration.feeds[1].source.file == fixture.folder.file("feeds.d/b.toml"))
    }

    @Test("A folder whose name looks like a pattern is no pattern for what it includes")
    func patternInFolder() throws {
        fixture.write("https://c.org/\n", to: "x[1]*/urls.txt")
        let path = fixture.write(contact + "include = [\"*.txt\"]", to: "x[1]*/newswire.toml")
        #expect(try ConfigurationLoader.load(path: path, environment: ["HOME": "/h"]).feeds.count == 1)
    }

    @Test("A file that is included by name and missing is an error in the file that names it")
    func missing() {
        let errors = fixture.errors("include = [\n  \"urls\",\n  \"feeds.d/*.toml\"]")
        #expect(errors.count == 1)
        #expect(errors[0].hasPrefix("newswire.toml:2: error: include: "), "\(errors)")
        #expect(errors[0].hasSuffix("/urls cannot be read: No such file or directory"))
    }

    @Test("A pipe, a folder or a device that include matches is an error with its name, and is not waited for")
    func noRegularFiles() {
        fixture.write("", to: "feeds.d/a.toml")
        #expect(mkfifo(fixture.folder.file("feeds.d/pipe.toml"), 0o600) == 0)
        #expect(mkdir(fixture.folder.file("feeds.d/folder.toml"), 0o700) == 0)
        #expect(symlink("/dev/zero", fixture.folder.file("feeds.d/zero.toml")) == 0)
        let errors = fixture.errors("include = [\"feeds.d/*.toml\"]")
        #expect(errors.count == 3)
        #expect(errors.contains { $0.hasSuffix("/feeds.d/pipe.toml cannot be read: it is no regular file") })
        #expect(errors.contains { $0.hasSuffix("/feeds.d/folder.toml cannot be read: Is a directory") })
        #expect(errors.contains { $0.hasSuffix("/feeds.d/zero.toml cannot be read: it is no regular file") })
    }

    @Test("A link to a file of configuration is followed: people keep them elsewhere")
    func links() throws {
        let file = fixture.write("[[feed]]\nurl = \"https://a.org/\"", to: "elsewhere/a")
        fixture.write("", to: "feeds.d/b.toml")
        #expect(symlink(file, fixture.folder.file("feeds.d/a.toml")) == 0)
        let configuration = try fixture.load(contact + "include = [\"feeds.d/*.toml\"]")
        #expect(configuration.feeds.map(\.url) == ["https://a.org/"])
    }

    @Test("Settings of the whole program in an included file are refused with the line of that file")
    func settingsElsewhere() {
        fixture.write("[fetch]\ntimeout = \"3s\"\n[fede]\n", to: "feeds.d/a.toml")
        let errors = fixture.errors("include = [\"feeds.d/*.toml\"]")
        #expect(errors.count == 2, "\(errors)")
        #expect(errors[0].hasPrefix("feeds.d/a.toml:1: error: fetch: belongs in the main file"))
        #expect(errors[1].hasPrefix("feeds.d/a.toml:3: error: \"fede\": there is no such key; did you mean feed?"))
    }

    @Test("Includes in a loop are errors, files included twice are read once, and depth is bounded")
    func loops() throws {
        fixture.write("include = [\"newswire.toml\"]", to: "loop.toml")
        #expect(fixture.errors("include = [\"loop.toml\"]").first?.contains("includes itself") == true)
        fixture.write("https://c.org/\n", to: "urls")
        let twice = try fixture.load(contact + "include = [\"urls\", \"u*s\"]")
        #expect(twice.feeds.count == 1 && twice.warnings.first?.message.contains("included twice") == true)
        for depth in 0..<12 { fixture.write("include = [\"d\(depth + 1).toml\"]", to: "d\(depth).toml") }
        #expect(fixture.errors("include = [\"d0.toml\"]").first?.contains("deeper than 8") == true)
    }

    @Test("A relative path in an included file is relative to that file")
    func relative() throws {
        fixture.write("[[feed]]\nurl = \"x.xml\"\nbearer = { file = \"k\" }", to: "feeds.d/a.toml")
        let feed = try fixture.load("include = [\"feeds.d/a.toml\"]").feeds[0]
        #expect(feed.localPath == fixture.folder.file("feeds.d/x.xml"))
        #expect(feed.bearer == .file(fixture.folder.file("feeds.d/k")))
    }

    @Test("A feed that a list and a table name is the table's, with the tags of both")
    func listAndTable() throws {
        fixture.write("https://c.org/ news \"~Title\"\nhttps://c.org/ other\n", to: "urls")
        fixture.write("[[feed]]\nurl = \"https://c.org/\"\nid = \"c\"\ntags = [\"mine\"]", to: "z.toml")
        for order in ["\"urls\", \"z.toml\"", "\"z.toml\", \"urls\""] {
            let configuration = try fixture.load(contact + "include = [\(order)]")
            try #require(configuration.feeds.count == 1)
            #expect(configuration.feeds[0].id.text == "c" && configuration.feeds[0].title == "Title")
            #expect(configuration.feeds[0].tags == ["mine", "news", "other"])
        }
    }
}
