private import Digest
package import FeedModel
package import Text

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
