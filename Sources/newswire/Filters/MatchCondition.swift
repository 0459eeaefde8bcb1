internal import ArticleStore
internal import FeedModel
internal import Ingestion
package import Querying

/// `MatchCondition` is what `--match` asks of a record: that all of its queries match (filters.md §3.2).
package struct MatchCondition {
    /// As they were typed.
    private let queries: [Query]
    private let matcher: QueryMatcher
    private let count: Int
    /// What of a line is looked at.
    private let members: StoredRecord.Members
    private let names: FeedNames

    /// - Parameters:
    ///   - texts: the queries as they were typed.
    ///   - known: refuses feeds and tags that there are not: a slip would pass for a search that finds nothing.
    init(_ texts: [String], _ names: FeedNames, _ known: StoredFeeds) throws {
        let queries = try texts.map { try Self.query($0) }
        for query in queries { try Self.check(query, known) }
        self.init(queries, names)
    }

    /// Asks for queries that were read and looked at already.
    package init(_ queries: [Query], _ names: FeedNames) {
        self.queries = queries
        let current = queries.map { $0.replacingFeeds(names.current) }
        matcher = QueryMatcher(current)
        count = current.count
        members = Query.members(of: current)
        self.names = names
    }

    /// Whether it asks of which feed an article is.
    var namesFeeds: Bool { queries.contains { !$0.feeds.isEmpty } }

    /// The same condition where feeds have other ids.
    func renewed(_ names: FeedNames) -> MatchCondition { MatchCondition(queries, names) }

    /// Reads a query of the command line.
    ///
    /// - Throws: wrong usage, with the place in the query.
    static func query(_ text: String, for use: QueryUse = .reading) throws(CommandFailure) -> Query {
        do throws(QueryIssue) {
            let query = try Query(text, for: use)
            for warning in query.warnings { StandardError.write("newswire: --match: \(SafeText.line("\(warning)"))") }
            if query.cannotMatch {
                StandardError.write("newswire: --match: the query contradicts itself and matches nothing")
            }
            return query
        } catch {
            throw CommandFailure(.usage, "reading --match '\(SafeText.line(text))': \(SafeText.line("\(error)"))")
        }
    }

    private static func check(_ query: Query, _ known: StoredFeeds) throws {
        try known.check(tags: query.tags.map(\.text).sorted())
        for feed in query.feeds.sorted() {
            guard try known.resolve([feed.text]).contains(feed) else {
                throw CommandFailure(
                    .usage,
                    "reading --match: feed:\(feed) has to be the whole id of a feed; `newswire feeds` lists them")
            }
        }
    }

    /// Tells whether all queries match; nil where that is not known of one, because a /regex/ of it takes too long.
    ///
    /// - Parameter original: gives the record in which the content stands of one that was kept without.
    func matches(_ record: RecordSlice, original: (StoredRecord) throws -> StoredRecord?) throws -> Bool? {
        // Of a copy it is not known before it is read whether its content stands elsewhere.
        if record.envelope.kind != .duplicate, let stored = StoredRecord(line: record.bytes, only: members) {
            return matches(stored, original: nil)
        }
        guard let stored = StoredRecord(line: record.bytes) else { return false }
        return matches(stored, original: try original(stored))
    }

    /// The same of a record of which all was read.
    func matches(_ record: StoredRecord, original: (StoredRecord) throws -> StoredRecord?) throws -> Bool? {
        matches(record, original: try original(record))
    }

    private func matches(_ record: StoredRecord, original: StoredRecord?) -> Bool? {
        var article = QueriedArticle(record, original: original, now: SystemClock.now())
        article.feed = names.current(article.feed)
        let evaluation = matcher.evaluation(of: article)
        var isKnown = true
        for query in 0..<count {
            switch evaluation.matches(query) {
            case false: return false
            case nil: isKnown = false
            default: break
            }
        }
        return isKnown ? true : nil
    }
}

extension StoredRecord {
    /// The record in which the content of this one stands, where it was kept without; nil where it was kept whole, and where
    /// the other was removed.
    func original(in reader: StoreReader) throws(StoreError) -> StoredRecord? {
        guard isShort, let duplicateOf else { return nil }
        return try reader.record(seq: duplicateOf)
    }
}
