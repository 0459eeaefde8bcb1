/// `OutageDetector` tells an outage of one's own network from servers that are down (polling.md §8).
///
/// The network is taken to be down when, within two minutes, connections to ten hosts or more have failed and they are
/// at least half of all attempts; and to be up again as soon as one server answers.
package struct OutageDetector: Sendable {
    /// An attempt counts for this many milliseconds.
    private static let window: Int64 = 120_000
    private static let slice: Int64 = 10_000
    private static let leastHosts = 10
    /// While the network is down, this many milliseconds lie between two probes.
    package static let probeInterval: Int64 = 60_000

    /// The network is taken to be down.
    package private(set) var isDown = false
    /// Attempts and failures of the last slices of the window.
    private var slices: [Slice] = []
    /// The hosts that failed last, each with its last failure; at most `leastHosts`.
    private var hosts: [(host: UInt64, time: SteadyTime)] = []

    private struct Slice {
        var start: SteadyTime
        var attempts = 0
        var failures = 0
    }

    package init() {}

    /// Takes in what became of an attempt to reach a host.
    ///
    /// - Parameters:
    ///   - host: a hash of its name.
    ///   - isReached: some answer came, whatever it said.
    ///   - isNews: the feed did not fail the same way the last time: one that has long been dead says nothing of the
    ///     network.
    /// - Returns: whether that has changed what is thought of the network.
    package mutating func observe(host: UInt64, isReached: Bool, isNews: Bool, at now: SteadyTime) -> Bool {
        if isDown {
            guard isReached else { return false }
            self = OutageDetector()
            return true
        }
        guard isReached || isNews else { return false }
        slices.removeAll { now.milliseconds(since: $0.start) >= Self.window || $0.start > now }
        if slices.last.map({ now.milliseconds(since: $0.start) >= Self.slice }) ?? true {
            slices.append(Slice(start: now))
        }
        slices[slices.count - 1].attempts += 1
        if isReached { return false }
        slices[slices.count - 1].failures += 1
        remember(host, now)
        let (attempts, failures) = slices.reduce((0, 0)) { ($0.0 + $1.attempts, $0.1 + $1.failures) }
        let failing = hosts.count { now.milliseconds(since: $0.time) < Self.window && $0.time <= now }
        isDown = failing >= Self.leastHosts && failures * 2 >= attempts
        return isDown
    }

    private mutating func remember(_ host: UInt64, _ now: SteadyTime) {
        if let index = hosts.firstIndex(where: { $0.host == host }) {
            hosts[index].time = now
        } else if hosts.count < Self.leastHosts {
            hosts.append((host, now))
        } else if let index = hosts.indices.min(by: { hosts[$0].time < hosts[$1].time }) {
            hosts[index] = (host, now)
        }
    }
}
