internal import ArticleStore
internal import FeedModel
internal import Identity
internal import JSONText

/// What of a record the store cannot know: the article and where it came from, as JSON up to the envelope that the
/// store adds.
struct RecordPrefix: ~Copyable {
    /// Bytes of a publisher's id that are shown; the identity is made of all of it (security.md §4).
    private static let maximumShownID = 4096

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
        var article = article
        let id = shownID(&article, uid: judgement.uid)
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

    private func shownID(_ article: inout Article, uid: ArticleIdentifier) -> String {
        guard let id = article.id, !id.isEmpty else { return uid.description }
        guard id.utf8.count > Self.maximumShownID else { return id }
        article.truncatedFields.append("id")
        var end = id.utf8.index(id.startIndex, offsetBy: Self.maximumShownID)
        // Not in the middle of a character.
        while end.samePosition(in: id.unicodeScalars) == nil { end = id.utf8.index(before: end) }
        return String(id[..<end])
    }
}
