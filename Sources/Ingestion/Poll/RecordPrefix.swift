internal import ArticleStore
internal import FeedModel
internal import Identity
internal import JSONText

/// What of a record the store cannot know: the article and where it came from, as JSON up to the envelope that the
/// store adds.
struct RecordPrefix: ~Copyable {
    private var json = JSONWriter(capacity: 8192)
    private let source: Source
    private let now: Timestamp
    private let trusted: Timestamp?

    /// What is the same for all articles of one poll.
    struct Source {
        var feedURL: String
        var fetchedFrom: String
        var feedTitle: String?
        var feedTags: [String]
    }

    /// - Parameters:
    ///   - now: when the document came.
    ///   - trusted: the same where the clock counts. Without it no date is said to lie in the future (identity.md §10).
    init(source: Source, now: Timestamp, trusted: Timestamp?) {
        self.source = source
        self.now = now
        self.trusted = trusted
    }

    mutating func bytes(of article: Article, _ judgement: Judgement) -> [UInt8] {
        if case .duplicate(let seq) = judgement.verdict {
            beginShort(article, judgement)
            json.member("duplicate_of", seq)
        } else {
            json.removeAll()
            json.beginObject()
            article.writeItemMembers(to: &json, id: id(article, judgement))
            beginOwn()
            article.writeExtensionMembers(to: &json)
        }
        var firstSeen = now
        switch judgement.verdict {
        case .update(let version):
            firstSeen = version.firstSeen ?? now
            json.member("changed", version.changed)
            json.member("previous", version.previous)
            json.member("first", version.first)
            json.member("first_seen", version.firstSeen)
        case .reusing(let seq): json.member("reuses_id_of", seq)
        default: break
        }
        if let trusted, let effective = PublishedDate.effective(of: article, firstSeen: firstSeen, now: trusted) {
            json.member("published_effective", Timestamp(seconds: effective.seconds))
            json.member("date_flags", ["future"])
        }
        // What happened to its id stands with the alias.
        json.member("events", judgement.events.filter { $0 != .idMigration }.map(\.rawValue))
        return json.bytes
    }

    /// The bookkeeping that an id means a known article.
    mutating func bytes(of article: Article, _ alias: Judgement.Alias, _ judgement: Judgement) -> [UInt8] {
        beginShort(article, judgement)
        json.member("alias_of", alias.of.seq)
        json.member("alias_reason", alias.reason.rawValue)
        json.member("events", judgement.events.filter { $0 == .idMigration }.map(\.rawValue))
        return json.bytes
    }

    /// No content: id, link, title and date.
    private mutating func beginShort(_ article: Article, _ judgement: Judgement) {
        var short = Article()
        short.url = article.url
        short.title = article.title
        short.published = article.published
        json.removeAll()
        json.beginObject()
        short.writeItemMembers(to: &json, id: id(article, judgement))
        beginOwn()
    }

    private mutating func beginOwn() {
        json.key("_newswire")
        json.beginObject()
        json.member("feed_url", source.feedURL)
        json.member("feed_title", source.feedTitle)
        json.member("feed_tags", source.feedTags)
        json.member("fetched_from", source.fetchedFrom)
    }

    private func id(_ article: Article, _ judgement: Judgement) -> String {
        article.id.flatMap { $0.isEmpty ? nil : $0 } ?? judgement.uid.description
    }
}
