import FeedModel
import JSONText
import TestSupport
import Testing

@testable import WebInterface

@Suite("The articles are there as feeds for readers")
struct OutputTests {
    private let later = WebFixture.moment.adding(seconds: 60)

    private func fixture(_ count: Int = 3) throws -> WebFixture {
        try WebFixture(
            (1...count).map { number in
                WebArticle("\(number)", title: "Title \(number) & <more>").with {
                    $0.article.contentHTML = "<p onclick=\"x()\">Text</p><script>steal()</script>"
                }
            })
    }

    private func parsed(_ answer: WebAnswer, _ fixture: WebFixture) async throws -> JSONValue {
        let file = fixture.folder.write(try answer.bytes(), to: "out")
        let printed = try await fixture.run(["parse", file, "--base-url", "http://localhost/out"])
        return try JSONParser.parse(Array(printed.utf8)).value
    }

    @Test(
        "The project's own parser reads them without a warning, newest first, and finds the page that follows",
        arguments: ["atom", "json"])
    func valid(_ ending: String) async throws {
        let fixture = try fixture()
        let answer = try fixture.call(
            .get, "/out/articles.\(ending)", [("limit", "2"), ("token", "secret")],
            headers: [("host", "web.example:8473")],
            now: later)
        let text = try answer.text()
        // Who sends no headers can follow the link to the next page only with it.
        #expect(text.split(separator: "secret", omittingEmptySubsequences: false).count == 2)
        #expect(text.contains("script") == false)
        #expect(text.contains("onclick") == false)
        let feed = try await parsed(answer, fixture)
        #expect(feed["_newswire"]?["warnings"]?.array ?? [] == [])
        #expect(feed["items"]?.array?.compactMap { $0["title"]?.string } == ["Title 3 & <more>", "Title 2 & <more>"])
        let next = "http://web.example:8473/out/articles.\(ending)?limit=2&token=secret&before=2"
        // XML writes & otherwise, and JSON a slash as it is.
        #expect(text.contains(ending == "atom" ? next.replacing("&", with: "&amp;") : "\"next_url\":\"\(next)\""))
        let last = try fixture.call(.get, "/out/articles.\(ending)", [("limit", "2"), ("before", "2")], now: later)
        #expect(try last.text().contains(ending == "atom" ? "rel=\"next\"" : "next_url") == false)
        #expect(try await parsed(last, fixture)["items"]?.array?.count == 1)
    }

    @Test("They have a strong ETag and a date together, and either is honoured", arguments: ["atom", "json"])
    func conditional(_ ending: String) throws {
        let fixture = try fixture()
        let path = "/out/articles.\(ending)"
        let answer = try fixture.call(.get, path, now: later)
        let tag = try #require(answer.headers["ETag"])
        #expect(tag.hasPrefix("\""))
        #expect(answer.headers["Last-Modified"] == "Sun, 22 Nov 2026 08:00:00 GMT")
        #expect(answer.headers["Cache-Control"] == "private, max-age=60")
        func status(_ headers: [(String, String)]) throws -> Int {
            try fixture.call(.get, path, headers: headers, now: later).status
        }
        #expect(try status([("if-none-match", tag)]) == 304)
        #expect(try status([("if-modified-since", "Sun, 22 Nov 2026 08:00:00 GMT")]) == 304)
        // The ETag counts before the date.
        #expect(
            try status([("if-none-match", "\"x\""), ("if-modified-since", "Sun, 22 Nov 2026 08:00:00 GMT")]) == 200)
        try fixture.store([WebArticle("new").with { $0.stored = later }])
        #expect(try status([("if-none-match", tag)]) == 200)
        #expect(try status([("if-modified-since", "Sun, 22 Nov 2026 08:00:00 GMT")]) == 200)
    }

    @Test("Nobody is told a date while more may be stored in that second")
    func freshDate() throws {
        let fixture = try fixture()
        let answer = try fixture.call(.get, "/out/articles.atom", now: WebFixture.moment.adding(seconds: 1))
        #expect(answer.headers["Last-Modified"] == nil)
        #expect(answer.headers["ETag"] != nil)
    }

    @Test("Each choice of articles is a feed of its own, whatever the page and whoever asks")
    func identity() throws {
        let fixture = try fixture()
        func id(_ query: [(String, String)]) throws -> Substring? {
            try fixture.call(.get, "/out/articles.atom", query, now: later).text().split(separator: "\n").first {
                $0.hasPrefix("<id>")
            }
        }
        #expect(try id([]) == "<id>urn:newswire:articles</id>")
        #expect(try id([("feed", "example"), ("limit", "1"), ("token", "x")]) == (try id([("feed", "example")])))
        #expect(try id([("feed", "example")]) != (try id([])))
    }

    @Test(
        "Dates of headers are those of HTTP",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (1_709_164_799, "Wed, 28 Feb 2024 23:59:59 GMT"), (951_827_696, "Tue, 29 Feb 2000 12:34:56 GMT"),
        ])
    func dates(_ seconds: Int64, _ text: String) {
        #expect(HTTPDate.text(Timestamp(seconds: seconds)) == text)
    }
}
