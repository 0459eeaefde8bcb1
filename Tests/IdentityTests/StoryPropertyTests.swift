import Digest
import FeedModel
import Glibc
import TestSupport
import Testing

@testable import Identity

/// How many runs of each kind there are: `make check-deep` sets more.
private let seeds = UInt64(1)...max(1, getenv("NEWSWIRE_SEEDS").flatMap { UInt64(String(cString: $0)) } ?? 40)

/// A feed of stories that are known to be different ones, and a publisher who does with ids, links, titles, texts and
/// dates what publishers do.
struct StoryFeed: Sendable, CustomTestStringConvertible {
    enum IDs: CaseIterable { case none, opaque, url, revised, churning, sessions }
    enum Links: CaseIterable { case none, own, page, query, path, numbered, tokens }

    var ids: IDs
    var links: Links

    /// By what the publisher says, two stories may be one: nothing but title and day, or one page, tells them.
    var saysLittle: Bool { ids == .none && (links == .none || links == .page) }

    var testDescription: String { "ids \(ids), links \(links)" }

    static let kinds = IDs.allCases.flatMap { ids in Links.allCases.map { StoryFeed(ids: ids, links: $0) } }

    /// One story, as it stands at the moment.
    struct Story {
        let number: Int
        var title: String?
        var text: String?
        var published: Timestamp?
        /// What its id counts.
        var revision = 0
    }

    /// A story that is another one than all before. Titles, texts and dates come again, but a text never with a date.
    static func story(_ number: Int, _ generator: inout SeededGenerator) -> Story {
        var story = Story(number: number)
        let kinds = (0..<3).map { _ in Int.random(in: 0...9, using: &generator) }
        story.title =
            switch kinds[0] {
            case 0: nil
            case 1...3: "Alert"
            case 4...5: "Alert \(Int.random(in: 1...3, using: &generator))"
            default: "Story \(number)"
            }
        story.text =
            switch kinds[1] {
            case 0: nil
            case 1...2: "See the page for details"
            case 3...4: words(1...40, "boilerplate")
            case 5...6: words(1...12, "story\(number)x")
            default: words(1...50, "story\(number)x")
            }
        let time = 1_790_000_000 + number * 5003
        story.published =
            switch kinds[2] {
            case 0: nil
            case 1: Timestamp(seconds: Int64(time / 86_400 * 86_400))
            case 2: Timestamp(seconds: Int64(time / 3600 * 3600))
            default: Timestamp(seconds: Int64(time))
            }
        return story
    }

    private static func words(_ range: ClosedRange<Int>, _ stem: String) -> String {
        range.map { "\(stem)\($0)" }.joined(separator: " ")
    }

    /// What the publisher changes in a story and calls the same story.
    static func edit(_ story: inout Story, _ generator: inout SeededGenerator) {
        switch Int.random(in: 0...4, using: &generator) {
        case 0: story.title = "Story \(story.number), edited \(Int.random(in: 1...9, using: &generator))"
        case 1: story.text = story.text.map { $0 + " addition\(Int.random(in: 1...9, using: &generator))" }
        case 2: story.published = story.published.map { Timestamp(seconds: $0.seconds + 7) }
        case 3: story.revision += 1
        default: story.text = nil
        }
    }

    func article(_ story: Story, poll: Int, _ generator: inout SeededGenerator) -> Article {
        var item = Article()
        (item.title, item.contentText, item.published) = (story.title, story.text, story.published)
        let number = story.number
        item.id =
            switch ids {
            case .none: nil
            case .opaque: "story-\(number)"
            case .url: "https://e.org/?p=\(number)"
            case .revised: "https://e.org/\(number)#\(story.revision)"
            case .churning: "\(UInt64.random(in: 0...UInt64.max, using: &generator))"
            case .sessions: "https://e.org/\(number)?sid=\(poll)"
            }
        item.url =
            switch links {
            case .none: nil
            case .own: "https://e.org/\(number)"
            case .page: "https://e.org/news"
            case .query: "https://e.org/news?id=\(number)&source=poll\(poll)"
            case .path: "https://e.org/\(number);jsessionid=\(poll)A"
            case .tokens:
                "https://e.org/\(number)?t=\(String(UInt64.random(in: 0...UInt64.max, using: &generator), radix: 36))"
            case .numbered: "https://e.org/news?id=\(poll * 100 + number)"
            }
        return item
    }
}

@Suite("Two stories never become one, whatever their publisher does")
struct StoryPropertyTests {
    /// What an article was, each time that it was stored or found.
    private struct Sighting {
        let story: Int
        let text: String?
        let published: Timestamp?
    }

    /// Two stories of which both text and date are known, and others.
    private static func areTwo(_ left: Sighting, _ right: Sighting) -> Bool {
        guard left.story != right.story, let leftDate = left.published, let rightDate = right.published,
            leftDate.seconds != rightDate.seconds, let leftText = left.text, let rightText = right.text
        else { return false }
        let texts = TextLikeness(TextWords(of: article(text: leftText)), TextWords(of: article(text: rightText)))
        return texts == .other
    }

    @Test(
        "No two items of one document and no two stories with another text and another date ever have one identity",
        arguments: StoryFeed.kinds, seeds)
    func neverOne(kind: StoryFeed, seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let memory = StoreMemory()
        memory.keepsChurn = Bool.random(using: &generator)
        var facts = DocumentFacts()
        var stories: [StoryFeed.Story] = []
        var retired: [StoryFeed.Story] = []
        var sightings: [ArticleIdentifier: [Sighting]] = [:]
        let window = Int.random(in: 1...8, using: &generator)
        var next = 0
        for poll in 1...25 {
            for _ in 0..<Int.random(in: 0...(poll == 1 ? window : 2), using: &generator) {
                stories.insert(StoryFeed.story(next, &generator), at: 0)
                next += 1
            }
            while stories.count > window { retired.append(stories.removeLast()) }
            if let index = stories.indices.randomElement(using: &generator), Bool.random(using: &generator) {
                StoryFeed.edit(&stories[index], &generator)
            }
            if Int.random(in: 0...9, using: &generator) == 0, let back = retired.randomElement(using: &generator) {
                stories.append(back)
                retired.removeAll { $0.number == back.number }
            }
            let document = stories.map { kind.article($0, poll: poll, &generator) }
            facts.isWhole = Int.random(in: 0...9, using: &generator) > 0
            facts.isArmed = Int.random(in: 0...9, using: &generator) == 0
            let shown = facts.isWhole ? document : Array(document.prefix(document.count / 2))
            let judgements = memory.poll(shown, facts: facts)
            if facts.isWhole { facts.previousCount = judgements.count }
            #expect(Set(judgements.map(\.uid)).count == judgements.count, "poll \(poll)")
            for judgement in judgements {
                let story = stories[judgement.index]
                let sighting = Sighting(story: story.number, text: story.text, published: story.published)
                for other in sightings[judgement.uid] ?? [] where !kind.saysLittle && Self.areTwo(other, sighting) {
                    Issue.record("poll \(poll): story \(sighting.story) became story \(other.story): \(judgement)")
                    return
                }
                sightings[judgement.uid, default: []].append(sighting)
            }
        }
    }
}
