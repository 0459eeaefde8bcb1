internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Scheduling

/// What other machines of the fleet have found (docs/spec/fleet.md F12, F18, F19).
extension ServiceState {
    var pausesFromElsewhere: [(host: String, until: Timestamp)] { parts.territory == nil ? [] : pauses }

    /// What is remembered of feeds. What a clock that was ahead has left is put right where the feed is this machine's to poll, so
    /// that the fleet is told by one of its machines alone.
    ///
    /// - Parameter schedule: of the configuration in force: while feeds are counted the roster is not to be asked.
    func ownMemory(_ schedule: ScheduleSettings) -> FeedRoster.Memory {
        { [parts] feed in
            let outlook = parts.store.outlook(of: feed.id, at: feed.url)
            guard let trusted = parts.clock.trusted,
                let right = parts.store.rightState(of: feed, outlook, schedule, at: trusted),
                parts.territory?.mayPoll(feed, adoptedURL: outlook?.adoptedURL) == true
            else { return outlook }
            try? parts.writer.keep(right)
            return FeedOutlook(right, at: feed.url)
        }
    }

    func heard(_ ids: Set<FeedIdentifier>) -> Bool {
        guard let territory = parts.territory else { return false }
        let time = now()
        var isOurs = false
        for id in ids {
            guard let feed = roster.feed(of: id), let outlook = outlook(of: feed) else { continue }
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
        // Which host that is takes longer to find out, and most feeds have brought none.
        guard outlook.schedule.isOfHost else { return }
        let host = allowances.allowance(for: feed, adoptedURL: outlook.adoptedURL).key
        parts.health.learn(outlook.schedule, host: host, at: time)
    }
}
