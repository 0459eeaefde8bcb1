import Testing

@testable import PageExtraction

/// fulltext.md §4.1.
@Suite struct PageTitleTests {
    private func headline(
        _ headings: [PageMarks.Heading] = [], title: String? = nil, openGraph: String? = nil, linked: String? = nil,
        site: String? = "The Courier"
    ) -> String? {
        var head = PageHead()
        head.documentTitle = title
        if let openGraph { head.metas.add(name: "og:title", content: openGraph) }
        if let site { head.metas.add(name: "og:site_name", content: site) }
        if let linked { head.linkedData = [Array(#"{"@type":"Article","headline":"\#(linked)"}"#.utf8)] }
        let metadata = PageMetadata(head, url: "https://www.thecourier.test/news/1")
        return PageTitle.headline(of: metadata, marks: PageMarks(headings: headings))
    }

    @Test(
        "A title loses the name of its site",
        arguments: [
            ("Bridge opens after two years | The Courier", "Bridge opens after two years"),
            ("Bridge opens after two years - The Courier", "Bridge opens after two years"),
            ("The Courier: Bridge opens after two years", "Bridge opens after two years"),
            ("Bridge opens after two years – News – thecourier.test", "Bridge opens after two years – News"),
            ("The Courier » Bridge opens after two years", "Bridge opens after two years"),
            ("Bridge opens after two years | Local news", "Bridge opens after two years"),
            ("Bridge opens - at last - after two years", "Bridge opens - at last - after two years"),
            ("Bridge: two years on", "Bridge: two years on"), ("Courier bridge: it opens", "Courier bridge: it opens"),
            ("The Courier", "The Courier"), ("T-shirt bridge", "T-shirt bridge"),
        ])
    func siteName(title: String, expected: String) {
        #expect(headline(title: title) == expected)
    }

    @Test("The heading that is like the titles is the headline, whatever they say")
    func heading() {
        let headings: [PageMarks.Heading] = [
            .init(text: "The Courier"), .init(text: "Weather"), .init(text: "Bridge in Porto opens after two years"),
        ]
        #expect(
            headline(
                headings, title: "Bridge opens - The Courier", openGraph: "Porto: bridge opens", linked: "Bridge opens")
                == "Bridge in Porto opens after two years")
    }

    @Test("A heading that is like no title is the headline only where the titles do not agree on one")
    func otherHeading() {
        #expect(headline([.init(text: "Menu")], title: "Bridge opens", openGraph: "Bridge opens") == "Bridge opens")
        #expect(headline([.init(text: "Time to say goodbye")], title: "Home") == "Time to say goodbye")
    }

    @Test("A kicker in the heading goes where a title is without it")
    func kicker() {
        let parts = ["Bridge opens after two years", "Traffic"]
        let heading = PageMarks.Heading(text: "Traffic Bridge opens after two years", parts: parts)
        #expect(headline([heading], openGraph: "Bridge opens after two years") == "Bridge opens after two years")
        #expect(
            headline([heading], openGraph: "Traffic | Bridge opens after two years") == "Bridge opens after two years")
        #expect(
            headline([heading], openGraph: "Traffic: Bridge opens after two years")
                == "Traffic: Bridge opens after two years")
    }

    @Test("A title that was cut off is none, and a page without any has none")
    func cut() {
        #expect(
            headline(title: "Bridge opens after two years", openGraph: "Bridge opens after") == "Bridge opens after")
        #expect(
            headline(title: "Bridge opens after…", linked: "Bridge opens after two years")
                == "Bridge opens after two years")
        #expect(headline() == nil)
        #expect(headline([.init(text: "???")], title: "…") == nil)
    }

    @Test("A title is no longer than 1 KiB")
    func bounds() {
        #expect(headline(title: String(repeating: "Brücke ", count: 1000))?.utf8.count ?? 0 <= PageTitle.maximumBytes)
    }
}
