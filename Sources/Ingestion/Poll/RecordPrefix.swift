internal import FeedModel
internal import Identity
internal import JSONText
internal import Querying

/// `RecordPrefix` writes what of a record the store cannot know: the article and where it came from, as JSON up to the
/// envelope that the store adds.
struct RecordPrefix: ~Copyable {
    private var json = JSONWriter(capacity: 8192)
    private let source: Source
    private let now: Timestamp
    private let trusted: Timestamp?

    /// `Source` is what all articles of one poll have in common.
    struct Source {
        var feedURL: String
        var fetchedFrom: String
        var feedTitle: String?
        var feedTags: [String]
        /// Of the document, for articles that do not say theirs.
        var feedLanguage: String?
    }

    /// - Parameters:
    ///   - now: when the document came.
    ///   - trusted: the time of day where the clock counts. Without it no date is said to lie in the future
    ///     (identity.md §10).
    init(source: Source, now: Timestamp, trusted: Timestamp?) {
        self.source = source
        self.now = now
        self.trusted = trusted
    }

    /// - Parameter verdict: what the rules say; nil where there are none.
    mutating func bytes(of article: Article, _ judgement: Judgement, _ verdict: FilterVerdict? = nil) -> [UInt8] {
        if judgement.leavesOutContent {
            beginShort(article, judgement)
        } else {
            json.removeAll()
            json.beginObject()
            article.writeItemMembers(to: &json, id: id(article, judgement))
            beginOwn(article)
            article.writeExtensionMembers(to: &json)
        }
        var firstSeen = now
        switch judgement.verdict {
        case .update(let version):
            firstSeen = version.firstSeen ?? now
            json.member(RecordMember.changed, version.changed)
            json.member(RecordMember.previous, version.previous)
            json.member(RecordMember.first, version.first)
            json.member(RecordMember.firstSeen, version.firstSeen)
            json.member(RecordMember.duplicateOf, version.repeats)
        case .reusing(let seq): json.member(RecordMember.reusesIDOf, seq)
        case .duplicate(let seq): json.member(RecordMember.duplicateOf, seq)
        default: break
        }
        if let trusted, let effective = PublishedDate.effective(of: article, firstSeen: firstSeen, now: trusted) {
            json.member(RecordMember.effectiveDate, Timestamp(seconds: effective.seconds))
            json.member(RecordMember.dateFlags, [RecordMember.futureDate])
        }
        // What happened to its id stands with the alias.
        json.member(RecordMember.events, judgement.events.filter { $0 != .idMigration }.map(\.rawValue))
        if let verdict {
            json.member(RecordMember.labels, verdict.labels)
            json.member(RecordMember.undecided, verdict.undecided)
        }
        // Last, where `RecordEnvelope` finds it.
        json.member(RecordMember.supersedes, judgement.supersedes)
        return json.bytes
    }

    /// Writes a record that says that an id means a known article.
    mutating func bytes(of article: Article, _ alias: Judgement.Alias, _ judgement: Judgement) -> [UInt8] {
        beginShort(article, judgement)
        json.member(RecordMember.aliasOf, alias.of.seq)
        json.member(RecordMember.aliasReason, alias.reason.rawValue)
        json.member(RecordMember.events, judgement.events.filter { $0 == .idMigration }.map(\.rawValue))
        return json.bytes
    }

    /// Begins a record without content, of id, link, title and date.
    private mutating func beginShort(_ article: Article, _ judgement: Judgement) {
        var short = Article()
        short.url = article.url
        short.title = article.title
        short.published = article.published
        json.removeAll()
        json.beginObject()
        short.writeItemMembers(to: &json, id: id(article, judgement))
        beginOwn(article)
    }

    private mutating func beginOwn(_ article: Article) {
        json.key(StoredRecord.ownMember)
        json.beginObject()
        json.member(RecordMember.feedURL, source.feedURL)
        json.member(RecordMember.feedTitle, source.feedTitle)
        json.member(RecordMember.feedTags, source.feedTags)
        json.member(RecordMember.fetchedFrom, source.fetchedFrom)
        if article.language == nil { json.member(RecordMember.feedLanguage, source.feedLanguage) }
    }

    private func id(_ article: Article, _ judgement: Judgement) -> String {
        article.id.flatMap { $0.isEmpty ? nil : $0 } ?? judgement.uid.description
    }
}
