internal import FeedModel
private import Locking
internal import Scheduling

/// `HostRateLimiter` spaces the requests to a host by its delay at the moment when they are sent (polling.md §7).
///
/// `PollQueue` lets polls go at about the right time, but it takes a moment from there to the request, and longer where
/// secrets are read or the disk is slow. Here the requests themselves are spaced, also those of a command that asks one
/// host several times. A process has one, which outlasts the configurations that it reads. Any task may wait for its turn.
package final class HostRateLimiter: Sendable {
    private struct Turns {
        /// From when on a host may be asked again.
        var next: [String: SteadyTime] = [:]
        /// At as many, those that may be asked again are forgotten.
        var limit = HostRateLimiter.remembered
    }

    private static let remembered = 1024

    private let clock: PollClock
    private let turns = Locked(Turns())

    package init(clock: PollClock) {
        self.clock = clock
    }

    /// Waits until the host may be asked.
    ///
    /// - Parameters:
    ///   - key: of the host's allowance.
    ///   - delay: milliseconds from this request to the next one.
    /// - Returns: the time of day at which that was; nil where the task was cancelled.
    func pass(key: String, delay: Int64) async -> Timestamp? {
        while !Task.isCancelled {
            switch turn(of: key, delay: delay) {
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
