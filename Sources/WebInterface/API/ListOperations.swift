internal import Configuration
internal import FeedModel
internal import JSONText

/// Takes a list of feeds in over the API (web.md §12).
enum ListOperations {
    static let all = [
        APIOperation(
            method: .post, pattern: "/api/opml", id: "takeOPML",
            summary: "Looks at a list of feeds, OPML or one URL a line, and takes those that are new.", needs: .manage,
            parameters: [
                .init("dry_run", .flag(standard: false), "Only look at the list, and change nothing.")
            ],
            body: .init(type: "text/x-opml", schema: #"{"type":"string"}"#, isRequired: true, limit: ListReview.limit),
            answers: [
                .init(
                    summary:
                        "What is to be said of each feed of the list; nothing was changed: with dry_run, or as none is new.",
                    contents: [(APIReply.json, APISchema.review)]),
                .init(
                    status: 202, summary: "The new ones were taken, and the service has read them.",
                    contents: [(APIReply.json, APISchema.review)]),
                .init(
                    status: 409,
                    summary:
                        "Nothing was taken: no service runs, it refuses, or newswire.toml does not include the file; then "
                        + "`toml` is what to copy.", contents: [(APIReply.json, APISchema.review)]),
            ], work: take)
    ]

    private static func take(_ call: WebCall, _ arguments: APIArguments) throws -> WebAnswer {
        let feeds = try call.house.parts.catalogue.snapshot(at: call.request.receivedAt)
        let review = try ListReview(call.request.body, feeds)
        if arguments.flag("dry_run") { return answer(200, review) { _ in } }
        // The service has nothing to read then.
        if review.tables.isEmpty { return answer(200, review) { $0.member("taken", 0) } }
        switch try call.house.parts.intake.take(review, call.house) {
        case .taken(let count, let reload):
            return answer(202, review) { json in
                json.member("taken", count)
                json.key("reload")
                reload.write(to: &json)
            }
        case .refused(let reload):
            return answer(409, review) { json in
                json.member("error", "the service does not take the configuration with these feeds")
                json.member("hint", "Nothing was changed. What is wrong stands in reload.")
                json.key("reload")
                reload.write(to: &json)
                json.member("toml", review.toml)
            }
        case .notIncluded(let line):
            return answer(409, review) { json in
                json.member("error", "\(call.house.configuration.path) does not include the file for such feeds")
                json.member(
                    "hint",
                    "Write the line in include at its top once, or copy what stands in toml into a file of feeds.")
                json.member("include", line)
                json.member("toml", review.toml)
            }
        }
    }

    private static func answer(
        _ status: Int, _ review: ListReview, _ more: (inout JSONWriter) -> Void
    ) -> WebAnswer {
        let body = APIReply.object { json in
            more(&json)
            review.write(to: &json)
        }
        return WebAnswer(status, APIReply.json, .bytes(body))
    }
}
