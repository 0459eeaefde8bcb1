package import Configuration
package import FeedModel
internal import Fetching
private import Locking
package import Scheduling

/// `HostRateLimiter` spaces the requests to a host by its delay at the moment when they are sent (polling.md §7).
///
/// `PollQueue` lets polls go at about the right time, but it takes a moment from there to the request, and longer where
/// secrets are read or the disk is slow. Here the requests themselves are spaced, also those of a command that asks one
/// host several times. A process has one, which outlasts the configurations that it reads. Any task may wait for its turn.
/// In a fleet the turns of other machines are waited for as well.
package final class HostRateLimiter: Sendable {
    private struct Turns {
        /// From when on a host may be asked again.
        var next: [String: SteadyTime] = [:]
        /// With so many hosts known, those that may be asked again are forgotten.
        var limit = HostRateLimiter.remembered
    }

    private static let remembered = 1024

    private let clock: PollClock
    private let territory: Territory?
    private let turns = Locked(Turns())

    /// Begins with no host asked.
    ///
    /// - Parameter territory: what this machine of a fleet may ask; nil for a machine alone.
    package init(clock: PollClock, territory: Territory? = nil) {
        self.clock = clock
        self.territory = territory
    }

    /// `Admission` is what has become of waiting for a host.
    enum Admission: Equatable {
        /// The request is to be sent, at that time of day.
        case go(Timestamp)
        /// The task was cancelled, or this machine's lease is over.
        case stopped
        /// The host is another machine's of the fleet, and its engine gives no turn.
        case noTurn
    }

    /// Returns milliseconds for which a request to another machine's host has still to wait before it may be admitted, which
    /// takes a lease where the host is new to its fleet; 0 for a machine alone.
    func guestWait(at key: String, delay: Int64) async throws(Territory.Refusal) -> Int64 {
        try await territory?.guestWait(at: key, delay: clock.real(milliseconds: delay)) ?? 0
    }

    /// Waits for as long as `guestWait` says.
    ///
    /// - Parameter rest: called once before it waits, so that nothing is taken up meanwhile.
    func waitAsGuest(at key: String, delay: Int64, rest: () -> Void) async throws(Territory.Refusal) {
        var isResting = false
        while true {
            let left = try await guestWait(at: key, delay: delay)
            guard left > 0, let territory else { return }
            if !isResting { rest() }
            isResting = true
            do { try await territory.surroundings.sleep(left) } catch { throw .lapsed }
        }
    }

    /// Waits until the host may be asked.
    ///
    /// - Parameters:
    ///   - key: of the host's allowance.
    ///   - delay: milliseconds from this request to the next one.
    func admission(key: String, delay: Int64) async -> Admission {
        var passage: Territory.Passage?
        while !Task.isCancelled {
            if let territory, !(passage.map(territory.isOpen) ?? false) {
                do throws(Territory.Refusal) {
                    passage = try await territory.passage(to: key, delay: clock.real(milliseconds: delay))
                } catch {
                    return error == .noTurn ? .noTurn : .stopped
                }
            }
            switch turn(of: key, delay: delay) {
            case .begun(let time): return .go(time)
            case .wait(let milliseconds): try? await clock.sleep(milliseconds: milliseconds)
            }
        }
        return .stopped
    }

    /// Waits as `admission` does.
    ///
    /// - Returns: the time of day at which the host may be asked; nil where it may not.
    func pass(key: String, delay: Int64) async -> Timestamp? {
        if case .go(let time) = await admission(key: key, delay: delay) { time } else { nil }
    }

    enum Turn: Equatable {
        /// The request is to be sent; the next one waits for the host's delay from here on.
        case begun(Timestamp)
        case wait(milliseconds: Int64)
    }

    func turn(of key: String, delay: Int64) -> Turn {
        turns.withLock { turns in
            let (time, steady) = clock.both()
            if turns.next.count >= turns.limit {
                turns.next = turns.next.filter { $0.value > steady }
                // Each entry is looked at once on average, however many hosts are asked within their delays.
                turns.limit = max(Self.remembered, turns.next.count * 2)
            }
            if let opens = turns.next[key], opens > steady {
                return .wait(milliseconds: opens.milliseconds(since: steady))
            }
            turns.next[key] = steady.adding(milliseconds: delay)
            return .begun(time)
        }
    }
}

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
    var turn: RedirectTurn?

    /// Returns once the request may be sent, or as soon as it is known that it may not.
    ///
    /// - Parameter url: where the redirect leads.
    func decision(on url: String) async -> RedirectDecision {
        guard let host = FeedConfiguration.host(of: url) else { return .go }
        let (key, allowance) = allowances.allowance(forHost: host)
        if isPaused(key) { return .held }
        do throws(Territory.Refusal) {
            try await limiter.waitAsGuest(at: key, delay: allowance.delay) { turn?.rest() }
        } catch {
            return error == .noTurn ? .held : .stopped
        }
        let decision = await turn?.wait(host) ?? .go
        guard decision == .go else { return decision }
        switch await limiter.admission(key: key, delay: allowance.delay) {
        case .stopped: return .stopped
        case .noTurn: return .held
        // The host may have been paused while this poll waited.
        case .go: return isPaused(key) ? .held : .go
        }
    }

    private func isPaused(_ key: String) -> Bool { health?.pausedUntil(key, at: clock.now()) != nil }
}

/// `HostAllowances` says which feeds share one allowance, and how large it is (polling.md §7).
package final class HostAllowances: Sendable {
    private let configuration: Configuration
    /// How many feeds each host has, once somebody has asked.
    private let counts = Locked<[String: Int]?>(nil)
    private let general: HostAllowance
    private let local: HostAllowance

    /// The key of the allowance that all local files share. No host is called so.
    private static let localKey = "file:"
    /// As many local files are polled at a time, and no more than half of all polls: their file system may not answer, and
    /// the others' polls go on then.
    private static let localFiles = 8

    /// The allowances are those of one configuration; a reload makes others.
    package init(_ configuration: Configuration) {
        self.configuration = configuration
        general = HostAllowance(
            concurrency: configuration.fetch.hostConcurrency, delay: configuration.fetch.hostDelay.milliseconds)
        local = HostAllowance(
            concurrency: max(1, min(Self.localFiles, configuration.fetch.concurrency / 2)), delay: 0)
    }

    /// Returns the allowance for a feed, and its key: the host that it is asked of, or the domain above it that has a table of its
    /// own. Local files share one without a delay: they need no politeness.
    package func allowance(
        for feed: FeedConfiguration, state: FeedState?
    ) -> (key: String, allowance: HostAllowance) {
        allowance(for: feed, adoptedURL: state?.move.adopted)
    }

    /// Returns the same by what is known of where the feed is.
    ///
    /// - Parameter adoptedURL: where the feed has moved to.
    package func allowance(
        for feed: FeedConfiguration, adoptedURL: String?
    ) -> (key: String, allowance: HostAllowance) {
        guard !feed.isLocalFile else { return (Self.localKey, local) }
        // No request can be made for what has no host: that fails by itself, and asks nobody.
        return allowance(forHost: feed.requestHost(adopting: adoptedURL) ?? "")
    }

    /// Returns how many of the feeds share the allowance with this key, by their configured URLs.
    package func feeds(of key: String) -> Int {
        counts.withLock { counts in
            if counts == nil {
                counts = configuration.feeds.reduce(into: [:]) { counts, feed in
                    if feed.enabled { counts[allowance(for: feed, adoptedURL: nil).key, default: 0] += 1 }
                }
            }
            return counts?[key] ?? 0
        }
    }

    /// Returns the hosts whose feeds cannot all be asked once within the longest interval, because of the delay that is
    /// configured: the key, how many feeds there are, and how many seconds it takes to ask each once. They are in the order
    /// of their keys.
    package var crowdedHosts: [(key: String, feeds: Int, seconds: Int)] {
        var allowances: [String: HostAllowance] = [:]
        for feed in configuration.feeds where feed.enabled && !feed.isLocalFile {
            let (key, allowance) = allowance(for: feed, adoptedURL: nil)
            allowances[key] = allowance
        }
        let longest = configuration.schedule.maxInterval.components.seconds
        return allowances.compactMap { key, allowance in
            let count = feeds(of: key)
            let seconds = Int(allowance.delay) * count / 1000
            return Int64(seconds) > longest ? (key, count, seconds) : nil
        }.sorted { $0.key < $1.key }
    }

    /// Returns what a 429 or 503 of that host pauses; nil where the configuration does not say.
    ///
    /// - Parameter host: its key (`HostKey`).
    func pauseScope(forHost host: String) -> HostSettings.PauseScope? {
        configuration.hostSettings(for: host)?.pauseScope
    }

    /// Returns the allowance of a host, and the key of those that share it.
    ///
    /// - Parameter host: its key (`HostKey`).
    func allowance(forHost host: String) -> (key: String, allowance: HostAllowance) {
        guard let table = configuration.hostSettings(for: host) else { return (host, general) }
        return (table.name, HostAllowance(concurrency: table.concurrency, delay: table.delay.milliseconds))
    }
}
