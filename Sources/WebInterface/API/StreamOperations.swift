internal import ArticleStore
internal import FeedModel
internal import Ingestion

/// Gives articles as they come (web.md §5).
enum StreamOperations {
    static let all = [
        APIOperation(
            pattern: "/api/stream", id: "streamArticles",
            summary:
                "Articles as Server-Sent Events, as they are stored: from `Last-Event-ID`, else `after`, else now.",
            parameters: [.init("after", .seq, "Begin behind this record.")] + ArticleOperations.choice,
            answers: [.init(summary: "Events that do not end.", contents: [("text/event-stream", nil)])], work: stream)
    ]

    private static func stream(_ call: WebCall, _ arguments: APIArguments) throws -> WebAnswer {
        let now = call.request.receivedAt
        let feeds = try call.house.parts.catalogue.snapshot(at: now)
        var request = try ArticleOperations.request(arguments, call, feeds)
        if let text = call.request.headers["last-event-id"], !text.isEmpty {
            guard let seq = APIArguments.seq(text) else {
                throw WebFailure(400, "Last-Event-ID is not the number of a record")
            }
            request.after = seq
        }
        let reading = try ArticleReading(request, sanitizes: false, call.house, now: now)
        if let removed = reading.removed { return ArticleOperations.gone(removed, after: request.after) }
        let events = try ArticleEvents(reading, after: request.after ?? reading.lastSeq, now: SystemClock.now)
        return WebAnswer(200, "text/event-stream", .events(events))
    }
}
