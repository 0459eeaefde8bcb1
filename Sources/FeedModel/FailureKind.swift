/// `FailureKind` says why a poll failed, in one word for programs: the raw value is how it is stored, printed as
/// `error_class` and counted (docs/fetching.md says what each means).
package enum FailureKind: String, Sendable, CaseIterable {
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
    /// A secret or a certificate that the configuration names cannot be read.
    case configuration
    /// A whole document came, and it is no feed.
    case notAFeed = "not_a_feed"
    /// A whole feed came in which items stand, and none of them could be read.
    case noItems = "no_items"
    /// The articles cannot be stored.
    case store
    /// Another newswire, a newer one, has written a word that this one does not know (`FeedState.Failure.word`).
    case unknown
}

extension FailureKind {
    /// Whether a server that was not reached can be meant, or the proxy before it.
    package var isOfConnecting: Bool {
        switch self {
        case .dns, .connect, .timeout, .proxy: true
        default: false
        }
    }

    /// Finds the kind with this word; `unknown` where no kind has it.
    package init(word: String) { self = FailureKind(rawValue: word) ?? .unknown }
}
