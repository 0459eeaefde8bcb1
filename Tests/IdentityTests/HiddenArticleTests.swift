import FeedModel
import Testing

@testable import Identity

@Suite(
    "What rules have blocked silences nobody else's article, and is told once it is let through (filters.md §2.4, §2.5)"
)
struct HiddenArticleTests {
    private let memory = StoreMemory()

    private func story(_ id: String, _ text: String, title: String = "Head line") -> Article {
        article(id: id, url: "https://e.org/a", title: title, text: text, day: 1)
    }

    /// A poll by rules that block all texts with the word `ad`.
    @discardableResult
    private func poll(
        _ feed: String, _ item: Article, isFirst: Bool = false, rules change: (inout IdentityRules) -> Void = { _ in }
    ) -> Judgement {
        var facts = DocumentFacts()
        facts.time = Timestamp(year: 2026, month: 11, day: 1)
        let isBlocked = item.contentText?.contains("ad") ?? false
        facts.isBlocked = { _, _ in isBlocked }
        return memory.poll([item], feed: feed, facts: facts, rules: change)[0]
    }

    private func version(_ judgement: Judgement) -> Judgement.Version? {
        if case .update(let version) = judgement.verdict { version } else { nil }
    }

    private let nearer = { (rules: inout IdentityRules) in rules.site = FeedSite(urls: ["https://e.org/feed"]) }

    @Test(
        "An article whose earlier copy is blocked is no duplicate where it is not blocked itself; later copies are of that"
    )
    func laterCopy() {
        poll("a", story("1", "ad"))
        #expect(poll("b", story("2", "fine")).verdict == .new)
        #expect(poll("c", story("3", "fine")).verdict == .duplicate(of: 2))
        #expect(poll("d", story("4", "ad")).verdict == .duplicate(of: 2))
        #expect(poll("e", story("5", "fine")).verdict == .duplicate(of: 2))
    }

    @Test("Blocked copies of a blocked article are its duplicates, until one comes that is not blocked")
    func blockedCopies() {
        poll("a", story("1", "ad"))
        #expect(poll("b", story("2", "ad")).verdict == .duplicate(of: 1))
        #expect(poll("c", story("3", "fine")).verdict == .new)
        #expect(poll("d", story("4", "fine")).verdict == .duplicate(of: 3))
    }

    @Test("A copy of an article that was blocked and then let through is a duplicate")
    func afterRelease() {
        poll("a", story("1", "ad"))
        #expect(version(poll("a", story("1", "fine")))?.isOfHidden == true)
        #expect(poll("b", story("2", "fine")).verdict == .duplicate(of: 1))
    }

    @Test("An article that is let through after another feed's copy was given out repeats that copy")
    func releaseAfterCopy() {
        poll("a", story("1", "ad"))
        poll("b", story("2", "fine"))
        let release = version(poll("a", story("1", "better")))
        #expect(release?.isOfHidden == true && release?.repeats == 2)
        #expect(version(poll("a", story("1", "better still")))?.isOfHidden == false)
    }

    @Test("The copy is found under the title that the article had while it was blocked, too")
    func releaseUnderNewTitle() {
        poll("a", story("1", "ad"))
        poll("b", story("2", "fine"))
        #expect(version(poll("a", story("1", "better", title: "Another")))?.repeats == 2)
    }

    @Test("A blocked copy that is let through first is given out, and the blocked original then repeats it")
    func releasedCopy() {
        poll("a", story("1", "ad"))
        poll("b", story("2", "ad"))
        let release = version(poll("b", story("2", "fine")))
        #expect(release?.isOfHidden == true && release?.repeats == nil)
        #expect(version(poll("a", story("1", "better")))?.repeats == 2)
        #expect(poll("c", story("3", "fine")).verdict == .duplicate(of: 2))
    }

    @Test("A blocked copy of an article that was given out repeats it when it is let through")
    func copyOfShown() {
        poll("a", story("1", "fine"))
        poll("b", story("2", "ad"))
        #expect(version(poll("b", story("2", "better")))?.repeats == 1)
    }

    @Test("A site's own article that is blocked does not stand for the copy that was given out before")
    func blockedOwner() {
        poll("planet", story("1", "fine"))
        let own = poll("site", story("2", "ad"), rules: nearer)
        #expect(own.verdict == .new && own.supersedes == 1)
        #expect(poll("other", story("3", "fine")).verdict == .duplicate(of: 1))
        let release = version(poll("site", story("2", "better"), rules: nearer))
        #expect(release?.isOfHidden == true && release?.repeats == nil)
        #expect(poll("last", story("4", "fine")).verdict == .duplicate(of: 2))
    }

    @Test("A site's own article is new behind a blocked copy, and copies are of it")
    func ownerBehindBlocked() {
        poll("planet", story("1", "ad"))
        let own = poll("site", story("2", "fine"), rules: nearer)
        #expect(own.verdict == .new && own.supersedes == 1)
        #expect(poll("other", story("3", "fine")).verdict == .duplicate(of: 2))
    }

    @Test("With `duplicates = \"keep\"` every feed's article is let through by itself")
    func keepsAll() {
        let keep = { (rules: inout IdentityRules) in rules.findsDuplicates = false }
        poll("a", story("1", "ad"), rules: keep)
        #expect(poll("b", story("2", "fine"), rules: keep).verdict == .new)
        #expect(version(poll("a", story("1", "better"), rules: keep))?.repeats == nil)
    }

    @Test("Where retention has removed the blocked records it is still known that nobody was given the article")
    func retention() {
        poll("a", story("1", "ad"))
        memory.expire()
        #expect(poll("b", story("2", "ad2")).verdict == .new)
        let release = version(poll("a", story("1", "fine")))
        #expect(release?.isOfHidden == true && release?.changed == [])
    }

    @Test(
        "An edit that lets an article through is kept whatever the feed's settings say of edits; a blocked one is not")
    func ignoredEdits() {
        let ignore = { (rules: inout IdentityRules) in rules.keepsUpdates = false }
        poll("a", story("1", "ad"), rules: ignore)
        #expect(poll("a", story("1", "ad again"), rules: ignore).verdict == .ignored)
        #expect(version(poll("a", story("1", "fine"), rules: ignore))?.isOfHidden == true)
        #expect(poll("a", story("1", "better"), rules: ignore).verdict == .ignored)
    }

    @Test("An edit that lets an article through is not held back by the budget of versions")
    func budget() {
        for number in 0...VersionBudget.most { poll("a", story("1", "ad \(number)")) }
        #expect(poll("a", story("1", "ad, held back")).verdict == .volatile)
        let held = { (rules: inout IdentityRules) in rules.editsHeldUntil = Timestamp(year: 2030, month: 1, day: 1) }
        #expect(version(poll("a", story("1", "fine"), rules: held))?.isOfHidden == true)
        #expect(poll("a", story("1", "better")).verdict == .volatile)
    }

    @Test("While an article that nobody was given is judged anew no other feed stores one under its link")
    func lock() {
        poll("a", story("1", "ad"))
        func keys(_ item: Article) -> Int {
            var judge = IdentityJudge(IdentityRules(feed: FeedIdentifier("a")))
            judge.read([item], memory)
            return judge.linkKeys().count
        }
        #expect(keys(story("1", "fine")) == 1)
        #expect(keys(story("1", "ad")) == 0)
        poll("a", story("1", "fine"))
        #expect(keys(story("1", "better")) == 0)
    }
}
