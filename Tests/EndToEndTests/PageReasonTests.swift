import FeedModel
import Ingestion
import JSONText
import TestSupport
import Testing

@Suite("explain, feeds and status say how it is with the pages of articles, and guess nothing (docs/fulltext-feeds.md)")
struct PageReasonTests {
    /// A desk whose feed has articles 1 to 6, of which the first three were in it when it was first polled.
    private func desk(_ lines: [String], options: String = "fulltext = \"always\"\nfulltext_initial = 1") throws -> Desk
    {
        let desk = Desk(feeds: ["/example"], options: options)
        let articles = (1...6).map { number in
            StoredArticle("\(number)").with {
                $0.isInitial = number <= 3
                $0.article.url = desk.server.url("/\(number)")
            }
        }
        try desk.store(articles)
        desk.folder.write(lines.joined(separator: "\n") + "\n", to: "store/state/pages")
        return desk
    }

    private func explained(_ desk: Desk, _ seq: Int) async -> String {
        let lines = await desk.run("explain", "\(seq)").lines
        return lines.first { $0.hasPrefix("  page ") } ?? ""
    }

    private let later = "2126-01-01T00:00:00Z"

    @Test("A failure for good is named, with its class, its tries and the last of them")
    func ended() async throws {
        let desk = try desk([
            "{\"seen\":6}",
            "{\"feed\":\"example\",\"waiting\":[],\"ended\":[{\"seq\":4,\"failure\":\"timeout\",\"time\":\"2026-11-22T10:00:00Z\","
                + "\"tries\":4}]}",
        ])
        let text = await explained(desk, 4)
        #expect(
            text.contains(
                "not fetched: the server did not answer in time (timeout, tried 4\u{d7}, the last time 2026-11-22"))
        #expect(text.hasSuffix("it is not asked for again"))
    }

    @Test("Only what was left out because of fulltext_initial is said to be, and what was given up is said to be that")
    func reasons() async throws {
        let desk = try desk([
            "{\"seen\":6}", "{\"feed\":\"example\",\"initial_up_to\":2,\"waiting\":[],\"ended\":[],\"given_up\":[4]}",
        ])
        #expect(await explained(desk, 2).contains("(fulltext_initial)"))
        for seq in [3, 5] {
            let text = await explained(desk, seq)
            #expect(text.contains("why is not known") && !text.contains("fulltext_initial"))
        }
        #expect(await explained(desk, 4).contains("it was given up, because too many pages waited"))
    }

    @Test("Why a page waits is said, and until when: its own failure, or a host whose robots.txt cannot be had")
    func waiting() async throws {
        let soon = SystemClock.now().adding(seconds: 3000)
        let due = Timestamp(seconds: soon.seconds)
        let desk = try desk([
            "{\"seen\":6}",
            "{\"feed\":\"example\",\"waiting\":[{\"seq\":4,\"host\":\"127.0.0.1\",\"due\":\"2026-11-22T08:00:00Z\"},"
                + "{\"seq\":5,\"host\":\"127.0.0.2\",\"due\":\"\(due)\",\"tries\":2,\"failure\":\"server_error\"},"
                + "{\"seq\":6,\"host\":\"127.0.0.2\",\"due\":\"2026-11-22T08:00:00Z\"}],\"ended\":[]}",
            "{\"host\":\"127.0.0.1\",\"until\":\"\(due)\",\"failure\":\"robots_unavailable\"}",
        ])
        let first = await explained(desk, 4)
        #expect(first.contains("waits until \(due); no page of 127.0.0.1 is asked for until then"))
        #expect(first.contains("(robots_unavailable)"))
        let second = await explained(desk, 5)
        #expect(
            second.contains(
                "waits until \(due), as the server has a problem of its own (5xx) (server_error, tried 2\u{d7})"))
        #expect(await explained(desk, 6).hasSuffix("waits for its turn"))
    }

    @Test("A link that is too long is said to be that, and an article that was new when it was stored is never too old")
    func links() async throws {
        let desk = Desk(feeds: ["/example"], options: "fulltext = \"always\"")
        let long = StoredArticle("1").with {
            $0.article.url = desk.server.url("/" + String(repeating: "a", count: 5000))
        }
        let aged = StoredArticle("2").with {
            $0.stored = Timestamp(year: 2020, month: 1, day: 2, hour: 0)
            $0.article.published = Timestamp(year: 2020, month: 1, day: 1, hour: 0)
            $0.article.url = desk.server.url("/2")
        }
        let old = aged.with {
            $0.id = "3"
            $0.stored = Timestamp(year: 2020, month: 6, day: 1, hour: 0)
        }
        try desk.store([long, aged, old])
        desk.folder.write("{\"seen\":3}\n", to: "store/state/pages")
        #expect(await explained(desk, 1).contains("its link is longer than 4 KiB"))
        #expect(await explained(desk, 2).contains("why is not known"))
        #expect(await explained(desk, 3).contains("more than 30 days ago"))
    }

    @Test("explain names the page that goes with that version of the article, and says where it is of another one")
    func versions() async throws {
        let desk = Desk(feeds: ["/example"], options: "fulltext = \"always\"")
        let first = StoredArticle("1")
        func version(_ number: UInt32, _ title: String) -> StoredArticle {
            first.with { ($0.kind, $0.version, $0.title) = (.update, number, title) }
        }
        try desk.store([first])
        try desk.storePage(of: first, seq: 1, text: "It came")
        try desk.store([version(2, "Ship sinks")])
        try desk.storePage(of: version(2, "Ship sinks"), seq: 3, text: "It sank", previous: 2, isTeaser: true)
        try desk.store([version(3, "Ship sinks"), StoredArticle("2")])
        try desk.storePage(of: StoredArticle("2").with { $0.version = 2 }, seq: 9, text: "Later")
        desk.folder.write("{\"seen\":7}\n", to: "store/state/pages")
        func said(_ seq: Int) async -> String { await desk.run("explain", "\(seq)").output }
        let one = await said(1)
        #expect(
            one.contains("fetched as record 2,") && one.contains("/page\n") && !one.contains("not fetched"), "\(one)")
        let two = await said(3)
        #expect(two.contains("fetched as record 4,") && two.contains("says more than the page"), "\(two)")
        let three = await said(5)
        #expect(three.contains("/page, for version 2\n") && three.contains("neither link nor title"), "\(three)")
        let later = await said(6)
        #expect(later.contains("for version 2; this one may say something else"), "\(later)")
        #expect(later.contains("not fetched"), "\(later)")
    }

    @Test("What was damaged of the pages that wait is warned of until the file is removed, and the rest is still told")
    func damaged() async throws {
        let desk = try desk([
            "{\"seen\":6}",
            "{\"feed\":\"example\",\"waiting\":[{\"seq\":4,\"host\":\"h\",\"due\":\"\(later)\"}],\"ended\":[]}",
            "{\"feed\":\"oth",
        ])
        #expect(await explained(desk, 4).contains("waits"))
        let feeds = await desk.run("feeds", "--json").lines.first ?? ""
        #expect(try JSONParser.parse(Array(feeds.utf8)).value["pages_waiting"]?.integer == 1)
        #expect(await !desk.run("status").output.contains("PAGES MAY BE MISSING"))
        let name = "store/state/pages.damaged-1800000000"
        desk.folder.write("rubbish", to: name)
        let status = await desk.run("status").output
        #expect(status.contains("PAGES MAY BE MISSING") && status.contains(desk.folder.file(name)))
        let json = try JSONParser.parse(Array(await desk.run("status", "--json").output.utf8)).value
        #expect(json["damaged_pages"]?.array?.compactMap(\.string) == [desk.folder.file(name)])
    }
}
