import PageExtraction
import Testing

/// The page of a small paper: a headline, six paragraphs, and five teasers of other articles, in the layouts that papers use.
@Suite struct DeskPageTests {
    private static let teasers = [
        (
            "Storm warning for the northern islands this weekend",
            "The weather office expects gusts of up to ninety miles an hour."
        ),
        (
            "New school opens its doors to four hundred pupils",
            "After three years of building the classrooms are finally ready."
        ),
        ("Fishermen ask for a longer season in the bay", "Catches have doubled, they say, and the quota has not."),
        (
            "Museum shows the town as it was a century ago",
            "Photographs that nobody has seen are on the walls until May."
        ),
        (
            "Football club signs a goalkeeper from the mainland",
            "He is twenty-two, and has played for two clubs so far."
        ),
    ]

    private static func teasers(_ write: (_ title: String, _ text: String) -> String) -> String {
        teasers.map { write($0.0, $0.1) }.joined()
    }

    private static func link(_ title: String) -> String { "<a href=/n/\(title.utf8.count)>\(title)</a>" }

    enum Layout: String, CaseIterable {
        case siblings, list, aside, classes, noClasses, section, table, cards, before
    }

    private static func page(_ layout: Layout) -> String {
        let head = "<h1>\(Pages.headline)</h1>"
        let body = Pages.paragraphs
        switch layout {
        case .siblings:
            return "<article>\(head)\(body)" + teasers { "<h3>\(link($0))</h3><p>\($1)</p>" } + "</article>"
        case .list:
            return "<article>\(head)\(body)<ul>" + teasers { "<li>\(link($0))<p>\($1)</p></li>" } + "</ul></article>"
        case .aside:
            return "<article>\(head)\(body)<aside>" + teasers { "<h3>\(link($0))</h3><p>\($1)</p>" }
                + "</aside></article>"
        case .classes:
            return "<div class=story>\(head)<div class=story-body>\(body)</div>"
                + teasers { "<div class=teaser><h3>\(link($0))</h3><p>\($1)</p></div>" } + "</div>"
        case .noClasses:
            return "<div>\(head)\(body)" + teasers { "<div><h3>\(link($0))</h3><p>\($1)</p></div>" } + "</div>"
        case .section:
            return "<article>\(head)\(body)<section><h2>More from the Courier</h2>"
                + teasers { "<div><h3>\(link($0))</h3><p>\($1)</p></div>" } + "</section></article>"
        case .table:
            return "<table><tr><td>\(head)\(body)</td><td>" + teasers { "<div><b>\(link($0))</b><br>\($1)</div>" }
                + "</td></tr></table>"
        case .cards:
            return "<main>\(head)\(body)<div>"
                + teasers {
                    "<div><a href=/n><img src=/p.jpg alt=''></a><div><h4>\(link($0))</h4><p>\($1)</p></div></div>"
                }
                + "</div></main>"
        case .before:
            return "<div>" + teasers { "<div><h3>\(link($0))</h3><p>\($1)</p></div>" }
                + "</div><div>\(head)\(body)</div>"
        }
    }

    @Test("All paragraphs are taken and no teaser, whatever the layout", arguments: Layout.allCases)
    func noTeaser(layout: Layout) {
        let page = Pages.extract(Pages.page(Self.page(layout)))
        #expect(page.lines == Pages.story)
        for (title, text) in Self.teasers {
            #expect(!page.html.contains(title) && !page.html.contains(text))
        }
    }
}
