internal import ArticleStore
internal import FeedModel

/// `BlocksOfToday` counts what rules have blocked of all feeds in this hour and the 23 before it.
struct BlocksOfToday: Sendable {
    let feeds: [FeedIdentifier]
    let store: ArticleStore
    let now: Timestamp

    /// Reads each feed's state, which takes some microseconds.
    var count: UInt64 { feeds.reduce(0) { $0 + (store.state(of: $1)?.recentBlocks?.lastDay(at: now) ?? 0) } }
}
