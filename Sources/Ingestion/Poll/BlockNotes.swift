package import FeedModel

extension FeedState.RecentBlocks {
    /// Says in a sentence that rules block all that the feed brings; nil where they do not.
    package var sentence: String? {
        guard blockedAll else { return nil }
        let since = runSince.map { " since \(Timestamp(seconds: $0.seconds))" } ?? ""
        return "all \(run) articles of this feed\(since) were blocked by rules, the last by \(rule); "
            + "`newswire filters test \(rule)` shows by which words"
    }
}
