/// `PeerWatch` knows how long each of the other machines has not been heard of, by this machine's own steady clock.
struct PeerWatch: Sendable {
    private struct Heard {
        var beat: UInt64
        var since: Int64
    }

    private var heard: [String: Heard] = [:]

    /// Takes in what a look has shown.
    ///
    /// - Parameter now: when its answer came. That is not before the beat was sent that it shows, which is what counts.
    mutating func see(_ nodes: [NodeRow], at now: Int64) {
        var seen: [String: Heard] = [:]
        for node in nodes {
            let known = heard[node.run].flatMap { $0.beat == node.beat ? $0 : nil }
            seen[node.run] = known ?? Heard(beat: node.beat, since: now)
        }
        heard = seen
    }

    /// Tells whether a machine has had the same beat for the whole of its lease.
    func isSilent(_ node: NodeRow, at now: Int64) -> Bool {
        guard let known = heard[node.run], known.beat == node.beat else { return false }
        return now - known.since >= node.lease
    }
}
