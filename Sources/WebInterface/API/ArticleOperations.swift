internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import JSONText
internal import Querying
internal import SearchIndex
internal import newswire

/// What the API gives of articles (web.md §5).
enum ArticleOperations {
    static let choice: [APIParameter] = [
        APIParameter("feed", .name, "Only articles of this feed: its whole id.", isRepeated: true),
        APIParameter(
            "tag", .name, "Only articles with this label, or whose feed had this tag when they were stored.",
            isRepeated: true),
        APIParameter(
            "q", .text, "Only articles that this query matches: words, \"several words\", title:word, -not, OR."),
        APIParameter("updates", .flag(standard: false), "Edits of articles that were stored before, too."),
    ]

    private static let parameters =
        [
            APIParameter("after", .seq, "Only records behind this number, oldest first: the cursor of a program."),
            APIParameter("before", .seq, "Only records before this number."),
            APIParameter("since", .time, "Only what was stored then or later: RFC 3339, a date, or a span ago (36h)."),
            APIParameter("until", .time, "Only what was stored before that time."),
        ] + choice + [
            APIParameter("duplicates", .flag(standard: false), "Articles that another feed had first, too."),
            APIParameter("blocked", .flag(standard: false), "What rules have blocked, too."),
            APIParameter("initial", .flag(standard: true), "Also what was in a feed already when it was first polled."),
            APIParameter("sanitize", .flag(standard: false), "Reduce HTML to what is harmless."),
            APIParameter("limit", .number(1...1000, standard: 100), "At most so many articles."),
            APIParameter(
                "format", .choice(["json"] + DumpFormat.allCases.map(\.rawValue), standard: "json"),
                "json is a page of articles; the others are those of `newswire dump`, oldest first."),
        ]

    static let all = [
        APIOperation(
            pattern: "/api/articles", id: "listArticles",
            summary: "Articles as `newswire dump` gives them: oldest first with `after`, else newest first.",
            parameters: parameters,
            answers: [
                .init(
                    summary: "The articles. `next` is where to go on; with `after` it is the next cursor.",
                    contents: [
                        (APIReply.json, APISchema.articles), (APIReply.lines, nil),
                        ("application/feed+json", nil), ("application/atom+xml", nil),
                        ("text/plain; charset=utf-8", nil), ("text/tab-separated-values; charset=utf-8", nil),
                    ])
            ], work: list),
        APIOperation(
            pattern: "/api/articles/{seq}", id: "getArticle", summary: "A record as it is stored.",
            parameters: [.init("seq", .seq, "The number of the record.", isInPath: true)],
            answers: [.init(summary: "The record.", contents: [(APIReply.json, APISchema.record)])], work: record),
        APIOperation(
            pattern: "/api/articles/{seq}/versions", id: "getVersions",
            summary:
                "The versions of an article and what changed between them, as `newswire history --json` prints it.",
            parameters: [.init("seq", .seq, "The number of one of its records.", isInPath: true)],
            answers: [.init(summary: "The versions, oldest first.", contents: [(APIReply.json, APISchema.versions)])],
            work: versions),
        APIOperation(
            pattern: "/api/articles/{seq}/explain", id: "explainArticle",
            summary: "Why a record is what it is, as `newswire explain` says it.",
            parameters: [.init("seq", .seq, "The number of the record.", isInPath: true)],
            answers: [.init(summary: "What is to be said.", contents: [(APIReply.json, APISchema.explanation)])],
            work: explain),
    ]

    // MARK: - Lists

    /// What a request asks for, of the parameters that all lists of articles have.
    ///
    /// - Throws: 400 where a feed is not known: a slip would pass for a feed without articles.
    static func request(
        _ arguments: APIArguments, _ call: WebCall, _ feeds: FeedSnapshot
    ) throws(WebFailure) -> ArticleRequest {
        var request = ArticleRequest()
        for name in arguments.texts("feed") {
            guard let ids = feeds.ids(of: FeedIdentifier(name)) else {
                throw WebFailure(
                    400, "there is no feed \(SafeText.line(String(name.prefix(100))))",
                    hint: "/api/feeds lists them with their ids, of which one has to be written whole.")
            }
            request.feeds += ids
        }
        request.tags = arguments.texts("tag")
        request.query = arguments.text("q")
        request.after = arguments.seq("after")
        request.before = arguments.seq("before")
        request.since = arguments.time("since")
        request.until = arguments.time("until")
        request.kinds.updates = arguments.flag("updates")
        request.kinds.duplicates = arguments.flag("duplicates")
        request.kinds.blocked = arguments.flag("blocked")
        return request
    }

    private static func list(_ call: WebCall, _ arguments: APIArguments) throws -> WebAnswer {
        let now = call.request.receivedAt
        let feeds = try call.house.parts.catalogue.snapshot(at: now)
        var request = try request(arguments, call, feeds)
        request.kinds.withoutInitial = !arguments.flag("initial")
        let reading = try ArticleReading(request, sanitizes: arguments.flag("sanitize"), call.house, now: now)
        if let removed = reading.removed { return gone(removed, after: request.after) }
        let tag = request.dependsOnTime ? nil : tag(reading, call)
        if let tag, APIReply.isKnown(tag, to: call) { return APIReply.unchanged(tag) }
        var answer: WebAnswer
        do {
            switch DumpFormat(rawValue: arguments.text("format") ?? "json") {
            case nil: answer = try page(reading, arguments)
            case let format?: answer = try dump(reading, format, limit: arguments.number("limit"))
            }
        } catch let removed as ArticleReading.Removed {
            return gone(removed, after: request.after)
        }
        if let tag { answer.headers.all.append(.init("ETag", tag)) }
        return answer
    }

    /// Strong: as long as nothing is stored or removed, the index has no more than now, and no feed gets another id, the same
    /// request has the same answer.
    static func tag(_ reading: ArticleReading, _ call: WebCall) -> String {
        let ids = reading.request.feeds.map(\.text).joined(separator: " ")
        var standing = "\(Version.newswire) \(reading.firstSeq) \(reading.lastSeq) \(ids) "
        // What it has not yet is in no answer.
        if let index = reading.index { standing += "\(index.lastSeq) \(index.searchedFrom) " }
        return APIReply.tag(
            of: Array((standing + call.request.path + APIArguments.query(call.request.query.all)).utf8))
    }

    static func gone(_ removed: ArticleReading.Removed, after: UInt64?) -> WebAnswer {
        let after = after ?? 0
        let isAhead = after > removed.lastSeq
        return APIReply.gone(
            isAhead
                ? "there is no record \(after): the store ends at \(removed.lastSeq)"
                : "records behind \(after) have been removed by retention, which keeps those from \(removed.firstSeq) on",
            hint: isAhead
                ? "An older copy of the store was put in its place; what a program has had since is not in it."
                : "Go on with after=\(removed.firstSeq - 1), which leaves out what was removed.",
            firstSeq: removed.firstSeq, lastSeq: removed.lastSeq)
    }

    private static func page(_ reading: ArticleReading, _ arguments: APIArguments) throws -> WebAnswer {
        let limit = arguments.number("limit")
        let isForward = reading.request.after != nil
        let batch = try isForward ? reading.oldest(limit: limit) : reading.newest(limit: limit)
        var next: String?
        if isForward {
            next = arguments.query(replacing: [("after", "\(batch.place)")])
        } else if !batch.isOver {
            next = arguments.query(replacing: [("before", "\(batch.place)")])
        }
        var body = Array(#"{"articles":["#.utf8)
        body.reserveCapacity(batch.lines.reduce(256) { $0 + $1.bytes.count })
        for (index, line) in batch.lines.enumerated() {
            body += index > 0 ? Array(",\n".utf8) : []
            body += line.bytes.last == UInt8(ascii: "\n") ? line.bytes.dropLast() : line.bytes[...]
        }
        var rest = JSONWriter()
        rest.beginObject()
        rest.member("next", next)
        if isForward {
            rest.key("more")
            rest.bool(!batch.isOver)
        }
        if batch.searchedFrom > 0 { rest.member("searched_from", batch.searchedFrom) }
        rest.member("last_seq", reading.lastSeq)
        rest.endObject()
        body += Array("],".utf8) + rest.finish().dropFirst()
        return WebAnswer(200, APIReply.json, .bytes(body))
    }

    private static func dump(_ reading: ArticleReading, _ format: DumpFormat, limit: Int) throws -> WebAnswer {
        WebAnswer(200, mediaType(of: format), .pieces(try ArticlePieces(reading, format, limit: limit)))
    }

    private static func mediaType(of format: DumpFormat) -> String {
        switch format {
        case .jsonl: APIReply.lines
        case .jsonfeed: "application/feed+json"
        case .atom: "application/atom+xml"
        case .text, .brief: "text/plain; charset=utf-8"
        case .tsv: "text/tab-separated-values; charset=utf-8"
        }
    }

    // MARK: - One article

    /// So long other feeds' records of the article are looked for.
    private static let copiesPatience = Duration.seconds(1)

    private static func record(_ call: WebCall, _ arguments: APIArguments) throws -> WebAnswer {
        let (line, _, _) = try found(call, arguments)
        return APIReply.hashed(line, to: call)
    }

    /// - Throws: 404 where there never was such a record, 410 where it was removed.
    private static func found(
        _ call: WebCall, _ arguments: APIArguments
    ) throws(WebFailure) -> (line: [UInt8], seq: UInt64, StoreReader) {
        let seq = arguments.seq("seq") ?? 0
        let reader = try call.house.reader()
        let (line, first, last) = try ArticleReading.reading { () throws(StoreError) in
            (try reader.line(seq: seq), try reader.firstSeq() ?? 1, try reader.lastSeq())
        }
        if let line { return (line, seq, reader) }
        if seq > 0, seq < first {
            throw WebFailure(
                410, "record \(seq) was removed by retention",
                hint: "The first that there is, is \(first).")
        }
        throw WebFailure(
            404, "there is no record \(seq)",
            hint: seq > last ? "The store ends at \(last)." : "Its line is damaged: `newswire store verify`.")
    }

    private static func versions(_ call: WebCall, _ arguments: APIArguments) throws -> WebAnswer {
        let (line, seq, reader) = try found(call, arguments)
        guard let uid = StoredRecord(line: line)?.uid, let known = try reader.known(uid),
            let history = try ArticleHistory(
                of: known, in: reader, until: ContinuousClock.now + copiesPatience)
        else { throw WebFailure(404, "record \(seq) is of no article that the store knows") }
        let body = APIReply.object { json in
            json.member("uid", history.uid.description)
            json.member("missing", history.missing)
            json.key("versions")
            json.beginArray()
            for version in history.versions { json.raw(HistoryPrinter.json(version, of: history).dropLast()) }
            json.endArray()
        }
        return APIReply.hashed(body, to: call)
    }

    private static func explain(_ call: WebCall, _ arguments: APIArguments) throws -> WebAnswer {
        let (line, seq, reader) = try found(call, arguments)
        guard let record = StoredRecord(line: line) else { throw WebFailure(503, "record \(seq) cannot be read") }
        let feeds = try call.house.parts.catalogue.snapshot(at: call.request.receivedAt)
        let explanation = try RecordExplanation(
            record, seq: seq, in: reader, until: ContinuousClock.now + copiesPatience)
        let rules = try RulesOfToday(record, RecordRuling(feeds.configuration.filters, feeds.names), in: reader)
        let body = APIReply.object { json in
            json.member("seq", seq)
            json.member("subject", explanation.heading)
            write(explanation.rows + rules.rows, to: &json)
        }
        return APIReply.hashed(body, to: call)
    }

    /// Writes what an explanation says, a text for each thing, with the name under which it is said.
    static func write(_ rows: [ExplanationRow], to json: inout JSONWriter) {
        json.key("rows")
        json.beginArray()
        for row in rows {
            json.beginObject()
            json.member("name", row.name)
            json.member("text", SafeText.line(row.text))
            json.flag("term", row.isTerm)
            json.endObject()
        }
        json.endArray()
    }
}
