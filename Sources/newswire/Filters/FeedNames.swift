internal import Configuration
package import FeedModel

/// `FeedNames` lets the old records of a feed count as its own: it knows the id and the tags that the feed has now by each id
/// that it had before.
package struct FeedNames: Sendable {
    private let currentID: @Sendable (FeedIdentifier) -> FeedIdentifier
    /// Gives the tags of a feed by the id that it has now.
    private let configuredTags: @Sendable (FeedIdentifier) -> Set<TagKey>?

    /// - Parameters:
    ///   - current: gives the id that a feed has now; the same where it has had no other.
    ///   - tags: gives those of a feed by that id; nil where no such feed is configured.
    package init(
        current: @escaping @Sendable (FeedIdentifier) -> FeedIdentifier,
        tags: @escaping @Sendable (FeedIdentifier) -> Set<TagKey>?
    ) {
        currentID = current
        configuredTags = tags
    }

    /// - Parameters:
    ///   - configuration: with the ids by which the store knows feeds.
    ///   - states: what the store remembers of feeds.
    init(_ configuration: Configuration, states: [FeedState]) {
        let succession = FeedSuccession(configuration.feeds, states: states)
        let tags = Dictionary(
            configuration.feeds.map { ($0.id, Set($0.tags.map { TagKey($0) })) },
            uniquingKeysWith: { first, _ in first })
        self.init(current: { succession.current($0) }, tags: { tags[$0] })
    }

    /// Returns the id that the feed has now; the same where it has had no other.
    package func current(_ id: FeedIdentifier) -> FeedIdentifier { currentID(id) }

    /// The tags that the configuration gives the feed; nil where it has no such feed.
    func tags(of id: FeedIdentifier) -> Set<TagKey>? { configuredTags(current(id)) }
}
