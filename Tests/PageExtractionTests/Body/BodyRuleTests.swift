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

    @Test("A long introduction by the headline is not taken for the article that it leads to")
    func longIntroduction() {
        let introduction = (1...4).map {
            "<p>What the council, in its sitting number \($0), knew of the bridge and its four piers, and what it told the people of the town about both.</p>"
        }.joined()
        let page = Pages.extract(
            Pages.page(
                "<article><div class=opening><h1>\(Pages.headline)</h1>\(introduction)</div><div class=article-body>\(Pages.paragraphs)</div></article>"
            ))
        #expect(page.isStory)
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

    @Test("A list of sources is text, though most of it is links, and one of other stories is not")
    func sources() {
        let title = "<a href=/x>Cracks in the piers of the harbour bridge at Aldmouth</a>"
        let sources = (1...3).map { "<li>Olsen, M., and Brandt, K. \(title). Works \($0), 1981.</li>" }
        let lines = (1...3).map {
            "Olsen, M., and Brandt, K. Cracks in the piers of the harbour bridge at Aldmouth. Works \($0), 1981."
        }
        let page = Pages.article(inside: "<ul>\(sources.joined())</ul>")
        #expect(page.text.contains(lines.joined(separator: "\n")))
        let stories = (1...3).map { "<li>Olsen and Brandt, number \($0): \(title)</li>" }
        #expect(Pages.article(inside: "<ul>\(stories.joined())</ul>").isStory)
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

    @Test("What is called a lead and is nothing else stays text, as the first paragraph of the article")
    func lead() {
        let line =
            "It was a cold morning, and nobody on the north bank had heard of any cracks in the old harbour bridge."
        let page = Pages.article(before: "<p class=intro>\(line)</p>")
        #expect(page.lines == [line] + Pages.story && page.standfirst == nil)
        let described = Pages.article(
            before: "<p class=intro>\(line)</p>", head: "<meta name=description content='\(line)'>")
        #expect(described.isStory && described.standfirst == line)
    }

    // MARK: Modules

    @Test("An article in modules, each with elements of its own around a paragraph, is taken whole")
    func modules() {
        let modules = Pages.story.map {
            "<div class='module text'><div class=inner><div><p>\($0)</p></div></div></div>"
        }
        #expect(Pages.extract(Pages.page("<h1>\(Pages.headline)</h1><div>\(modules.joined())</div>")).isStory)
    }

    @Test("Modules whose headings are links are teasers, and no part of the article")
    func teaserModules() {
        let text = Pages.story.map { "<p>\($0)</p>" }.joined()
        let others = ["A storm comes", "A tram goes", "A ship sinks"].map {
            "<div class='module text'><div><h3><a href=/x>\($0) to the town of Aldmouth</a></h3><p>\(Pages.story[0].replacing("bridge", with: $0)), and then there is a little more of it.</p></div></div>"
        }.joined()
        let page = Pages.extract(
            Pages.page(
                "<h1>\(Pages.headline)</h1><div><div class='module text'><div>\(text)</div></div>\(others)</div>"))
        #expect(page.isStory)
    }

    @Test("What is called a teaser and leads nowhere is text")
    func teaserWithoutLink() {
        let line = "The works department had warned of cracks for years, as papers show that this paper has seen."
        #expect(Pages.article(inside: "<div class=teaser-text><p>\(line)</p></div>").text.contains(line))
        let linked = "<div class=teaser-text><p>\(line) <a href=/x>The story of the papers and the cracks</a></p></div>"
        #expect(Pages.article(inside: linked).isStory)
    }
}
