internal import ArticleStore
internal import FeedModel
private import Locking

/// States that count on this machine before the log has them.
extension FleetLedger {
    func beginAppending() {
        shared.withLock { shared in
            shared.appending = shared.waiting
            shared.appendingTerm = shared.term
            shared.waiting = [:]
        }
    }

    /// What is not in the log goes with the next entry, unless this machine was put out.
    func endAppending() {
        shared.withLock { shared in
            if shared.appendingTerm != shared.term { throwAway(&shared.appending) }
            for (feed, difference) in shared.appending {
                shared.waiting[feed] = shared.waiting[feed].map { difference.followed(by: $0) } ?? difference
            }
            shared.appending = [:]
        }
    }

    /// Forgets states that are ahead; of their feeds is shown what the log has.
    func throwAway(_ differences: inout [FeedIdentifier: StateDifference]) {
        for feed in differences.keys { store.hide(feed) }
        differences = [:]
    }

    /// Shows of feeds of which the log has said something what comes of that and of what is not in the log yet.
    func settle(_ feeds: Set<FeedIdentifier>, areOwn: Bool) {
        shared.withLock { shared in
            for feed in feeds {
                if areOwn { shared.appending[feed] = nil }
                let ahead = [shared.appending[feed], shared.waiting[feed]].compactMap { $0 }
                guard !ahead.isEmpty else {
                    store.hide(feed)
                    continue
                }
                let state = ahead.reduce(store.loggedState(of: feed)) { $1.applied(to: $0) }
                if let state { store.show(state, of: feed) }
            }
        }
    }
}
