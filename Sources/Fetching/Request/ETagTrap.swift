package import FeedModel

/// Finds servers whose ETag never matches, and so answer every conditional request with the same body (Apache's
/// `-gzip` suffix; polling.md §2.9). A value to keep with a feed's state.
package struct ETagTrap: Sendable, Equatable {
    package static let repeatsNeeded = 3
    package static let secondsUntilProbe: Int64 = 30 * 86_400

    /// Conditional requests in a row that were answered with 200 and the body known already.
    package var repeats = 0
    /// Since when only Last-Modified has been sent.
    package var since: Timestamp?

    package init() {}

    package init(repeats: Int, since: Timestamp?) {
        self.repeats = repeats
        self.since = since
    }

    /// What to send with the next request. After 30 days both are tried once more.
    package func mode(at now: Timestamp) -> ValidatorRules.Mode {
        guard let since, now.seconds - since.seconds < Self.secondsUntilProbe else { return .both }
        return .lastModifiedOnly
    }

    /// Takes in a response to a request that sent an ETag, or to one that `mode` kept it from.
    ///
    /// - Parameters:
    ///   - isSameBody: the decoded body has the hash of the one before.
    ///   - hasLastModified: there is something else to send.
    package mutating func after(
        status: Int, wasConditional: Bool, isSameBody: Bool, hasLastModified: Bool, at now: Timestamp
    ) {
        let isTrying = mode(at: now) == .both
        switch status {
        case 304 where isTrying: self = ETagTrap()
        case 200 where wasConditional && isSameBody && isTrying:
            repeats = min(repeats + 1, Self.repeatsNeeded)
            // A probe that finds the trap again needs no second proof.
            if repeats == Self.repeatsNeeded { since = hasLastModified ? now : nil }
        case 200 where isTrying: repeats = since == nil ? 0 : repeats
        default: break
        }
    }
}
