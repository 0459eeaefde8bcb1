internal import FeedModel
private import Locking
internal import Scheduling

/// Makes requests wait for the allowance of their host: polls, and redirects that lead there (polling.md §7, §9).
///
/// `PollQueue` has spaced the polls of a host's feeds already; this spaces them with what comes from elsewhere.
final class HopGate: Sendable {
    /// Hosts that are remembered; more, and those that may be asked again are forgotten.
    private static let remembered = 1024

    private let allowances: HostAllowances
    private let clock: PollClock
    /// From when on a host may be asked again.
    private let next = Locked<[String: Timestamp]>([:])

    init(_ allowances: HostAllowances, clock: PollClock) {
        self.allowances = allowances
        self.clock = clock
    }

    /// Waits until the host may be asked.
    ///
    /// - Returns: false where the task was cancelled.
    func pass(host: String) async -> Bool {
        let wait = reserve(host: host)
        guard wait > 0 else { return !Task.isCancelled }
        do {
            try await clock.sleep(milliseconds: wait)
            return true
        } catch {
            return false
        }
    }

    /// - Returns: milliseconds until the start that was reserved.
    func reserve(host: String) -> Int64 {
        let (key, allowance) = allowances.allowance(forHost: host)
        let time = clock.steady()
        return next.withLock { next in
            if next.count >= Self.remembered { next = next.filter { $0.value > time } }
            let start = max(time, next[key] ?? time)
            next[key] = Timestamp(milliseconds: start.milliseconds + allowance.delay)
            return start.milliseconds - time.milliseconds
        }
    }
}
