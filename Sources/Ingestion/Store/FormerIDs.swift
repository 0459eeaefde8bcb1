package import ArticleStore
package import Configuration
package import FeedModel

/// Feeds that had another id before (contract.md §2).
extension ArticleStore {
    /// Lets such feeds go on with what is remembered under their former ids.
    ///
    /// The state of a former id stays where it is, so that the way back is open, too.
    ///
    /// - Parameter keep: takes each state that has to change.
    package func takeOver(_ feeds: [FeedConfiguration], keep: (FeedState) -> Void) {
        for feed in feeds {
            if let next = feed.takingOver({ state(of: $0) }) { keep(next) }
        }
    }
}

extension Configuration {
    /// Returns what is remembered of feeds, by their ids, as their next polls begin with it.
    ///
    /// - Parameter states: those of the store's file, which need not know yet of `formerly`.
    package func remembered(_ states: some Sequence<FeedState>) -> [FeedIdentifier: FeedState] {
        var result = Dictionary(states.lazy.map { ($0.feed, $0) }, uniquingKeysWith: { $1 })
        for feed in feeds {
            if let next = feed.takingOver({ result[$0] }) { result[feed.id] = next }
        }
        return result
    }
}

extension FeedConfiguration {
    /// Returns the state with which the feed goes on where `formerly` changes it; nil where it stays as it is.
    ///
    /// - Parameter state: what is remembered under an id.
    package func takingOver(_ state: (FeedIdentifier) -> FeedState?) -> FeedState? {
        if self.formerly.isEmpty { return nil }
        let own = state(id)
        let formers = self.formerly.map(state)
        var ids: [String] = []
        for (id, former) in zip(self.formerly, formers) {
            for id in [id.text] + (former?.formerly ?? []) where !ids.contains(id) { ids.append(id) }
        }
        // The first id stays the last of the list, whoever names another one later.
        for id in own?.formerly ?? [] {
            ids.removeAll { $0 == id }
            ids.append(id)
        }
        ids.removeAll { $0 == id.text }
        ids = ids.suffix(FeedState.mostFormerIDs)
        if own?.formerly == ids { return nil }
        let former = formers.lazy.compactMap { $0 }.first
        var next = own ?? former?.taken(over: self) ?? FeedState(feed: id, configured: url)
        next.formerly = ids
        return next
    }
}

extension FeedState {
    /// What is remembered of the feed, under its new id. Its last polls stay with the old one: their places in the file
    /// say whose they are.
    fileprivate func taken(over feed: FeedConfiguration) -> FeedState {
        var state = self
        state.feed = feed.id
        state.schedule.historyBlock = nil
        return state
    }
}
