import FeedModel
import Testing

@testable import Identity

@Suite("Two articles are never taken for one (identity.md §3.1, §3.3)")
struct FalseMergeTests {
    private let memory = StoreMemory()

    /// A document of one item each, or of a window of the newest few.
    private func poll(_ articles: [Article], window: Int = 1) -> Int {
        for end in articles.indices {
            memory.poll(articles[max(0, end + 1 - window)...end].reversed())
        }
        return memory.articles
    }

    private func hour(_ hours: Int) -> Timestamp { Timestamp(seconds: 1_790_000_000 + Int64(hours) * 3600) }

    private func dated(_ article: Article, _ hours: Int) -> Article {
        var article = article
        article.published = hour(hours)
        return article
    }

    private static let text =
        "The council of the town met on the evening of the second Thursday and heard three reports about the harbour, "
        + "the library and the new tram line, none of which it could agree upon before the lights went out at midnight."

    @Test(
        "identity.md §3.1: an id is used again as often as its publisher likes, in windows as well", arguments: [1, 3])
    func reuseWithoutEnd(window: Int) {
        let articles = (0..<60).map { number in
            dated(
                article(id: "1", url: "https://e.org/\(number)", title: "Story \(number)", text: "Text \(number)"),
                48 * number)
        }
        #expect(poll(articles, window: window) == 60)
        #expect(articles.allSatisfy { memory.poll([$0]).allSatisfy { $0.verdict == .unchanged } })
    }

    @Test("identity.md §3.1: the sixtieth use of an id costs no more look-ups than the third")
    func flatCost() {
        var costs: [Int] = []
        for number in 0..<60 {
            memory.forgetCounts()
            memory.poll([
                dated(
                    article(id: "1", url: "https://e.org/\(number)", title: "Story \(number)", text: "\(number)"),
                    48 * number)
            ])
            costs.append(memory.lookUps + memory.readings)
        }
        #expect(costs[59] == costs[2])
    }

    @Test("identity.md §3.1: an edit of any use of an id is found by its link, its title, or as the newest one")
    func editedUse() {
        let articles = (0..<5).map { number in
            dated(
                article(id: "1", url: "https://e.org/\(number)", title: "Story \(number)", text: Self.text), 48 * number
            )
        }
        #expect(poll(articles) == 5)
        var moved = dated(articles[3], 1000)
        moved.title = "Story 3, corrected"
        #expect(memory.poll([moved]).map(\.changed) == [["title", "date_published"]])
        var rewritten = dated(articles[2], 2000)
        rewritten.contentText = "Another text"
        #expect(memory.poll([rewritten]).map(\.changed) == [["content_text", "date_published"]])
        var renamed = articles[4]
        renamed.url = "https://e.org/four"
        #expect(memory.poll([renamed]).map(\.changed) == [["url"]])
        #expect(memory.poll([renamed]).map(\.verdict) == [.unchanged])
        #expect(memory.articles == 5)
    }

    @Test("identity.md §3.1: three bulletins a day under one id are three, an edit of one with its date is an edit")
    func bulletinsOfOneDay() {
        let articles = (0..<9).map { number in
            dated(
                article(
                    id: "1", url: "https://e.org/\(number)", title: "Bulletin \(number)", text: "Heard at \(number)"),
                8 * number)
        }
        #expect(poll(articles) == 9)
        let memory = StoreMemory()
        memory.poll([articles[0]])
        var edited = articles[0]
        (edited.url, edited.title, edited.contentText) = ("https://e.org/new", "Corrected", "Heard again")
        #expect(memory.poll([edited]).map(\.isUpdate) == [true])
    }

    @Test("identity.md §3.1: headline, slug and a part of the text changed within a day is an edit, whatever the date")
    func partOfTheText() {
        memory.poll([dated(article(id: "1", url: "https://e.org/a", title: "A", text: Self.text), 0)])
        let edited = article(id: "1", url: "https://e.org/b", title: "B", text: Self.text + " It was dark.")
        #expect(memory.poll([dated(edited, 3)]).map(\.isUpdate) == [true])
    }

    @Test("identity.md §3.1: an id with another title, text and date is used again where there are no links")
    func reuseWithoutLinks() {
        let articles = (0..<4).map { dated(article(id: "1", title: "T \($0)", text: "Text \($0)"), 30 * $0) }
        #expect(poll(articles) == 4)
        let undated = article(id: "2", title: "A", text: "x")
        memory.poll([undated])
        #expect(memory.poll([article(id: "2", title: "B", text: "y")]).map(\.isUpdate) == [true])
    }

    enum Text: CaseIterable { case none, constant, other }

    @Test(
        "identity.md §3.3: alerts with an id and a date of their own are told apart, whatever their text",
        arguments: Text.allCases, [1, 3])
    func alerts(text: Text, window: Int) {
        let articles = (0..<6).map { number in
            let words: String? =
                switch text {
                case .none: nil
                case .constant: "See the page for details"
                case .other: "Alert number \(number)"
                }
            return dated(
                article(id: "a\(number)", url: "https://e.org/alerts", title: "Alert", text: words), number)
        }
        #expect(poll(articles, window: window) == 6)
    }

    @Test("identity.md §3.3: an id of its own with another text and no date is another article", arguments: [1, 3])
    func otherText(window: Int) {
        let articles = (0..<6).map { article(id: "\($0)", url: "https://e.org/", title: "News", text: "Text \($0)") }
        #expect(poll(articles, window: window) == 6)
    }

    @Test("identity.md §3.3: the picture of the day is another one each day, though the words stay")
    func pictures() {
        let articles = (0..<4).map { number in
            var item = article(id: "\(number)", url: "https://e.org/", title: "Picture of the day")
            item.contentHTML = "<p>Look!</p><img width=3 src=\"/p/\(number).png?size=2\">"
            return item
        }
        #expect(poll(articles) == 4)
    }

    @Test(
        "identity.md §3.3: an entry's date of change is its date where it has no other",
        arguments: [nil, "other"] as [String?])
    func updated(text: String?) {
        let articles = (0..<6).map { number in
            var item = article(
                id: "urn:\(number)", url: "https://e.org/", title: "Status", text: text.map { "\($0) \(number)" })
            item.modified = hour(number)
            return item
        }
        #expect(poll(articles) == 6)
    }

    @Test(
        "identity.md §3.1: items without ids are told apart by title, text and date where their links are one page's",
        arguments: [1, 3], ["#", "#part-"])
    func fragments(window: Int, mark: String) {
        let articles = (0..<5).map { number in
            dated(
                article(
                    url: "https://e.org/changes\(mark)\(number)", title: "Change \(number)", text: "Text \(number)"),
                30 * number)
        }
        #expect(poll(articles, window: window) == 5)
        memory.poll(articles)
        #expect(memory.articles == 5)
        for item in articles { #expect(memory.poll([item]).map(\.verdict) == [.unchanged]) }
    }

    @Test("identity.md §4: items without ids whose links differ in the fragment keep apart when a title is edited")
    func fragmentInDocument() {
        var items = ["a", "b"].map { article(url: "https://e.org/log#\($0)", title: "Entry \($0)", text: "Text \($0)") }
        memory.poll(items)
        items[1].title = "Entry b, corrected"
        #expect(memory.poll(items.reversed()).map(\.changed) == [["title"], nil])
        #expect(memory.articles == 2)
    }

    @Test("identity.md §3.1: an item without an id is edited where title, date or text stays")
    func editWithoutID() {
        let first = dated(article(url: "https://e.org/a", title: "A", text: "x"), 0)
        for change: (inout Article) -> Void in [
            { ($0.title, $0.contentText) = ("B", "y") },
            { ($0.contentText, $0.published) = ("y", Timestamp(seconds: 1)) },
            { ($0.title, $0.published) = ("B", Timestamp(seconds: 1)) },
        ] {
            let memory = StoreMemory()
            memory.poll([first])
            var edited = first
            change(&edited)
            #expect(memory.poll([edited]).map(\.isUpdate) == [true])
        }
    }

    @Test("identity.md §3.1: with neither id nor link one title on one day with another text is another article")
    func titleAndDay() {
        let articles = (0..<4).map { dated(article(title: "Note", text: "Text \($0)"), 0) }
        #expect(poll(articles) == 4)
        for item in articles { #expect(memory.poll([item]).map(\.verdict) == [.unchanged]) }
        #expect(memory.poll(articles).allSatisfy { $0.verdict == .unchanged })
    }

    @Test("identity.md §5: articles that have only their links in common are no pairs of a migration")
    func reusedLinks() {
        func document(_ name: String, day: Int) -> [Article] {
            (1...6).map {
                article(
                    id: "\(name)\($0)", url: "https://e.org/top/\($0)", title: "\(name) \($0)", text: "\(name)\($0)",
                    day: day)
            }
        }
        var facts = DocumentFacts()
        facts.previousCount = 6
        memory.poll(document("Morning", day: 1))
        #expect(memory.poll(document("Evening", day: 2), facts: facts).allSatisfy { $0.verdict == .new })
    }

    // MARK: - Only the text differs (identity.md §4)

    @Test(
        "identity.md §4: two items that only their text tells apart are two articles in every window and order",
        arguments: [true, false], [true, false])
    func twins(hasDate: Bool, beginsTogether: Bool) {
        let twins = ["Blue has left", "The board moved on"].map {
            article(id: "g", url: "https://e.org/1", title: "Round 12", text: $0, day: hasDate ? 3 : nil)
        }
        memory.poll(beginsTogether ? twins : [twins[0]])
        memory.poll(twins)
        for _ in 1...20 {
            for document in [[twins[0]], [twins[1]], twins, twins.reversed(), [twins[1]], [twins[0]]] {
                #expect(memory.poll(document).allSatisfy { $0.verdict == .unchanged })
            }
        }
        #expect(memory.articles == 2)
        #expect(memory.records.count == 2)
    }

    @Test("identity.md §4: a text that joins two which only their text tells apart is an article of its own")
    func third() {
        let items = ["one", "two", "three"].map {
            article(id: "g", url: "https://e.org/1", title: "T", text: $0, day: 1)
        }
        memory.poll([items[0], items[1]])
        #expect(memory.poll([items[2]]).map(\.verdict) == [.new])
        #expect(memory.poll(items).allSatisfy { $0.verdict == .unchanged })
        #expect(memory.articles == 3)
    }

    @Test("identity.md §4: items of one id and text that differ in a file alone are two as well")
    func files() {
        let items = ["a", "b"].map { name in
            var item = article(id: "g", url: "https://e.org/1", title: "T", text: "x", day: 1)
            item.attachments = [Attachment(url: "https://e.org/\(name).mp3")]
            return item
        }
        #expect(memory.poll(items).map(\.verdict) == [.new, .new])
    }
}

@Suite("TextLikeness compares what a reader sees")
struct TextLikenessTests {
    private func likeness(_ left: String?, _ right: String?) -> TextLikeness {
        func words(_ text: String?) -> TextWords {
            var article = Article()
            article.contentHTML = text
            return TextWords(of: article)
        }
        return TextLikeness(words(left), words(right))
    }

    private let long = (1...60).map { "word\($0)" }.joined(separator: " ")

    @Test("Markup, case, white space, punctuation and the way in which it is written make no other text")
    func same() {
        #expect(
            likeness("<p>It's &#8220;late&#8221;</p>", "<div class=x>it&#8217;s  \u{201c}LATE\u{201d}!</div>") == .same)
        #expect(likeness("a < b & c", "a &lt; b &amp; c") == .same)
    }

    @Test("A text that holds the other, or nearly all of it, is alike; half of it is a part, less another text")
    func alike() {
        #expect(likeness(long, long + " and more") == .alike)
        #expect(likeness(long, long.replacing("word30", with: "other")) == .alike)
        let words = long.split(separator: " ")
        let half = words[..<35].joined(separator: " ") + (1...25).map { " other\($0)" }.joined()
        #expect(likeness(long, half) == .partly)
        #expect(likeness(long, words.reversed().joined(separator: " ")) == .other)
    }

    @Test("Short texts that differ in a word are others, and a few words may stand in any text")
    func short() {
        #expect(likeness("Quake of magnitude 4 near the coast", "Quake of magnitude 5 near the coast") == .other)
        #expect(likeness("word1 word2", long) == .other)
        #expect(
            likeness("one two three four five six seven eight", "one two three four five six seven eight nine")
                == .alike)
    }

    @Test("Pictures count by their address, and East Asian writing by its characters")
    func pictures() {
        #expect(likeness("<img src='a.png?1'>", "<img alt=x src=\"a.png?2\">") == .same)
        #expect(likeness("<img src=a.png>", "<img src=b.png>") == .other)
        let chinese = "北京今天天气晴朗气温二十度到二十五度之间微风适合出行明天有雨请带伞后天转阴大家注意保暖"
        #expect(likeness(chinese, chinese.replacing("晴", with: "阴")) == .alike)
    }

    @Test("Where a text is missing nothing is known of it")
    func missing() {
        #expect(likeness(nil, "<p></p>") == .neither)
        #expect(likeness("x", nil) == .unknown)
        let short = StoredArticle(article: article(text: "x"), feed: FeedIdentifier("a"), isShort: true, first: 1)
        #expect(TextLikeness(short, article(text: "x")) == .unknown)
    }
}
