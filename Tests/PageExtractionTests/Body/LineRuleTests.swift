import PageExtraction
import Testing

/// The rules that take single lines out of an article (docs/spec/fulltext.md §3.9–3.18).
@Suite struct LineRuleTests {
    @Test("Captions are in the HTML and not in the text")
    func captions() {
        let caption = "The bridge on Tuesday morning, seen from the lighthouse."
        let page = Pages.article(inside: "<figure><img src=/b.jpg><figcaption>\(caption)</figcaption></figure>")
        #expect(page.isStory)
        #expect(page.html.contains("<figcaption>\(caption)</figcaption>"))
    }

    @Test("A line with nothing but a picture beside it is a caption, whatever its element")
    func captionBesidePicture() {
        let caption = "The bridge on Tuesday morning, seen from the old lighthouse on the rocks."
        #expect(Pages.article(inside: "<div><div><img src=/b.jpg></div><p>\(caption)</p></div>").isStory)
    }

    @Test(
        "Who wrote it and when is no text",
        arguments: [
            "By Mara Olsen and Tom Berg", "Published: 3 May 2024 at 10:15 am", "12.03.2024, 14:05 Uhr",
            "Von Jens Petersen",
            "Publié le 4 mars 2023 à 10h15",
        ])
    func bylines(_ line: String) {
        #expect(Pages.article(before: "<p>\(line)</p>").isStory)
    }

    @Test("A table of numbers is no row of dates")
    func tableOfNumbers() {
        let table = "<table><tr><th>Year</th><th>Boats</th></tr><tr><td>2 000</td><td>1 200</td></tr></table>"
        #expect(Pages.article(inside: table).text.contains("Year\tBoats\n2 000\t1 200"))
    }

    @Test(
        "What sites say on every page is left out, in the languages that newswire knows",
        arguments: [
            "Advertisement", "Story continues below", "Sign up for our newsletter", "Subscribe to the Courier today",
            "Anzeige", "Lesen Sie auch: Das Wetter", "À lire aussi : la météo", "Te puede interesar: el tiempo",
            "Leia também: o tempo", "Leggi anche: il meteo", "Lees ook: het weer", "Czytaj także: pogoda",
            "Читайте также: погода",
        ])
    func phrases(_ line: String) {
        #expect(Pages.article(inside: "<p><a href=/x>\(line)</a></p>").isStory)
    }

    @Test("A heading that begins the rest of the site ends the article")
    func end() {
        let rest =
            "<h2>Related stories</h2><p>A storm is on its way to the northern islands, says the weather office, and ferries may stop.</p>"
        #expect(Pages.article(behind: rest).isStory)
    }

    @Test("Short lines before the first paragraph and behind the last are left out, and those between stay")
    func edges() {
        #expect(Pages.article(before: "<div>Local news</div>", behind: "<div>Back to top</div>").isStory)
        #expect(Pages.article(inside: "<p>Not so fast</p>").text.contains("Not so fast"))
    }

    @Test("How to reach the writer is left out at the end")
    func contacts() {
        #expect(
            Pages.article(
                behind: "<p>Mara Olsen can be reached at mara.olsen@courier.example, or on weekdays by telephone.</p>"
            ).isStory)
    }

    @Test("A line that was there before is not said again")
    func repeats() {
        #expect(Pages.article(inside: "<p>\(Pages.story[0])</p>").isStory)
    }

    @Test("A heading that nothing follows is left out")
    func emptyHeading() {
        #expect(Pages.article(behind: "<h2>What the neighbours in the town say</h2>").isStory)
    }

    @Test("Quotations and embedded posts stay whole, with who is quoted")
    func quotations() {
        let quote =
            "<blockquote class=twitter-tweet><p>No bridge, no business.</p>— Tom Berg (@tomberg) <a href=/t>May 3, 2024</a></blockquote>"
        let page = Pages.article(inside: quote)
        #expect(
            page.text.contains("No bridge, no business.") && page.text.contains("— Tom Berg (@tomberg) May 3, 2024"))
    }

    @Test("What is not in the page's articleBody goes where that holds the rest")
    func articleBody() {
        let stray =
            "<p>Do you own a boat? The harbour office would like to hear from you, and asks you to call before noon.</p>"
        let body = Pages.story.joined(separator: " ")
        let linked =
            "<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"headline\":\"\(Pages.headline)\",\"articleBody\":\"\(body)\"}</script>"
        #expect(Pages.article(behind: stray).lines.count == 7)
        #expect(Pages.article(behind: stray, head: linked).isStory)
    }

    @Test("A page that shows nothing and says all of it in JSON-LD gives that, and says so")
    func onlyLinkedData() {
        let body = Pages.story.joined(separator: "\\n")
        let linked =
            "<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"headline\":\"\(Pages.headline)\",\"articleBody\":\"\(body)\"}</script>"
        let page = Pages.extract(Pages.page("<div id=root></div>", head: linked))
        #expect(page.isStory)
        #expect(page.warnings.contains { $0.contains("JSON-LD") })
    }

    @Test("A page whose names forbid all of its text is read without them")
    func secondTry() {
        let text = Pages.story.prefix(3).map { "<p>\($0)</p>" }.joined()
        let page = Pages.extract(
            Pages.page("<div class=post-content><div class=promo>\(text)</div><p>Too short.</p></div>"))
        #expect(page.lines.starts(with: Pages.story.prefix(3)))
    }

    @Test("A box that begins like the rest of the site, with much of the text behind it, ends nothing but itself")
    func endInBox() {
        let box =
            "<div class=box><h3>Most read</h3><p>Storm warning for the islands</p><p>The tram to the university is late again</p></div>"
        let written = Pages.story.map { "<p>\($0)</p>" }
        let page = Pages.extract(
            Pages.page(
                "<article><h1>\(Pages.headline)</h1>\(written[..<3].joined())\(box)\(written[3...].joined())</article>")
        )
        #expect(page.isStory)
    }

    @Test("A long sentence at the end is text, though its element is a heading's")
    func sentenceAsHeading() {
        let line =
            "Whoever has a boat may come to the harbour office on Monday, where the works department explains all of it."
        #expect(Pages.article(behind: "<h3>\(line)</h3>").lines == Pages.story + [line])
    }

    @Test(
        "What stands in place of an embedded post, or asks for readers, is left out",
        arguments: [
            "An dieser Stelle finden Sie einen externen Inhalt, der den Artikel ergänzt.",
            "Folge uns auf allen Kanälen", "Il vous reste 80 % de cet article à lire.",
            "For the latest news download our app.",
        ])
    func morePhrases(_ line: String) {
        #expect(Pages.article(inside: "<p>\(line)</p>").isStory)
    }
}
