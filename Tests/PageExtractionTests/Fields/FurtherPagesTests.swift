import JSONText
import Testing

@testable import PageExtraction

@Suite("The further pages of an article (docs/spec/fulltext.md §5.2)")
struct FurtherPagesTests {
    private func page(_ links: String, at url: String?, head: String = "") -> ExtractedPage {
        let text =
            "<p>" + String(repeating: "The ministry said on Tuesday that the aircraft had arrived. ", count: 8) + "</p>"
        let html =
            "<html><head><title>T</title>\(head)</head><body><article><h1>T</h1>\(text)\(text)\(links)</article></body></html>"
        return PageExtractor.extract(Array(html.utf8), .init(url: url))
    }

    private func next(_ links: String, at url: String = "https://example.org/story") -> [Int: String] {
        page(links, at: url).furtherPages
    }

    @Test(
        "A link with the number 2 leads to the second page where its URL differs in that number alone",
        arguments: [
            ("https://example.org/story", "/story?page=2"), ("https://example.org/story", "/story/2"),
            ("https://example.org/story/", "/story/2/"), ("https://example.org/story/", "/story/page/2/"),
            ("https://example.org/story.html", "story-2.html"), ("https://example.org/story.html", "/story_2.html"),
            ("https://example.org/story.html", "/story.html?seite=2"), ("https://example.org/s?id=77", "?id=77&page=2"),
            ("https://example.org/story?page=1", "/story?page=2"),
            ("https://example.org/story-1.html", "/story-2.html"),
            ("https://example.org/story/1", "/story/2"), ("https://example.org/s?utm_source=rss", "/s?page=2#text"),
        ])
    func forms(url: String, link: String) {
        let page = page("<a href=\"\(link)\">2</a>", at: url)
        #expect(page.furtherPages.count == 1 && page.furtherPages[2]?.hasPrefix("https://example.org/s") == true)
        #expect(page.pages == 2)
    }

    @Test(
        "Another article is no further page, whatever it is called",
        arguments: [
            ("https://example.org/story", "https://other.example/story?page=2"),
            ("https://example.org/story", "/other?page=2"),
            ("https://example.org/story", "http://example.org/story?page=2"), ("https://example.org/story", "/story-2"),
            ("https://example.org/story", "/story?id=2"), ("https://example.org/story", "/story?p=2"),
            ("https://example.org/story", "/2"), ("https://example.org/story", "/story/2/comments"),
            ("https://example.org/story", "/story?page=2&sort=new"), ("https://example.org/story", "/story/2024"),
            ("https://example.org/story", "/story/02"), ("https://example.org/story.html", "/story-2.pdf"),
            ("https://example.org/2026/11/story", "/2026/12/story"), ("https://example.org/story", "/page/2"),
        ])
    func others(url: String, link: String) {
        let page = page("<a href=\"\(link)\" rel=next>2 Next</a><a href=\"\(link)\">2</a>", at: url)
        #expect(page.furtherPages.isEmpty && page.pages == nil)
    }

    @Test("A link to the next page says so, by its number, a word, an arrow alone or rel=next; a headline does not")
    func labels() {
        for label in ["2", "Page 2", "Next", "Weiter", "Seite 2", "›", "»", "Página siguiente"] {
            #expect(next("<a href=\"/story/2\">\(label)</a>") == [2: "https://example.org/story/2"])
        }
        for label in [
            "", "Comments", "last »", "3", "The two hundred things that you have to know about the next 2 weeks",
        ] {
            #expect(next("<a href=\"/story/2\">\(label)</a>").isEmpty)
        }
        #expect(next("<a href=\"/story/2\" rel=\"nofollow next\">more</a>").count == 1)
        #expect(next("<a href=\"/story/2\" aria-label=\"Next page\"><img src=x></a>").count == 1)
        #expect(
            page("", at: "https://example.org/story", head: "<link rel=next href=\"/story/2\">").furtherPages.count == 1
        )
    }

    @Test("The links say how many pages there are, and one behind the first leads to the one behind it")
    func numbers() {
        let links = (1...4).map { "<a href=\"/story?page=\($0)\">\($0)</a>" }.joined()
        let first = page(links, at: "https://example.org/story")
        #expect(first.pages == 4 && first.furtherPages == [2: "https://example.org/story?page=2"])
        let third = page(links, at: "https://example.org/story?page=3")
        #expect(third.furtherPages == [4: "https://example.org/story?page=4"])
        #expect(page(links, at: "https://example.org/story?page=4").furtherPages.isEmpty)
        #expect(page(links, at: nil).furtherPages.isEmpty)
    }

    @Test("Where a number in the URL may be an article's, both readings are told, each by its number")
    func ambiguous() {
        let links = "<a href=\"/story/7/2\">2</a> <a href=\"/story/8\">Next</a>"
        #expect(
            next(links, at: "https://example.org/story/7")
                == [2: "https://example.org/story/7/2", 8: "https://example.org/story/8"])
    }

    @Test("Nothing is found where a site counts its pages from 0, as its 2 is the third")
    func fromZero() {
        let links = "<a href=\"/story?page=1\">2</a><a href=\"/story?page=2\">3</a><a href=\"/story?page=2\">last »</a>"
        #expect(next(links).isEmpty)
        #expect(next("<a href=\"/story?page=1\">next ›</a><a href=\"/story?page=2\">2</a>").isEmpty)
    }

    @Test("Of a page with very many links no more are looked at than a bound", .timeLimit(.minutes(1)))
    func many() {
        let links = (0..<60_000).map { "<a href=\"/story/\($0)/x\">\($0)</a>" }.joined()
        #expect(next(links + "<a href=\"/story/2\">2</a>").isEmpty)
        #expect(next("<a href=\"/story/2\">2</a>" + links).count == 1)
    }

    @Test("The JSON of a page says how many pages its article has, where there are several")
    func json() throws {
        func pages(_ links: String) throws -> Int64? {
            var json = JSONWriter()
            page(links, at: "https://example.org/story").write(to: &json)
            return try JSONParser.parse(json.finish()).value["pages"]?.integer
        }
        #expect(try pages("<a href=\"/story/2\">2</a>") == 2)
        #expect(try pages("") == nil)
    }
}
