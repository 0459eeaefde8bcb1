internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Ingestion
internal import SearchIndex
internal import newswire

/// The articles as feeds for readers of feeds (web.md §6), newest first.
enum OutputEndpoints {
    static let all = [
        WebEndpoint(.get, "/out/articles.atom", .output, needs: .read) { try output($0, .atom) },
        WebEndpoint(.get, "/out/articles.json", .output, needs: .read) { try output($0, .jsonfeed) },
    ]

    private static let parameters = [
        APIParameter("feed", .name, "Only articles of this feed: its whole id.", isRepeated: true),
        APIParameter("tag", .name, "Only articles with this tag or label.", isRepeated: true),
        APIParameter("q", .text, "Only articles that this query matches."),
        APIParameter("limit", .number(1...500, standard: 50), "At most so many articles."),
        APIParameter("before", .seq, "Only articles before this one: where the page before ends."),
        // It says who asks, which was found out before.
        APIParameter("token", .text, "The token of an account, for readers that send no headers."),
    ]

    /// Nobody asks for the same again within so many seconds.
    private static let cacheControl = WebFields.Field("Cache-Control", "private, max-age=60")

    private static func output(_ call: WebCall, _ format: DumpFormat) throws -> WebAnswer {
        let arguments = try APIArguments(call, parameters)
        let now = call.request.receivedAt
        let feeds = try call.house.parts.catalogue.snapshot(at: now)
        let request = try ArticleOperations.request(arguments, call, feeds)
        let reading = try ArticleReading(request, sanitizes: true, call.house, now: now)
        let changed = try ArticleReading.reading { () throws(StoreError) in try reading.reader.lastStored() }
        let tag = APIReply.tag(of: Array("\(format) \(origin(call)) \(ArticleOperations.tag(reading, call))".utf8))
        var headers = [cacheControl, .init("ETag", tag)]
        // Nobody could tell by it what is still stored in the second that has just begun, nor what the index has not yet.
        let isWhole = reading.index.map { $0.isComplete && $0.lastSeq >= reading.lastSeq } ?? true
        let date = changed.flatMap { isWhole && now.seconds - $0.seconds >= 2 ? HTTPDate.text($0) : nil }
        if let date { headers.append(.init("Last-Modified", date)) }
        if isKnown(tag, date, to: call) {
            return WebAnswer(304, mediaType(of: format), .bytes([]), headers: WebFields(headers))
        }
        let batch = try reading.newest(limit: arguments.number("limit"))
        let own = address(call, arguments.query(replacing: [("token", nil)]))
        let next = batch.isOver ? nil : address(call, arguments.query(replacing: [("before", "\(batch.place)")]))
        var articles = articleFormat(format, arguments, own: own, next: next, updated: changed ?? now)
        var body = Array(articles.prologue.utf8)
        for line in batch.lines {
            if let record = StoredRecord(line: line.bytes) { articles.append(record, to: &body) }
        }
        body += Array(articles.epilogue.utf8)
        return WebAnswer(200, mediaType(of: format), .bytes(body), headers: WebFields(headers))
    }

    /// Whether who asks has it: by the ETag where there is one, else by the date to the letter (RFC 9110 §13.2.2).
    private static func isKnown(_ tag: String, _ date: String?, to call: WebCall) -> Bool {
        if call.request.headers["if-none-match"] != nil { return APIReply.isKnown(tag, to: call) }
        return date != nil && call.request.headers["if-modified-since"] == date
    }

    private static func articleFormat(
        _ format: DumpFormat, _ arguments: APIArguments, own: String, next: String?, updated: Timestamp
    ) -> any ArticleFormat {
        guard format == .atom else { return JSONFeedFormat(at: .init(feed: own, next: next)) }
        // Each choice of articles is a feed of its own.
        let choice = arguments.query(replacing: [("token", nil), ("limit", nil), ("before", nil)])
        var links = [(rel: "self", href: own)]
        if let next { links.append((rel: "next", href: next)) }
        return AtomFormat(updated: updated, id: "urn:newswire:articles\(choice)", links: links)
    }

    private static func mediaType(of format: DumpFormat) -> String {
        format == .atom ? "application/atom+xml; charset=utf-8" : "application/feed+json; charset=utf-8"
    }

    /// The beginning of the URL by which it was asked, with the path below which everything is.
    private static func origin(_ call: WebCall) -> String {
        let headers = call.request.headers
        let isTrusted = call.house.parts.access.rules.trusts(call.request.peer)
        let scheme = isTrusted && headers["x-forwarded-proto"] == "https" ? "https" : "http"
        let host = (isTrusted ? headers["x-forwarded-host"] : nil) ?? headers["host"] ?? "localhost"
        return "\(scheme)://\(host)\(call.house.configuration.web.basePath)"
    }

    private static func address(_ call: WebCall, _ query: String) -> String {
        origin(call) + call.request.path + query
    }
}
