/// This part lets requests in that are no polls: those for the pages of articles, which come after all polls.
///
/// A visit stands in no line. It is let in where the host could be asked at once and nobody waits for it or for a transfer,
/// and else told to come again, so that no poll begins later for it than for one more poll of its host.
extension PollQueue {
    /// `Visit` is what becomes of a visit.
    package enum Visit: Sendable, Equatable {
        /// It may ask the host now; `leave` is to be said of it.
        case go
        /// It may not, and may try again then.
        case later(SteadyTime)
        /// The host is paused until then.
        case held(until: SteadyTime)
    }

    /// Milliseconds after which a visit may try again that could not be let in.
    static let visitDelay: Int64 = 2000

    /// Asks for a host's allowance, for a request that is no poll.
    package mutating func visit(host key: String, allowance: HostAllowance, now: SteadyTime) -> Visit {
        forgetIdleHosts(now)
        let number = host(key, allowance: allowance)
        if hosts[number].isHeld(at: now) { return .held(until: hosts[number].heldUntil) }
        let later = now.adding(milliseconds: Self.visitDelay)
        let isWaitedFor = HostLine.Kind.allCases.contains { hosts[number].count($0) > 0 }
        guard !isThrottled, !isWaitedFor, hosts[number].hasRoom, running < concurrency, visits < max(1, concurrency / 2)
        else { return .later(later) }
        let opens = hosts[number].opensAt(isForced: false)
        if opens > now { return .later(opens) }
        hosts[number].running += 1
        hosts[number].begin(at: now)
        running += 1
        visits += 1
        return .go
    }

    /// Gives back what a visit had.
    ///
    /// - Parameter isGood: whether the host has shown that it can be asked.
    package mutating func leave(host key: String, isGood: Bool) {
        guard visits > 0, let number = hostNumbers[key], hosts[number].running > 0 else { return }
        visits -= 1
        giveBack(host: number, isGood: isGood)
    }
}
