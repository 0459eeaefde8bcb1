package import FeedModel
private import Locking
internal import Scheduling

/// `HostHealth` is what all polls of a process know together: which hosts are to be left alone, and whether the network
/// is down (polling.md §8). Any thread may ask and tell it.
package final class HostHealth: Sendable {
    private let pauses: Locked<HostPauses>
    private let outages = Locked(OutageDetector())

    /// - Parameters:
    ///   - remembered: the states of feeds, each with the key of its host.
    ///   - now: pauses from a clock that was ahead count from here.
    package init(remembered: some Sequence<(state: FeedState, host: String)> = [], at now: Timestamp) {
        var known = HostPauses()
        for (state, host) in remembered {
            if let pause = state.schedule.pause { known.add(pause, host: host, at: now) }
        }
        pauses = Locked(known)
    }

    /// Returns the last pause of a host, which may be over.
    ///
    /// - Parameter host: the key of its allowance.
    package func pause(of host: String, at now: Timestamp) -> FeedState.Pause? {
        pauses.withLock { $0.pause(of: host, at: now) }
    }

    /// Returns the end of a host's pause that is in force; nil where it may be asked.
    package func pausedUntil(_ host: String, at now: Timestamp) -> Timestamp? {
        pauses.withLock { $0.until(host, at: now) }
    }

    /// Returns the pauses in force, in the order of their hosts.
    package func activePauses(at now: Timestamp) -> [(host: String, until: Timestamp)] {
        pauses.withLock { $0.active(at: now) }
    }

    /// The machine's own network is taken to be down.
    package var isNetworkDown: Bool { outages.withLock { $0.isDown } }

    /// Takes in what a host has just asked for.
    func record(_ pause: FeedState.Pause, host: String, at now: Timestamp) {
        pauses.withLock { $0.add(pause, host: host, at: now) }
    }

    /// Takes in whether a poll has reached its host.
    ///
    /// - Returns: the network as it is thought to be, and whether that is new.
    func observe(_ reach: HostReach, at now: SteadyTime) -> NetworkState {
        let hash = FeedHash.of(reach.host)
        return outages.withLock { outages in
            let hasChanged = outages.observe(host: hash, isReached: reach.isReached, isNews: reach.isNews, at: now)
            return NetworkState(isDown: outages.isDown, hasChanged: hasChanged)
        }
    }
}

/// `HostReach` says whether a poll has reached the host that it asked first.
struct HostReach: Equatable {
    var host: String
    /// Some answer came, whatever it said.
    var isReached: Bool
    /// The feed did not fail the same way the last time: one that has long been dead says nothing of the network.
    var isNews: Bool
}

/// `NetworkState` is what the process thinks of its own network after a poll.
struct NetworkState: Equatable {
    var isDown: Bool
    var hasChanged: Bool
}
