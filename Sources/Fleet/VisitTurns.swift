/// `VisitTurns` says when this machine may ask a host whose turns the engine gives: one to which somebody is led who does not
/// have its shard (docs/spec/fleet.md §6). A value without I/O; times are milliseconds of one steady clock.
///
/// Who has the shard asks its hosts by its own gate alone until it knows of a guest. So a guest waits, once the host is entered,
/// until the owner knows of that or is none any more, and from then on both ask the engine.
package struct VisitTurns: Sendable {
    /// `Step` is what to do next for a request to a host.
    package enum Step: Sendable, Equatable {
        /// Nobody else asks the host: the gate of this machine is enough.
        case go
        /// Enter the host, and say so.
        case enter
        /// Ask for a turn after which the next is so many milliseconds later, and say what came.
        case ask(delay: Int64)
        /// Ask again what to do then.
        case wait(until: Int64)
    }

    /// `Turn` is when a request may be sent that has a turn.
    package struct Turn: Sendable, Equatable {
        /// From then on, whatever the answer's way took.
        package var opens: Int64
        /// Not later than that: the next turn may be somebody else's. Then another turn is to be asked for.
        package var closes: Int64
    }

    /// Since when each host is known to be entered.
    private var known: [String: Int64] = [:]
    /// Since when the engine that gives turns has answered; nil while it does not.
    private var connectedSince: Int64?

    package init() {}

    /// Takes in what a look has shown: hosts that are entered.
    package mutating func see(_ visited: [String], at now: Int64) {
        var seen: [String: Int64] = [:]
        seen.reserveCapacity(visited.count)
        for host in visited { seen[host] = known[host] ?? now }
        known = seen
    }

    /// The host was entered, or had been.
    package mutating func entered(_ host: String, at now: Int64) {
        connectedSince = connectedSince ?? now
        // A look that began before it may have forgotten it; it is shown again by the next.
        known[host] = known[host] ?? now
    }

    /// The engine has not answered. Another one may answer next, which has another clock.
    package mutating func disconnected() { connectedSince = nil }

    /// Says what to do for a request.
    ///
    /// - Parameters:
    ///   - isOwner: whether this machine has the host's shard.
    ///   - delay: milliseconds from one request to the host to the next.
    ///   - longestLease: of all machines of the fleet (`ShardClaims`).
    package func step(_ host: String, isOwner: Bool, delay: Int64, longestLease: Int64, at now: Int64) -> Step {
        // Whoever may be asked at any time needs no turns.
        guard delay > 0 else { return .go }
        guard let since = known[host] else { return isOwner ? .go : .enter }
        var opens = isOwner ? since : since + longestLease + delay
        if let connectedSince { opens = max(opens, connectedSince + delay) }
        return now < opens ? .wait(until: opens) : .ask(delay: delay + delay / 4)
    }

    /// Takes in a turn that the engine has given.
    ///
    /// - Parameters:
    ///   - wait: milliseconds from the engine's answer to the turn; nil where the host is not entered any more.
    ///   - asked: when the question was sent.
    /// - Returns: nil where what `step` says is to be done once more.
    package mutating func answered(_ wait: Int64?, of host: String, delay: Int64, asked: Int64, at now: Int64) -> Turn?
    {
        let isNew = connectedSince == nil
        connectedSince = connectedSince ?? now
        guard let wait else {
            known[host] = nil
            return nil
        }
        if isNew { return nil }
        let turn = Turn(opens: now + max(0, wait), closes: asked + max(0, wait) + delay / 4)
        return turn.opens <= turn.closes ? turn : nil
    }
}
