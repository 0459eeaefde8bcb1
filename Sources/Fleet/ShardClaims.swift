/// `ShardClaims` is what a machine may poll, as its last look at the engine has shown, and until when (docs/spec/fleet.md §4).
/// A value for whoever lets requests go.
package struct ShardClaims: Sendable, Equatable {
    /// `Claim` is a shard that this machine has.
    package struct Claim: Sendable, Equatable {
        /// It was known to be this machine's first at this time. Whoever had it before has not asked a host of it since.
        package var since: Int64
        /// Where the log ended then: what others have found in this shard is in it.
        package var position: UInt64
        /// It goes to another machine: nothing of it begins any more.
        package var isLeaving = false
    }

    /// `Standing` is what a shard is to this machine at a moment.
    package enum Standing: Sendable, Equatable {
        /// It may be polled until `until`; a host of it that wants a delay, from `since` and that delay on.
        case mine(since: Int64, until: Int64)
        /// It is this machine's, and the log is not read to where it must be.
        case behind
        /// It is this machine's, which gives it up.
        case leaving
        /// It is not this machine's.
        case elsewhere
        /// The lease is over: nothing is this machine's at present.
        case lapsed

        /// Whether polls of the shard may begin.
        package var isMine: Bool { if case .mine = self { true } else { false } }
    }

    /// The run under which this machine is in the fleet; nil while it is not.
    package var run: String?
    /// The lease ends then: milliseconds of the clock by which membership is told the time.
    package var until = Int64.min
    package var claims: [Int: Claim] = [:]
    /// By shard, the name of the machine that has it.
    package var machines: [String?] = []
    /// The longest lease of all machines of the fleet, in milliseconds.
    package var longestLease: Int64 = 0

    package init() {}

    /// - Parameters:
    ///   - applied: the position in the log that the store is at.
    ///   - now: milliseconds of the clock by which membership is told the time.
    package func standing(of shard: Int, applied: UInt64, at now: Int64) -> Standing {
        guard now < until else { return .lapsed }
        guard let claim = claims[shard] else { return .elsewhere }
        if claim.isLeaving { return .leaving }
        return applied < claim.position ? .behind : .mine(since: claim.since, until: until)
    }
}
