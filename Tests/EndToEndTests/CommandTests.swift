import Glibc
import JSONText
import TestSupport
import Testing

@Suite("What the commands promise (contract.md §1)")
struct CommandTests {
    private let desk = Desk()

    @Test("--version names newswire, libcurl and libxml2")
    func version() {
        let ending = desk.plain("--version")
        #expect(ending.status == 0)
        #expect(ending.output.hasPrefix("newswire "))
        #expect(ending.output.contains("libcurl 7.") || ending.output.contains("libcurl 8."))
        #expect(ending.output.contains("libxml2 2."))
    }

    @Test(
        "Every command has --help with an example",
        arguments: ["run", "poll", "dump", "ack", "consumers", "feeds", "parse", "check"])
    func help(command: String) {
        let ending = desk.plain(command, "--help")
        #expect(ending.status == 0)
        #expect(ending.output.contains("EXAMPLE"))
        #expect(ending.output.contains("newswire \(command)"))
    }

    @Test("Wrong usage is 64")
    func usage() {
        #expect(desk.plain("dump", "--nonsense").status == 64)
        #expect(desk.plain("nonsense").status == 64)
        #expect(desk.run("dump", "--new", "--after", "1").status == 64)
        #expect(desk.run("poll", "unknown-feed").status == 64)
        #expect(desk.run("dump", "--since", "yesterday").status == 64)
    }

    @Test("A wrong configuration is 78, with file, line and the nearest key")
    func wrongConfiguration() {
        desk.folder.write("contact = \"https://example.org\"\n[fetch]\nconcurency = 3\n", to: "newswire.toml")
        for command in ["check", "poll", "run", "feeds", "dump"] {
            let ending = desk.run(command)
            #expect(ending.status == 78, "\(command)")
            #expect(ending.errors.contains("newswire.toml:3: error:"), "\(command)")
            #expect(ending.errors.contains("concurrency"), "\(command)")
        }
    }

    @Test("A configuration without feeds is valid: poll says so and ends with 0")
    func noFeeds() {
        desk.folder.write("[store]\ndirectory = \"store\"\n", to: "newswire.toml")
        let ending = desk.run("poll")
        #expect(ending.status == 0)
        #expect(ending.errors.contains("no feeds are configured"))
        #expect(desk.run("check").status == 0)
    }

    @Test("check --print shows a configuration that means the same")
    func printed() {
        let printed = desk.run("check", "--print")
        #expect(printed.status == 0)
        desk.folder.write(printed.output, to: "newswire.toml")
        #expect(desk.run("check", "--print").output == printed.output)
    }

    @Test("parse prints JSON Feed from a file or standard input")
    func parse() throws {
        let file = desk.folder.write(Publisher.rss([("1", "One")]), to: "feed.xml")
        let ending = desk.plain("parse", file)
        #expect(ending.status == 0)
        let feed = try JSONParser.parse(Array(ending.output.utf8)).value
        #expect(feed["version"]?.string == "https://jsonfeed.org/version/1.1")
        #expect(feed["_newswire"]?["format"]?.string == "rss-2.0")
        #expect(feed["items"]?.array?.first?["id"]?.string == "1")
        #expect(desk.plain("parse", "-", input: Publisher.rss([("1", "One")])).output == ending.output)
    }

    @Test("parse ends with 65 for what is no feed, and 66 for a file that is not there")
    func parseFailures() {
        let page = desk.folder.write("<html><body>Hello</body></html>", to: "page.html")
        #expect(desk.plain("parse", page).status == 65)
        #expect(desk.plain("parse", desk.folder.file("missing.xml")).status == 66)
        let file = desk.folder.write(Publisher.rss([]), to: "feed.xml")
        let many = desk.plain("parse", "--jsonl", file, page, file)
        #expect(many.status == 0)
        #expect(many.lines.count == 3)
        #expect(many.lines[1] == "null")
    }

    @Test("dump works on a copy of the store")
    func copy() throws {
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One")])))
        _ = try desk.poll()
        let other = TemporaryDirectory()
        #expect(ChildProcess("/bin/cp", ["-r", desk.folder.file("store"), other.file("copy")]).wait().status == 0)
        other.write("[store]\ndirectory = \"copy\"\n", to: "newswire.toml")
        #expect(desk.plain("dump", "--config", other.file("newswire.toml")).lines.count == 1)
    }

    @Test("An error on standard output moves no cursor")
    func outputError() throws {
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One")])))
        _ = try desk.poll()
        let full = ChildProcess(
            "/bin/sh",
            ["-c", "exec \"$0\" dump --new --config \"$1\" >/dev/full", Desk.binary, desk.folder.file("newswire.toml")])
            .wait()
        #expect(full.status == 74)
        #expect(full.errors.contains("No space left"))
        let closed = ChildProcess(
            "/bin/sh",
            ["-c", "\"$0\" dump --new --config \"$1\" | true", Desk.binary, desk.folder.file("newswire.toml")]
        ).wait()
        #expect(closed.errors.isEmpty)
        #expect(try desk.ids("--new") == ["1"])
    }

    @Test("ack moves a cursor, consumers shows it")
    func consumers() throws {
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One"), ("2", "Two"), ("3", "Three")])))
        _ = try desk.poll()
        #expect(desk.run("ack", "archive", "1").status == 0)
        #expect(desk.run("consumers").output == "archive\t1\t2\n")
        #expect(try desk.ids("--new", "--as", "archive") == ["2", "3"])
        #expect(desk.run("ack", "archive", "4").status == 64)
        #expect(desk.run("ack", "../archive", "1").status == 64)
    }

    @Test("Text for people holds nothing that steers a terminal (security.md §8)")
    func text() throws {
        let title = "Alarm &#27;]52;c;aGk=&#7; &#x202E;gnorw"
        desk.server.on("/feed", .init(body: Publisher.rss([("1", title)])))
        _ = try desk.poll()
        let ending = desk.run("dump", "--format", "text")
        #expect(ending.output.contains("Alarm"))
        #expect(!ending.output.unicodeScalars.contains { $0.value == 27 || $0.value == 7 || $0.value == 0x202e })
        let again = desk.run("dump", "--new", "--format", "text")
        #expect(again.output.contains("https://example.org/1"))
        #expect(desk.run("dump", "--new", "--format", "text").errors.contains("nothing new"))
    }

    @Test("Local feeds are read where a person wrote them")
    func localFiles() throws {
        desk.folder.write(Publisher.rss([("1", "One")]), to: "local.xml")
        desk.folder.write("[store]\ndirectory = \"store\"\n[[feed]]\nurl = \"local.xml\"\n", to: "newswire.toml")
        #expect(try desk.poll()["outcome"]?.string == "new")
        #expect(try desk.poll()["outcome"]?.string == "unchanged")
        #expect(try desk.ids() == ["1"])
    }
}
