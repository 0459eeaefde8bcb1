private import Digest
package import FeedModel
package import Text

/// How a fetch ended.
package struct FetchOutcome: Sendable, Equatable {
    /// Why it failed; nil where the whole response came and it was a feed's (200, 226) or said that nothing is new (304).
    package var failure: FetchFailure?
    /// Whether the body came to its end. Where it did not, what came has been handed out all the same (security.md §5).
    package var isComplete: Bool { failure == nil }
    /// Requests sent: one, and one for each redirect followed; none where no connection came about.
    package var requests = 0
    /// Bytes of headers and bodies that were received, of all hops, before decoding.
    package var wireBytes = 0
    /// Bytes of the body after decoding.
    package var decodedBytes = 0
    package var durationMilliseconds = 0
    /// Whether the server that answered last is on a public address (polling.md §8, scope of the pause); nil where none
    /// was connected to, and through a proxy.
    package var isPublicAddress: Bool?

    package init(failure: FetchFailure? = nil) {
        self.failure = failure
    }
}

/// Why a fetch failed: a word for programs, a sentence for people, and what they can do. None of it holds a secret.
package struct FetchFailure: Error, Sendable, Equatable {
    package let kind: FailureKind
    /// A part of a sentence, in lower case and without a full stop.
    package let message: String
    /// What the person can do, likewise.
    package let advice: String

    package init(_ kind: FailureKind, _ message: String, advice: String) {
        self.kind = kind
        self.message = message
        self.advice = advice
    }

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

    /// Cloudflare's own word for it, on a web page.
    private static func isChallenge(_ headers: HeaderFields) -> Bool {
        headers.first("cf-mitigated")?.lowercased() == "challenge"
            && headers.first("Content-Type").map { MediaType($0).essence } == "text/html"
    }
}

/// What a server answered, before the body: of the last response, after all redirects.
package struct ResponseHead: Sendable {
    /// HTTP status; 200 for a local file.
    package let status: Int
    /// The URL that answered, without userinfo and fragment. It may hold secrets: redact it where it is shown or stored.
    package let effectiveURL: String
    /// The redirects on the way there, in order.
    package let redirects: [Hop]
    package let fields: HeaderFields
    /// When the last header line had come.
    package let receivedAt: Timestamp
    /// From the sending of the last request to its first header line.
    package let responseDelayMilliseconds: Int
    /// What validators of this response are valid for (polling.md §2.7).
    package let requestSignature: RequestSignature
    /// Whether the request that brought this answer had validators in it.
    package let wasConditional: Bool

    package var etag: String? { fields.first("ETag") }
    package var lastModified: String? { fields.first("Last-Modified") }
    /// Whether there is a Last-Modified that can be kept and sent.
    package var canSendLastModified: Bool {
        lastModified.map { FeedState.Validators.Field.lastModified.refusal($0) == nil } ?? false
    }
    package var contentType: String? { fields.first("Content-Type") }
    package var mediaType: MediaType? { contentType.map(MediaType.init) }
    package var contentLocation: String? { fields.first("Content-Location") }
    package var date: Timestamp? { fields.first("Date").flatMap(HTTPDate.parse) }
    package var freshness: Freshness? {
        Freshness(fields, receivedAt: receivedAt, responseDelayMilliseconds: responseDelayMilliseconds)
    }
    /// Seconds that the server asks to be left alone, of any response that may carry it: 301 and all of 4xx and 5xx.
    package var retryAfterSeconds: Int? {
        guard status == 301 || (400...599).contains(status) else { return nil }
        return RetryAfter.parse(fields.first("Retry-After"), date: date, receivedAt: receivedAt)
    }

    package func header(named name: StaticString) -> String? { fields.first(name) }

    /// The validators to keep once this response's articles are safe (polling.md §2.3–§2.7); see `ValidatorRules`.
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
