/// Why a fetch failed: a word for programs, a sentence for people, and what they can do. None of it holds a secret.
package struct FetchFailure: Error, Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        case dns, connect, tls, timeout, redirect, proxy, truncated, bomb, cancelled, unauthorized, forbidden, gone
        /// The server does not speak HTTP as it should.
        case protocolError = "protocol"
        case httpStatus = "http_status"
        case notFound = "not_found"
        case rateLimited = "rate_limited"
        case botChallenge = "bot_challenge"
        case unexpected304 = "unexpected_304"
        case tooLarge = "too_large"
        case refusedAddress = "refused_address"
        case localFile = "local_file"
        /// A redirect led to a host that is to be left alone.
        case paused
        /// This machine has not got what another transfer takes.
        case resources
        /// The request cannot be made as it was asked for: its URL, a header, the proxy or a certificate is at fault.
        case invalidRequest = "invalid_request"
    }

    package let kind: Kind
    /// A part of a sentence, in lower case and without a full stop.
    package let message: String
    /// What the person can do, likewise.
    package let advice: String

    package init(_ kind: Kind, _ message: String, advice: String) {
        self.kind = kind
        self.message = message
        self.advice = advice
    }

    static let cancelled = FetchFailure(.cancelled, "cancelled", advice: "it will be asked for again")
}
