internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Scheduling

/// What other machines of the fleet have found (docs/spec/fleet.md F12, F18, F19).
extension ServiceState {
    var pausesFromElsewhere: [(host: String, until: Timestamp)] { parts.territory == nil ? [] : pauses }

    func heard(_ ids: Set<FeedIdentifier>) -> Bool {
        guard let territory = parts.territory else { return false }
        let time = now()
        var isOurs = false
        for id in ids {
            guard let feed = roster.number(of: id).flatMap({ roster.feed($0) }), let outlook = outlook(of: feed) else {
                continue
            }
            roster.count(feed, outlook, at: time)
            learn(outlook, of: feed, at: time, roster.allowances)
            // Somebody has paused it, or it has moved to a site of this machine's.
            if territory.mayPoll(feed, adoptedURL: outlook.adoptedURL) { isOurs = true }
        }
        return isOurs
    }

    /// Takes in a pause that the feed has brought its host.
    func learn(
        _ outlook: FeedOutlook, of feed: FeedConfiguration, at time: Timestamp, _ allowances: HostAllowances
    ) {
        let host = allowances.allowance(for: feed, adoptedURL: outlook.adoptedURL).key
        parts.health.learn(outlook.schedule, host: host, at: time)
    }
}
