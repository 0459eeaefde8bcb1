/// What comes of answers: of the steps that `next` gave, and of what a look has shown.
extension Membership {
    /// The step that `next` gave had no answer, or a refusal: it is not known whether it was done.
    package mutating func failed(at now: Int64) {
        plan = []
        givesUp = false
        alive = nil
        connectedSince = nil
        nextTurn = now + machine.retry
        if let leaveBy, now >= leaveBy { ending = .left }
    }

    /// A join, putting out, claim, giving up or leave was carried out. What has come of it is told by the next look.
    package mutating func done(at now: Int64) {
        guard !plan.isEmpty else { return }
        connected(at: now)
        switch plan.removeFirst() {
        case .join(let row, _):
            claims.run = row.run
            beat = row.beat
            alive = sent
            obstacle = nil
            plan = [.look]
        case .giveUp(let shards, _, _):
            for shard in shards { claims.claims[shard] = nil }
        case .putOut: putOuts += 1
        case .leave:
            claims = ShardClaims()
            ending = .left
        case .look, .beat, .claim, .wait, .end: break
        }
    }

    /// A beat was answered.
    ///
    /// - Parameter isMember: whether the run is still in the fleet.
    package mutating func beaten(_ isMember: Bool, at now: Int64) {
        guard case .beat? = plan.first else { return }
        connected(at: now)
        guard isMember else { return wasPutOut(at: now) }
        // The lease is not longer before a look has told what has changed: who is a guest at one of our hosts waits for the
        // end of a lease that began before it came.
        alive = sent
        plan = [.look]
    }

    /// A look was answered.
    ///
    /// - Parameter timeOfDay: milliseconds of this machine's clock, as the engine's are.
    package mutating func looked(_ view: FleetView, applied: UInt64 = .max, at now: Int64, timeOfDay: Int64) {
        guard case .look? = plan.first else { return }
        plan.removeFirst()
        connected(at: now)
        let off = max(0, abs(view.time.subtractingReportingOverflow(timeOfDay).partialValue) - (now - sent))
        isClockOff = off > Self.clockTolerance
        judgeHealth(at: now)
        watch.see(view.nodes, at: now)
        let names = Dictionary(view.nodes.map { ($0.run, $0.name) }) { first, _ in first }
        claims.machines = view.owners.map { $0.flatMap { names[$0] } }
        claims.longestLease = max(machine.lease, view.nodes.map(\.lease).max() ?? 0)
        guard let run = claims.run else {
            if leaveBy == nil { prepareToJoin(view, applied: applied, off: off, at: now) }
            return
        }
        guard let mine = view.nodes.first(where: { $0.run == run }) else { return wasPutOut(at: now) }
        beat = mine.beat
        if let alive { claims.until = max(claims.until, alive + machine.lease - machine.margin) }
        alive = nil
        settle(view, run: run, at: now)
    }

    private mutating func connected(at now: Int64) {
        // While an engine stands still, others cannot say either that they live.
        let isSlow = now - sent > machine.heartbeat
        connectedSince = isSlow ? now : connectedSince ?? now
    }

    // MARK: - What a look leads to

    private mutating func prepareToJoin(_ view: FleetView, applied: UInt64, off: Int64, at now: Int64) {
        let goal = goal ?? view.position
        self.goal = goal
        obstacle = nil
        // What is in the way may be gone soon.
        defer { if plan.isEmpty { nextTurn = min(nextTurn, now + machine.retry) } }
        if applied < goal {
            obstacle = .behind(by: goal - applied)
            return
        }
        if isClockOff {
            obstacle = .clock(off: off)
            return
        }
        let holder = view.nodes.first { $0.name == machine.name }
        if let holder, holder.machine != machine.id {
            obstacle = .name
            waitForNamesake(holder, at: now)
            return
        }
        namesake = nil
        let row = NodeRow(
            run: makeRun(), name: machine.name, machine: machine.id, applied: applied, lease: machine.lease,
            weight: machine.weight, about: "{}")
        plan = [.join(row, replacing: holder?.run)]
    }

    /// Another machine has this one's name: it may be dead, and is put out then as any other is.
    private mutating func waitForNamesake(_ holder: NodeRow, at now: Int64) {
        let first = namesake ?? (now, holder.run, holder.beat)
        namesake = first
        if (holder.run, holder.beat) != (first.run, first.beat) {
            if now - first.since >= holder.lease { ending = .nameIsTaken }
        } else if mayPutOut(holder, at: now) {
            plan = [.putOut(run: holder.run, beat: holder.beat), .look]
        }
    }

    private func mayPutOut(_ node: NodeRow, at now: Int64) -> Bool {
        // After an outage of the engine all seem silent, until they have had time to say that they are not.
        guard let connectedSince, now - connectedSince >= 2 * machine.heartbeat else { return false }
        return watch.isSilent(node, at: now)
    }

    private mutating func settle(_ view: FleetView, run: String, at now: Int64) {
        let silent = view.nodes.filter { $0.run != run && mayPutOut($0, at: now) }
        let gone = Set(silent.map(\.run))
        let owners = rightfulOwners(among: view.nodes.filter { !gone.contains($0.run) }, shards: view.owners.count)
        var wanted: [Int] = []
        var held: [Int: ShardClaims.Claim] = [:]
        for (shard, owner) in view.owners.enumerated() {
            let isOurs = owners[shard] == run && leaveBy == nil
            if owner == run {
                var claim = claims.claims[shard] ?? ShardClaims.Claim(since: now, position: view.position)
                claim.isLeaving = !isOurs
                held[shard] = claim
            } else if isOurs, owner == nil || gone.contains(owner ?? "") {
                wanted.append(shard)
            }
        }
        claims.claims = held
        givesUp = held.values.contains { $0.isLeaving }
        plan = silent.map { .putOut(run: $0.run, beat: $0.beat) }
        if !wanted.isEmpty { plan.append(.claim(wanted, run: run)) }
        // What was got is in the table, and not in the answer to a claim.
        if !plan.isEmpty { plan.append(.look) }
    }

    /// By shard, the run that should have it: of the machines that are well where there are any.
    private mutating func rightfulOwners(among nodes: [NodeRow], shards: Int) -> [String?] {
        let willing = nodes.filter { $0.weight > 0 }
        let well = willing.filter { NodeAbout($0.about).isWell }
        let runs = Dictionary((well.isEmpty ? willing : well).map { ($0.name, $0) }) { first, _ in first }
        let shares = runs.values.map { ShardMap.Share(name: $0.name, weight: $0.weight) }.sorted { $0.name < $1.name }
        if map.shares != shares || map.owners.count != shards {
            map = (shares, ShardMap.owners(among: shares, shards: shards))
        }
        return map.owners.map { $0.flatMap { runs[$0]?.run } }
    }
}
