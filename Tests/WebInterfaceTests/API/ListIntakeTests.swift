import Configuration
import FeedModel
import Ingestion
import JSONText
import Locking
import TestSupport
import Testing

@testable import WebInterface

@Suite("Feeds of an uploaded list are taken only where newswire.toml says so")
struct ListIntakeTests {
    private static let feeds = """
        [[feed]]
        url = "https://known.example/feed.xml"
        id = "known"

        [[feed]]
        url = "https://variant.example/feed.xml"
        id = "variant"
        """
    private static let list = Array(
        """
        <opml version="2.0"><body><outline text="Folder">
        <outline text="New" xmlUrl="https://new.example/feed.xml"/>
        <outline text="Known" xmlUrl="https://known.example/feed.xml"/>
        <outline text="Variant" xmlUrl="http://www.variant.example/feed.xml/"/>
        <outline text="Local" xmlUrl="file:///etc/passwd"/>
        <outline text="Command" xmlUrl="exec:rm"/>
        </outline></body></opml>
        """.utf8)

    /// - Parameter includes: whether newswire.toml includes the file of newswire-web.
    private func fixture(includes: Bool = true) throws -> WebFixture {
        try WebFixture(
            [WebArticle("1")], feeds: Self.feeds,
            options: (includes ? "include = [\"web/*.opml\"]\n" : "") + "[web]\nstate_directory = \"web\"\n")
    }

    private func service(
        _ fixture: WebFixture, refusing refusal: String? = nil, seen: Locked<String?> = Locked(nil)
    ) throws -> ControlServer {
        try fixture.service { [folder = fixture.folder] request, reply in
            switch request {
            case .status: reply.send { $0.raw("{}") }
            case .reload:
                let text = folder.text("web/feeds.opml")
                seen.withLock { $0 = text }
                if let refusal { return reply.fail(refusal) }
                reply.send { $0.raw(#"{"feeds":3}"#) }
            default: break
            }
            reply.done()
        }
    }

    @Test("Each feed of a list is new, known, a variant of a known one, or left out with the reason and its line")
    func review() throws {
        let fixture = try fixture(includes: false)
        let answer = try fixture.call(.post, "/api/opml", [("dry_run", "true")], body: Self.list)
        #expect(answer.status == 200)
        let json = try answer.json()
        let entries = json["entries"]?.array ?? []
        #expect(entries.map { $0["verdict"]?.string } == ["new", "known", "variant"])
        #expect(entries.map { $0["feed"]?.string } == [nil, "known", "variant"])
        #expect(entries[2]["feed_url"]?.string == "https://variant.example/feed.xml")
        let remarks = json["remarks"]?.array ?? []
        #expect(remarks.map { $0["line"]?.integer } == [5, 6])
        #expect(remarks.allSatisfy { $0["loss"]?.bool == true })
    }

    @Test("Without the include nothing is written, and the answer has the line and the TOML to copy")
    func notIncluded() throws {
        let fixture = try fixture(includes: false)
        let answer = try fixture.call(.post, "/api/opml", body: Self.list)
        #expect(answer.status == 409)
        let json = try answer.json()
        #expect(json["include"]?.string == "include = [\"\(fixture.folder.file("web/*.opml"))\"]")
        #expect(
            json["toml"]?.string
                == "[[feed]]\nurl = \"https://new.example/feed.xml\"\ntitle = \"New\"\ntags = [\"Folder\"]\n")
        #expect(fixture.folder.read("web/feeds.opml") == nil)
    }

    @Test("Where no service runs that could say whether it takes them nothing is written")
    func withoutService() throws {
        let fixture = try fixture()
        let failure = #expect(throws: WebFailure.self) { try fixture.call(.post, "/api/opml", body: Self.list) }
        #expect(failure?.status == 409)
        #expect(fixture.folder.read("web/feeds.opml") == nil)
    }

    @Test("New feeds are there before the service is told to read them, and those of a second list come to the first")
    func taking() throws {
        let fixture = try fixture()
        let seen = Locked<String?>(nil)
        let server = try service(fixture, seen: seen)
        defer { server.stop() }
        let answer = try fixture.call(.post, "/api/opml", body: Self.list)
        #expect(answer.status == 202)
        #expect(try answer.json()["taken"]?.integer == 1)
        #expect(try answer.json()["reload"]?["feeds"]?.integer == 3)
        #expect(seen.withLock { $0 }?.contains("https://new.example/feed.xml") == true)
        try fixture.reload()
        #expect(try fixture.feeds().map(\.url).contains("https://new.example/feed.xml"))
        let second = try fixture.call(.post, "/api/opml", body: Array("https://second.example/feed.xml\n".utf8))
        #expect(try second.json()["taken"]?.integer == 1)
        try fixture.reload()
        #expect(try fixture.feeds().count == 4)
        // What is there already is not taken twice, and the service has nothing to read.
        seen.withLock { $0 = nil }
        let again = try fixture.call(.post, "/api/opml", body: Self.list)
        #expect(again.status == 200)
        #expect(try again.json()["taken"]?.integer == 0)
        #expect(seen.withLock { $0 } == nil)
    }

    @Test("Where the service does not take the configuration the file is as it was, and the reason is said")
    func refused() throws {
        let fixture = try fixture()
        var server = try service(fixture)
        _ = try fixture.call(.post, "/api/opml", body: Array("https://first.example/feed.xml\n".utf8))
        let before = fixture.folder.read("web/feeds.opml")
        server.stop()
        server = try service(fixture, refusing: "the configuration is wrong")
        defer { server.stop() }
        try fixture.reload()
        let answer = try fixture.call(.post, "/api/opml", body: Self.list)
        #expect(answer.status == 409)
        #expect(try answer.json()["reload"]?["refusal"]?.string == "the configuration is wrong")
        #expect(fixture.folder.read("web/feeds.opml") == before)
        #expect(before != nil)
    }

    @Test("What is no list is refused", arguments: ["", "<html><body>x</body></html>"])
    func noList(_ text: String) throws {
        let fixture = try fixture()
        let failure = #expect(throws: WebFailure.self) {
            try fixture.call(.post, "/api/opml", [("dry_run", "true")], body: Array(text.utf8))
        }
        #expect(failure?.status == 400)
    }
}
