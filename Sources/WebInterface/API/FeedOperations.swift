internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Ingestion
internal import JSONText
private import Text
internal import newswire

/// What the API gives of feeds, and lets be done with them (web.md §5).
enum FeedOperations {
    private static let id = APIParameter("id", .name, "The whole id of a feed.", isInPath: true)

    static let all = [
        APIOperation(
            pattern: "/api/feeds", id: "listFeeds",
            summary: "The health of feeds, as `newswire feeds --json` prints it.",
            parameters: [
                .init(
                    "state", .choice(FeedCondition.allCases.map(\.rawValue), standard: nil),
                    "Only feeds in this state.",
                    isRepeated: true),
                .init("tag", .name, "Only feeds with this tag.", isRepeated: true),
                .init("after", .name, "Only feeds behind this one, in the order of the configuration: its whole id."),
                .init("limit", .number(1...1000, standard: 100), "At most so many feeds."),
            ],
            answers: [
                .init(
                    summary: "The feeds in the order of the configuration, and how many there are in each state.",
                    contents: [(APIReply.json, APISchema.feeds)])
            ], work: list),
        APIOperation(
            pattern: "/api/feeds/{id}", id: "getFeed", summary: "The health of a feed.", parameters: [id],
            answers: [.init(summary: "The feed.", contents: [(APIReply.json, APISchema.feed)])], work: feed),
        APIOperation(
            pattern: "/api/feeds/{id}/explain", id: "explainFeed",
            summary: "Every term of the next poll, as `newswire explain` says it.", parameters: [id],
            answers: [
                .init(summary: "What is to be said.", contents: [(APIReply.json, APISchema.feedExplanation)])
            ],
            work: explain),
        APIOperation(
            pattern: "/api/feeds/{id}/polls", id: "getPolls", summary: "The last polls of a feed, 50 at most.",
            parameters: [id],
            answers: [.init(summary: "The polls, oldest first.", contents: [(APIReply.json, APISchema.polls)])],
            work: polls),
        APIOperation(
            method: .post, pattern: "/api/feeds/{id}/poll", id: "pollFeed",
            summary: "Lets the running service poll a feed soon.", needs: .manage, parameters: [id],
            answers: [.init(status: 202, summary: "The service polls it.", contents: [(APIReply.json, APISchema.done)])]
        ) { call, _ in
            let (feed, configuration) = try found(call)
            try call.house.parts.service.poll(feed, configuration)
            return done(feed, "poll")
        },
        APIOperation(
            method: .post, pattern: "/api/feeds/{id}/pause", id: "pauseFeed",
            summary: "Lets the running service leave a feed alone.", needs: .manage, parameters: [id],
            body: .init(
                type: APIReply.json,
                schema: #"""
                    {"type":"object","properties":{"until":{"type":"string","format":"date-time","description":"When polling \#
                    goes on; left out: when somebody resumes the feed."}},"additionalProperties":false}
                    """#,
                isRequired: false, limit: 4096),
            answers: [.init(status: 202, summary: "It is paused.", contents: [(APIReply.json, APISchema.done)])],
            work: pause),
        APIOperation(
            method: .post, pattern: "/api/feeds/{id}/resume", id: "resumeFeed", summary: "Ends the pause of a feed.",
            needs: .manage, parameters: [id],
            answers: [.init(status: 202, summary: "It is polled again.", contents: [(APIReply.json, APISchema.done)])]
        ) { call, _ in
            let (feed, configuration) = try found(call)
            try call.house.parts.service.resume(feed, configuration)
            return done(feed, "resume")
        },
    ]

    // MARK: - Looking

    private static func list(_ call: WebCall, _ arguments: APIArguments) throws -> WebAnswer {
        let feeds = try call.house.parts.catalogue.snapshot(at: call.request.receivedAt)
        var query = FeedQuery()
        query.order = .configuration
        query.conditions = Set(arguments.texts("state").compactMap { FeedCondition(rawValue: $0) })
        query.tags = arguments.texts("tag")
        let listing = feeds.list(query)
        var places = listing.places[...]
        if let after = arguments.text("after") {
            guard let place = feeds.place(of: FeedIdentifier(after)) else {
                throw WebFailure(
                    400, "after: there is no feed \(SafeText.line(String(after.prefix(100))))",
                    hint: "Write the whole id of the last feed that you have.")
            }
            places = places[places.partitionPoint { $0 <= Int32(place) }...]
        }
        let limit = arguments.number("limit")
        let body = try APIReply.object { json in
            json.key("feeds")
            json.beginArray()
            for place in places.prefix(limit) { try feeds.health(Int(place)).write(to: &json) }
            json.endArray()
            if places.count > limit {
                let last = Int(places[places.startIndex + limit - 1])
                json.member("next", arguments.query(replacing: [("after", feeds.feed(last).id.text)]))
            }
            json.key("counts")
            json.beginObject()
            for condition in FeedCondition.allCases {
                json.key(condition.rawValue)
                json.integer(listing.counts[condition] ?? 0)
            }
            json.endObject()
        }
        return APIReply.hashed(body, to: call)
    }

    /// - Throws: 404 where the configuration has no such feed.
    private static func place(_ call: WebCall) throws(WebFailure) -> (FeedSnapshot, Int) {
        let feeds = try call.house.parts.catalogue.snapshot(at: call.request.receivedAt)
        let name = call.parameters["id"] ?? ""
        guard let place = feeds.place(of: FeedIdentifier(name)) else {
            throw WebFailure(
                404, "the configuration has no feed \(SafeText.line(String(name.prefix(100))))",
                hint: "/api/feeds lists them with their ids, of which one has to be written whole.")
        }
        return (feeds, place)
    }

    private static func found(_ call: WebCall) throws(WebFailure) -> (FeedIdentifier, Configuration) {
        let (feeds, place) = try place(call)
        return (feeds.feed(place).id, call.house.configuration)
    }

    private static func feed(_ call: WebCall, _ arguments: APIArguments) throws -> WebAnswer {
        let (feeds, place) = try place(call)
        var json = JSONWriter()
        try feeds.health(place).write(to: &json)
        return APIReply.hashed(json.finish() + [UInt8(ascii: "\n")], to: call)
    }

    private static func records(_ feeds: FeedSnapshot, _ place: Int) throws(WebFailure) -> [PollRecord] {
        guard let state = try feeds.state(place) else { return [] }
        let hash = UInt32(truncatingIfNeeded: FeedHash.of(feeds.feed(place).id))
        return try ArticleReading.reading { () throws(StoreError) in
            try PollHistoryReader(directory: feeds.configuration.store.directory).polls(of: state, hash: hash)
        }
    }

    private static func explain(_ call: WebCall, _ arguments: APIArguments) throws -> WebAnswer {
        let (feeds, place) = try place(call)
        let (feed, state) = (feeds.feed(place), try feeds.state(place))
        let host = feeds.host(of: feed, state)
        let records = try records(feeds, place)
        let explanation = FeedExplanation(
            feed, state, polls: records, schedule: feeds.configuration.schedule,
            host: (host.key, host.allowance, host.pausedUntil), pace: host.pace, now: feeds.now)
        let body = APIReply.object { json in
            json.member("feed", feed.id.text)
            json.member("url", URLRedaction.redacted(feed.url))
            json.member("next_poll", feed.enabled ? state?.nextPoll : nil)
            if let terms = records.last?.terms {
                json.key("terms")
                terms.write(to: &json)
            }
            ArticleOperations.write(explanation.rows, to: &json)
        }
        return APIReply.hashed(body, to: call)
    }

    private static func polls(_ call: WebCall, _ arguments: APIArguments) throws -> WebAnswer {
        let (feeds, place) = try place(call)
        let records = try records(feeds, place)
        let body = APIReply.object { json in
            json.member("feed", feeds.feed(place).id.text)
            json.key("polls")
            json.beginArray()
            for record in records.suffix(Int(PollHistory.perFeed)) { record.write(to: &json) }
            json.endArray()
        }
        return APIReply.hashed(body, to: call)
    }

    // MARK: - Doing

    private static func done(_ feed: FeedIdentifier, _ deed: String) -> WebAnswer {
        let body = APIReply.object { json in
            json.member("feed", feed.text)
            json.member("done", deed)
        }
        return WebAnswer(202, APIReply.json, .bytes(body))
    }

    private static func pause(_ call: WebCall, _ arguments: APIArguments) throws -> WebAnswer {
        let (feed, configuration) = try found(call)
        var until: Timestamp?
        if !call.request.body.isEmpty {
            guard let members = try? JSONParser.parse(call.request.body).value.object,
                members.allSatisfy({ $0.key == "until" }), members.count <= 1
            else { throw WebFailure(400, "the body is not what it has to be", hint: pauseHint) }
            if let value = members.first?.value {
                guard let time = value.string.flatMap({ Timestamp(rfc3339: $0) }) else {
                    throw WebFailure(400, "until is no time by RFC 3339", hint: pauseHint)
                }
                guard time > call.request.receivedAt else {
                    throw WebFailure(400, "until has passed already", hint: pauseHint)
                }
                until = time
            }
        }
        try call.house.parts.service.pause(feed, until: until, configuration)
        return done(feed, "pause")
    }

    private static let pauseHint = #"{"until":"2026-11-30T12:00:00Z"}, or no body for until somebody resumes it."#
}

extension PollTerms {
    /// Writes the terms in seconds, those that apply, with what had the last word.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("interval_seconds", interval)
        for (name, value) in [
            ("adaptive_seconds", adaptive), ("gap_seconds", gap), ("hint_seconds", hint),
            ("lifetime_seconds", lifetime),
            ("age_seconds", age), ("fresh_seconds", freshFor), ("retry_after_seconds", retryAfter),
            ("pause_seconds", pause), ("backoff_seconds", backoff), ("skipped_seconds", skipped),
            ("jitter_seconds", jitter / 1000),
        ] where value > 0 {
            json.key(name)
            json.integer(value)
        }
        if reason != .none { json.member("reason", reason.word) }
        json.member("notes", notes.words)
        json.endObject()
    }
}

extension PollRecord {
    /// Writes the poll and what was decided then.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("started_at", startedAt)
        json.member("outcome", outcome.word)
        json.member("status", status > 0 ? status : nil)
        json.member("items", items)
        json.member("new", newItems)
        json.member("bytes", bytes)
        json.member("next_poll", next)
        json.key("terms")
        terms.write(to: &json)
        json.endObject()
    }
}
