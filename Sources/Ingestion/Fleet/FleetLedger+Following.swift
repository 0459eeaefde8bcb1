package import ArticleStore
internal import Dispatch
internal import FeedModel
internal import Fleet
private import Locking

/// How the store follows the log, and what is made of it where it cannot.
extension FleetLedger {
    /// Follows the log from here on, until `stop`, and tells others than before. Returns at once.
    package func run(telling hearers: Hearers) {
        shared.withLock { $0.hearers = hearers }
        queue.async { [self] in look() }
    }

    func look() {
        if shared.withLock({ $0.isStopped || $0.divergence != nil }) { return }
        do throws(LogFollower.Failure) {
            try follow()
            note()
            writing.value.log.wait(milliseconds: Int(delays.looks.milliseconds))
        } catch {
            take(error)
            pause()
        }
        queue.async { [self] in look() }
    }

    /// Brings the store to the end of the log, and returns when it is there.
    package func catchUp() throws(StoreError) {
        let result = queue.sync { () -> Result<Void, StoreError> in
            do throws(LogFollower.Failure) {
                try follow()
                note()
                return .success(())
            } catch {
                return .failure(take(error))
            }
        }
        try result.get()
    }

    // MARK: Reading on

    /// - Returns: the number of the last record that there was with the own entry; nil where that was not there.
    @discardableResult
    func follow(lookingFor own: LogFollower.Own? = nil) throws(LogFollower.Failure) -> UInt64? {
        let follower = writing.value.follower
        var progress = LogFollower.Progress()
        let result = Result { () throws(LogFollower.Failure) in
            try follower.follow(lookingFor: own, &progress)
        }
        shared.withLock { $0.position = follower.position }
        if !progress.feeds.isEmpty {
            settle(progress.feeds, areOwn: progress.ownEnd != nil)
            shared.withLock { $0.hearers }.changed(progress.feeds)
        }
        switch result {
        case .success:
            writing.value.mustRead = false
            shared.withLock { $0.engine = nil }
        case .failure(let failure):
            // What was found is in the log, whatever has come behind it.
            guard progress.ownEnd != nil else { throw failure }
            take(failure)
        }
        return progress.ownEnd
    }

    /// Has the store note how far it is, now and then. What the disk does not take of that is read from the log again.
    func note() {
        shared.withLock { $0.position = writing.value.follower.position }
        if let last = writing.value.lastNote, ContinuousClock.now - last < delays.notes { return }
        writing.value.lastNote = .now
        try? watch.during(StoreWriter.action(on: store)) { () throws(StoreError) in try store.noteFleetPlace() }
    }

    // MARK: Failures

    @discardableResult
    func take(_ failure: LogFollower.Failure) -> StoreError {
        writing.value.mustRead = true
        switch failure {
        case .engine(let failure):
            shared.withLock { $0.engine = failure }
            return away(failure.description)
        case .disk(let error): return error
        case .diverged(let error):
            let isFirst = shared.withLock { shared in
                defer { shared.divergence = shared.divergence ?? error }
                return shared.divergence == nil
            }
            if isFirst { shared.withLock { $0.hearers }.diverged(error) }
            return error
        }
    }

    /// Until the engine is asked again.
    func pause() {
        if shared.withLock({ $0.isStopped }) { return }
        _ = stopping.wait(timeout: .now() + .milliseconds(Int(delays.tries.milliseconds)))
    }

    func count(_ change: (inout Figures) -> Void) { shared.withLock { change(&$0.figures) } }

    func away(_ reason: String) -> StoreError {
        .fleet(.fleetAway, store.path, reason, advice: "nothing is polled until the fleet's engine answers")
    }

    var putOut: StoreError {
        .fleet(
            .fleetAway, store.path, "this machine was put out of the fleet before what it had fetched was in the log",
            advice: "nothing need be done: it joins again, and what is missing is fetched again")
    }

    var overtaken: StoreError {
        .fleet(
            .overtaken, store.path, "another machine has stored meanwhile what is of one link with this",
            advice: "nothing need be done: it is judged again")
    }
}
