import ArticleStore
import Digest
import FeedModel
import FeedParsing
import Identity
import JSONText

/// A document of 25 items, from bytes to articles.
struct ParsePath: HotPath {
    static let name = "parse"
    static let standardCount = 400

    mutating func step(_ number: Int) {
        guard case .feed(let feed) = Inputs.parse(Inputs.documents[number % Inputs.documents.count]),
            feed.articles.count == Inputs.items
        else { fatalError("the documents are feeds") }
    }
}

/// An article to its line of JSON.
struct JSONPath: HotPath {
    static let name = "json"
    static let standardCount = 50_000
    private let articles = Inputs.parsed(0).articles + Inputs.parsed(1).articles

    mutating func step(_ number: Int) {
        let article = articles[number % articles.count]
        var json = JSONWriter(capacity: 4096)
        json.beginObject()
        article.writeItemMembers(to: &json, id: article.id ?? "")
        json.endObject()
        _ = json.finish()
    }
}

/// What identity knows: everything that was taken in.
private final class Memory: ArticleKnowledge {
    private var articles: [Hash128: KnownArticle] = [:]

    func known(_ key: Hash128) -> KnownArticle? { articles[key] }
    func stored(_ seq: UInt64) -> StoredArticle? { nil }
    var readsAhead: Bool { false }
    func prepare(_ keys: [Hash128]) {}

    func take(_ judgements: [Judgement]) {
        for judgement in judgements {
            let known = KnownArticle(
                uid: judgement.uid, seq: UInt64(articles.count + 1), version: 1, contentHash: judgement.contentHash,
                modified: nil, recentChanges: 0)
            articles[judgement.uid.key] = known
            for key in judgement.keys { articles[key] = known }
        }
    }
}

private func judge(_ articles: [Article], _ memory: Memory) -> [Judgement] {
    var rules = IdentityRules(feed: FeedIdentifier("news"))
    rules.ownHosts = ["news.example.org"]
    var judge = IdentityJudge(rules)
    judge.read(articles, memory)
    _ = judge.linkKeys()
    return judge.judge(DocumentFacts(), memory)
}

/// A document of 25 items of which none is known.
struct IdentityPath: HotPath {
    static let name = "identity-new"
    static let standardCount = 2000
    private let documents = (0..<3).map { Inputs.parsed($0).articles }

    mutating func step(_ number: Int) {
        _ = judge(documents[number % documents.count], Memory())
    }
}

/// The same of which all are known and unchanged.
struct KnownPath: HotPath {
    static let name = "identity-known"
    static let standardCount = 2000
    private let documents = (0..<3).map { Inputs.parsed($0).articles }
    private let memory = Memory()

    init() {
        for articles in documents { memory.take(judge(articles, memory)) }
    }

    mutating func step(_ number: Int) {
        _ = judge(documents[number % documents.count], memory)
    }
}

/// 100 records of 2 KB, appended to a store, with one fdatasync.
struct AppendPath: HotPath {
    static let name = "append"
    static let standardCount = 100
    private let folder: Folder
    private let store: ArticleStore
    private let filler = String(repeating: "x", count: 1500)

    init() throws {
        folder = Folder()
        store = try ArticleStore.open(
            at: "\(folder.path)/store", options: StoreOptions { Timestamp(seconds: 1_790_000_000) }
        ) { print("hotpaths: \($0)") }
    }

    mutating func step(_ number: Int) throws {
        let feed = FeedIdentifier("news")
        let records = (0..<100).map { record(UInt64(number * 100 + $0)) }
        _ = try store.commit([FeedCommit(feed: feed, records: records, state: FeedState(feed: feed, url: "https://h/"))]
        )
    }

    private func record(_ number: UInt64) -> PendingRecord {
        let url = "https://news.example.org/story/\(number)"
        let prefix =
            #"{"id":"\#(url)","url":"\#(url)","title":"Article number \#(number)","content_html":"\#(filler)","#
            + #""_newswire":{"feed_url":"https://news.example.org/feed.xml","feed_title":"A feed""#
        // Numbers that lie as far from each other as hashes do.
        let hash = Hash128(high: number &* 0x9e37_79b9_7f4a_7c15, low: number &* 0xc2b2_ae3d_27d4_eb4f)
        var uid: [UInt8] = []
        withUnsafeBytes(of: (hash, hash)) { uid.append(contentsOf: $0) }
        return PendingRecord(
            prefix: Array(prefix.utf8), uid: ArticleIdentifier(uid), kind: .new, version: 1, isInitial: false,
            contentHash: hash)
    }
}
