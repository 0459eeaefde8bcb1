internal import ArticleStore
internal import Configuration
internal import FeedModel

/// `FeedMetrics` are a few figures of each feed, for those who want as many time series (`[status] feed_metrics`).
struct FeedMetrics: Sendable {
    let feeds: [FeedConfiguration]
    let store: ArticleStore

    /// Reads each feed's state, which takes some microseconds.
    var prometheus: String {
        var successes: [(String, Double)] = []
        var failures: [(String, Double)] = []
        var silent: [(String, Double)] = []
        var volatile: [(String, Double)] = []
        var volatileArticles: [(String, Double)] = []
        for feed in feeds where feed.enabled {
            guard let state = store.state(of: feed.id), state.lastPoll != nil else { continue }
            let id = feed.id.text
            if let time = state.lastSuccess { successes.append((id, Double(time.seconds))) }
            failures.append((id, Double(state.failures)))
            if let time = state.silentSince(feed) { silent.append((id, Double(time.seconds))) }
            volatile.append((id, state.churn?.isSettled ?? false ? 1 : 0))
            volatileArticles.append((id, Double(state.volatility?.articles ?? 0)))
        }
        var text = PrometheusText()
        text.metric(
            "newswire_feed_last_success_timestamp_seconds", .gauge, "When the feed was last polled with success.",
            by: "feed", successes)
        text.metric(
            "newswire_feed_failures", .gauge, "How many polls of the feed have failed in a row.", by: "feed", failures)
        text.metric(
            "newswire_feed_silent_since_timestamp_seconds", .gauge,
            "Since when nothing new has come, of feeds that are silent.", by: "feed", silent)
        text.metric(
            "newswire_feed_volatile", .gauge, "Whether ids, or parameters of links, change at every poll.", by: "feed",
            volatile)
        text.metric(
            "newswire_feed_volatile_articles", .gauge,
            "How many articles of the feed's last document change all the time.", by: "feed", volatileArticles)
        return text.text
    }
}
