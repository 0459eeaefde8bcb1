import FeedModel
import PageExtraction

/// Pages made for a test, and what is taken out of them.
enum Pages {
    /// Six paragraphs as a newsroom writes them: long, with commas and full stops.
    static let story = [
        "The council of Aldmouth voted on Tuesday to close the old harbour bridge for the whole of the summer, after engineers found cracks in two of its four piers.",
        "Repairs will cost about nine million crowns, said Mara Olsen, who leads the works department, and they cannot wait until the autumn, when the storms come.",
        "Ferries will run every ten minutes between the two banks, from five in the morning until midnight, and will be free for people who live in the town.",
        "Shopkeepers on the north bank fear for their season. Half of their customers, they say, come over the bridge on foot, and few of them will wait for a boat.",
        "The opposition had asked for a second opinion, but its motion found only seven votes, two fewer than its own members, because some of them stayed away.",
        "The bridge was built in 1931, and was last repaired forty years ago, when one lane was taken away to make room for a path along the railing.",
    ]

    static let headline = "Harbour bridge in Aldmouth stays closed all summer"

    static var paragraphs: String { story.map { "<p>\($0)</p>" }.joined(separator: "\n") }

    static func page(_ body: String, head: String = "") -> String {
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>\(headline) - Aldmouth Courier</title>\(head)</head>"
            + "<body>\(body)</body></html>"
    }

    static func extract(_ html: String, url: String? = "https://courier.example/news/bridge") -> ExtractedPage {
        PageExtractor.extract(Array(html.utf8), PageExtractor.Context(url: url))
    }

    /// The article in an element of that class, with the markup before and behind its paragraphs.
    static func article(before: String = "", behind: String = "", head: String = "") -> ExtractedPage {
        extract(page("<article><h1>\(headline)</h1>\(before)\(paragraphs)\(behind)</article>", head: head))
    }

    /// What stands in the middle of the article, between its third and its fourth paragraph.
    static func article(inside html: String, head: String = "") -> ExtractedPage {
        let written = story.map { "<p>\($0)</p>" }
        return extract(
            page(
                "<article><h1>\(headline)</h1>\((written[..<3] + [html] + written[3...]).joined())</article>",
                head: head))
    }
}

extension ExtractedPage {
    /// The paragraphs of the text.
    var lines: [String] { text.split(separator: "\n").map(String.init) }

    /// The six paragraphs, and nothing else.
    var isStory: Bool { lines == Pages.story }
}
