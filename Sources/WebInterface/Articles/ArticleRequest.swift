internal import ArticleStore
package import FeedModel
internal import Querying
internal import SearchIndex
package import newswire

/// `ArticleRequest` says which records are wanted, as the options of `newswire dump` say it.
package struct ArticleRequest: Sendable {
    /// Records behind this number; nil for no bound.
    package var after: UInt64?
    /// Records before this number; nil for no bound.
    package var before: UInt64?
    package var since: TimeReference?
    package var until: TimeReference?
    /// With the ids that the feeds had before; of no feeds, all.
    package var feeds: [FeedIdentifier] = []
    /// Labels, and tags that the feed had when it was stored: one of them is enough; of no tags, any.
    package var tags: [String] = []
    /// As it was written.
    package var query: String?
    package var kinds = DumpFilter.Kinds()

    package init() {}

    /// Returns what a dump with these options looks at.
    ///
    /// - Parameters:
    ///   - query: the query as it was read.
    ///   - now: spans count back from there.
    func filter(
        _ query: Query?, _ feeds: FeedSnapshot, in reader: StoreReader, now: Timestamp
    ) throws(StoreError) -> DumpFilter {
        var filter = DumpFilter(
            feeds: self.feeds, tags: tags, since: since?.time(now: now), until: until?.time(now: now), kinds: kinds,
            isForConsumer: false)
        if since != nil || until != nil { filter.times = try reader.storedTimes(now: now) }
        if let query { filter.match = MatchCondition([query], feeds.names) }
        return filter
    }

    /// Whether what is given changes though nothing is stored.
    var dependsOnTime: Bool {
        for case .ago? in [since, until] { return true }
        return query != nil
    }

    /// Reads the query.
    ///
    /// - Throws: 400 with the place of what is wrong.
    func parsed(for use: QueryUse) throws(WebFailure) -> Query? {
        guard let query else { return nil }
        do throws(QueryIssue) {
            return try Query(query, for: use)
        } catch {
            throw WebFailure(
                400, "reading the query, \(error)",
                hint: "Words, \"several words\", title:word, feed:ID, -not, OR; docs/filters.md has all of it.")
        }
    }

    /// The same for the index.
    ///
    /// - Throws: 400 where the query is none that an index answers.
    func searching(now: Timestamp) throws(WebFailure) -> RecordRequest {
        var request = RecordRequest()
        request.feeds = feeds.isEmpty ? nil : Set(feeds)
        request.after = after
        request.before = before
        request.since = since?.time(now: now)
        request.until = until?.time(now: now)
        _ = try parsed(for: .searching)
        var text = query.map { "(\($0))" } ?? ""
        if !tags.isEmpty {
            let tags = tags.map { "tag:\"\($0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\"" }
            text += " (\(tags.joined(separator: " OR ")))"
        }
        if !text.isEmpty {
            var whole = self
            whole.query = text
            request.query = try whole.parsed(for: .searching)
        }
        request.updates = kinds.updates
        request.duplicates = kinds.duplicates
        request.blocked = kinds.blocked
        request.initial = !kinds.withoutInitial
        return request
    }
}
