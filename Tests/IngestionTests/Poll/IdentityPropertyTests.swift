import Configuration
import Digest
import FeedModel
import Glibc
import Identity
import JSONText
import TestSupport
import Testing

@testable import ArticleStore
@testable import Ingestion

/// How many runs of each property there are: `make check-deep` sets more.
private let seeds = UInt64(1)...max(1, getenv("NEWSWIRE_SEEDS").flatMap { UInt64(String(cString: $0)) } ?? 4)

/// A store in a temporary folder that documents go into as they do in a poll, without fetching and parsing.
private final class DocumentStore {
    private let folder = TemporaryDirectory()
    private var store: ArticleStore
    private var writer: StoreWriter
    private let feeds: [FeedConfiguration]

    init() throws {
        let text = """
            contact = "https://example.org/bot"
            [[feed]]
            id = "a"
            url = "https://a.example/feed"
            [[feed]]
            id = "b"
            url = "https://b.example/feed"
            """
        feeds = try ConfigurationLoader.load(
            path: folder.write(text, to: "newswire.toml"), environment: ["HOME": "/nonexistent"]
        ).feeds
        store = try Self.open(folder)
        writer = StoreWriter(store)
    }

    private static func open(_ folder: TemporaryDirectory) throws -> ArticleStore {
        var options = StoreOptions { PollerFixture.start }
        // What these tests look at does not depend on the disk.
        options.files.sync = { _ in 0 }
        options.files.syncData = { _ in 0 }
        return try ArticleStore.open(at: folder.file("store"), options: options) { _ in }
    }

    /// As a process that ends and another that starts; with `forgetting` the index has to be made again.
    func restart(forgetting: Bool) throws {
        store.close()
        if forgetting { unlink(folder.file("store/index/known")) }
        store = try Self.open(folder)
        writer = StoreWriter(store)
    }

    /// - Parameter adopted: the URL that the feed has moved to for good.
    func take(_ articles: [Article], feed: Int, adopted: String? = nil) async throws {
        let feed = feeds[feed]
        var state = store.state(of: feed.id) ?? FeedState(feed: feed.id, url: feed.url)
        if let adopted { state.move.adopted = adopted }
        var document = Feed(format: .rss20)
        document.articles = articles
        var facts = DocumentFacts()
        facts.previousCount = state.document?.articles
        let drafts = try await RecordDrafts(
            feed: feed, head: nil, state: state, duplicates: .short, store: store, locks: writer.locks,
            now: PollerFixture.start
        ).result(of: document, facts)
        defer { writer.locks.release(drafts.locked) }
        state.document = FeedState.Document(articles: drafts.articles, source: Hash128(high: 0, low: 0))
        let result = try await writer.commit(FeedCommit(feed: feed.id, records: drafts.records, state: state))
        #expect(result.refused.isEmpty)
    }

    var lastSeq: UInt64 { store.lastSeq }

    func records(after seq: UInt64 = 0) throws -> [JSONValue] {
        var records: [JSONValue] = []
        try StoreReader(directory: folder.file("store")).read(after: seq, damage: { Issue.record("\($0)") }) { record in
            records.append(try JSONParser.parse(record.bytes).value)
            return true
        }
        return records
    }

    /// Which text is which version of which article.
    func outcome() throws -> Set<String> {
        Set(
            try records().filter { $0["_newswire"]?["kind"]?.string != "alias" }.map { record in
                let own = record["_newswire"]
                return
                    "\(own?["uid"]?.string ?? "") \(own?["version"]?.integer ?? 0) \(record["content_text"]?.string ?? "")"
            })
    }

    func verify() async throws -> VerifierResult {
        store.close()
        return try await StoreVerifier(directory: folder.file("store")).run { Issue.record("\($0)") }
    }
}

@Suite("Identities hold, whatever comes in whatever order")
struct IdentityPropertyTests {
    /// A feed's articles, of every kind that identity tells apart: with ids and without, with one id for several, with
    /// one link for several.
    private static func articles(of feed: String) -> [Article] {
        func article(_ id: String?, _ url: String?, _ title: String?, _ text: String) -> Article {
            var article = Article()
            article.id = id
            article.url = url
            article.title = title
            article.contentText = text
            article.published = Timestamp(year: 2026, month: 11, day: 1 + text.utf8.count % 20)
            return article
        }
        let site = "https://\(feed).example"
        var articles = (1...6).map { number in
            article("\(site)/?p=\(number)", "\(site)/\(number)", "Title \(number)", "Text \(number)")
        }
        articles += (1...3).map { article(nil, "\(site)/link/\($0)", "Linked \($0)", "Text of link \($0)") }
        articles += (1...3).map { article(nil, nil, "Untitled day \($0)", "Text without link \($0)") }
        articles += (1...3).map { article("home-\($0)", site, "At home \($0)", "Text at home \($0)") }
        articles += (1...3).map { article("same", "\(site)/same/\($0)", "Same id \($0)", "Text same \($0)") }
        return articles
    }

    /// Some of a feed's articles in some order, some twice. Those of one id come together, as they do in a feed: which
    /// they are can only be told where they stand beside each other.
    private static func document(_ articles: [Article], _ generator: inout SeededGenerator) -> [Article] {
        var document = articles.filter { $0.id == "same" || Bool.random(using: &generator) }
        if let repeated = document.randomElement(using: &generator) { document.append(repeated) }
        return document.shuffled(using: &generator)
    }

    @Test(
        "The same articles are stored, none twice and none lost, in any order, with repetitions and restarts",
        arguments: seeds)
    func anyOrder(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let store = try DocumentStore()
        let feeds = ["a", "b"].map(Self.articles)
        var seen: [Set<String>] = [[], []]
        for round in 1...25 {
            let feed = Int.random(in: 0...1, using: &generator)
            let document = Self.document(feeds[feed], &generator)
            for article in document { seen[feed].insert(article.contentText ?? "") }
            try await store.take(document, feed: feed)
            if round % 5 == 0 { try store.restart(forgetting: Bool.random(using: &generator)) }
        }
        for feed in 0...1 {
            try await store.take(feeds[feed], feed: feed)
            seen[feed] = Set(feeds[feed].compactMap(\.contentText))
        }
        let records = try store.records()
        let kinds = records.map { $0["_newswire"]?["kind"]?.string }
        #expect(kinds.allSatisfy { $0 == "new" }, "nothing was edited, renamed or shared between feeds")
        for (place, id) in ["a", "b"].enumerated() {
            let texts = records.filter { $0["_newswire"]?["feed"]?.string == id }.compactMap {
                $0["content_text"]?.string
            }
            #expect(texts.count == Set(texts).count)
            #expect(Set(texts) == seen[place])
        }
        let uids = records.compactMap { $0["_newswire"]?["uid"]?.string }
        #expect(Set(uids).count == uids.count)
        let result = try await store.verify()
        #expect(result.isWhole && result.indexErrors == 0)
    }

    @Test("Two orders of the same documents give the same identities", arguments: seeds)
    func twoOrders(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let articles = Self.articles(of: "a")
        let documents = (1...8).map { _ in Self.document(articles, &generator) }
        var identities: [Set<String>] = []
        for order in [documents, documents.shuffled(using: &generator)] {
            let store = try DocumentStore()
            for document in order { try await store.take(document, feed: 0) }
            identities.append(Set(try store.records().compactMap { $0["_newswire"]?["uid"]?.string }))
        }
        #expect(identities[0] == identities[1])
        #expect(identities[0].count >= 3)
    }

    @Test(
        "Every text that was ever in a document is in some record, whatever ids, links and titles do",
        arguments: seeds)
    func nothingLost(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let store = try DocumentStore()
        let mirror = try DocumentStore()
        var seen = Set<String>()
        for round in 1...30 {
            var document: [Article] = []
            var looks = Set<String>()
            for _ in 1...Int.random(in: 1...8, using: &generator) {
                var article = Article()
                let scheme = ["http", "https"].randomElement(using: &generator) ?? ""
                article.id = "\(scheme)://e.org/\(Int.random(in: 1...6, using: &generator))"
                article.url = "https://e.org/\(Int.random(in: 1...5, using: &generator))"
                article.title = "Title \(Int.random(in: 1...4, using: &generator))"
                article.published = Timestamp(year: 2026, month: 11, day: Int.random(in: 1...9, using: &generator))
                article.contentText = "Text \(round) \(document.count)"
                // What nothing tells apart is one article.
                let look =
                    "\(article.id ?? "")|\(article.url ?? "")|\(article.title ?? "")|\(article.published?.seconds ?? 0)"
                guard looks.insert(look).inserted else { continue }
                document.append(article)
                seen.insert(article.contentText ?? "")
            }
            try await store.take(document, feed: 0)
            let before = store.lastSeq
            try await store.take(document.shuffled(using: &generator), feed: 0)
            let again = try store.records(after: before).map { $0["_newswire"]?["kind"]?.string }
            #expect(again.allSatisfy { $0 == "alias" }, "the same document brings nothing new: \(again)")
            try await mirror.take(document.reversed(), feed: 0)
            try await mirror.take(document, feed: 0)
            if round % 10 == 0 { try store.restart(forgetting: true) }
        }
        let stored = Set(try store.records().compactMap { $0["content_text"]?.string })
        #expect(seen.subtracting(stored).isEmpty)
        #expect(try store.outcome() == mirror.outcome(), "the order of a document's items decides nothing")
        #expect(try await store.verify().isWhole)
    }

    /// A store to which two feeds have brought an article with that link at the same time.
    private func storedAtOnce(_ link: String) async throws -> DocumentStore {
        let store = try DocumentStore()
        var article = Article()
        article.id = "1"
        article.url = link
        article.title = "One"
        article.contentText = "Text"
        nonisolated(unsafe) let shared = store
        let item = article
        async let first: Void = shared.take([item], feed: 0)
        async let second: Void = shared.take([item], feed: 1)
        _ = try await (first, second)
        return store
    }

    @Test("Of two feeds that bring the same article at the same time one has it whole, the other as a duplicate")
    func atOnce() async throws {
        let store = try await storedAtOnce("https://e.org/1")
        #expect(try store.records().map { $0["_newswire"]?["kind"]?.string } == ["new", "duplicate"])
    }

    @Test(
        "Of two feeds that bring one article at once, the site's own has it whole and new; the other is the copy, or came first",
        arguments: [0, 1])
    func ownAtOnce(_ own: Int) async throws {
        let store = try await storedAtOnce("https://\(own == 0 ? "a" : "b").example/1")
        let records = try store.records()
        let mine = try #require(records.first { $0["_newswire"]?["feed"]?.string == (own == 0 ? "a" : "b") })
        let copy = try #require(records.first { $0["_newswire"]?["feed"]?.string == (own == 0 ? "b" : "a") })
        let (mineSeq, copySeq) = (mine["_newswire"]?["seq"], copy["_newswire"]?["seq"])
        #expect(mine["_newswire"]?["kind"]?.string == "new" && mine["content_text"]?.string == "Text")
        let isCopyFirst = copySeq?.integer == 1
        #expect(mine["_newswire"]?["supersedes"] == (isCopyFirst ? copySeq : nil))
        #expect(copy["_newswire"]?["duplicate_of"] == (isCopyFirst ? nil : mineSeq))
        #expect(try await store.verify().isWhole)
    }

    @Test("A feed that has moved for good is near to the links of where it is now, as it was configured or not")
    func movedFeeds() async throws {
        let store = try DocumentStore()
        func item(_ number: Int) -> Article {
            var article = Article()
            article.id = "\(number)"
            article.url = "https://site.example/\(number)"
            article.title = "Number \(number)"
            return article
        }
        try await store.take([item(1)], feed: 0)
        try await store.take([item(1)], feed: 1, adopted: "https://site.example/feed")
        #expect(try store.records().last?["_newswire"]?["supersedes"]?.integer == 1)
        // Of two that have moved there the second has a copy.
        try await store.take([item(1), item(2)], feed: 1)
        try await store.take([item(1), item(2)], feed: 0, adopted: "https://www.site.example/other")
        let last = try #require(try store.records().last?["_newswire"])
        #expect(last["feed"]?.string == "a" && last["duplicate_of"]?.integer == 3)
    }
}
