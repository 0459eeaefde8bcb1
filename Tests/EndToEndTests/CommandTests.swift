import Glibc
import JSONText
import TestSupport
import Testing

@Suite("What the commands promise (contract.md §1)", .serialized)
struct CommandTests {
    private let desk = Desk()

    @Test("--version names newswire, libcurl and libxml2")
    func version() async {
        let ending = await desk.plain("--version")
        #expect(ending.status == 0)
        #expect(ending.output.hasPrefix("newswire "))
        #expect(ending.output.contains("libcurl 7.") || ending.output.contains("libcurl 8."))
        #expect(ending.output.contains("libxml2 2."))
    }

    @Test(
        "Every command has --help with an example",
        arguments: [
            "run", "poll", "dump", "ack", "consumers", "feeds", "parse", "extract", "check", "add", "import", "export",
            "deliver",
        ])
    func help(command: String) async {
        let ending = await desk.plain(command, "--help")
        #expect(ending.status == 0)
        #expect(ending.output.contains("EXAMPLE"))
        #expect(ending.output.contains("newswire \(command)"))
    }

    @Test("Wrong usage is 64")
    func usage() async {
        #expect(await desk.plain("dump", "--nonsense").status == 64)
        #expect(await desk.plain("nonsense").status == 64)
        #expect(await desk.run("dump", "--new", "--after", "1").status == 64)
        #expect(await desk.run("poll", "unknown-feed").status == 64)
        #expect(await desk.run("dump", "--since", "yesterday").status == 64)
    }

    @Test("To the journal, what ends the program is an error, line by line")
    func journalPriority() async throws {
        desk.folder.write("contact = 1\nnonsense = 2\n", to: "wrong.toml")
        let script = "export JOURNAL_STREAM=$(stat -Lc %d:%i /dev/stderr); exec \"$0\" check --config \"$1\""
        let ending = await ChildProcess(
            "/bin/sh", ["-c", script, Desk.binary, desk.folder.file("wrong.toml")],
            environment: ["PATH": "/usr/bin:/bin"]
        ).wait()
        #expect(ending.status == 78)
        let lines = ending.errors.split(separator: "\n")
        #expect(lines.count >= 2 && lines.allSatisfy { $0.hasPrefix("<3>") }, "\(ending.errors)")
    }

    @Test("A wrong configuration is 78, with file, line and the nearest key")
    func wrongConfiguration() async {
        desk.folder.write("contact = \"https://example.org\"\n[fetch]\nconcurency = 3\n", to: "newswire.toml")
        for command in ["check", "poll", "run", "export"] {
            let ending = await desk.run(command)
            #expect(ending.status == 78, "\(command)")
            #expect(ending.errors.contains("newswire.toml:3: error:"), "\(command)")
            #expect(ending.errors.contains("concurrency"), "\(command)")
        }
    }

    @Test("A configuration without feeds is valid: poll says so and ends with 0")
    func noFeeds() async {
        desk.folder.write("[store]\ndirectory = \"store\"\n", to: "newswire.toml")
        let ending = await desk.run("poll")
        #expect(ending.status == 0)
        #expect(ending.errors.contains("no feeds are configured"))
        #expect(await desk.run("check").status == 0)
    }

    @Test("check --print shows a configuration that means the same")
    func printed() async {
        let printed = await desk.run("check", "--print")
        #expect(printed.status == 0)
        desk.folder.write(printed.output, to: "newswire.toml")
        #expect(await desk.run("check", "--print").output == printed.output)
    }

    @Test("parse prints JSON Feed from a file or standard input")
    func parse() async throws {
        let file = desk.folder.write(Publisher.rss([("1", "One")]), to: "feed.xml")
        let ending = await desk.plain("parse", file)
        #expect(ending.status == 0)
        let feed = try JSONParser.parse(Array(ending.output.utf8)).value
        #expect(feed["version"]?.string == "https://jsonfeed.org/version/1.1")
        #expect(feed["_newswire"]?["format"]?.string == "rss-2.0")
        #expect(feed["items"]?.array?.first?["id"]?.string == "1")
        #expect(await desk.plain("parse", "-", input: Publisher.rss([("1", "One")])).output == ending.output)
    }

    @Test("parse ends with 65 for what is no feed, and 66 for a file that is not there")
    func parseFailures() async {
        let page = desk.folder.write("<html><body>Hello</body></html>", to: "page.html")
        #expect(await desk.plain("parse", page).status == 65)
        #expect(await desk.plain("parse", desk.folder.file("missing.xml")).status == 66)
        let file = desk.folder.write(Publisher.rss([]), to: "feed.xml")
        let many = await desk.plain("parse", "--jsonl", file, page, file)
        #expect(many.status == 0)
        #expect(many.lines.count == 3)
        #expect(many.lines[1] == "null")
    }

    private static let story =
        "<p>The council voted on Tuesday to close the bridge for the summer, after engineers found cracks in it.</p>"
        + "<p>Repairs will cost nine million, said the works department, and they cannot wait until the autumn.</p>"

    @Test("extract prints the article of a page from a file or standard input, and explains itself")
    func extract() async throws {
        let html = "<title>Bridge</title><nav>Menu</nav><article><h1>Bridge</h1>\(Self.story)</article>"
        let file = desk.folder.write(html, to: "page.html")
        let ending = await desk.plain("extract", file, "--base-url", "https://courier.example/a")
        #expect(ending.status == 0)
        let page = try JSONParser.parse(Array(ending.output.utf8)).value
        #expect(page["title"]?.string == "Bridge")
        #expect(page["text"]?.string?.hasPrefix("The council voted") == true)
        #expect(page["html"]?.string?.hasPrefix("<p>The council voted") == true)
        #expect(
            await desk.plain("extract", "-", "--base-url", "https://courier.example/a", input: html).output
                == ending.output)
        let lines = await desk.plain("extract", file, "--explain").lines
        #expect(lines.contains { $0.hasPrefix("container: ") } && lines.contains { $0.contains("Menu") })
    }

    @Test(
        "extract takes the article from where it is told, without what it is told to leave out, and refuses no selector"
    )
    func extractSelectors() async throws {
        let own = "<p>A short one.</p><p class=note>A note.</p>"
        let file = desk.folder.write(
            "<html><body><article>\(Self.story)</article><div id=own>\(own)</div></body></html>", to: "page.html")
        let ending = await desk.plain(
            "extract", file, "--container", "body #own", "--remove", ".note", "--remove", "nav")
        #expect(try JSONParser.parse(Array(ending.output.utf8)).value["text"]?.string == "A short one.")
        let missing = await desk.plain("extract", file, "--container", "#other")
        let page = try JSONParser.parse(Array(missing.output.utf8)).value
        #expect(page["text"]?.string?.hasPrefix("The council voted") == true)
        #expect(page["warnings"]?.array?.compactMap(\.string) == ["container_not_found"])
        let refused = await desk.plain("extract", file, "--container", "div > p")
        #expect(refused.status == 64 && refused.errors.contains("column 5: \">\" is not known here"))
    }

    @Test("extract --batch answers each line of a list in its order, whatever the pages are")
    func extractBatch() async throws {
        let page = desk.folder.write("<article>\(Self.story)</article>", to: "page.html")
        let list = """
            {"id":"1","url":"https://courier.example/a","html_file":"\(page)"}
            {"id":"2","html_file":"\(desk.folder.file("missing.html"))"}

            {"id":"3","html_file":"\(page)"}
            """
        let ending = await desk.plain("extract", "--batch", "-", input: list)
        #expect(ending.status == 0)
        let answers = try ending.lines.map { try JSONParser.parse(Array($0.utf8)).value }
        #expect(answers.map { $0["id"]?.string } == ["1", "2", "3"])
        #expect(answers.map { $0["text"] == nil } == [false, true, false])
        #expect(await desk.plain("extract", "--batch", "-", input: "no JSON\n").status == 65)
    }

    @Test("extract ends with 65 for what is no page or has no article, and 66 for a file that is not there")
    func extractFailures() async {
        let feed = desk.folder.write("{\"items\":[]}", to: "feed.json")
        let empty = desk.folder.write("<html><body></body></html>", to: "empty.html")
        #expect(await desk.plain("extract", feed).status == 65)
        #expect(await desk.plain("extract", empty).status == 65)
        #expect(await desk.plain("extract", desk.folder.file("missing.html")).status == 66)
    }

    @Test("dump works on a copy of the store")
    func copy() async throws {
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One")])))
        _ = try await desk.poll()
        let other = TemporaryDirectory()
        #expect(
            await ChildProcess("/bin/cp", ["-r", desk.folder.file("store"), other.file("copy")]).wait().status == 0)
        other.write("[store]\ndirectory = \"copy\"\n", to: "newswire.toml")
        #expect(await desk.plain("dump", "--config", other.file("newswire.toml")).lines.count == 1)
    }

    @Test("An error on standard output moves no cursor")
    func outputError() async throws {
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One")])))
        _ = try await desk.poll()
        let full = await ChildProcess(
            "/bin/sh",
            ["-c", "exec \"$0\" dump --new --config \"$1\" >/dev/full", Desk.binary, desk.folder.file("newswire.toml")]
        )
        .wait()
        #expect(full.status == 74)
        #expect(full.errors.contains("No space left"))
        let closed = await ChildProcess(
            "/bin/sh",
            ["-c", "\"$0\" dump --new --config \"$1\" | true", Desk.binary, desk.folder.file("newswire.toml")]
        ).wait()
        #expect(closed.errors.contains("the cursor of default stays at 0"))
        #expect(try await desk.ids("--new") == ["1"])
    }

    @Test("ack moves a cursor, consumers shows it")
    func consumers() async throws {
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One"), ("2", "Two"), ("3", "Three")])))
        _ = try await desk.poll()
        let missing = await desk.run("ack", "archive", "1")
        #expect(missing.status == 64 && missing.errors.contains("there is no consumer of that name"))
        #expect(await desk.run("ack", "archive", "1", "--create").status == 0)
        let slip = await desk.run("ack", "archiv", "end")
        #expect(slip.status == 64 && slip.errors.contains("did you mean archive?"))
        #expect(await desk.run("consumers").output == "archive\t1\t2\n")
        #expect(try await desk.ids("--new", "--as", "archive") == ["2", "3"])
        #expect(await desk.run("ack", "archive", "4").status == 64)
        #expect(await desk.run("ack", "../archive", "1").status == 64)
        #expect(await desk.run("ack", "archive", "0").status == 0)
        #expect(await desk.run("ack", "archive", "end").status == 0)
        #expect(await desk.run("consumers").output == "archive\t3\t0\n")
        #expect(await desk.run("consumers", "--remove", "archive", "--remove", "other").status == 64)
        #expect(await desk.run("consumers", "--remove", "archive").status == 0)
        #expect(await desk.run("consumers").output.isEmpty)
    }

    @Test("Text for people holds nothing that steers a terminal (security.md §8)")
    func text() async throws {
        let title = "Alarm &#27;]52;c;aGk=&#7; &#x202E;gnorw"
        desk.server.on("/feed", .init(body: Publisher.rss([("1", title)])))
        _ = try await desk.poll()
        let ending = await desk.run("dump", "--format", "text")
        #expect(ending.output.contains("Alarm"))
        #expect(!ending.output.unicodeScalars.contains { $0.value == 27 || $0.value == 7 || $0.value == 0x202e })
        let again = await desk.run("dump", "--new", "--format", "text")
        #expect(again.output.contains("https://example.org/1"))
        #expect(await desk.run("dump", "--new", "--format", "text").errors.contains("nothing new"))
    }

    @Test("Local feeds are read where a person wrote them")
    func localFiles() async throws {
        desk.folder.write(Publisher.rss([("1", "One")]), to: "local.xml")
        desk.folder.write("[store]\ndirectory = \"store\"\n[[feed]]\nurl = \"local.xml\"\n", to: "newswire.toml")
        #expect(try await desk.poll()["outcome"]?.string == "new")
        #expect(try await desk.poll()["outcome"]?.string == "unchanged")
        #expect(try await desk.ids() == ["1"])
    }
}
