package import FeedModel
import Web

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

    /// Tells whether the body had begun to come: what came of it may be worth reading.
    package var isOfBody: Bool { kind == .truncated || isSlowBody }
    /// The body came too slowly, or not to its end in time.
    package internal(set) var isSlowBody = false

    /// A fetch that was broken off from this side fails with this.
    package static let cancelled = FetchFailure(.cancelled, "cancelled", advice: "it will be asked for again")

    /// The host is another machine's of the fleet, whose engine does not say when it may be asked.
    package static func noTurn(at host: String) -> FetchFailure {
        FetchFailure(
            .paused, "\(host) is polled by another machine of the fleet, whose engine gives no turn",
            advice: "it is asked again later")
    }
}

extension FetchFailure {
    static func invalid(_ message: String, _ advice: String) -> FetchFailure {
        FetchFailure(.invalidRequest, message, advice: advice)
    }

    static func bodyTooLarge(_ limit: Int) -> FetchFailure {
        FetchFailure(.tooLarge, "the body is larger than \(limit) bytes", advice: "raise max_body if this is wanted")
    }

    static func url(_ problem: WebURL.Problem) -> FetchFailure {
        switch problem {
        case .malformed: .invalid("its URL is not one", "check the feed's URL")
        case .noHost: .invalid("its URL has no host", "check the feed's URL")
        case .host: .invalid("its URL has a host that none can be called", "check the feed's URL")
        case .port: .invalid("its URL has a port that is none", "check the feed's URL")
        case .scheme(let scheme): .invalid("\(scheme): URLs are not fetched", "only http and https are")
        case .international:
            .invalid("its host's name has no form in ASCII", "write it in the form that begins with xn--")
        case .zone:
            FetchFailure(
                .refusedAddress, "an address of one network interface is not fetched", advice: "use the host's name")
        }
    }
}
