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
        for feed in feeds where !feed.formerly.isEmpty {
            let own = state(of: feed.id)
            let formers = feed.formerly.map { state(of: $0) }
            var ids: [String] = []
            for (id, former) in zip(feed.formerly, formers) {
                for id in [id.text] + (former?.formerly ?? []) where !ids.contains(id) { ids.append(id) }
            }
            // The first id stays the last of the list, whoever names another one later.
            for id in own?.formerly ?? [] {
                ids.removeAll { $0 == id }
                ids.append(id)
            }
            ids.removeAll { $0 == feed.id.text }
            ids = ids.suffix(FeedState.mostFormerIDs)
            if own?.formerly == ids { continue }
            let former = formers.lazy.compactMap { $0 }.first
            var next = own ?? former?.taken(over: feed) ?? FeedState(feed: feed.id, configured: feed.url)
            next.formerly = ids
            keep(next)
        }
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
