internal import ArticleStore
internal import FeedModel
internal import Identity
internal import JSONText

/// What of a record the store cannot know: the article and where it came from, as JSON up to the envelope that the
/// store adds.
struct RecordPrefix: ~Copyable {
    private var json = JSONWriter(capacity: 8192)
    private let source: Source

    /// What is the same for all articles of one poll.
    struct Source {
        var feedURL: String
        var fetchedFrom: String
        var feedTitle: String?
        var feedTags: [String]
    }

    init(source: Source) {
        self.source = source
    }

    mutating func bytes(of article: Article, judgement: Judgement) -> [UInt8] {
        json.removeAll()
        json.beginObject()
        let id = article.id.flatMap { $0.isEmpty ? nil : $0 } ?? judgement.uid.description
        article.writeItemMembers(to: &json, id: id)
        json.key("_newswire")
        json.beginObject()
        json.member("feed_url", source.feedURL)
        json.member("feed_title", source.feedTitle)
        json.member("feed_tags", source.feedTags)
        json.member("fetched_from", source.fetchedFrom)
        article.writeExtensionMembers(to: &json)
        if case .update(_, let changed, _) = judgement.verdict { json.member("changed", changed) }
        json.member("events", judgement.events.map(\.rawValue))
        return json.bytes
    }
}
