internal import Configuration
internal import FeedModel

/// `FeedNames` knows the id that a feed has now by each that it had before, so that a feed's old records count as its own.
struct FeedNames {
    private let successors: [FeedIdentifier: FeedIdentifier]
    /// The ids of the configured feeds with their tags.
    private let tags: [FeedIdentifier: Set<TagKey>]

    /// - Parameters:
    ///   - configuration: with the ids by which the store knows feeds.
    ///   - states: what the store remembers of feeds.
    init(_ configuration: Configuration, states: [FeedState]) {
        let tags = Dictionary(
            configuration.feeds.map { ($0.id, Set($0.tags.map { TagKey($0) })) },
            uniquingKeysWith: { first, _ in first })
        var successors: [FeedIdentifier: FeedIdentifier] = [:]
        for state in states { for old in state.formerly { successors[FeedIdentifier(old)] = state.feed } }
        for feed in configuration.feeds { for old in feed.formerly { successors[old] = feed.id } }
        // An id that a feed has now is that feed's first.
        self.successors = successors.filter { tags[$0.key] == nil }
        self.tags = tags
    }

    /// The id that the feed has now; the same where it has had no other.
    func current(_ id: FeedIdentifier) -> FeedIdentifier { successors[id] ?? id }

    /// The tags that the configuration gives the feed; nil where it has no such feed.
    func tags(of id: FeedIdentifier) -> Set<TagKey>? { tags[current(id)] }
}
