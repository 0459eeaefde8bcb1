import FeedModel

/// Whether a redirect to another host may be followed, as whoever knows the hosts says.
package enum HopLeave: Sendable {
    case go
    /// The host has asked to be left alone.
    case held
    /// Too many wait for the host, or this one has waited too long.
    case crowded
    /// newswire is stopping.
    case stopped

    /// Why the fetch ends; nil where it goes on.
    ///
    /// - Parameter host: where the redirect leads.
    func failure(host: String) -> FetchFailure? {
        switch self {
        case .go: nil
        case .held:
            FetchFailure(
                .paused, "redirected to \(host), which is to be left alone for now", advice: "it is asked again later")
        case .crowded:
            FetchFailure(
                .paused, "redirected to \(host), for which too many others wait",
                advice: "it is asked again later; a [host.\"\(host)\"] table may allow more requests")
        case .stopped: .cancelled
        }
    }
}
