import Digest
import FeedModel
import Testing

@testable import Identity

@Suite("ArticleComparison and MigrationDetector decide from what they are given alone")
struct ArticleComparisonTests {
    private let comparison = ArticleComparison(ownHosts: ["e.org"])

    private func stored(_ article: Article, isShort: Bool = false) -> StoredArticle {
        StoredArticle(article: article, feed: FeedIdentifier("desk"), isShort: isShort, first: 1)
    }

    @Test(
        "Links are compared without scheme, tracking parameters and `ref` of the feed's own host, titles without case")
    func forms() {
        let old = article(url: "http://e.org/a?utm_source=x", title: "Head  line")
        #expect(comparison.isSameLink(old, article(url: "https://e.org/a?ref=e.org")))
        #expect(!comparison.isSameLink(old, article(url: "https://e.org/b")))
        #expect(!comparison.isSameLink(article(url: "x:1"), article(url: "x:2")))
        #expect(comparison.isSameTitle(old, article(title: "HEAD LINE")))
        #expect(!comparison.isSameTitle(old, article(title: "Headline")))
    }

    @Test("identity.md §4: a closer look sees the title, and the closest the date")
    func precision() {
        let old = article(url: "https://e.org/a", title: "A", day: 1)
        let other = article(url: "https://e.org/a", title: "B", day: 2)
        #expect(
            ArticleKey.Precision.allCases.map { comparison.isSame(old, other, at: $0) } == [
                true, true, false, false, false,
            ])
        let later = article(url: "https://e.org/a", title: "A", day: 2)
        #expect(
            ArticleKey.Precision.allCases.map { comparison.isSame(old, later, at: $0) } == [
                true, true, true, false, false,
            ])
    }

    @Test("identity.md §3.1: an id is used again where link, title and date all differ, the date by more than a day")
    func reuse() {
        let old = article(id: "1", url: "https://e.org/a", title: "A", day: 1)
        let new = article(id: "1", url: "https://e.org/b", title: "B", day: 3)
        #expect(comparison.isAnother(stored(old), new))
        for change: (inout Article) -> Void in [
            { $0.url = old.url }, { $0.title = old.title }, { $0.published = old.published }, { $0.published = nil },
            { ($0.published, $0.contentText) = (Timestamp(year: 2026, month: 11, day: 2), "x") },
        ] {
            var new = new
            change(&new)
            #expect(!comparison.isAnother(stored(old), new), "\(new)")
        }
    }

    @Test("identity.md §3.3: an article is renamed where its date and text, or their lack, and its file stay")
    func renamed() {
        func isRenamed(_ old: Article, _ change: (inout Article) -> Void, isShort: Bool = false) -> Bool {
            var new = old
            change(&new)
            let other = Hash128(high: 1, low: 1)
            return comparison.isRenamed(stored(old, isShort: isShort), hash: .init(high: 0, low: 0), new, hash: other)
        }
        var old = article(url: "https://e.org/a", title: "A", text: "x", day: 1)
        #expect(isRenamed(old) { $0.modified = Timestamp(seconds: 1) })
        #expect(isRenamed(old) { $0.published = nil })
        #expect(isRenamed(article(url: "https://e.org/a", title: "A")) { _ in })
        #expect(!isRenamed(old) { $0.contentText = "y" })
        #expect(!isRenamed(old) { $0.contentText = nil })
        #expect(!isRenamed(old) { $0.published = Timestamp(year: 2026, month: 11, day: 2) })
        #expect(!isRenamed(old, { _ in }, isShort: true), "a text that was left out is known by its hash alone")

        old.attachments = [Attachment(url: "https://e.org/1.mp3")]
        #expect(isRenamed(old) { $0.attachments[0].url = "http://e.org/1.mp3?utm_source=x" })
        #expect(!isRenamed(old) { $0.attachments[0].url = "https://e.org/2.mp3" })
        var episode = old
        episode.attachments[0].url = "https://e.org/2.mp3"
        #expect(comparison.hasOtherFile(stored(old), episode))
        #expect(!comparison.hasOtherFile(stored(old, isShort: true), episode))
    }

    private func detector(
        items: Int, unknown: Int, previous: Int?, isArmed: Bool = false, isWhole: Bool = true
    ) -> MigrationDetector {
        var facts = DocumentFacts()
        (facts.previousCount, facts.isArmed, facts.isWhole) = (previous, isArmed, isWhole)
        return MigrationDetector(facts: facts, itemCount: items, unknownCount: unknown)
    }

    @Test(
        "identity.md §5: a migration takes five pairs and half of the document before, or one of a feed made elsewhere")
    func enough() {
        let usual = detector(items: 10, unknown: 10, previous: 10)
        #expect([4, 5, 10].map { usual.isEnough($0) } == [false, true, true])
        let long = detector(items: 10, unknown: 10, previous: 30)
        #expect([10, 14, 15].map { long.isEnough($0) } == [false, false, true])
        let armed = detector(items: 2, unknown: 2, previous: 2, isArmed: true)
        #expect([0, 1].map { armed.isEnough($0) } == [false, true])
    }

    @Test(
        "identity.md §5: pairs are worth looking for where most ids are unknown and most articles gone from a whole document"
    )
    func possible() {
        #expect(detector(items: 10, unknown: 10, previous: 10).isPossible)
        #expect(detector(items: 10, unknown: 10, previous: nil).isPossible)
        #expect(!detector(items: 10, unknown: 4, previous: 10).isPossible)
        // Ten more came, and none has gone.
        #expect(!detector(items: 20, unknown: 10, previous: 10).isPossible)
        #expect(!detector(items: 10, unknown: 10, previous: 10, isWhole: false).isPossible)
    }
}
