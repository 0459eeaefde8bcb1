internal import Digest
package import JSONText

extension FeedState {
    package func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("feed", feed.text)
        json.member("url", url)
        json.member("title", title)
        if let validators {
            json.key("validators")
            json.beginObject()
            json.member("etag", validators.etag)
            json.member("last_modified", validators.lastModified)
            json.member("request", validators.request.hex)
            json.endObject()
        }
        json.member("body_hash", bodyHash?.hex)
        json.member("document_bytes", documentBytes)
        hints.writeMembers(to: &json)
        writeMove(to: &json)
        if tagRepeats.count > 0 { json.member("tag_repeats", tagRepeats.count) }
        json.member("tag_unsent_since", tagRepeats.since)
        json.member("last_poll", lastPoll)
        json.member("last_success", lastSuccess)
        json.member("status", status)
        if failures > 0 { json.member("failures", failures) }
        if let failure {
            json.member("error_class", failure.kind)
            json.member("error", failure.message)
        }
        json.member("next_poll", nextPoll)
        json.member("interval_seconds", intervalSeconds)
        json.member("not_before", notBefore)
        schedule.writeMembers(to: &json)
        if articles > 0 { json.member("articles", articles) }
        if let document {
            json.member("document_articles", document.articles)
            json.member("document_source", document.source.hex)
        }
        json.endObject()
    }

    private func writeMove(to json: inout JSONWriter) {
        if let candidate = move.candidate {
            json.member("redirect_to", candidate)
            json.member("redirect_polls", move.polls)
            json.member("redirect_since", move.since)
        }
        if let adopted = move.adopted {
            json.member("moved_to", adopted)
            json.member("moved_since", move.adoptedSince)
        }
    }

    /// The state that `write` wrote, or nil where feed or URL is missing. What is unknown or malformed is left out.
    package init?(_ json: JSONMembers) {
        guard let feed = json["feed"]?.string, let url = json["url"]?.string else { return nil }
        self.init(feed: FeedIdentifier(feed), url: url)
        title = json["title"]?.string
        if let validators = json["validators"]?.members, let request = validators["request"]?.hash {
            self.validators = Validators(
                etag: validators["etag"]?.string, lastModified: validators["last_modified"]?.string, request: request)
        }
        bodyHash = json["body_hash"]?.hash
        documentBytes = json["document_bytes"]?.integer.flatMap { Int32(exactly: $0) }
        hints.ttlSeconds = json["ttl_seconds"]?.count()
        hints.updatePeriodSeconds = json["update_period_seconds"]?.count()
        hints.skipHours = json["skip_hours"]?.array?.compactMap { $0.count() } ?? []
        hints.skipDays = json["skip_days"]?.array?.compactMap(\.string) ?? []
        move.candidate = json["redirect_to"]?.string
        move.polls = json["redirect_polls"]?.count() ?? 0
        move.since = json["redirect_since"]?.time
        move.adopted = json["moved_to"]?.string
        move.adoptedSince = json["moved_since"]?.time
        tagRepeats.count = json["tag_repeats"]?.count() ?? 0
        tagRepeats.since = json["tag_unsent_since"]?.time
        lastPoll = json["last_poll"]?.time
        lastSuccess = json["last_success"]?.time
        status = json["status"]?.count()
        failures = json["failures"]?.count() ?? 0
        if let kind = json["error_class"]?.string {
            failure = Failure(kind: kind, message: json["error"]?.string ?? "")
        }
        nextPoll = json["next_poll"]?.time
        intervalSeconds = json["interval_seconds"]?.count()
        notBefore = json["not_before"]?.time
        schedule = Schedule(json)
        if let articles: Int = json["document_articles"]?.count() {
            document = json["document_source"]?.hash.map { Document(articles: articles, source: $0) }
        }
        articles = json["articles"]?.count() ?? 0
    }
}

extension JSONPiece {
    var time: Timestamp? { rawText.flatMap { Timestamp(rfc3339: $0) } }
    var hash: Hash128? { rawText.flatMap { Hash128(hex: $0) } }

    func count<Count: BinaryInteger & Sendable>() -> Count? { integer.flatMap(Count.init(exactly:)) }
}
