import FeedModel
import Ingestion
import TestSupport
import Testing

@Suite("deliver --wait-fulltext: articles wait for their pages", .serialized)
struct FullTextWaitTests {
    private let desk = Desk()
    private let article = StoredArticle("1").with { $0.stored = SystemClock.now() }
    private let behind = StoredArticle("2").with {
        $0.feed = "other"
        $0.stored = SystemClock.now()
    }

    /// One article whose feed has pages, and one behind it whose feed has none.
    private func store() throws {
        configure(other: "never")
        try desk.store([article, behind])
    }

    private func configure(other mode: String) {
        desk.folder.write(
            """
            contact = "https://example.org/bot"
            [store]
            directory = "\(desk.folder.file("store"))"
            [[feed]]
            id = "example"
            url = "https://example.org/example.xml"
            fulltext = "always"
            [[feed]]
            id = "other"
            url = "https://example.org/other.xml"
            fulltext = "\(mode)"
            """, to: "newswire.toml")
    }

    private func keep(_ line: String) { desk.folder.write(line, to: "store/state/pages") }

    private func deliver(_ span: String, _ options: String...) -> ChildProcess {
        desk.start(
            ["deliver", "--as", "d", "--once", "--fulltext", "prefer", "--wait-fulltext", span] + options + [
                "--config", desk.folder.file("newswire.toml"), "--", "/bin/sh", "-c",
                "cat >>\(desk.folder.file("out"))",
            ])
    }

    /// What `state/pages` says of a feed whose article waits for its page.
    private func waiting(_ feed: String, _ seq: UInt64) -> String {
        "{\"feed\":\"\(feed)\",\"waiting\":[{\"seq\":\(seq),\"host\":\"example.org\","
            + "\"due\":\"2026-11-22T08:00:00Z\"}]}\n"
    }

    private var delivered: [Substring] { (desk.folder.text("out") ?? "").split(separator: "\n") }

    @Test("An article is held back until its page is there, and those behind it keep their place")
    func held() async throws {
        try store()
        keep("{\"seen\":2}\n" + waiting("example", 1))
        let delivery = deliver("1h")
        while desk.cursor("d") == nil { await Task.yield() }
        try desk.storePage(of: article, seq: 1, text: "The whole of one")
        #expect(await delivery.wait().status == 0)
        #expect(delivered.count == 2 && delivered[0].contains("The whole of one"))
        #expect(desk.cursor("d") == "3\n")
    }

    @Test("What a query asks of an article that is held back is asked when its page is there")
    func heldForQuery() async throws {
        try store()
        keep("{\"seen\":2}\n" + waiting("example", 1))
        let delivery = deliver("1h", "--match", "whole")
        while desk.cursor("d") == nil { await Task.yield() }
        try desk.storePage(of: article, seq: 1, text: "The whole of one")
        #expect(await delivery.wait().status == 0)
        #expect(delivered.count == 1 && delivered[0].contains("The whole of one"))
    }

    @Test("An edit with a page of its own to come is not given with that of the version before")
    func heldForOwnPage() async throws {
        try store()
        try desk.storePage(of: article, seq: 1, text: "The whole of one")
        let edit = article.with { ($0.kind, $0.version, $0.title) = (.update, 2, "Another title") }
        try desk.store([edit])
        keep("{\"seen\":4}\n" + waiting("example", 4))
        let delivery = deliver("1h", "--updates", "--from", "4")
        while desk.cursor("d") == nil { await Task.yield() }
        try desk.storePage(of: edit, seq: 4, text: "All of two", previous: 3)
        #expect(await delivery.wait().status == 0)
        #expect(delivered.count == 1 && delivered[0].contains("All of two"), "\(delivered)")
    }

    @Test("A page that was given with its article does not come once more with a later batch")
    func laterBatch() async throws {
        try store()
        try desk.storePage(of: article, seq: 1, text: "The whole of one")
        #expect(await deliver("1s", "--updates", "--batch", "1").wait().status == 0)
        #expect(delivered.count == 2 && delivered[0].contains("The whole of one"), "\(delivered)")
        // That which came after is given by itself, by whoever runs.
        try desk.storePage(of: article, seq: 1, text: "All of one, and more", previous: 3)
        #expect(await deliver("1s", "--updates", "--batch", "1").wait().status == 0)
        #expect(delivered.count == 3 && delivered[2].contains("and more"), "\(delivered)")
        #expect(desk.cursor("d") == "4\n")
    }

    @Test("A delivery that runs waits for the pages of feeds by the configuration as it is")
    func renewed() async throws {
        try store()
        keep("{\"seen\":2}\n" + waiting("example", 1) + waiting("other", 2))
        let delivery = deliver("1h")
        while desk.cursor("d") == nil { await Task.yield() }
        configure(other: "always")
        try desk.storePage(of: article, seq: 1, text: "The whole of one")
        while desk.cursor("d") == "0\n" { await Task.yield() }
        #expect(desk.cursor("d") == "1\n")
        try desk.storePage(of: behind, seq: 2, text: "The whole of two")
        #expect(await delivery.wait().status == 0)
        #expect(delivered.map { $0.contains("The whole of ") } == [true, true])
    }

    @Test("A configuration that is wrong holds up nobody who asks it only how long to wait")
    func wrongConfiguration() async throws {
        try store()
        keep("{\"seen\":2}\n" + waiting("example", 1))
        let delivery = deliver("1h")
        while desk.cursor("d") == nil { await Task.yield() }
        configure(other: "nonsense")
        try desk.storePage(of: article, seq: 1, text: "The whole of one")
        #expect(await delivery.wait().status == 0)
        #expect(delivered.count == 2 && delivered[0].contains("The whole of one"))
    }

    @Test(
        "An article whose page is known not to come is held back by nobody",
        arguments: [
            "{\"seen\":2}\n",
            "{\"seen\":2}\n{\"feed\":\"example\",\"ended\":[{\"seq\":1,\"failure\":\"gone\",\"time\":\"2026-11-22T08:00:00Z\"}]}\n",
            "{\"seen\":2}\n{\"feed\":\"example\",\"waiting\":[{\"seq\":1,\"host\":\"a\",\"due\":\"2999-01-01T00:00:00Z\"}]}\n",
        ])
    func known(line: String) async throws {
        try store()
        keep(line)
        #expect(await deliver("1h").wait().status == 0)
        #expect(delivered.count == 2)
    }

    @Test("It is held back no longer than that, whatever becomes of its page")
    func tooLong() async throws {
        try store()
        keep("{\"seen\":0}\n")
        #expect(await deliver("1s").wait().status == 0)
        #expect(delivered.count == 2 && desk.cursor("d") == "2\n")
    }

    @Test("It needs --fulltext with the articles in it")
    func needs() async throws {
        try store()
        let words = ["deliver", "--as", "d", "--wait-fulltext", "60s", "--", "/bin/true"]
        #expect(await desk.run(words).status == 64)
        #expect(await desk.run(["deliver", "--fulltext", "only"] + words.dropFirst()).status == 64)
    }

    @Test("explain and feeds say how it is with pages that wait")
    func explained() async throws {
        try store()
        let until = Timestamp(seconds: SystemClock.now().seconds + 3600)
        keep(
            "{\"seen\":2}\n{\"feed\":\"example\",\"paused_until\":\"\(until)\",\"waiting\":[{\"seq\":1,"
                + "\"host\":\"example.org\",\"due\":\"2026-11-22T08:00:00Z\",\"tries\":1,\"failure\":\"server_error\"}]}\n"
        )
        let output = await desk.run("explain", "1").output
        #expect(output.contains("waits until \(until)"))
        #expect(output.contains("(server_error, tried 1\u{d7})"))
        #expect(await desk.run("feeds").output.contains("full text: its pages are refused"))
        #expect(await desk.run("feeds", "--json").output.contains("\"pages_paused_until\":\"\(until)\""))
        keep("{\"seen\":2}\n")
        #expect(await desk.run("explain", "1").output.contains("it was stored before fulltext was set"))
        #expect(!(await desk.run("explain", "2").output.contains("page")))
    }
}
