internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Querying
internal import SearchIndex
internal import newswire

/// `ArticleListing` is a page of articles, newest stored first, found as somebody wishes.
struct ArticleListing {
    /// `Wish` is what is looked for, as the boxes of the page have it.
    struct Wish {
        var query: String?
        var feed: String?
        var tag: String?
        var since: String?
        var until: String?
        var before: UInt64?

        /// The same for a link.
        var fields: [(name: String, value: String?)] {
            [("q", query), ("feed", feed), ("tag", tag), ("since", since), ("until", until)]
        }
    }

    /// One article of the list.
    struct Row {
        /// The record that is linked: the newest version.
        var seq: UInt64
        /// By which the next page goes on.
        var place: UInt64
        var record: StoredRecord
        var isEdited = false
        /// Only an earlier version matches.
        var isEarlierVersion = false
        /// So many other feeds have it.
        var copies = 0
        var snippet: Snippet
    }

    private(set) var rows: [Row] = []
    /// How many there are, in words; nil where nobody has counted.
    private(set) var count: HTML?
    /// What nobody has looked at.
    private(set) var remark: HTML?
    /// The bound of the page behind this one; nil where there is none.
    private(set) var older: UInt64?

    /// Searches are counted no further.
    private static let countLimit = 1000
    /// Nobody waits longer for the count than for the page.
    private static let countPatience = Duration.milliseconds(10)
    /// Records behind the oldest row that are looked at for edits and copies of what is shown.
    private static let reach: UInt64 = 1000

    init(_ context: PageContext, _ wish: Wish, limit: Int) throws {
        var request = ArticleRequest()
        request.query = wish.query
        request.tags = wish.tag.map { [$0] } ?? []
        request.before = wish.before
        request.kinds.blocked = true
        request.since = try Self.time(wish.since, "since")
        request.until = try Self.time(wish.until, "until")
        if let feed = wish.feed {
            guard let ids = try context.feeds().ids(of: FeedIdentifier(feed)) else {
                throw WebFailure(404, "there is no feed \(feed.cut(100))", hint: "Its whole id is wanted here.")
            }
            request.feeds = ids
        }
        // What is blocked is no entry: who asks for it gets records.
        if wish.query?.contains("is:blocked") != true, request.query != nil, let search = context.house.parts.search,
            try find(request, in: search, context, limit: limit)
        {
            return
        }
        try read(request, context, limit: limit)
    }

    private static func time(_ text: String?, _ name: String) throws(WebFailure) -> TimeReference? {
        guard let text else { return nil }
        guard let time = TimeReference(text) else {
            throw WebFailure(
                400, "\(text.cut(60)) is no time for \(name)",
                hint:
                    "Write a date such as 2026-11-28, a time such as 2026-11-28T14:00:00Z, or a span such as 36h or 7d."
            )
        }
        return time
    }

    // MARK: - By the index

    /// - Returns: whether the index could be asked.
    private mutating func find(
        _ request: ArticleRequest, in search: ArticleSearch, _ context: PageContext, limit: Int
    ) throws -> Bool {
        let wanted = try request.searching(now: context.now)
        var entries = EntryRequest()
        entries.feeds = wanted.feeds
        entries.before = wanted.before
        entries.since = wanted.since
        entries.until = wanted.until
        entries.query = wanted.query
        entries.limit = limit + 1
        entries.countLimit = Self.countLimit
        entries.countPatience = Self.countPatience
        let page: EntryPage
        do throws(SearchFailure) {
            page = try search.entries(entries)
        } catch {
            switch error.code {
            case .unsearchable: throw WebFailure(400, error.message, hint: error.advice)
            case .tooSlow: throw WebFailure(503, error.message, hint: error.advice)
            case .damaged, .noRoom, .inputOutput, .store, .closed: return false
            }
        }
        let reader = try context.house.reader()
        let matcher = wanted.query.map { QueryMatcher([$0]) }
        let records = try reader.records(seqs: page.found.prefix(limit).map(\.entry.newest))
        for (found, record) in zip(page.found, records) {
            // Retention may have been there since.
            guard let record else { continue }
            let matched = found.isEarlierVersion ? try reader.record(seq: found.matched) ?? record : record
            var row = Row(
                seq: found.entry.newest, place: found.entry.id, record: record,
                snippet: Snippet(of: matched, matcher, now: context.now))
            row.isEdited = found.entry.newest != found.entry.id
            row.isEarlierVersion = found.isEarlierVersion
            rows.append(row)
        }
        if page.found.count > limit { older = page.found[limit - 1].entry.id }
        if let number = page.count {
            count = "\(page.isCountCut ? "more than " : "")\(HTML.grouped(number)) found"
        }
        if page.searchedFrom > 0 {
            let since: HTML? = search.standing.searchedSince.map { ", stored since \(context.times.past($0))" }
            remark =
                "The index is still being made: only records from \(HTML.grouped(page.searchedFrom)) on were searched\(since)."
        }
        try addMarks(reader)
        return true
    }

    // MARK: - By reading

    private mutating func read(_ request: ArticleRequest, _ context: PageContext, limit: Int) throws {
        guard try StoreReader.ifThere(directory: context.house.configuration.store.directory) != nil else { return }
        let reading = try ArticleReading(request, sanitizes: false, context.house, now: context.now)
        let batch = try reading.newest(limit: limit)
        let matcher = try request.parsed(for: .reading).map { QueryMatcher([$0]) }
        for line in batch.lines {
            guard let record = StoredRecord(line: line.bytes) else { continue }
            rows.append(
                Row(
                    seq: line.seq, place: line.seq, record: record,
                    snippet: Snippet(of: record, matcher, now: context.now)))
        }
        if !batch.isOver { older = rows.count < limit ? batch.place : rows.last?.place }
        if !batch.isOver, rows.count < limit {
            remark =
                "There was no time to look at all: <a href=\"\(context.links.to(["articles"], context.wish(before: batch.place)))\">go on</a> with older ones."
        }
        if batch.searchedFrom > 0 {
            remark =
                "The index is still being made: only records from \(HTML.grouped(batch.searchedFrom)) on were searched."
        }
        try addMarks(reading.reader)
    }

    /// Finds out of the records that follow which articles of the list were edited, and which other feeds have.
    private mutating func addMarks(_ reader: StoreReader) throws {
        guard let first = rows.map(\.place).min() else { return }
        let uids = Dictionary(
            rows.enumerated().compactMap { index, row in row.record.uid.map { ($0, index) } },
            uniquingKeysWith: { first, _ in first })
        let seqs = Dictionary(
            rows.enumerated().map { ($0.element.place, $0.offset) }, uniquingKeysWith: { first, _ in first })
        var newer: [Int: UInt64] = [:]
        var copies: [Int: Int] = [:]
        let members = StoredRecord.Members(item: [], own: [RecordMember.duplicateOf])
        try reader.read(after: first, damage: { _ in }) { slice in
            let envelope = slice.envelope
            if envelope.seq - first > Self.reach { return false }
            switch envelope.kind {
            case .update:
                if !envelope.standing.isBlocked, let uid = envelope.uid, let index = uids[uid] {
                    newer[index] = envelope.seq
                }
            case .duplicate:
                if let original = StoredRecord(line: slice.bytes, only: members)?.duplicateOf,
                    let index = seqs[original]
                {
                    copies[index, default: 0] += 1
                }
            default: break
            }
            return true
        }
        for (index, count) in copies { rows[index].copies = count }
        for (index, seq) in newer where seq > rows[index].seq {
            rows[index].isEdited = true
            rows[index].seq = seq
            if let record = try reader.record(seq: seq) { rows[index].record = record }
        }
    }
}

extension PageContext {
    /// What the boxes of the page of articles ask for.
    var wish: ArticleListing.Wish {
        ArticleListing.Wish(
            query: self["q"], feed: self["feed"], tag: self["tag"], since: self["since"], until: self["until"],
            before: number("before"))
    }

    /// The same for a link to another page of the list.
    func wish(before: UInt64?) -> [(name: String, value: String?)] {
        wish.fields + [("before", before.map { "\($0)" })]
    }
}

extension ArticleListing {
    /// The rows as a table.
    func table(caption: HTML, _ context: PageContext) -> HTML {
        """
        <table class="rows"><caption>\(caption)</caption><thead><tr><th scope="col">Stored</th><th scope="col">Headline</th>\
        <th scope="col">Feed</th></tr></thead><tbody>\(rows.map { Self.row($0, context) })</tbody></table>
        """
    }

    private static func row(_ row: Row, _ context: PageContext) -> HTML {
        let record = row.record
        let language = HTML.languageMark(record.article.language ?? record.feedLanguage)
        let time: HTML? = record.storedAt.map { context.times.past($0) }
        let feed = record.feed?.text ?? ""
        let name = (record.feedTitle ?? feed).cut(60)
        let text: HTML? =
            row.snippet.text.isEmpty ? nil : "<br><small dir=\"auto\"\(language)>\(row.snippet.text)</small>"
        return """
            <tr data-row><td>\(time)</td><th scope="row"><a href="\(context.links.article(row.seq))" dir="auto"\(language)>\
            \(row.snippet.headline)</a> \(marks(row))\(text)</th><td><a href="\(context.links.feed(feed))" dir="auto">\(name)</a></td></tr>
            """
    }

    private static func marks(_ row: Row) -> HTML {
        var marks: [HTML] = []
        if let rule = row.record.blockedBy { marks.append(.tag("blocked by \(rule)", "bad")) }
        if row.isEdited { marks.append(.tag("edited")) }
        if row.isEarlierVersion { marks.append(.tag("in an earlier version", "warn")) }
        if row.record.isInitial { marks.append(.tag("first poll")) }
        if row.copies > 0 { marks.append(.tag("in \(row.copies + 1) feeds")) }
        return "\(marks + row.record.labels.prefix(4).map { HTML.tag("\($0)") })"
    }
}
