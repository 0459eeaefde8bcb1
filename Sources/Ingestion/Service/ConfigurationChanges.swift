internal import Configuration
internal import FeedModel

/// `ConfigurationChanges` counts the feeds that a configuration has more than the one before, lacks, and has otherwise.
struct ConfigurationChanges: Equatable {
    let added: Int
    let removed: Int
    /// Feeds that are in both and are not polled as before.
    let changed: Int

    init(from old: Configuration, to new: Configuration) {
        let before = Dictionary(old.feeds.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        added = new.feeds.count { before[$0.id] == nil }
        let kept = Set(new.feeds.map(\.id))
        removed = before.keys.count { !kept.contains($0) }
        changed = new.feeds.count { feed in
            guard let known = before[feed.id] else { return false }
            return known.url != feed.url || known.options != feed.options || known.tags != feed.tags
                || known.title != feed.title
        }
    }
}
