import Glibc
import JSONText
import TestSupport
import Testing

@Suite("A feed that gets another id: contract.md §2", .serialized)
struct FormerIDTests {
    /// Items without links, which only their ids tell apart.
    private func document(_ items: ClosedRange<Int>, edited: Int? = nil) -> String {
        let items = items.reversed().map { number in
            "<item><guid isPermaLink=\"false\">\(number)</guid><title>Item \(number)</title>"
                + "<description>Text \(number)\(number == edited ? ", edited" : "")</description></item>"
        }
        return "<rss version=\"2.0\"><channel><title>T</title>\(items.joined())</channel></rss>"
    }

    private func configure(_ desk: Desk, _ lines: String) {
        desk.configure(feeds: ["/feed"], options: "")
        let text = desk.folder.text("newswire.toml") ?? ""
        desk.folder.write(text.replacing("id = \"feed\"", with: lines), to: "newswire.toml")
    }

    @Test("With formerly no article comes twice, edits are versions, and both ids mean the feed")
    func renamed() async throws {
        let desk = Desk()
        desk.server.on("/feed", .init(body: document(1...5)))
        #expect(try await desk.poll()["new"]?.integer == 5)
        configure(desk, "id = \"bulletins\"\nformerly = [\"feed\"]")
        desk.server.on("/feed", .init(body: document(1...6, edited: 5)))
        let report = try await desk.poll()
        #expect(report["feed"]?.string == "bulletins")
        #expect(report["new"]?.integer == 1 && report["updated"]?.integer == 1)
        for name in ["bulletins", "feed", "bull"] {
            #expect(try await desk.ids("--feed", name).sorted() == ["1", "2", "3", "4", "5", "6"], "\(name)")
        }
        #expect(try await desk.poll()["outcome"]?.string == "unchanged")
        // The line alone says it where the states were lost, and the state alone where the line was.
        for path in ["state/feeds.jsonl", "index/known"] { unlink(desk.folder.file("store/\(path)")) }
        #expect(try await desk.poll("--force")["new"]?.integer == 0)
        configure(desk, "id = \"bulletins\"")
        desk.server.on("/feed", .init(body: document(1...7)))
        #expect(try await desk.poll()["new"]?.integer == 1)
    }

    @Test("feeds, explain and status know a feed by its new id before it is polled")
    func beforePoll() async throws {
        let desk = Desk()
        desk.server.on("/feed", .init(body: document(1...5)))
        _ = try await desk.poll()
        configure(desk, "id = \"bulletins\"\nformerly = [\"feed\"]")
        #expect(await desk.run("feeds", "--json").output.contains("\"articles\":5"))
        #expect(await desk.run("feeds", "--state", "ok").output.contains("bulletins"))
        #expect(await desk.run("explain", "bulletins").output.contains("last poll"))
        #expect(await desk.run("status").output.contains("1: 1 ok"))
    }

    @Test("A line that comes late brings nothing twice either")
    func late() async throws {
        let desk = Desk()
        desk.server.on("/feed", .init(body: document(1...3)))
        _ = try await desk.poll()
        configure(desk, "id = \"bulletins\"")
        #expect(await desk.run("check").errors.contains("formerly = [\"feed\"] keeps the history"))
        desk.server.on("/feed", .init(body: document(1...4)))
        #expect(try await desk.poll()["new"]?.integer == 4)
        configure(desk, "id = \"bulletins\"\nformerly = [\"feed\"]")
        desk.server.on("/feed", .init(body: document(1...5)))
        #expect(try await desk.poll()["new"]?.integer == 1)
        #expect(try await desk.ids("--feed", "bulletins").count == 8)
    }

    @Test("The service takes a new id over when it reads its configuration anew, and refuses a slip in the old one")
    func service() async throws {
        let desk = Desk()
        desk.server.on("/feed", .init(body: document(1...3)))
        let socket = NotifySocket()
        let service = desk.service(environment: ["NOTIFY_SOCKET": socket.path])
        #expect(await socket.waits(for: "READY=1"))
        await desk.server.received(1)
        _ = await desk.run("poll")
        configure(desk, "id = \"bulletins\"\nformerly = [\"fed\"]")
        let slip = await desk.run("reload")
        #expect(slip.status == 78 && slip.errors.contains("did you mean \"feed\"?"))
        configure(desk, "id = \"bulletins\"\nformerly = [\"feed\"]")
        #expect(await desk.run("reload").status == 0)
        desk.server.on("/feed", .init(body: document(1...4)))
        let report = await desk.run("poll", "bulletins", "--json").output
        #expect(report.contains("\"feed\":\"bulletins\"") && report.contains("\"new\":1,"))
        service.send(SIGTERM)
        #expect(await service.wait().status == 0)
        #expect(try await desk.ids("--feed", "bulletins").sorted() == ["1", "2", "3", "4"])
    }
}
