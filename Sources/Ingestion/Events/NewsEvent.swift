internal import ArticleStore
internal import Configuration
internal import Digest
internal import FeedModel
internal import JSONText

/// `NewsEvent` is something that has happened to a feed, or to the service, which people want to be told of (contract.md
/// §7). It is kept as an item of JSON Feed, as articles are, in a store of its own.
struct NewsEvent: Sendable, Equatable {
    /// `Kind` says what has happened; the raw value is how it is written.
    enum Kind: String, Sendable, CaseIterable {
        case failing = "feed_failing"
        case recovered = "feed_recovered"
        case silent = "feed_silent"
        case gone = "feed_gone"
        case moved = "feed_moved"
        case gap = "possible_gap"
        case blocksAll = "filter_blocks_all"
        case diskFull = "disk_full"
        case consumerStuck = "consumer_stuck"
        case clockDoubtful = "clock_doubtful"
    }

    var kind: Kind
    /// The feed that it is about; empty where it is about the service.
    var feed = FeedIdentifier("")
    /// The id that the feed had first: a feed that gets another one is told nothing twice, and of no failure without its
    /// end.
    var firstID = FeedIdentifier("")
    var feedURL: String?
    var feedTitle: String?
    var feedTags: [String] = []
    /// What happened began then.
    var since: Timestamp
    /// A line for people.
    var title: String
    /// What else there is to say; empty for nothing.
    var text = ""
    var failure: FeedState.Failure?
    var failures: Int?
    var status: Int?
    var movedTo: String?
    var consumer: String?
    /// With the kind and the feed it tells this event from all others: the same one is kept once.
    var mark: String
    /// It is kept only where one of these was: who was not told of a failure is not told that it is over.
    var follows: [ArticleIdentifier] = []

    /// The identity of the event.
    var uid: ArticleIdentifier { Self.uid(kind, firstID, mark) }

    static func uid(_ kind: Kind, _ feed: FeedIdentifier, _ mark: String) -> ArticleIdentifier {
        ArticleIdentifier(hashing: Array("event\0\(kind.rawValue)\0\(feed.text)\0\(mark)".utf8))
    }

    /// The event as it is stored.
    var record: PendingRecord {
        var json = JSONWriter()
        json.beginObject()
        json.member("id", uid.description)
        json.member("title", title)
        json.member("content_text", text.isEmpty ? title : text)
        json.key(StoredRecord.ownMember)
        json.beginObject()
        json.member(RecordMember.feedURL, feedURL)
        json.member(RecordMember.feedTitle, feedTitle)
        json.member(RecordMember.feedTags, feedTags)
        json.member("event", kind.rawValue)
        json.member("since", since)
        json.member("failures", failures)
        json.member("status", status)
        json.member("error_class", failure?.word)
        json.member("error", failure?.message)
        json.member("moved_to", movedTo)
        json.member("consumer", consumer)
        let bytes = json.bytes
        return PendingRecord(
            prefix: bytes, uid: uid, kind: .new, version: 1, isInitial: false,
            contentHash: bytes.withUnsafeBytes { XXH3.hash128($0) })
    }
}

extension NewsEvent {
    /// An event of a feed.
    init(_ kind: Kind, of feed: FeedConfiguration, _ state: FeedState, since: Timestamp, title: String, mark: String) {
        self.init(kind: kind, since: since, title: "\(feed.id): \(title)", mark: mark)
        self.feed = feed.id
        firstID = state.formerly.last.map { FeedIdentifier($0) } ?? feed.id
        feedURL = state.url
        feedTitle = feed.title ?? state.title
        feedTags = feed.tags
    }
}
