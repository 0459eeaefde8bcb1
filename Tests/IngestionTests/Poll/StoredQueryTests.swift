import ArticleStore
import Digest
import FeedModel
import Querying
import TestSupport
import Testing

@testable import Configuration
@testable import Identity
@testable import Ingestion

@Suite("A query gives the same answer as a rule at ingestion and as --match on the stored record (filters.md §1.5)")
struct StoredQueryTests {
    private static let now = Timestamp(year: 2026, month: 11, day: 2)
    private static let words = ["air", "Défense", "uav", "S-400", "土耳其", "O'Brien", "\"quoted\"", "a\\b", "ёж", "x/y"]

    private static func text(_ random: inout SeededGenerator) -> String {
        (0..<Int.random(in: 0...6, using: &random)).map { _ in words.randomElement(using: &random)! }
            .joined(separator: [" ", ", ", "\n", "</p><p>", "<b>"].randomElement(using: &random)!)
    }

    private static func article(_ random: inout SeededGenerator) -> Article {
        func some<Value>(_ value: Value) -> Value? { Bool.random(using: &random) ? value : nil }
        func text() -> String { Self.text(&random) }
        var article = Article()
        article.id = "id"
        article.title = some(text())
        article.url = some(
            "https://\(["news.", ""].randomElement(using: &random)!)example.org/uav/\(Int.random(in: 0...9, using: &random))"
        )
        article.externalURL = some("https://other.example/air")
        if Bool.random(using: &random) {
            article.contentHTML = some("<p>\(text())</p>")
        } else {
            article.contentText = text()
        }
        article.summary = some(text())
        article.image = some("https://example.org/i.png")
        article.published = some(Timestamp(seconds: now.seconds + Int64.random(in: -900_000...900_000, using: &random)))
        article.authors = [
            Author(name: some(text()), url: some("https://example.org/me"), email: some("air@example.org")),
            Author(name: text()),
        ]
        article.tags = [text(), "Politics"]
        article.language = some("ru-RU")
        if Bool.random(using: &random) { article.attachments = [Attachment(url: "https://example.org/a.mp3")] }
        return article
    }

    private static func query(_ random: inout SeededGenerator, depth: Int = 0) -> String {
        let word = ["air", "defense", "uav*", "\"s 400\"", "土耳其", "\"o'brien\"", "quoted", "ёж", "\"air uav\""]
            .randomElement(using: &random)!
        switch Int.random(in: 0..<(depth > 2 ? 3 : 6), using: &random) {
        case 0: return word
        case 1: return ["title:", "body:", "author:", "url:"].randomElement(using: &random)! + word
        case 2:
            return [
                "host:example.org", "host:other.example", "feed:feed", "feed:other", "tag:defence", "tag:none",
                "category:politics", "lang:ru", "lang:de", "has:body", "has:image", "has:attachment", "is:update",
                "age:>2d", "age:<1d", "/a.r/", "title:/q.*d/", "author:/@/", "url:/uav/", "host:/^news/",
                "category:/pol/",
            ].randomElement(using: &random)!
        case 3: return "-(\(query(&random, depth: depth + 1)))"
        case 4: return "(\(query(&random, depth: depth + 1)) OR \(query(&random, depth: depth + 1)))"
        default: return "(\(query(&random, depth: depth + 1)) \(query(&random, depth: depth + 1)))"
        }
    }

    @Test("Over random articles and queries, read whole or only as far as the query looks")
    func sameAnswers() throws {
        var random = SeededGenerator(seed: 7)
        let folder = TemporaryDirectory()
        let store = try ArticleStore.open(at: folder.file("store"), options: StoreOptions { Self.now }) { _ in }
        defer { store.close() }
        var feed = PollRehearsal.feed()
        feed.tags = ["Defence"]
        let articles = (0..<200).map { _ in Self.article(&random) }
        var document = Feed(format: .rss20)
        document.articles = articles
        document.language = "de-AT"
        var prefix = RecordPrefix(
            source: .init(
                feedURL: feed.url, fetchedFrom: feed.url, feedTitle: nil, feedTags: feed.tags, feedLanguage: "de-AT"),
            now: Self.now, trusted: Self.now)
        let records = articles.indices.map { index in
            let uid = ArticleIdentifier(hashing: [UInt8(index)])
            let judgement = Judgement(
                index: index, uid: uid, contentHash: Hash128(high: 0, low: 1), verdict: .new)
            return PendingRecord(
                prefix: prefix.bytes(of: articles[index], judgement), uid: uid, kind: .new, version: 1,
                isInitial: false, contentHash: Hash128(high: 0, low: 1))
        }
        let state = FeedState(feed: feed.id, configured: feed.url)
        _ = try store.commit([FeedCommit(feed: feed.id, records: records, state: state)])
        let reader = try StoreReader(directory: folder.file("store"))
        var matched = 0
        for _ in 0..<150 {
            let text = Self.query(&random)
            let rule = FilterRule(name: "r", action: .block, query: try Query(text, for: .rule))
            let ruling = DocumentRuling(
                FilterRules([rule]), document, of: feed, now: Self.now, trusted: Self.now, isFirst: false)
            let query = try Query(text)
            let matcher = QueryMatcher([query])
            let members = Query.members(of: [query])
            try reader.read(after: 0, damage: { _ in }) { slice in
                let index = Int(slice.envelope.seq) - 1
                let expected = ruling.verdict(on: index, isUpdate: false).blockedBy != nil
                let whole = try #require(StoredRecord(line: slice.bytes))
                let part = try #require(StoredRecord(line: slice.bytes, only: members))
                for record in [whole, part] {
                    let answer = matcher.evaluation(of: QueriedArticle(record, now: Self.now)).matches(0)
                    #expect(answer == expected, "\(text) of \(articles[index])")
                }
                let again = QueriedArticle(judging: whole, feed: feed.id, tags: [TagKey("Defence")])
                #expect((FilterRules([rule]).verdict(on: again).blockedBy != nil) == expected, "\(text)")
                if expected { matched += 1 }
                return true
            }
        }
        // Answers that are all the same would prove nothing.
        #expect(matched > 3000 && matched < 27_000)
    }

    @Test("A record tells its feed's language where the article has none, and nothing of it where it has")
    func language() throws {
        var prefix = RecordPrefix(
            source: .init(feedURL: "u", fetchedFrom: "u", feedTitle: nil, feedTags: [], feedLanguage: "de"),
            now: Self.now, trusted: nil)
        var article = Article()
        let judgement = Judgement(
            index: 0, uid: ArticleIdentifier(hashing: [1]), contentHash: Hash128(high: 0, low: 1), verdict: .new)
        #expect(StoredRecord(line: prefix.bytes(of: article, judgement) + Array("}}".utf8))?.feedLanguage == "de")
        article.language = "en"
        #expect(StoredRecord(line: prefix.bytes(of: article, judgement) + Array("}}".utf8))?.feedLanguage == nil)
    }

    @Test("A copy without content is asked with the content of the record that it repeats, and its own title and link")
    func shortCopy() throws {
        func record(_ json: String) throws -> StoredRecord { try #require(StoredRecord(line: Array(json.utf8))) }
        let original = try record(
            #"{"title":"First","content_text":"about drones","_newswire":{"feed":"a","kind":"new","stored_at":"2026-11-01T00:00:00Z"}}"#
        )
        let copy = try record(
            #"{"title":"Second","_newswire":{"feed":"b","kind":"duplicate","duplicate_of":1,"stored_at":"2026-11-01T00:00:00Z"}}"#
        )
        func matches(_ query: String, _ original: StoredRecord?) throws -> Bool? {
            QueryMatcher([try Query(query)]).evaluation(of: QueriedArticle(copy, original: original, now: Self.now))
                .matches(0)
        }
        #expect(try matches("drones title:second feed:b", original) == true)
        #expect(try matches("first", original) == false)
        #expect(try matches("drones", nil) == false)
    }

    @Test(
        "A record that is judged later is as old as it was when it was stored, and by a doubtful clock not old at all")
    func judgedLater() throws {
        func age(_ more: String) throws -> Bool {
            let line =
                #"{"date_published":"2026-09-01T00:00:00Z","_newswire":{"feed":"a","kind":"new",\#(more)"#
                + #""stored_at":"2026-09-08T00:00:00Z"}}"#
            let record = try #require(StoredRecord(line: Array(line.utf8)))
            let article = QueriedArticle(judging: record, feed: FeedIdentifier("a"), tags: [])
            return QueryMatcher([try Query("age:>6d age:<8d")]).evaluation(of: article).matches(0) == true
        }
        #expect(try age(""))
        #expect(try !age(#""clock_doubtful":true,"#))
    }
}
