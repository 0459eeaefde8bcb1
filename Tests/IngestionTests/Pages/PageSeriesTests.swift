import Archiving
import ArticleStore
import Configuration
import FeedModel
import JSONText
import TestSupport
import Testing

@testable import Ingestion

@Suite("An article that stands on several pages (fulltext_pages)", .serialized)
struct PageSeriesTests {
    private let options = "fulltext = \"always\"\nfulltext_pages = 3"

    private func failure(_ outcome: PageTask.Outcome) -> PageFailure? {
        if case .failed(let failure) = outcome { failure.kind } else { nil }
    }

    /// A page with a text of its own, which names the next one.
    private func serve(_ fixture: PageFixture, _ number: Int, next: Int?, text: String? = nil) {
        let own = text ?? "Paragraph of page \(number). " + String(repeating: "word\(number) ", count: 50)
        let link = next.map { "\nnext \($0) \(fixture.server.url("/a/\($0)"))" } ?? ""
        fixture.server.page(number == 1 ? "/a" : "/a/\(number)", own + link)
    }

    private func paths(_ fixture: PageFixture) -> [String] {
        fixture.server.requests.map(\.path).filter { $0 != "/robots.txt" }
    }

    @Test("Without the option the first page is the article")
    func off() async throws {
        let fixture = try PageFixture()
        serve(fixture, 1, next: 2)
        serve(fixture, 2, next: nil)
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        #expect(try await fixture.fetch(seq) == .stored(isLonger: true))
        #expect(paths(fixture) == ["/a"])
        #expect(try fixture.records().first?.page?["pages"] == nil)
        await fixture.close()
    }

    @Test(
        "The pages follow one another in the text, each asked for within its host's allowance, and the record counts them"
    )
    func joined() async throws {
        let fixture = try PageFixture()
        serve(fixture, 1, next: 2)
        serve(fixture, 2, next: 3)
        serve(fixture, 3, next: nil)
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        #expect(try await fixture.fetch(seq, options: options) == .stored(isLonger: true))
        #expect(paths(fixture) == ["/a", "/a/2", "/a/3"])
        #expect(fixture.visits.count == 3 && fixture.leaves.count == 3)
        let record = try #require(try fixture.records().first)
        let text = try #require(record.contentText)
        let places = (1...3).compactMap { text.firstRange(of: "Paragraph of page \($0)")?.lowerBound }
        #expect(places.count == 3 && places == places.sorted())
        #expect(record.contentHTML?.contains("page 3") == true)
        #expect(record.page?["pages"]?.integer == 3 && record.page?["warnings"] == nil)
        #expect(record.page?["url"]?.string == fixture.server.url("/a"))
        #expect(try await fixture.fetch(seq, options: options) == .unchanged(isLonger: true))
        await fixture.close()
    }

    @Test("Each page is kept as it came, as the page of that number, and the record names where the others are")
    func kept() async throws {
        let fixture = try PageFixture()
        serve(fixture, 1, next: 2)
        serve(fixture, 2, next: 3)
        fixture.server.page("/a/3", "no article")
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        let archive = try fixture.archive()
        #expect(try await fixture.fetch(seq, options: options, archive: archive) == .stored(isLonger: true))
        let kept = try fixture.keptPages()
        try #require(kept.map(\.part) == [1, 2, 3] && kept.map(\.article) == [seq, seq, seq])
        #expect(kept.map(\.url) == ["/a", "/a/2", "/a/3"].map { fixture.server.url($0) })
        let page = try #require(try fixture.records().first?.page)
        #expect(page["archive"]?.string == "\(kept[0].place)" && page["pages"]?.integer == 2)
        #expect(page["archive_further"]?.array?.compactMap(\.string) == ["\(kept[1].place)"])
        await fixture.close()
    }

    @Test("A further page that was kept is never taken for the article, also where none of it is in the record")
    func keptAlone() async throws {
        let fixture = try PageFixture()
        let same = String(repeating: "the same word ", count: 60)
        serve(fixture, 1, next: 2, text: same)
        serve(fixture, 2, next: nil, text: same)
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        let archive = try fixture.archive()
        #expect(try await fixture.fetch(seq, options: options, archive: archive) == .stored(isLonger: true))
        #expect(try fixture.records().first?.page?["pages"] == nil)
        let verdicts = try fixture.keptPages().map { page in
            try PageReview(page, try StoreReader(directory: fixture.store.path)) { key throws(StoreError) in
                try fixture.store.record(key: key)
            }.run(PageFixture.reading) { _ in PageSettings() }.verdict
        }
        #expect(verdicts == [.same, .joined])
        await fixture.close()
    }

    @Test("No more pages are fetched than fulltext_pages allows, and the record says that there are more")
    func limit() async throws {
        let fixture = try PageFixture()
        for number in 1...5 { serve(fixture, number, next: number + 1) }
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        #expect(try await fixture.fetch(seq, options: options) == .stored(isLonger: true))
        #expect(paths(fixture) == ["/a", "/a/2", "/a/3"])
        let warnings = try fixture.records().first?.page?["warnings"]?.array?.compactMap(\.string)
        #expect(
            warnings == ["The article has more pages than the 3 that fulltext_pages allows; the others were left out."])
        await fixture.close()
    }

    @Test(
        "A page that repeats the text is none of the article's, and one that has another number than the next is not asked for"
    )
    func repeated() async throws {
        let fixture = try PageFixture()
        let same = String(repeating: "the same word ", count: 60)
        serve(fixture, 1, next: 2, text: same)
        serve(fixture, 2, next: 3, text: same)
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        #expect(try await fixture.fetch(seq, options: options) == .stored(isLonger: true))
        #expect(paths(fixture) == ["/a", "/a/2"])
        #expect(try fixture.records().first?.page?["pages"] == nil)
        let other = try PageFixture()
        serve(other, 1, next: 7)
        _ = try await other.fetch(try other.article(1, at: other.server.url("/a")), options: options)
        #expect(paths(other) == ["/a"])
        await other.close()
        await fixture.close()
    }

    @Test("robots.txt is obeyed for each page")
    func robots() async throws {
        let fixture = try PageFixture()
        fixture.server.on("/robots.txt", LoopbackResponse(body: "User-agent: *\nDisallow: /a/\n"))
        serve(fixture, 1, next: 2)
        serve(fixture, 2, next: nil)
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        #expect(try await fixture.fetch(seq, options: options) == .stored(isLonger: true))
        #expect(paths(fixture) == ["/a"])
        let warning = try fixture.records().first?.page?["warnings"]?.array?.first?.string
        #expect(warning?.hasPrefix("Page 2 of the article is missing") == true && warning?.contains("(robots)") == true)
        await fixture.close()
    }

    @Test(
        "A page that may come another time lets the article wait, until it is tried no more: then what there is is stored"
    )
    func failing() async throws {
        let fixture = try PageFixture()
        serve(fixture, 1, next: 2)
        fixture.server.on("/a/2", LoopbackResponse(status: 500, body: ""))
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        #expect(failure(try await fixture.fetch(seq, options: options)) == .serverError)
        #expect(try fixture.records().isEmpty)
        #expect(try await fixture.fetch(seq, options: options, tries: 3) == .stored(isLonger: true))
        let record = try #require(try fixture.records().first)
        #expect(record.page?["warnings"]?.array?.first?.string?.contains("(server_error)") == true)
        serve(fixture, 2, next: nil)
        #expect(try await fixture.fetch(seq, options: options) == .stored(isLonger: true))
        #expect(try fixture.records().last?.page?["pages"]?.integer == 2)
        await fixture.close()
    }

    @Test("What would be longer than one article may be is cut between two pages, and the record says so")
    func tooLong() {
        func page(_ number: Int) -> PageContent {
            let text = String(repeating: "\(number)", count: 900_000)
            var page = PageContent(quality: 1, html: "<p>\(text)</p>", text: text, extractor: 1)
            page.furtherPages = [number + 1: "https://example.org/\(number + 1)"]
            return page
        }
        var joined = JoinedPages(page(1), at: "https://example.org/")
        joined.add(page(2), at: "https://example.org/2")
        #expect(joined.count == 2 && joined.next == "https://example.org/3")
        joined.add(page(3), at: "https://example.org/3")
        #expect(joined.count == 2 && joined.next == nil)
        #expect(joined.content.warnings == ["The article is longer than what is kept of one; it was cut after page 2."])
    }
}
