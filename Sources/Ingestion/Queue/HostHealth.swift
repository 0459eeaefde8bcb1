internal import Digest
package import FeedModel
private import Locking
internal import Scheduling

/// What all polls of a process know together: which hosts are to be left alone, and whether the network is down
/// (polling.md §8).
package final class HostWatch: Sendable {
    private let pauses = Locked(HostPauses())
    private let outages = Locked(OutageDetector())

    /// - Parameters:
    ///   - remembered: the states of feeds, each with the key of its host.
    ///   - now: pauses from a clock that was ahead count from here.
    package init(remembered: some Sequence<(state: FeedState, host: String)> = [], at now: Timestamp) {
        var known = HostPauses()
        for (state, host) in remembered {
            if let pause = state.schedule.pause { known.add(pause, host: host, at: now) }
        }
        pauses.withLock { $0 = known }
    }

    /// The last pause of a host, which may be over.
    package func pause(of host: String, at now: Timestamp) -> FeedState.Pause? {
        pauses.withLock { $0.pause(of: host, at: now) }
    }

    package func activePauses(at now: Timestamp) -> [(host: String, until: Timestamp)] {
        pauses.withLock { $0.active(at: now) }
    }

    package var isNetworkDown: Bool { outages.withLock { $0.isDown } }

    func add(_ pause: FeedState.Pause, host: String, at now: Timestamp) {
        pauses.withLock { $0.add(pause, host: host, at: now) }
    }

    /// - Returns: the network as it is thought to be, and whether that is new.
    func note(host: String, isReached: Bool, isNews: Bool, at now: Timestamp) -> (isDown: Bool, hasChanged: Bool) {
        let hash = FeedHash.of(host)
        return outages.withLock { outages in
            let hasChanged = outages.note(host: hash, isReached: isReached, isNews: isNews, at: now)
            return (outages.isDown, hasChanged)
        }
    }
}

/// What jitter, spreading and the history of polls know a feed by.
package enum FeedHash {
    package static func of(_ feed: FeedIdentifier) -> UInt64 { of(feed.text) }

    static func of(_ text: String) -> UInt64 {
        var text = text
        return text.withUTF8 { XXH3.hash64(UnsafeRawBufferPointer($0)) }
    }
}
