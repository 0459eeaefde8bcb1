internal import Configuration
internal import FeedModel

/// `FeedNames` lets the old records of a feed count as its own: it knows the id and the tags that the feed has now by each id
/// that it had before.
struct FeedNames {
    private let succession: FeedSuccession
    /// The ids of the configured feeds with their tags.
    private let tags: [FeedIdentifier: Set<TagKey>]

    /// - Parameters:
    ///   - configuration: with the ids by which the store knows feeds.
    ///   - states: what the store remembers of feeds.
    init(_ configuration: Configuration, states: [FeedState]) {
        succession = FeedSuccession(configuration.feeds, states: states)
        tags = Dictionary(
            configuration.feeds.map { ($0.id, Set($0.tags.map { TagKey($0) })) },
            uniquingKeysWith: { first, _ in first })
    }

    /// The id that the feed has now; the same where it has had no other.
    func current(_ id: FeedIdentifier) -> FeedIdentifier { succession.current(id) }

    /// The tags that the configuration gives the feed; nil where it has no such feed.
    func tags(of id: FeedIdentifier) -> Set<TagKey>? { tags[current(id)] }
}
