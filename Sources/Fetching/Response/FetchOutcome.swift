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
    /// Tells whether a redirect was followed, or was to be when the fetch ended.
    package var isRedirected = false
    /// So many bytes of headers and bodies were received, of all hops, before decoding.
    package var wireBytes = 0
    /// The body has so many bytes after decoding.
    package var decodedBytes = 0
    /// The fetch took so many milliseconds, from its start to its end, waits for redirects included.
    package var durationMilliseconds = 0
    /// Tells that HTTP/2 has failed at the host that was asked first, and is to be avoided there for a while.
    package var avoidHTTP2 = false
    /// Tells whether the server that answered last is on a public address (polling.md §8); nil where none was connected
    /// to, and through a proxy.
    package var isPublicAddress: Bool?

    /// The server that answered last has this address; nil where none was connected to, and through a proxy.
    package var address: String?

    /// An outcome without a failure is a good one, of which nothing was counted yet.
    package init(failure: FetchFailure? = nil) {
        self.failure = failure
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
