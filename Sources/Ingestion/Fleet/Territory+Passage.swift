internal import Fleet
private import Locking

/// The way of a request to its host: whose turn it is across machines (docs/spec/fleet.md F7, F8, F17).
extension Territory {
    /// `Passage` lets one request go, for as long as `isOpen` says so.
    struct Passage: Sendable, Equatable {
        var key: String
        var shard: Int
        var delay: Int64
        /// The turn that the engine has given is over then; nil where it gives none.
        var closes: Int64?
        var isOwner: Bool
    }

    /// `Refusal` is why no request may go.
    enum Refusal: Error, Equatable {
        /// The lease is over, or the task was cancelled.
        case lapsed
        /// The engine gives no turn.
        case noTurn
    }

    /// Returns milliseconds for which a request has still to wait before it may have a turn at a host of another machine's: until
    /// that machine knows for certain that it has a guest. It is 0 for a host of an own shard, and where it may go on to `passage`.
    ///
    /// Where nobody has entered the host before, this does.
    func guestWait(at key: String, delay: Int64) async throws(Refusal) -> Int64 {
        let shard = Self.shard(ofHost: key)
        while !Task.isCancelled {
            let now = surroundings.steady()
            let (until, isOwner, step) = shared.withLock { shared in
                (
                    shared.claims.until, shared.claims.claims[shard] != nil,
                    shared.visits.step(
                        key, isOwner: false, delay: delay, longestLease: shared.claims.longestLease, at: now)
                )
            }
            guard now < until else { throw .lapsed }
            if isOwner { return 0 }
            switch step {
            case .go, .ask: return 0
            case .wait(let opens): return opens - now
            case .enter: try await enter(key)
            }
        }
        throw .lapsed
    }

    /// Waits until a host may be asked, as far as other machines go.
    ///
    /// - Parameters:
    ///   - key: of the host's allowance.
    ///   - delay: milliseconds from one request to the host to the next.
    func passage(to key: String, delay: Int64) async throws(Refusal) -> Passage {
        let shard = Self.shard(ofHost: key)
        while !Task.isCancelled {
            let now = surroundings.steady()
            let (until, owned, step) = shared.withLock { shared in
                let owned = shared.claims.claims[shard]
                let step = shared.visits.step(
                    key, isOwner: owned != nil, delay: delay, longestLease: shared.claims.longestLease, at: now)
                return (shared.claims.until, owned, step)
            }
            guard now < until else { throw .lapsed }
            if let owned, now < owned.since + delay {
                try await wait(until: owned.since + delay, now)
                continue
            }
            switch step {
            case .go: return Passage(key: key, shard: shard, delay: delay, closes: nil, isOwner: owned != nil)
            case .wait(let opens): try await wait(until: opens, now)
            case .enter: try await enter(key)
            case .ask(let pace):
                guard let turn = try await turn(at: key, delay: delay, pace: pace) else { continue }
                try await wait(until: turn.opens, surroundings.steady())
                let passage = Passage(
                    key: key, shard: shard, delay: delay, closes: turn.closes, isOwner: owned != nil)
                if isOpen(passage) {
                    shared.withLock { $0.visitCount += 1 }
                    return passage
                }
            }
        }
        throw .lapsed
    }

    /// Tells whether a request may go at this very moment.
    func isOpen(_ passage: Passage) -> Bool {
        let now = surroundings.steady()
        return shared.withLock { shared in
            guard now < shared.claims.until else { return false }
            let owned = shared.claims.claims[passage.shard]
            guard (owned != nil) == passage.isOwner else { return false }
            if let owned, now < owned.since + passage.delay { return false }
            if let closes = passage.closes { return now <= closes }
            // Somebody may have entered the host while this request waited for its own machine's turn.
            return shared.visits.step(
                passage.key, isOwner: passage.isOwner, delay: passage.delay, longestLease: shared.claims.longestLease,
                at: now) == .go
        }
    }

    private func enter(_ key: String) async throws(Refusal) {
        guard await desk.enter(key) else { throw noTurn() }
        let entered = surroundings.steady()
        shared.withLock { $0.visits.entered(key, at: entered) }
    }

    private func turn(at key: String, delay: Int64, pace: Int64) async throws(Refusal) -> VisitTurns.Turn? {
        guard let answer = await desk.turn(at: key, delay: pace) else { throw noTurn() }
        let now = surroundings.steady()
        return shared.withLock {
            $0.visits.answered(answer.wait, of: key, delay: delay, asked: answer.asked, at: now)
        }
    }

    private func noTurn() -> Refusal {
        shared.withLock { $0.visits.disconnected() }
        return .noTurn
    }

    private func wait(until time: Int64, _ now: Int64) async throws(Refusal) {
        guard time > now else { return }
        do { try await surroundings.sleep(time - now) } catch { throw .lapsed }
    }
}
