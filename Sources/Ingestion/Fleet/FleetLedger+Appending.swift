internal import ArticleStore
internal import Digest
internal import FeedModel
internal import Fleet
private import Locking

/// How an entry gets into the log, or does not. All of it on the writer's thread.
extension FleetLedger {
    /// Brings an entry into the log, and applies it.
    ///
    /// - Parameters:
    ///   - answers: gets what became of each commit, but of those of which other parts follow.
    ///   - isPatient: whether an engine that is away is waited for. Only states, which may come later, need not wait.
    /// - Returns: the number of the last record that there was with the entry; nil where it is not in the log.
    func append(
        _ group: CommitGroup, _ answers: inout [Result<CommitResult, StoreError>?], isPatient: Bool
    ) -> UInt64? {
        var group = group
        let batch = RandomUUID.text()
        beginAppending()
        defer { endAppending() }
        while true {
            if let divergence = shared.withLock({ $0.divergence }) {
                fail(group, divergence, &answers)
                return nil
            }
            do throws(LogFollower.Failure) {
                switch try attempt(&group, batch, &answers) {
                case .again: continue
                case .over(let end): return end
                }
            } catch {
                let failure = take(error)
                let mayWait = isPatient && !shared.withLock { $0.isStopped }
                guard case .engine(let engine) = error, engine.kind == .away, mayWait else {
                    fail(group, failure, &answers)
                    return nil
                }
                pause()
            }
        }
    }

    enum Attempt {
        /// Others were there before.
        case again
        /// It is known what became of the entry. As `append` returns it.
        case over(end: UInt64?)
    }

    func attempt(
        _ group: inout CommitGroup, _ batch: String, _ answers: inout [Result<CommitResult, StoreError>?]
    ) throws(LogFollower.Failure) -> Attempt {
        if writing.value.mustRead {
            // An append without an answer may have come through.
            let own = LogFollower.Own(batch: batch, states: states(of: group))
            if let end = try follow(lookingFor: own) {
                succeed(group, &answers)
                return .over(end: end)
            }
        }
        drop(&group, &answers)
        let own = LogFollower.Own(batch: batch, states: states(of: group))
        let rendered: Rendered
        let body: [UInt8]
        do throws(StoreError) {
            rendered = try store.render(group.parts.map(\.commit))
            group.result = rendered.result
            if rendered.count == 0, own.states.isEmpty {
                succeed(group, &answers)
                return .over(end: nil)
            }
            body = try self.body(rendered, own)
        } catch {
            fail(group, error, &answers)
            return .over(end: nil)
        }
        let begun = ContinuousClock.now
        let outcome: AppendOutcome
        do throws(LogFollower.Failure) {
            outcome = try writing.value.follower.append(rendered, own, body: body)
        } catch {
            if case .engine = error { count { $0.unanswered += 1 } }
            throw error
        }
        switch outcome {
        case .appended:
            let milliseconds = (ContinuousClock.now - begun).milliseconds
            count {
                $0.appended += 1
                $0.durations.add(milliseconds: milliseconds)
            }
            writing.value.lastEntry = .now
            settle(Set(own.states.map(\.feed)), areOwn: true)
            succeed(group, &answers)
            return .over(end: rendered.head.seq)
        case .overtaken:
            count { $0.overtaken += 1 }
            writing.value.mustRead = true
            return .again
        case .putOut:
            count { $0.putOut += 1 }
            endTerm()
            fail(group, putOut, &answers)
            shared.withLock { $0.hearers }.putOut()
            return .over(end: nil)
        }
    }

    /// What the entry says of states: those that no articles came with were there before.
    func states(of group: CommitGroup) -> [StateDifference] {
        shared.withLock { Array($0.appending.values) } + group.parts.compactMap(\.difference)
    }

    func body(_ rendered: Rendered, _ own: LogFollower.Own) throws(StoreError) -> [UInt8] {
        let entry = LogEntry(
            batch: own.batch, records: rendered.eachLine(), states: own.states.map { $0.line[...] },
            segments: rendered.segments)
        do throws(LogEntryFault) {
            return try entry.body()
        } catch {
            throw .fleet(
                .inputOutput, store.path, "an entry of it cannot be appended to the log: \(error)",
                advice: "report this as a bug in newswire")
        }
    }

    /// Gives back commits of which others have stored meanwhile what would have changed the judgement, and throws away what is
    /// of a term that is over.
    func drop(_ group: inout CommitGroup, _ answers: inout [Result<CommitResult, StoreError>?]) {
        let term = shared.withLock { shared in
            if shared.appendingTerm != shared.term { throwAway(&shared.appending) }
            return shared.term
        }
        group.parts.removeAll { part in
            let failure: StoreError
            if part.basis.term != term {
                failure = putOut
            } else if isOvertaken(part.basis) {
                count { $0.judgedAgain += 1 }
                failure = overtaken
            } else {
                return false
            }
            answers[part.index] = .failure(failure)
            return true
        }
    }

    func isOvertaken(_ basis: CommitBasis) -> Bool {
        if basis.keys.isEmpty || store.lastSeq <= basis.seq { return false }
        // What cannot be told counts as changed: judging again finds out.
        return basis.keys.contains { key in
            do throws(StoreError) { return try store.record(key: key) ?? 0 > basis.seq } catch { return true }
        }
    }

    func succeed(_ group: CommitGroup, _ answers: inout [Result<CommitResult, StoreError>?]) {
        // Not nil: it was rendered before it was appended.
        guard let result = group.result else { return }
        for part in group.parts where part.isLast { answers[part.index] = .success(result) }
    }

    func fail(
        _ group: CommitGroup, _ error: StoreError, _ answers: inout [Result<CommitResult, StoreError>?]
    ) {
        for part in group.parts { answers[part.index] = .failure(error) }
    }
}
