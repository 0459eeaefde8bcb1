import ArticleStore
import Digest
import FeedModel
import JSONText
import TestSupport

/// An article that a test puts into a desk's store without any feed.
struct StoredArticle: Sendable {
    var id: String
    var title: String?
    var feed = "example"
    var kind = RecordKind.new
    var version: UInt32 = 1
    var isInitial = false
    /// The record that a duplicate repeats.
    var duplicateOf: UInt64?
    /// Of the feed's configuration.
    var tags: [String] = []
    var stored = Timestamp(year: 2026, month: 11, day: 22, hour: 8)
    var article = Article()

    init(_ id: String, title: String? = nil) {
        self.id = id
        self.title = title ?? "Article \(id)"
    }

    func with(_ change: (inout StoredArticle) -> Void) -> StoredArticle {
        var copy = self
        change(&copy)
        return copy
    }

    /// The same for every version of it.
    var uid: ArticleIdentifier {
        var digest = MessageDigest(.sha256)
        digest.update(feed + "\n" + id)
        return ArticleIdentifier(digest.finish())
    }

    var record: PendingRecord {
        var article = article
        article.id = id
        article.title = title
        if article.url == nil { article.url = "https://example.org/\(id)" }
        if article.contentHTML == nil, article.contentText == nil { article.contentHTML = "<p>About \(id)</p>" }
        var json = JSONWriter()
        json.beginObject()
        article.writeItemMembers(to: &json, id: id)
        json.key("_newswire")
        json.beginObject()
        json.member("feed_url", "https://example.org/\(feed).xml")
        json.member("feed_title", "The \(feed) feed")
        json.member("feed_tags", tags)
        article.writeExtensionMembers(to: &json)
        json.member("duplicate_of", duplicateOf)
        return PendingRecord(
            prefix: json.bytes, uid: uid, kind: kind, version: version, isInitial: isInitial,
            contentHash: Hash128(high: 1, low: UInt64(version)))
    }
}

extension Desk {
    /// - Parameter segmentAge: in days; new segments begin with articles that much later than the first of the last.
    func store(_ articles: [StoredArticle], segmentSize: UInt64 = 64 << 20, segmentAge: Int64? = nil) throws {
        for article in articles {
            var options = StoreOptions { article.stored }
            options.segmentSize = segmentSize
            options.segmentAge = segmentAge.map { .seconds($0 * 86_400) }
            let store = try ArticleStore.open(at: folder.file("store"), options: options) { _ in }
            let feed = FeedIdentifier(article.feed)
            let state = FeedState(feed: feed, url: "https://example.org/\(article.feed).xml")
            _ = try store.commit([FeedCommit(feed: feed, records: [article.record], state: state)])
            store.close()
        }
    }

    /// The bytes of a consumer's cursor.
    func cursor(_ name: String = "default") -> String? { folder.text("store/cursors/\(name)") }

    /// Runs a shell script in which `$NW` is the program, `$CONFIG` names the configuration, and `$DIR` the folder.
    func shell(_ script: String) async -> ChildProcess.Ending { await startShell(script).wait() }

    func startShell(_ script: String) -> ChildProcess {
        ChildProcess(
            "/bin/bash", ["-c", script],
            environment: [
                "PATH": "/usr/bin:/bin", "NW": Self.binary, "NEWSWIRE_CONFIG": folder.file("newswire.toml"),
                "DIR": folder.path, "HOME": "/nonexistent", "LC_ALL": "C.UTF-8",
            ])
    }
}

extension Desk {
    /// Puts articles into the store at once, in commits of a thousand.
    func storeMany(_ numbers: ClosedRange<Int>) throws {
        let stored = Timestamp(year: 2026, month: 11, day: 22, hour: 8)
        let store = try ArticleStore.open(at: folder.file("store"), options: StoreOptions { stored }) { _ in }
        defer { store.close() }
        let feed = FeedIdentifier("example")
        let state = FeedState(feed: feed, url: "https://example.org/example.xml")
        var start = numbers.lowerBound
        while start <= numbers.upperBound {
            let end = min(start + 999, numbers.upperBound)
            let records = (start...end).map { StoredArticle("\($0)").record }
            _ = try store.commit([FeedCommit(feed: feed, records: records, state: state)])
            start = end + 1
        }
    }
}
