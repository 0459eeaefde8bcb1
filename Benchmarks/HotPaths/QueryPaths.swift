import FeedModel
import Querying

/// A hundred rules of five terms each, asked of an article of 2 kB (filters.md §2).
struct RulesPath: HotPath {
    static let name = "rules"
    static let standardCount = 10_000
    private let rules: FilterRules
    private let articles: [QueriedArticle]

    init() throws {
        rules = FilterRules(
            try (0..<100).map { number in
                let words = (0..<5).map { "word\(number)x\($0)" + ($0 == 4 ? "*" : "") }
                return FilterRule(
                    name: "rule-\(number)", action: number % 2 == 0 ? .block : .label("label"),
                    query: try Query(words.joined(separator: " OR "), for: .rule))
            })
        articles = (Inputs.parsed(0).articles + Inputs.parsed(1).articles).map { article in
            var article = article
            article.contentHTML = String(repeating: QueryInputs.paragraph, count: 4)
            let time = Timestamp(seconds: 1_790_000_000)
            return QueriedArticle(article, feed: FeedIdentifier("news"), storedAt: time, now: time)
        }
    }

    mutating func step(_ number: Int) {
        guard rules.verdict(on: articles[number % articles.count]).blockedBy == nil else {
            fatalError("no rule matches")
        }
    }
}

/// A megabyte of texts in several scripts, cut into tokens.
struct TokensPath: HotPath {
    static let name = "tokens"
    static let standardCount = 50
    private let text = Array(
        String(repeating: QueryInputs.scripts, count: (1 << 20) / QueryInputs.scripts.utf8.count).utf8)

    mutating func step(_ number: Int) {
        var count = 0
        text.withUnsafeBufferPointer { bytes in Tokenizer.scan(bytes) { _, _ in count += 1 } }
        guard count > 0 else { fatalError("there are tokens") }
    }
}

private enum QueryInputs {
    /// Half a kilobyte.
    static let paragraph = """
        <p>The ministry said on <a href="https://news.example.org/a">Tuesday</a> that two of the vessels had been moved from \
        the southern harbour to a dry dock, where they are to be <em>refitted</em> before the end of the year. A spokesman \
        declined to say what the work would cost, &quot;for reasons of competition&quot;, or which of the yards had offered \
        the lowest price. Earlier reports had named three of them, among them one whose owner is being investigated. Nobody \
        there could be reached before noon.</p>

        """
    static let scripts = """
        The ministry said on Tuesday that two of the vessels had been moved from the southern harbour to a dry dock. \
        Министерство сообщило во вторник, что два корабля переведены из южной гавани в сухой док. \
        国防部星期二表示，两艘军舰已从南部港口转移到干船坞。 Το υπουργείο ανακοίνωσε την Τρίτη ότι δύο πλοία μεταφέρθηκαν. \
        Le ministère a déclaré mardi que deux des navires avaient été déplacés à la cale sèche. \
        أعلنت الوزارة يوم الثلاثاء أن سفينتين نقلتا من الميناء الجنوبي إلى الحوض الجاف. 북한은 화요일 미사일을 발사했다. \
        मंत्रालय ने मंगलवार को कहा कि दो जहाजों को दक्षिणी बंदरगाह से हटा दिया गया है।

        """
}
