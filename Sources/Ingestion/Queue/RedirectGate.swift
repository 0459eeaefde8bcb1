internal import Configuration
internal import FeedModel
internal import Fetching
internal import Scheduling

/// `RedirectGate` decides whether a redirect to another host may be followed, and waits until it may.
///
/// The host may have asked to be left alone, others may stand in line for it, and its requests are spaced
/// (polling.md §7, §8).
struct RedirectGate: Sendable {
    let allowances: HostAllowances
    let limiter: HostRateLimiter
    let clock: PollClock
    /// nil where pauses do not count: a person has forced the poll, or asks for a page.
    var health: HostHealth?
    /// nil where nobody else polls.
    var turn: HopTurn?

    /// Returns once the request may be sent, or as soon as it is known that it may not.
    ///
    /// - Parameter url: where the redirect leads.
    func leave(to url: String) async -> HopLeave {
        guard let host = FeedConfiguration.host(of: url) else { return .go }
        let (key, allowance) = allowances.allowance(forHost: host)
        if isPaused(key) { return .held }
        let leave = await turn?(host) ?? .go
        guard leave == .go else { return leave }
        guard await limiter.pass(key: key, delay: allowance.delay) != nil else { return .stopped }
        // The host may have been paused while this poll waited.
        return isPaused(key) ? .held : .go
    }

    private func isPaused(_ key: String) -> Bool { health?.pausedUntil(key, at: clock.now()) != nil }
}
