internal import Digest
package import JSONText

extension FeedState {
    package func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("feed", feed.text)
        json.member("url", url)
        json.member("url_mark", urlMark.map(Int.init))
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
        move.writeMembers(to: &json)
        if tagRepeats.count > 0 { json.member("tag_repeats", tagRepeats.count) }
        json.member("tag_unsent_since", tagRepeats.since)
        json.member("last_poll", lastPoll)
        json.member("last_success", lastSuccess)
        json.member("status", status)
        if failures > 0 { json.member("failures", failures) }
        if let failure {
            json.member("error_class", failure.word)
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

    /// The state that `write` wrote, or nil where feed or URL is missing. What is unknown or malformed is left out, and so is
    /// what is never to be sent, kept or shown, and that an older version wrote all the same.
    package init?(_ json: JSONMembers) {
        guard let feed = json["feed"]?.string, let url = json["url"]?.string else { return nil }
        self.init(feed: FeedIdentifier(feed), url: URLRedaction.redacted(url))
        urlMark = json["url_mark"]?.count()
        title = json["title"]?.string
        if let validators = json["validators"]?.members, let request = validators["request"]?.hash {
            let pair = Validators(
                etag: validators["etag"]?.string, lastModified: validators["last_modified"]?.string, request: request)
            self.validators = pair.isEmpty ? nil : pair
        }
        bodyHash = json["body_hash"]?.hash
        documentBytes = json["document_bytes"]?.integer.flatMap { Int32(exactly: $0) }
        hints.ttlSeconds = json["ttl_seconds"]?.count()
        hints.updatePeriodSeconds = json["update_period_seconds"]?.count()
        hints.skipHours = json["skip_hours"]?.array?.compactMap { $0.count() } ?? []
        hints.skipDays = json["skip_days"]?.array?.compactMap(\.string) ?? []
        move = Move(json)
        tagRepeats.count = json["tag_repeats"]?.count() ?? 0
        tagRepeats.since = json["tag_unsent_since"]?.time
        lastPoll = json["last_poll"]?.time
        lastSuccess = json["last_success"]?.time
        status = json["status"]?.count()
        failures = json["failures"]?.count() ?? 0
        if let word = json["error_class"]?.string {
            failure = Failure(word: word, message: json["error"]?.string ?? "")
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

extension FeedState.Move {
    fileprivate func writeMembers(to json: inout JSONWriter) {
        if let candidate {
            json.member("redirect_to", candidate)
            json.member("redirect_polls", polls)
            json.member("redirect_since", since)
        }
        if let adopted {
            json.member("moved_to", adopted)
            json.member("moved_since", adoptedSince)
            json.flag("moved_among_private", isAmongPrivate)
        }
    }

    fileprivate init(_ json: JSONMembers) {
        self.init()
        if let url = json["redirect_to"]?.string {
            keep(candidate: url, polls: json["redirect_polls"]?.count() ?? 0, since: json["redirect_since"]?.time)
        }
        guard let url = json["moved_to"]?.string else { return }
        guard Self.mayKeep(url) else {
            keep(candidate: url, polls: 0, since: nil)
            return
        }
        adopted = url
        adoptedSince = json["moved_since"]?.time
        isAmongPrivate = json["moved_among_private"]?.bool ?? false
    }

    /// One that may not be kept is not asked either, but the feed is known by it until it is polled.
    private mutating func keep(candidate url: String, polls: Int, since: Timestamp?) {
        if Self.mayKeep(url) {
            (candidate, self.polls, self.since) = (url, polls, since)
        } else if Self.mayKeep(URLRedaction.redacted(url)), candidate == nil {
            candidate = URLRedaction.redacted(url)
        }
    }
}

extension JSONPiece {
    var time: Timestamp? { rawText.flatMap { Timestamp(rfc3339: $0) } }
    var hash: Hash128? { rawText.flatMap { Hash128(hex: $0) } }

    func count<Count: BinaryInteger & Sendable>() -> Count? { integer.flatMap(Count.init(exactly:)) }
}
