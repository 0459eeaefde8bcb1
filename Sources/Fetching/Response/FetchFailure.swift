package import FeedModel

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
