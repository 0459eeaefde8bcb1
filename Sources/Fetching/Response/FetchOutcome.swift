private import Digest
package import FeedModel
package import Text

/// `FetchOutcome` says how a fetch ended.
package struct FetchOutcome: Sendable, Equatable {
    /// Says why it failed; nil where the whole response came and it was a feed's (200, 226) or said that nothing is new
    /// (304).
    package var failure: FetchFailure?
    /// Tells whether the body came to its end. Where it did not, what came has been handed out all the same
    /// (security.md §5).
    package var isComplete: Bool { failure == nil }
    /// So many requests were sent: one, and one for each redirect followed; none where no connection came about.
    package var requests = 0
    /// So many bytes of headers and bodies were received, of all hops, before decoding.
    package var wireBytes = 0
    /// The body has so many bytes after decoding.
    package var decodedBytes = 0
    /// The fetch took so many milliseconds, from its start to its end, waits for redirects included.
    package var durationMilliseconds = 0
    /// Tells whether the server that answered last is on a public address (polling.md §8); nil where none was connected
    /// to, and through a proxy.
    package var isPublicAddress: Bool?

    /// An outcome without a failure is a good one, of which nothing was counted yet.
    package init(failure: FetchFailure? = nil) {
        self.failure = failure
    }
}

/// `FetchFailure` says why a fetch failed: by a word for programs, a sentence for people, and what they can do. None of
/// it holds a secret.
package struct FetchFailure: Error, Sendable, Equatable {
    /// The kind decides when the feed is asked again, and is the word that programs see.
    package let kind: FailureKind
    /// The message is a part of a sentence, in lower case and without a full stop.
    package let message: String
    /// The advice says what the person can do, in the form of `message`.
    package let advice: String

    package init(_ kind: FailureKind, _ message: String, advice: String) {
        self.kind = kind
        self.message = message
        self.advice = advice
    }

    /// A fetch that was broken off from this side fails with this.
    package static let cancelled = FetchFailure(.cancelled, "cancelled", advice: "it will be asked for again")
}

extension FetchFailure {
    static let proxyAdvice = "newswire sends a proxy no user and password; name one that wants none"

    /// What a final status without a feed means; nil for those that carry one or say that it is unchanged.
    init?(status: Int, headers: HeaderFields, wasConditional: Bool) {
        switch status {
        case 200, 226: return nil
        case 304:
            if wasConditional { return nil }
            self.init(
                .unexpected304, "the server answered 304 to a request without a condition",
                advice: "the server's cache is broken; tell the publisher")
        case _ where status >= 400 && Self.isChallenge(headers):
            self.init(
                .botChallenge, "a bot challenge answered instead of the feed (status \(status))",
                advice: "ask the publisher to let feed readers through; asking more often makes it worse")
        case 401:
            self.init(.unauthorized, "status 401: credentials are needed", advice: "check the feed's credentials")
        case 403 where Self.isExhausted(headers):
            self.init(
                .rateLimited, "status 403: too many requests, by its rate limit", advice: "poll this host less often")
        case 403:
            self.init(
                .forbidden, "status 403: the server refuses", advice: "it may be blocking newswire; ask the publisher")
        case 404:
            self.init(.notFound, "status 404: nothing there", advice: "look for the feed's new URL if this lasts")
        case 407:
            self.init(.proxy, "status 407: the proxy wants credentials", advice: Self.proxyAdvice)
        case 410:
            self.init(.gone, "status 410: the feed is gone for good", advice: "remove it, or configure its new URL")
        case 429:
            self.init(.rateLimited, "status 429: too many requests", advice: "poll this host less often")
        case 500...599:
            self.init(.httpStatus, "status \(status): the server has a problem", advice: "it is asked again later")
        case 200...299:
            self.init(.httpStatus, "status \(status), which carries no feed", advice: "check the feed's URL")
        default:
            self.init(.httpStatus, "status \(status)", advice: "check the feed's URL")
        }
    }

    /// The status is 403 at GitHub, among others, where a client has used up what it is allowed.
    private static func isExhausted(_ headers: HeaderFields) -> Bool {
        // The time of day decides how long, and not whether.
        let date = headers.first("Date").flatMap(HTTPDate.parse)
        return RateLimit(headers, date: date, receivedAt: Timestamp(seconds: 0))?.exhaustedSeconds != nil
    }

    /// Cloudflare's own word for it, on a web page.
    private static func isChallenge(_ headers: HeaderFields) -> Bool {
        headers.first("cf-mitigated")?.lowercased() == "challenge"
            && headers.first("Content-Type").map { MediaType($0).essence } == "text/html"
    }
}

/// `ResponseHead` is what a server answered before the body: its last response, after all redirects.
package struct ResponseHead: Sendable {
    /// The HTTP status is 200 for a local file.
    package let status: Int
    /// This URL answered; it has neither userinfo nor fragment. It may hold secrets: redact it where it is shown or
    /// stored.
    package let effectiveURL: String
    /// These redirects led there, in order.
    package let redirects: [Redirect]
    /// The header lines are as they came.
    package let fields: HeaderFields
    /// The last header line had come at this time.
    package let receivedAt: Timestamp
    /// So many milliseconds passed from the sending of the last request to its first header line.
    package let responseDelayMilliseconds: Int
    /// Says what validators of this response are valid for (polling.md §2.7).
    package let requestSignature: RequestSignature
    /// Tells whether the request that brought this answer had validators in it.
    package let wasConditional: Bool

    /// Returns the ETag, as the server wrote it.
    package var etag: String? { fields.first("ETag") }
    /// Returns the Last-Modified, as the server wrote it.
    package var lastModified: String? { fields.first("Last-Modified") }
    /// Tells whether there is a Last-Modified that can be kept and sent.
    package var canSendLastModified: Bool {
        lastModified.map { FeedState.Validators.Field.lastModified.refusal($0) == nil } ?? false
    }
    /// Returns the Content-Type, as the server wrote it.
    package var contentType: String? { fields.first("Content-Type") }
    /// Returns the Content-Type taken apart.
    package var mediaType: MediaType? { contentType.map(MediaType.init) }
    /// Returns the Content-Location, as the server wrote it.
    package var contentLocation: String? { fields.first("Content-Location") }
    /// Returns the Date; nil where there is none, or one that is no date of HTTP.
    package var date: Timestamp? { fields.first("Date").flatMap(HTTPDate.parse) }
    /// Says how long the response stays good; nil where it does not say.
    package var freshness: Freshness? {
        Freshness(fields, receivedAt: receivedAt, responseDelayMilliseconds: responseDelayMilliseconds)
    }
    /// Returns for how many seconds the server asks to be left alone, of any response that may say so: 301 and all of
    /// 4xx and 5xx by Retry-After; 403, 429 and 503 also by their rate limit.
    package var retryAfterSeconds: Int? {
        guard status == 301 || (400...599).contains(status) else { return nil }
        if let asked = RetryAfter.parse(fields.first("Retry-After"), date: date, receivedAt: receivedAt) {
            return asked
        }
        switch status {
        case 403: return rateLimit?.exhaustedSeconds
        case 429, 503: return rateLimit?.secondsAfterRefusal
        default: return nil
        }
    }
    /// Says how much the server still allows; nil where it does not say.
    package var rateLimit: RateLimit? { RateLimit(fields, date: date, receivedAt: receivedAt) }

    /// Returns the value of the first field of that name.
    package func header(named name: StaticString) -> String? { fields.first(name) }

    /// Returns the validators to keep once this response's articles are safe (polling.md §2.3–§2.7); see
    /// `ValidatorRules`.
    ///
    /// - Parameters:
    ///   - previous: what was kept before, of whatever request.
    ///   - bodyIsOK: the body came complete and was read as a feed. Without meaning for a 304.
    package func validators(
        after previous: FeedState.Validators?, bodyIsOK: Bool
    ) -> ValidatorRules.Kept {
        ValidatorRules.next(
            status: status, headers: fields, signature: requestSignature, previous: previous, bodyIsOK: bodyIsOK)
    }
}
