internal import Digest
package import JSONText

/// The list of a state's fields. What is kept of every feed in the file and in memory is this and nothing else.
extension FeedState {
    /// Hands each field but `feed` to the coder. Those come first that are looked at without the others.
    mutating func visit<Coder: StateCoder & ~Copyable>(_ coder: inout Coder) {
        visitPlan(&coder)
        coder.field("title", &title)
        coder.object("validators", &validators)
        coder.field("body_hash", &bodyHash)
        coder.field("document_bytes", &documentBytes)
        hints.visit(&coder)
        coder.field("tag_repeats", &tagRepeats.count, absent: 0)
        coder.field("tag_unsent_since", &tagRepeats.since)
        coder.field("http2_failed", &http2FailedAt)
        coder.field("last_success", &lastSuccess)
        coder.field("status", &status)
        coder.field("failures", &failures, absent: 0)
        coder.field("not_before", &notBefore)
        coder.field("articles", &articles, absent: 0)
        coder.field("blocked", &blocked, absent: 0)
        coder.members(of: &document)
        coder.members(of: &cutOff)
        coder.field("formerly", &formerIDs)
    }

    /// Hands the fields to the coder that a `FeedOutlook` is made of.
    mutating func visitPlan<Coder: StateCoder & ~Copyable>(_ coder: inout Coder) {
        coder.field(required: "url", &url)
        coder.field("url_mark", &urlMark)
        move.visit(&coder)
        coder.field("last_poll", &lastPoll)
        coder.members(of: &failure)
        coder.field("next_poll", &nextPoll)
        coder.field("interval_seconds", &intervalSeconds)
        schedule.visit(&coder)
        coder.object("churn", &churn)
        coder.object("volatility", &volatility)
        coder.object("long_document", &longDocument)
        coder.object("recent_blocks", &recentBlocks)
    }
}

extension FeedState {
    /// Writes the state as an object, which begins with the feed's id.
    package func write(to json: inout JSONWriter) {
        var state = self
        json.beginObject()
        json.member("feed", feed.text)
        state.visit(&json)
        json.endObject()
    }

    /// Makes the state that `write` wrote; nil where feed or URL is missing. What is unknown or malformed is left out,
    /// and so is what is never to be sent, kept or shown, and that an older version wrote all the same.
    package init?(_ json: JSONMembers) {
        guard let feed = json["feed"]?.string else { return nil }
        self.init(feed: FeedIdentifier(feed), url: "")
        var reader = StateReader(json)
        visit(&reader)
        guard reader.isWhole else { return nil }
        leaveOutWhatMayNotBeKept()
    }

    /// Returns the state with what the members say in the place of what it has, and all else as it is; nil where it would be
    /// without a URL. What reading leaves out is left out of it, too.
    func changed(by json: JSONMembers) -> FeedState? {
        var state = self
        var changer = StateChanger(json)
        state.visit(&changer)
        guard changer.isWhole else { return nil }
        state.leaveOutWhatMayNotBeKept()
        return state
    }

    /// The members of fields that `leaveOutWhatMayNotBeKept` looks at, but for those of objects.
    static let membersOfUnkept: [StaticString] = [
        "url", "redirect_to", "redirect_polls", "redirect_since", "moved_to", "moved_since", "moved_among_private",
        "formerly",
    ]

    private mutating func leaveOutWhatMayNotBeKept() {
        url = URLRedaction.redacted(url)
        validators = validators.flatMap { kept in
            let pair = Validators(etag: kept.etag, lastModified: kept.lastModified, request: kept.request)
            return pair.isEmpty ? nil : pair
        }
        move.leaveOutWhatMayNotBeKept()
        churn = churn?.bounded
        volatility = volatility?.bounded
        recentBlocks = recentBlocks?.bounded
        if let ids = formerIDs, ids.count > Self.mostFormerIDs { formerIDs = ids.suffix(Self.mostFormerIDs) }
        // No more feeds than that can be configured: a larger number is damage, and a file of its size would be, too.
        if let block = schedule.historyBlock, block >= 1 << 24 { schedule.historyBlock = nil }
    }
}

extension FeedState.Move {
    /// A URL that may not be kept is not asked either, but the feed is known by it until it is polled.
    fileprivate mutating func leaveOutWhatMayNotBeKept() {
        var kept = FeedState.Move()
        if let candidate, Self.mayKeep(candidate) {
            (kept.candidate, kept.polls, kept.since) = (candidate, polls, since)
        } else {
            kept.candidate = Self.name(from: candidate)
        }
        if let adopted, Self.mayKeep(adopted) {
            (kept.adopted, kept.adoptedSince, kept.isAmongPrivate) = (adopted, adoptedSince, isAmongPrivate)
        } else if kept.candidate == nil {
            kept.candidate = Self.name(from: adopted)
        }
        self = kept
    }

    /// Returns what of a URL that holds a secret may be kept as the feed's name; nil where nothing may.
    private static func name(from url: String?) -> String? {
        url.map { URLRedaction.redacted($0) }.flatMap { mayKeep($0) ? $0 : nil }
    }
}
