internal import Configuration
internal import FeedModel
internal import Fetching

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
        if isPaused(host) { return .held }
        let leave = await turn?(host) ?? .go
        guard leave == .go else { return leave }
        // The host may have been paused while this poll stood in line.
        if isPaused(host) { return .held }
        return await limiter.pass(host: host) != nil ? .go : .stopped
    }

    private func isPaused(_ host: String) -> Bool {
        guard let health else { return false }
        let now = clock.now()
        let pause = health.pause(of: allowances.allowance(forHost: host).key, at: now)
        return pause.map { $0.until > now } ?? false
    }
}
