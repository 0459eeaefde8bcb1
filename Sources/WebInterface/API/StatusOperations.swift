internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Ingestion
internal import JSONText
internal import Querying
internal import SearchIndex
internal import newswire

/// What the API gives of the service, the store, consumers and rules (web.md §5).
enum StatusOperations {
    static let all = [
        APIOperation(
            pattern: "/api/status", id: "getStatus", summary: "The service and the store, as `newswire status --json`.",
            answers: [.init(summary: "The figures.", contents: [(APIReply.json, #"{"type":"object"}"#)])], work: status),
        APIOperation(
            pattern: "/api/metrics", id: "getMetrics",
            summary: "The same in Prometheus' text format, with newswire-web's own.",
            answers: [.init(summary: "The metrics.", contents: [("text/plain; version=0.0.4; charset=utf-8", nil)])],
            work: metrics),
        APIOperation(
            pattern: "/api/consumers", id: "listConsumers",
            summary: "Who reads with a cursor, and how far each has come.",
            answers: [.init(summary: "The consumers.", contents: [(APIReply.json, APISchema.consumers)])],
            work: consumers),
        APIOperation(
            pattern: "/api/filters", id: "listFilters",
            summary: "Each rule and what it matches, as `newswire filters --json` prints it.",
            answers: [.init(summary: "The rules.", contents: [(APIReply.json, APISchema.filters)])], work: filters),
        APIOperation(
            pattern: "/api/opml", id: "getOPML",
            summary: "The configured feeds as OPML. What may be a secret in a URL is not shown.",
            answers: [.init(summary: "The list.", contents: [("text/x-opml; charset=utf-8", nil)])], work: opml),
    ]

    private static func status(_ call: WebCall, _ arguments: APIArguments) throws -> WebAnswer {
        var json = JSONWriter()
        if let figures = try call.house.parts.service.status(call.house.configuration) {
            figures.write(to: &json)
        } else {
            try call.house.parts.catalogue.figures(at: call.request.receivedAt).write(to: &json)
        }
        return APIReply.hashed(json.finish() + [UInt8(ascii: "\n")], to: call)
    }

    private static func metrics(_ call: WebCall, _ arguments: APIArguments) throws -> WebAnswer {
        let house = call.house
        let figures =
            try house.parts.service.metrics(house.configuration)
            ?? house.parts.catalogue.figures(at: call.request.receivedAt).prometheus
        let own = house.metrics.prometheus(search: house.parts.search?.standing)
        return WebAnswer(
            200, "text/plain; version=0.0.4; charset=utf-8", .bytes(Array(figures.utf8) + Array(own.utf8)))
    }

    private static func consumers(_ call: WebCall, _ arguments: APIArguments) throws -> WebAnswer {
        let figures = StatusFigures.onDisk(store: call.house.configuration.store.directory)
        let body = APIReply.object { json in
            json.key("consumers")
            json.beginArray()
            for consumer in figures.consumers { consumer.write(to: &json) }
            json.endArray()
        }
        return APIReply.hashed(body, to: call)
    }

    private static func filters(_ call: WebCall, _ arguments: APIArguments) throws -> WebAnswer {
        let now = call.request.receivedAt
        let feeds = try call.house.parts.catalogue.snapshot(at: now)
        let rules = feeds.configuration.filters.rules
        let activity = try call.house.parts.catalogue.activity(of: feeds, call.house, at: now)
        let body = APIReply.object { json in
            json.key("filters")
            json.beginArray()
            for (rule, count) in zip(rules, activity.counts) {
                let scope = feeds.configuration.feeds.count {
                    rule.isFor($0.id, tags: Set($0.tags.map { TagKey($0) }))
                }
                count.write(of: rule, scope: scope, since: activity.countedSince, to: &json)
            }
            json.endArray()
        }
        return APIReply.hashed(body, to: call)
    }

    private static func opml(_ call: WebCall, _ arguments: APIArguments) throws -> WebAnswer {
        let feeds = try call.house.parts.catalogue.snapshot(at: call.request.receivedAt)
        return WebAnswer(
            200, "text/x-opml; charset=utf-8", .pieces(feeds.opml),
            headers: WebFields([.init("Content-Disposition", "attachment; filename=\"newswire.opml\"")]))
    }
}

extension FeedSnapshot {
    /// The configured feeds as OPML. Whoever may read may see it: URLs are redacted.
    var opml: OPMLPieces {
        let places = configuration.feeds.indices.filter { !feed($0).isLocalFile }
        return OPMLPieces(
            OPMLWriter(title: "newswire", tags: places.lazy.map { feed($0).tags }) { number in
                let feed = feed(places[number])
                return OPMLDocument.Entry(
                    url: URLRedaction.redacted(feed.url), title: title(places[number]), tags: feed.tags)
            })
    }
}

/// `OPMLPieces` is a list of feeds as an answer.
// Sendable because nobody asks it while another does (`WebPieces`).
final class OPMLPieces: WebPieces, @unchecked Sendable {
    private var writer: OPMLWriter

    init(_ writer: OPMLWriter) { self.writer = writer }

    func next() -> [UInt8]? { writer.next() }
}
