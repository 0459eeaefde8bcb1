import FeedModel
import JSONText
import Logging
import Querying
import SearchIndex
import TestSupport
import Testing

@testable import WebInterface

/// What the index answers is what reading all records answers, whatever is asked.
@Suite("The API gives the same articles from the index and from the records")
struct IndexedListTests {
    /// Words as they are written: scripts without blanks, from right to left, with marks that combine, and what stands between.
    private static let words = [
        "strike", "Strike", "air", "s-400", "O'Brien", "naïve", "nai\u{308}ve", "Łódź", "ёж", "Straße", "İzmir", "土耳其",
        "耳",
        "北京市", "북한", "ที่", "שלום", "שָׁלוֹם", "السلام", "سَلام", "🚀", "C++", "a1", "AT&T", "x_y", "NEAR", "OR", "not",
        "def*", "\u{200f}",
    ]
    private static let tags = [
        "world", "Air Force", "the \"front\"", "back\\slash", "土耳其", "naïve", "a,b", "(x)", "OR", "-", "*", "ünï",
    ]
    private static let feeds = ["alpha", "beta", "gamma"]

    private struct MadeUp {
        var random: SeededGenerator

        mutating func text(_ most: Int) -> String {
            (0..<Int.random(in: 1...most, using: &random)).map { _ in word() }.joined(
                separator: [" ", " ", ", ", "-", ""].randomElement(using: &random)!)
        }

        mutating func word() -> String { IndexedListTests.words.randomElement(using: &random)! }

        mutating func articles(_ count: Int) -> [WebArticle] {
            var all: [WebArticle] = []
            // The store's clock jumps now and then.
            let jumps = (0...count / 25).map { _ in [0, 0, -2, 3].randomElement(using: &random)! }
            for seq in 1...count {
                var article = WebArticle(
                    "\(seq)", title: text(4), feed: IndexedListTests.feeds.randomElement(using: &random)!)
                article.stored = WebFixture.moment.adding(
                    seconds: -3600 * ((count - seq) / 25 + jumps[(count - seq) / 25]))
                article.article.contentHTML = "<p>\(text(6))</p><p>\(text(3))"
                article.tags = IndexedListTests.tags.shuffled(using: &random).prefix(
                    Int.random(in: 0...3, using: &random)
                ).map { $0 }
                switch Int.random(in: 0..<10, using: &random) {
                case 0: article.blockedBy = "rule"
                case 1: article.isInitial = true
                case 2 where seq > 1:
                    article.kind = .duplicate
                    article.duplicateOf = UInt64(Int.random(in: 1..<seq, using: &random))
                case 3, 4:
                    guard
                        let earlier = all.indices.filter({ all[$0].kind == .new && all[$0].blockedBy == nil })
                            .randomElement(
                                using: &random)
                    else { break }
                    (article.id, article.feed, article.kind) = (all[earlier].id, all[earlier].feed, .update)
                    (article.first, article.previous) = (UInt64(earlier + 1), UInt64(earlier + 1))
                    (article.version, article.changed) = (2, ["title"])
                default: break
                }
                all.append(article)
            }
            return all
        }

        private static func quoted(_ text: String) -> String {
            "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
        }

        mutating func term(_ depth: Int = 0) -> String {
            switch Int.random(in: 0..<(depth > 2 ? 7 : 11), using: &random) {
            case 0, 1: return Self.quoted(word())
            case 2: return Self.quoted(text(3))
            case 3: return ["title:", "body:"].randomElement(using: &random)! + Self.quoted(text(2))
            case 4: return "tag:" + Self.quoted(IndexedListTests.tags.randomElement(using: &random)!)
            case 5: return "feed:\(IndexedListTests.feeds.randomElement(using: &random)!)"
            case 6:
                return [
                    "stri*", "title:a*", "土*", "is:update", "since:2026-11-22T04:00:00Z", "until:2026-11-22T06:00:00Z",
                    "has:body",
                ].randomElement(
                    using: &random)!
            case 7, 8: return "-(\(term(depth + 1)))"
            case 9: return "(\(term(depth + 1)) OR \(term(depth + 1)))"
            default: return "(\(term(depth + 1)) \(term(depth + 1)))"
            }
        }

        mutating func options() -> [(String, String)] {
            var options: [(String, String)] = []
            func maybe(_ one: Int, _ name: String, _ value: @autoclosure () -> String) {
                if Int.random(in: 0..<one, using: &random) == 0 { options.append((name, value())) }
            }
            let query = term()
            maybe(1, "q", query)
            for _ in 0..<2 {
                maybe(4, "tag", IndexedListTests.tags.randomElement(using: &random)!)
                maybe(4, "feed", IndexedListTests.feeds.randomElement(using: &random)!)
            }
            for name in ["updates", "duplicates", "blocked"] { maybe(2, name, "true") }
            maybe(4, "initial", "false")
            maybe(5, "since", "4h")
            maybe(5, "until", "2026-11-22T06:30:00Z")
            maybe(6, "before", "100")
            return options
        }
    }

    /// All pages, one behind the other, and how many there were.
    private func all(_ options: [(String, String)], _ house: WebHouse) throws -> [Int64] {
        let endpoint = try #require(WebSite.endpoints.first { $0.pattern == "/api/articles" && $0.method == .get })
        var query = options + [("limit", "9")]
        var seqs: [Int64] = []
        for _ in 0..<100 {
            let request = WebRequest(
                method: .get, path: "/api/articles", segments: ["api", "articles"],
                query: WebFields(query.map { WebFields.Field($0.0, $0.1) }), headers: WebFields(), body: [],
                receivedAt: WebFixture.moment)
            let answer = try endpoint.handler(
                WebCall(request: request, caller: WebCaller(account: nil, right: .read), house: house))
            let json = try answer.json()
            seqs += (json["articles"]?.array ?? []).compactMap { $0["_newswire"]?["seq"]?.integer }
            guard let next = json["next"]?.string, let before = next.split(separator: "before=").last else {
                return seqs
            }
            query =
                options.filter { $0.0 != "before" } + [("limit", "9"), ("before", String(before.prefix { $0 != "&" }))]
        }
        return seqs
    }

    @Test(arguments: UInt64(1)...4)
    func `every page has the same articles`(seed: UInt64) throws {
        var madeUp = MadeUp(random: SeededGenerator(seed: seed))
        let fixture = try WebFixture(madeUp.articles(150))
        let search = ArticleSearch(folder: fixture.folder.file("index"), store: fixture.folder.file("store")) {
            WebFixture.moment
        }
        defer { search.close() }
        try search.bringUp()
        var parts = fixture.house.parts
        parts.search = search
        let indexed = WebHouse(configuration: fixture.configuration, parts: parts, logger: Logger(label: "test"))
        var found = 0
        for _ in 0..<60 {
            let options = madeUp.options()
            // What only says what is not wanted is refused, with advice.
            if (try? Query(options[0].1, for: .searching)) == nil { continue }
            let fromRecords = try all(options, fixture.house)
            let fromIndex = try all(options, indexed)
            #expect(fromIndex == fromRecords, "seed \(seed): \(options)")
            // Each once, newest first.
            #expect(fromRecords == Array(Set(fromRecords)).sorted(by: >), "seed \(seed): \(options)")
            found += fromRecords.count
        }
        // Queries that never find anything would prove nothing.
        #expect(found > 300)
    }

    @Test func `a hostile query is answered or refused, and harms neither the index nor who comes next`() throws {
        let fixture = try WebFixture([WebArticle("1", title: "strike"), WebArticle("2", title: "quiet")])
        let search = ArticleSearch(folder: fixture.folder.file("index"), store: fixture.folder.file("store")) {
            WebFixture.moment
        }
        defer { search.close() }
        try search.bringUp()
        var parts = fixture.house.parts
        parts.search = search
        let house = WebHouse(configuration: fixture.configuration, parts: parts, logger: Logger(label: "test"))
        let deep = 5000
        let hostile = [
            String(repeating: "(", count: deep) + "strike" + String(repeating: ")", count: deep),
            String(repeating: "-", count: deep) + "strike",
            String(repeating: "-(", count: 60) + "a" + String(repeating: ")", count: 60),
            (0..<1000).map { "word\($0)" }.joined(separator: " OR "),
            (0..<1000).map { "word\($0)" }.joined(separator: " "),
            (0..<1000).map { "-word\($0)" }.joined(separator: " "),
            (0..<300).map { "(a\($0) OR (b\($0) -c\($0)))" }.joined(separator: " "),
            (0..<300).map { "(is:update OR b\($0))" }.joined(separator: " "),
            "\"\(String(repeating: "strike ", count: 3000))\"", "s*", "土*",
            (97...122).map { "\(UnicodeScalar(UInt8($0)))*" }.joined(separator: " OR "),
            String(repeating: "strike", count: 20_000), "str\0ike", "\u{feff}strike", "\u{fffd}", "\u{d7ff}\u{e000}",
            "strike\" OR 1=1 --", "'; DROP TABLE words; --", "words MATCH 'x'", "NEAR(strike quiet, 5)",
            "strike NEAR quiet",
            "{title body} : strike", "^strike", "strike AND", "AND", "OR", "NOT", "facet:a", "rowid:1",
            "title : : strike", "a:b:c:d",
            "tag:\"\"", "feed:'", "since:99999999999999d", "until:-1d", "age:<0s", "((((", "\"", "\\", "*", "-", "",
        ]
        var answered = 0
        for query in hostile {
            do {
                _ = try all([("q", query)], house)
                answered += 1
            } catch let failure as WebFailure {
                #expect(failure.status == 400 || failure.status == 503, "\(query.prefix(60)): \(failure)")
            }
            #expect(search.standing.isComplete, "\(query.prefix(60))")
            #expect(try all([("q", "strike")], house) == [1], "\(query.prefix(60))")
        }
        #expect(answered > 5)
    }
}
