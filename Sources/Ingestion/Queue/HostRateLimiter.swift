internal import FeedModel
private import Locking
internal import Scheduling

/// `HostRateLimiter` spaces the requests to a host by its delay at the moment when they are sent (polling.md §7).
///
/// `PollQueue` lets polls go at about the right time, but it takes a moment from there to the request, and longer where
/// secrets are read or the disk is slow. Here the requests themselves are spaced, also those of a command that asks one
/// host several times. Any task may wait for its turn.
final class HostRateLimiter: Sendable {
    /// Hosts that are remembered; more, and those that may be asked again are forgotten.
    private static let remembered = 1024

    private let allowances: HostAllowances
    private let clock: PollClock
    /// From when on a host may be asked again.
    private let next = Locked<[String: SteadyTime]>([:])

    init(_ allowances: HostAllowances, clock: PollClock) {
        self.allowances = allowances
        self.clock = clock
    }

    /// Waits until the host may be asked.
    ///
    /// - Returns: the time of day at which that was; nil where the task was cancelled.
    func pass(host: String) async -> Timestamp? {
        while !Task.isCancelled {
            switch turn(of: host) {
            case .begun(let time): return time
            case .wait(let milliseconds): try? await clock.sleep(milliseconds: milliseconds)
            }
        }
        return nil
    }

    enum Turn: Equatable {
        /// The request is to be sent; the next one waits for the host's delay from here on.
        case begun(Timestamp)
        case wait(milliseconds: Int64)
    }

    func turn(of host: String) -> Turn {
        let (key, allowance) = allowances.allowance(forHost: host)
        return next.withLock { next in
            let (time, steady) = clock.both()
            if next.count >= Self.remembered { next = next.filter { $0.value > steady } }
            if let opens = next[key], opens > steady {
                return .wait(milliseconds: opens.milliseconds(since: steady))
            }
            next[key] = steady.adding(milliseconds: allowance.delay)
            return .begun(time)
        }
    }
}
