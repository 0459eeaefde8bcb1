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
