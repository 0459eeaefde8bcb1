import PageExtraction
import Testing

/// The rules that find the article and clean it (docs/spec/fulltext.md §3), each with a page that it alone decides.
@Suite struct BodyRuleTests {
    private static let filler =
        "<p>Somebody else writes here, at some length, about another thing that has nothing to do with it.</p>"

    // MARK: The container

    @Test("What is named as the text of an article is its container, and what stands beside it is not read")
    func namedContainer() {
        for name in ["itemprop=articleBody", "class=article-body", "class=entryContent", "id=story_text"] {
            let page = Pages.extract(
                Pages.page("<div><div \(name)>\(Pages.paragraphs)</div><div>\(Self.filler)\(Self.filler)</div></div>"))
            #expect(page.isStory, "\(name)")
        }
    }

    @Test("Without names the element with the best text is the container")
    func scoredContainer() {
        let page = Pages.extract(
            Pages.page(
                "<div><p>A line or two about this paper, and about who makes it, and why they do it.</p></div><div>\(Pages.paragraphs)</div>"
            ))
        #expect(page.isStory)
    }

    @Test("An article in pieces of one class is one article")
    func pieces() {
        let halves = [Pages.story[..<3], Pages.story[3...]].map { half in
            "<div class=article-body>" + half.map { "<p>\($0)</p>" }.joined() + "</div>"
        }
        let page = Pages.extract(Pages.page("<article>\(halves[0])<div>\(Self.filler)</div>\(halves[1])</article>"))
        #expect(page.isStory)
    }

    @Test("Of articles below one another the one with the page's headline is taken, although others are longer")
    func oneOfMany() {
        let other =
            "<article class=post><h2>Something else</h2><div class=post-body>"
            + String(repeating: Self.filler, count: 40)
            + "</div></article>"
        let own =
            "<article class=post><h1>\(Pages.headline)</h1><div class=post-body>\(Pages.paragraphs)</div></article>"
        #expect(Pages.extract(Pages.page("<main>\(own)\(other)\(other)</main>")).isStory)
    }

    @Test("Comments of readers that are longer than the article do not win")
    func longComments() {
        let comments = (0..<30).map {
            "<div class=comment><p>I have to say, number \($0), that I could not agree more with what was written, and said so.</p></div>"
        }
        let page = Pages.extract(
            Pages.page("<div class=html>\(Pages.paragraphs)</div><div id=comments>\(comments.joined())</div>"))
        #expect(page.isStory)
    }

    @Test("A short article behind the page's headline is taken, and not the longer text of something else")
    func shortArticle() {
        let short = Pages.story.prefix(3).map { "<p>\($0)</p>" }.joined()
        let long = String(repeating: Self.filler, count: 30)
        for (before, behind) in [(long, ""), ("", "<div class=story-body>\(long)</div>")] {
            let page = Pages.extract(
                Pages.page("<div>\(before)</div><div><h1>\(Pages.headline)</h1>\(short)</div><div>\(behind)</div>"))
            #expect(page.lines == Array(Pages.story.prefix(3)))
        }
    }

    // MARK: What stands beside

    @Test(
        "Elements and roles that stand beside an article are left out of it",
        arguments: [
            "<nav><p>%</p></nav>", "<footer><p>%</p></footer>", "<aside><p>%</p></aside>", "<form><p>%</p></form>",
            "<div role=complementary><p>%</p></div>", "<div hidden><p>%</p></div>",
            "<div style='display: none'><p>%</p></div>",
            "<div aria-hidden=true><p>%</p></div>", "<div class=hide><p>%</p></div>",
        ])
    func beside(_ markup: String) {
        let text =
            "A sentence that is long enough to be taken for a part of the article, if it were not for where it stands."
        #expect(Pages.article(inside: markup.replacing("%", with: text)).isStory)
    }

    @Test("A page that is one form is read all the same")
    func pageInForm() {
        #expect(Pages.extract(Pages.page("<form>\(Pages.paragraphs)</form>")).isStory)
    }

    @Test("A page whose text is hidden until a script shows it is read all the same")
    func hiddenText() {
        #expect(Pages.extract(Pages.page("<div style='display:none'>\(Pages.paragraphs)</div>")).isStory)
    }

    @Test(
        "What a class or an id calls something else than text is left out",
        arguments: [
            "related-articles", "social-share", "newsletter-signup", "ad-slot", "author-bio", "post-tags",
            "photo-credit",
            "sidebarWidget", "comments",
        ])
    func junkNames(_ name: String) {
        let text = "A sentence that is long enough to be taken for a part of the article, if it were not for its name."
        #expect(Pages.article(inside: "<div class='\(name)'><p>\(text)</p></div>").isStory)
        #expect(Pages.article(inside: "<div id='\(name)'><p>\(text)</p></div>").isStory)
    }

    @Test("A name that stands on much of the text means something else on that page")
    func guardedName() {
        let paragraphs = Pages.story.map { "<p class=subscriber-only>\($0)</p>" }.joined()
        #expect(Pages.extract(Pages.page("<article>\(paragraphs)</article>")).isStory)
    }

    @Test("A name says nothing of what it does not have")
    func modifiedName() {
        #expect(Pages.extract(Pages.page("<div><div class=has-sidebar>\(Pages.paragraphs)</div></div>")).isStory)
    }

    // MARK: Links

    @Test("A list of links is no part of the text, and a list of sentences is")
    func lists() {
        let links = (0..<4).map { "<li><a href=/\($0)>Another story, number \($0)</a></li>" }.joined()
        #expect(Pages.article(inside: "<ul>\(links)</ul>").isStory)
        let items = "<ul><li>Buses run as before.</li><li>Cyclists <a href=/b>take the ferry</a>, too.</li></ul>"
        #expect(Pages.article(inside: items).text.contains("Buses run as before.\nCyclists take the ferry, too."))
    }

    @Test("A line that is a link leads away, and a sentence with a link does not")
    func linkLines() {
        #expect(
            Pages.article(inside: "<p><a href=/x>Photographs of the harbour bridge through ninety years</a></p>")
                .isStory)
        let sentence = "<p>The report is <a href=/r>on the council's pages</a>.</p>"
        #expect(Pages.article(inside: sentence).text.contains("The report is on the council's pages."))
    }

    // MARK: Head and standfirst

    @Test("The headline is a field and no text, even where it is no heading")
    func headline() {
        #expect(Pages.article().isStory)
        #expect(Pages.extract(Pages.page("<div><p>\(Pages.headline)</p>\(Pages.paragraphs)</div>")).isStory)
    }

    @Test("A line that begins like the description is the standfirst")
    func standfirst() {
        let line = "Engineers found cracks, and ferries will run instead."
        let head = "<meta name=description content='\(line)'>"
        let page = Pages.article(before: "<p>\(line)</p>", head: head)
        #expect(page.isStory && page.standfirst == line)
    }

    @Test("A line with a name for it is the standfirst, as is a second heading")
    func namedStandfirst() {
        let line = "Engineers found cracks, and ferries will run instead."
        for before in ["<p class=standfirst>\(line)</p>", "<h2>\(line)</h2>"] {
            let page = Pages.article(before: before)
            #expect(page.isStory && page.standfirst == line, "\(before)")
        }
    }

    @Test("A first paragraph that is also the description stays text")
    func describedParagraph() {
        let page = Pages.article(head: "<meta name=description content=\"\(Pages.story[0])\">")
        #expect(page.text.hasPrefix(Pages.story[0]) || page.standfirst == Pages.story[0])
    }
}
