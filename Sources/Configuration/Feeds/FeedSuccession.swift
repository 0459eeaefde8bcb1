package import FeedModel

/// `FeedSuccession` knows the id that a feed has now by each that it had before (`formerly`): for rules that name an old one,
/// and for records that were stored under it.
package struct FeedSuccession: Sendable {
    /// The ids that configured feeds have.
    package let ids: Set<FeedIdentifier>
    private let successors: [FeedIdentifier: FeedIdentifier]

    /// What a configured feed says of its own former ids counts before what is remembered of feeds.
    ///
    /// - Parameters:
    ///   - feeds: those of the configuration, with the ids by which the store knows them.
    ///   - states: what the store remembers of feeds.
    package init(_ feeds: [FeedConfiguration], states: [FeedState] = []) {
        ids = Set(feeds.lazy.map(\.id))
        var successors: [FeedIdentifier: FeedIdentifier] = [:]
        for state in states {
            for old in state.formerly { successors[FeedIdentifier(old)] = state.feed }
        }
        // Of two feeds that say they had it, the first in the configuration.
        for feed in feeds.reversed() {
            for old in feed.formerly { successors[old] = feed.id }
        }
        self.successors = successors
    }

    /// The id of the feed that had this one before; nil where a configured feed has it, whose it is first, or none had.
    package func successor(of id: FeedIdentifier) -> FeedIdentifier? { ids.contains(id) ? nil : successors[id] }

    /// The id that the feed has now; the same where it has had no other.
    package func current(_ id: FeedIdentifier) -> FeedIdentifier { successor(of: id) ?? id }

    /// What is said of a former id that was written for a feed, behind the key in which it stands.
    static func message(former old: FeedIdentifier, of feed: FeedIdentifier) -> String {
        "\(TOMLText.quoted(old.text)) is a former id of the feed \(TOMLText.quoted(feed.text)), for which it holds; write "
            + "the new one"
    }
}
