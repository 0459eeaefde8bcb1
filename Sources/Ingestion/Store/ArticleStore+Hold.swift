package import ArticleStore
package import Configuration
package import FeedModel

extension ArticleStore {
    /// Remembers that feeds are not to be polled before a time, or, where that is nil, that they may be.
    package func hold(_ feeds: [FeedConfiguration], until: Timestamp?) throws(StoreError) {
        let commits = feeds.map { feed in
            var state = state(of: feed.id) ?? FeedState(feed: feed.id, configured: feed.url)
            state.schedule.heldUntil = until
            return FeedCommit(feed: feed.id, records: [], state: state)
        }
        _ = try commit(commits)
        try flushStates()
    }
}
