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
            """, to: "newswire.toml")
        try desk.store([article, behind])
    }

    private func keep(_ line: String) { desk.folder.write(line, to: "store/state/pages") }

    private func deliver(_ span: String) -> ChildProcess {
        desk.start([
            "deliver", "--as", "d", "--once", "--fulltext", "prefer", "--wait-fulltext", span, "--config",
            desk.folder.file("newswire.toml"), "--", "/bin/sh", "-c", "cat >>\(desk.folder.file("out"))",
        ])
    }

    private var delivered: [Substring] { (desk.folder.text("out") ?? "").split(separator: "\n") }

    @Test("An article is held back until its page is there, and those behind it keep their place")
    func held() async throws {
        try store()
        keep(
            "{\"seen\":2}\n{\"feed\":\"example\",\"waiting\":[{\"seq\":1,\"host\":\"example.org\","
                + "\"due\":\"2026-11-22T08:00:00Z\"}]}\n")
        let delivery = deliver("1h")
        while desk.cursor("d") == nil { await Task.yield() }
        try desk.storePage(of: article, seq: 1, text: "The whole of one")
        #expect(await delivery.wait().status == 0)
        #expect(delivered.count == 2 && delivered[0].contains("The whole of one"))
        #expect(desk.cursor("d") == "3\n")
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
