import FeedModel
import Testing

@testable import Identity

@Suite("An article that several feeds have is stored whole once (identity.md §9)")
struct DuplicateTests {
    let memory = StoreMemory()

    private func copy(_ id: String, text: String = "other", title: String = "Head line") -> Article {
        article(id: id, url: "http://e.org/a?utm_source=planet", title: title, text: text, day: 2)
    }

    init() {
        memory.poll([article(id: "1", url: "https://e.org/a", title: "Head line", text: "x", day: 1)], feed: "a")
    }

    @Test("An item with the link and title of another feed's article becomes its duplicate, once")
    func duplicate() {
        #expect(memory.poll([copy("b1")], feed: "b").map(\.verdict) == [.duplicate(of: 1)])
        memory.forgetCounts()
        #expect(memory.poll([copy("b1")], feed: "b").map(\.verdict) == [.unchanged])
        #expect(memory.lookUps == 1)
        #expect(memory.poll([copy("c1", title: "HEAD  line ")], feed: "c").map(\.verdict) == [.duplicate(of: 1)])
    }

    @Test(
        "An item that shares only link or only title with another feed's article is new, and so is one without either")
    func alone() {
        let other = article(id: "b2", url: "https://e.org/b", title: "Head line")
        #expect(memory.poll([other], feed: "b").map(\.verdict) == [.new])
        #expect(memory.poll([article(id: "b3", title: "Head line")], feed: "b").map(\.verdict) == [.new])
        memory.poll([article(id: "a9", url: "https://e.org/9", text: "x")], feed: "a")
        #expect(memory.poll([article(id: "b9", url: "https://e.org/9", text: "y")], feed: "b")[0].verdict == .new)
        #expect(memory.poll([copy("b1", title: "Another")], feed: "b").map(\.verdict) == [.new])
    }

    @Test("A link that two titles share makes no duplicates")
    func sharedLink() {
        memory.poll([article(id: "2", url: "https://e.org/a", title: "Second")], feed: "a")
        #expect(memory.poll([copy("b1")], feed: "b").map(\.verdict) == [.new])
    }

    @Test("A link that two articles of one document share makes no duplicates")
    func sharedInDocument() {
        let items = ["One", "Two", "Three"].map { article(id: $0, url: "https://e.org/home", title: $0) }
        memory.poll(items, feed: "a")
        for item in items { #expect(memory.poll([item], feed: "b").map(\.verdict) == [.new]) }
    }

    @Test("Bulletins with one link and title make no duplicates once there are two, episodes none from the first on")
    func bulletins() {
        func bulletin(_ id: String, day: Int) -> Article {
            article(id: id, url: "https://e.org/news", title: "News", text: id, day: day)
        }
        memory.poll([bulletin("1-", day: 1)], feed: "a")
        memory.poll([bulletin("2-", day: 2)], feed: "a")
        #expect(memory.poll([bulletin("3-", day: 3)], feed: "b").map(\.verdict) == [.new])
        func episode(_ id: String) -> Article {
            var item = article(id: id, url: "https://e.org/show", title: "Show")
            item.attachments = [Attachment(url: "https://e.org/\(id).mp3")]
            return item
        }
        memory.poll([episode("e1")], feed: "a")
        #expect(memory.poll([episode("e2")], feed: "b").map(\.verdict) == [.new])
    }

    @Test("A copy under the title that the article had before is a duplicate, and names the first record")
    func editedTitle() {
        memory.poll(
            [article(id: "1", url: "https://e.org/a", title: "Head line, edited", text: "x", day: 1)], feed: "a")
        #expect(memory.poll([copy("b1")], feed: "b").map(\.verdict) == [.duplicate(of: 1)])
        let later = copy("c1", title: "Head line, edited")
        #expect(memory.poll([later], feed: "c").map(\.verdict) == [.duplicate(of: 1)])
    }

    @Test(
        "A duplicate without content that is edited is kept whole, as a version; what cannot be compared is not named")
    func editedCopy() {
        memory.poll([copy("b1")], feed: "b") { $0.keepsDifferences = false }
        #expect(memory.poll([copy("b1", text: "corrected")], feed: "b").map(\.changed) == [[]])
        #expect(
            memory.poll([copy("b1", title: "New head line")], feed: "b").map(\.changed) == [["title", "content_text"]])
    }

    @Test(
        "A duplicate does without content where all that it says is stored: the same text, or a part of it",
        arguments: [
            ("x", "x", true), ("X!", "<p>x</p>", true), ("one two three", "zero one two three four", true),
            ("", "x", true), ("one two three four", "one two three", false), ("one three", "one two three", false),
            ("other", "x", false), ("two", "one twofold", false),
            ("<img src=https://e.org/p.png> x", "x", false),
        ])
    func saysNoMore(_ text: String, _ stored: String, _ isHeld: Bool) {
        memory.poll([article(id: "2", url: "https://e.org/2", title: "Two", text: stored)], feed: "a")
        let copy = article(id: "b2", url: "https://e.org/2", title: "Two", text: text.isEmpty ? nil : text)
        let judgement = memory.poll([copy], feed: "b")[0]
        #expect(judgement.verdict == .duplicate(of: 2) && judgement.leavesOutContent == isHeld)
    }

    @Test("A duplicate keeps its content for a file that is not stored; with `duplicates = \"short\"` for nothing")
    func files() {
        var episode = article(id: "b1", url: "https://e.org/a", title: "Head line", text: "x")
        episode.attachments = [Attachment(url: "https://e.org/a.mp3")]
        #expect(memory.poll([episode], feed: "b").map(\.leavesOutContent) == [false])
        #expect(memory.poll([copy("c1")], feed: "c") { $0.keepsDifferences = false }.map(\.leavesOutContent) == [true])
    }

    @Test("With `duplicates = \"keep\"` another feed's article is a new article")
    func keep() {
        #expect(memory.poll([copy("b1")], feed: "b") { $0.findsDuplicates = false }.map(\.verdict) == [.new])
    }

    @Test("A duplicate's id may change as any other's")
    func alias() {
        memory.poll([copy("b1")], feed: "b")
        let judgement = memory.poll([copy("b2")], feed: "b")[0]
        #expect(judgement.alias?.of.seq == 2)
        #expect(judgement.verdict == .unchanged)
    }

    @Test("An article that retention has removed has a duplicate only where nothing differs")
    func expired() {
        memory.expire()
        let same = article(id: "b1", url: "https://e.org/a", title: "Head line", text: "x", day: 1)
        let judgement = memory.poll([same], feed: "b")[0]
        #expect(judgement.verdict == .duplicate(of: 1))
        #expect(!judgement.leavesOutContent, "what the text is the same as is not stored any more")
        #expect(memory.poll([copy("c1")], feed: "c").map(\.verdict) == [.new])
    }

    @Test("The keys of links that may be new are named before anything is decided")
    func linkKeys() {
        var judge = IdentityJudge(IdentityRules(feed: FeedIdentifier("a")))
        judge.read([article(id: "1", url: "https://e.org/a", title: "Head line", text: "x", day: 1)], memory)
        #expect(judge.linkKeys().isEmpty)
        judge.read([article(id: "7", url: "https://e.org/7"), article(id: "8", url: "http://e.org/7")], memory)
        #expect(Set(judge.linkKeys()).count == 1)
    }
}
