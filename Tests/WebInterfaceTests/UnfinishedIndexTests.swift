import FeedModel
import JSONText
import TestSupport
import Testing

@testable import SearchIndex
@testable import WebInterface

/// An index is built from the newest record back, and readers ask meanwhile.
@Suite struct UnfinishedIndexTests {
    private let fixture: DialectFixture

    init() throws {
        fixture = try DialectFixture(index: { folder in
            var options = SearchOptions()
            options.runLength = 4
            return ArticleSearch(
                folder: folder.file("index"), store: folder.file("store"), options: options,
                clock: { DialectFixture.now })
        }) { search in
            var runs = 0
            try search.bringUp(progress: { _, _ in
                runs += 1
                return runs < 2
            })
        }
    }

    @Test func `whoever goes up by numbers waits for what is missing, and then misses nothing`() throws {
        let early = try fixture.miniflux(.get, "/entries?after_entry_id=0&order=id&direction=asc")
        #expect(early.status == 503)
        #expect(early.json["error_message"]?.string?.contains("being built") == true)
        #expect(try fixture.google(.get, "stream/items/ids?r=o").status == 503)
        #expect(try fixture.google(.post, "mark-all-as-read", body: "s=feed/notes").status == 503)
        try fixture.index()
        #expect(try fixture.entries("/entries?after_entry_id=0&order=id&direction=asc") == Array(1...12))
        #expect(try fixture.google(.post, "mark-all-as-read", body: "s=feed/notes").status == 200)
    }

    @Test func `the newest are there at once`() throws {
        let ids = try fixture.ids("s=user/-/state/com.google/reading-list")
        #expect(ids.first == 12)
        #expect(ids.count < 12)
        #expect(ids == Array((13 - UInt64(ids.count)...12).reversed()))
    }

    @Test func `whoever has all before what is missing goes on`() throws {
        #expect(try fixture.entries("/entries?after_entry_id=11&order=id&direction=asc") == [12])
    }

    /// Between storing and indexing an answer lacks what came last: it must not be taken for one that has it.
    @Test(arguments: ["/out/articles.atom", "/out/articles.json", "/api/articles"])
    func `an answer without what the index lacks is not called unchanged when the index has it`(_ path: String) throws {
        func ask(_ headers: [(String, String)] = []) throws -> WebAnswer {
            let endpoint = try #require(WebSite.endpoints.first { $0.pattern == path })
            let request = WebRequest(
                method: .get, path: path, segments: [], query: WebFields([.init("feed", "notes")]),
                headers: WebFields(headers.map { WebFields.Field($0.0, $0.1) }), receivedAt: DialectFixture.now)
            return try endpoint.handler(
                WebCall(request: request, caller: WebCaller(account: nil, right: .read), house: fixture.house))
        }
        let early = try ask()
        let tag = try #require(early.headers["ETag"])
        #expect(early.headers["Last-Modified"] == nil)
        try fixture.index()
        let later = try ask([("if-none-match", tag)])
        #expect(later.status == 200)
        #expect(try later.bytes().count > early.bytes().count)
        let whole = try #require(later.headers["ETag"])
        #expect(try ask([("if-none-match", whole)]).status == 304)
    }
}
