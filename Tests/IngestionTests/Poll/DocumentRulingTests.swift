import ArticleStore
import Configuration
import FeedModel
import Querying
import TestSupport
import Testing

@testable import Identity
@testable import Ingestion

@Suite("The rules are asked about the articles of a document (filters.md §2.3)")
struct DocumentRulingTests {
    private static let now = Timestamp(year: 2026, month: 11, day: 2)

    private func ruling(
        _ query: String, _ article: Article, isTrusted: Bool = true, isFirst: Bool = false, language: String? = nil,
        tags: [String] = []
    ) throws -> DocumentRuling {
        var document = Feed(format: .rss20)
        document.articles = [article]
        document.language = language
        var feed = PollRehearsal.feed()
        feed.tags = tags
        let rule = FilterRule(name: "r", action: .block, query: try Query(query, for: .rule))
        return DocumentRuling(
            FilterRules([rule]), document, of: feed, now: Self.now, trusted: isTrusted ? Self.now : nil,
            isFirst: isFirst)
    }

    private func article(_ change: (inout Article) -> Void = { _ in }) -> Article {
        var article = Article()
        article.title = "Story"
        change(&article)
        return article
    }

    @Test("A rule may ask whether an article is a version of a known one, and whether it is initial")
    func states() throws {
        let update = try ruling("is:update", article())
        #expect(update.verdict(on: 0, isUpdate: true).blockedBy == "r")
        #expect(update.verdict(on: 0, isUpdate: false).blockedBy == nil)
        let initial = try ruling("is:initial", article(), isFirst: true)
        #expect(initial.verdict(on: 0, isUpdate: false).blockedBy == "r")
        #expect(initial.verdict(on: 0, isUpdate: true).blockedBy == nil)
        #expect(try ruling("is:initial", article()).verdict(on: 0, isUpdate: false).blockedBy == nil)
    }

    @Test("A rule may ask for the feed's tags and id, and for the document's language where the article has none")
    func feed() throws {
        #expect(
            try ruling("tag:defence", article(), tags: ["Defence"]).verdict(on: 0, isUpdate: false).blockedBy == "r")
        #expect(try ruling("feed:feed", article()).verdict(on: 0, isUpdate: false).blockedBy == "r")
        #expect(try ruling("lang:ru", article(), language: "ru-RU").verdict(on: 0, isUpdate: false).blockedBy == "r")
        let english = article { $0.language = "en" }
        #expect(try ruling("lang:ru", english, language: "ru").verdict(on: 0, isUpdate: false).blockedBy == nil)
    }

    @Test("An article's age is counted from its date, but not by a clock in doubt, nor from a date in the future")
    func age() throws {
        let old = article { $0.published = Timestamp(year: 2026, month: 1, day: 1) }
        #expect(try ruling("age:>30d", old).verdict(on: 0, isUpdate: false).blockedBy == "r")
        #expect(try ruling("age:>30d", old, isTrusted: false).verdict(on: 0, isUpdate: false).blockedBy == nil)
        let future = article { $0.published = Timestamp(year: 2027, month: 1, day: 1) }
        #expect(try ruling("age:<1d", future).verdict(on: 0, isUpdate: false).blockedBy == "r")
        #expect(try ruling("age:>0s", future).verdict(on: 0, isUpdate: false).blockedBy == nil)
    }

    @Test("A record says that it is blocked, that its article was let through before, or that it is the first that is")
    func standing() throws {
        let blocked = try ruling("story", article()).verdict(on: 0, isUpdate: true)
        let passed = try ruling("other", article()).verdict(on: 0, isUpdate: true)
        var version = Judgement.Version(number: 2, previous: 1, first: 1, changed: [], recentChanges: 1)
        #expect(RecordStanding(blocked, after: nil) == .blocked(by: "r", wasShown: false))
        #expect(RecordStanding(blocked, after: version) == .blocked(by: "r", wasShown: true))
        #expect(RecordStanding(passed, after: nil) == .passed && RecordStanding(passed, after: version) == .passed)
        version.isOfHidden = true
        #expect(RecordStanding(blocked, after: version) == .blocked(by: "r", wasShown: false))
        #expect(RecordStanding(passed, after: version) == .released)
    }

    @Test("Labels beyond those that an article may have are told in one line")
    func omittedLabels() {
        var omitted = OmittedLabels()
        omitted.add([])
        #expect(omitted.notes.isEmpty)
        omitted.add(["b", "a"])
        #expect(omitted.notes == ["filter_labels: 1 article would have more than 16 labels; left out: a, b"])
        omitted.add(["c", "d", "e", "f", "g"])
        #expect(
            omitted.notes[0].hasSuffix("2 articles would have more than 16 labels; left out: a, b, c, d, e and 2 more"))
    }

    @Test("What takes a pattern too long blocks nothing, and is told by the rule's name")
    func undecided() throws {
        // No state of the pattern comes again in such a text, so that its automaton never fits into memory.
        var random = SeededGenerator(seed: 4)
        let text = String((0..<65_536).map { _ in Bool.random(using: &random) ? "a" : "b" })
        let hostile = article { $0.contentText = text }
        let verdict = try ruling("body:/a[ab]{300}c/", hostile).verdict(on: 0, isUpdate: false)
        #expect(verdict.blockedBy == nil && verdict.undecided == ["r"])
        var undecided = UndecidedRules()
        #expect(undecided.notes.isEmpty)
        undecided.add(verdict.undecided)
        #expect(
            undecided.notes.count == 1 && undecided.notes[0].hasPrefix("filter_undecided: a /regex/ of the rule r took")
        )
    }
}
