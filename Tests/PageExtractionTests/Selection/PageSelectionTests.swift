import FeedParsing
import PageExtraction
import Testing

@Suite("What a person says of a site's pages: docs/spec/fulltext.md §7")
struct PageSelectionTests {
    private static let other = (0..<12).map {
        "<p>Another long text that is no article, number \($0), which the rules would take, because there is more of it.</p>"
    }.joined()

    private func extract(_ body: String, container: String? = nil, remove: [String] = []) throws -> ExtractedPage {
        let selection = PageSelection(
            container: try container.map { try HTMLSelector($0) }, remove: try remove.map { try HTMLSelector($0) })
        return PageExtractor.extract(
            Array(Pages.page(body).utf8), .init(url: "https://courier.example/a", selection: selection))
    }

    @Test(
        "The selected element is the container, although the rules would take another",
        arguments: [
            "#own", ".story-x", "section", "section#own.story-x", "[itemprop=text]", "main section", "MAIN .story-x",
            "body main [itemprop='text']",
        ])
    func container(_ selector: String) throws {
        let own = "<section id=own class='a story-x' itemprop='text x'>\(Pages.paragraphs)</section>"
        let body = "<main><article>\(Self.other)</article>\(own)</main>"
        #expect(try !extract(body).isStory)
        let page = try extract(body, container: selector)
        #expect(page.isStory)
        #expect(page.warnings.isEmpty)
    }

    @Test("Names are compared as they are written, and one element inside another in this order")
    func exact() throws {
        let body = "<div class=Outer><div class=inner>\(Pages.paragraphs)</div></div>\(Self.other)"
        for missing in [".outer .inner", ".inner .Outer", ".Outer #inner", ".Outer p .inner", ".Outer .inn"] {
            #expect(try extract(body, container: missing).warnings == ["container_not_found"], "\(missing)")
        }
        #expect(try extract(body, container: ".Outer .inner").isStory)
    }

    @Test("Several elements that are selected are one article")
    func pieces() throws {
        let halves = [Pages.story[..<3], Pages.story[3...]].map {
            "<x-part>" + $0.map { "<p>\($0)</p>" }.joined() + "</x-part>"
        }
        let page = try extract("\(halves[0])<div>\(Self.other)</div>\(halves[1])", container: "x-part")
        #expect(page.isStory)
    }

    @Test("A container in what stands beside articles, or is hidden, is the container all the same")
    func beside() throws {
        for around in [
            "<aside><div id=own>", "<form><div id=own>", "<div hidden><div id=own>", "<div class=comments><div id=own>",
        ] {
            let page = try extract(
                "\(around)\(Pages.paragraphs)</div></div></form></aside><div>\(Self.other)</div>", container: "#own")
            #expect(page.isStory, "\(around)")
        }
    }

    @Test("Where the selector finds no text the rules look for the article, and a warning says so")
    func notFound() throws {
        let body = "<article>\(Pages.paragraphs)</article><div id=empty><img src=/a.jpg></div>"
        for selector in ["#nowhere", "#empty"] {
            let page = try extract(body, container: selector)
            #expect(page.isStory)
            #expect(page.warnings == ["container_not_found"])
        }
    }

    @Test("What is removed is neither in the text nor in the HTML: elements, parts of lines and pictures")
    func remove() throws {
        let body = """
            <article><p>\(Pages.story[0])<span class=note> An aside that nobody wants.</span></p>
            <div class=fact>\(Self.other)<img src=/fact.jpg width=600 height=400></div>
            \(Pages.story[1...].map { "<p>\($0)</p>" }.joined())<img src=/own.jpg width=600 height=400></article>
            """
        let page = try extract(body, remove: [".note", "article .fact"])
        #expect(page.isStory)
        #expect(!page.html.contains("Another") && !page.html.contains("aside that") && !page.html.contains("fact.jpg"))
        #expect(page.html.contains("own.jpg"))
        #expect(page.warnings.isEmpty)
    }

    @Test("What is removed is not weighed: the article is found that it would have hidden")
    func removedBeforeChoosing() throws {
        let body = "<article id=big>\(Self.other)\(Self.other)</article><div>\(Pages.paragraphs)</div>"
        #expect(try extract(body, remove: ["#big"]).isStory)
    }

    @Test("How a line came to be left out is explained")
    func explained() throws {
        let selection = PageSelection(container: try HTMLSelector("#nowhere"), remove: [try HTMLSelector(".fact")])
        let html = Pages.page("<article><p class=fact>\(Pages.story[0])</p>\(Pages.paragraphs)</article>")
        let lines = PageExtractor.explain(Array(html.utf8), .init(url: nil, selection: selection)).lines
        #expect(lines.contains { $0.hasPrefix("- taken out by a selector:") })
        #expect(lines.contains { $0.hasPrefix("container_not_found") })
    }

    @Test("Among elements without end, selectors that fit nearly all of them find what they mean")
    func deep() throws {
        let selectors = (1...7).map { String(repeating: ".a ", count: $0) + "em" }
        let html = String(repeating: "<div class=a><em class=a>x</em>", count: 5_000) + Pages.paragraphs
        #expect(try extract(html, remove: selectors).isStory)
    }
}
