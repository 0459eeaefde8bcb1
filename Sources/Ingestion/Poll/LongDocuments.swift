internal import ArticleStore
internal import Configuration
package import FeedModel
internal import FeedParsing
internal import Identity

extension IdentityRules {
    /// The rules by which a feed's items are known, as far as they do not depend on the other items of the document.
    init(_ feed: FeedConfiguration, _ state: FeedState, homePageURL: String?) {
        // What was stored under the first id stays known by it.
        self.init(feed: state.formerly.last.map { FeedIdentifier($0) } ?? feed.id)
        if !state.formerly.isEmpty {
            otherIDs = [feed.id] + state.formerly.dropLast().map { FeedIdentifier($0) }
        }
        site = FeedSite(urls: [feed.url, state.move.adopted].compactMap { $0 })
        ownHosts = [feed.host, homePageURL.flatMap(FeedConfiguration.host(of:))].compactMap { $0 }
        joinsVariants = feed.aliases
        churn = state.churn
    }
}

extension ParseLimits {
    /// The limits for a feed's document: of items beyond the first the store is asked what is known.
    init(_ feed: FeedConfiguration, _ state: FeedState, _ store: ArticleStore) {
        self.init()
        standing = { article, homePageURL in
            let rules = IdentityRules(feed, state, homePageURL: homePageURL)
            do throws(StoreError) {
                return try rules.standing(of: article, StoreKnowledge(store: store, rules))
            } catch {
                // What is wrong with the store is told when the document is judged.
                return .new
            }
        }
    }
}

/// What is learnt, and told people, of a document that has more items than the limit (security.md §4).
extension FeedState.LongDocument {
    /// - Parameters:
    ///   - items: the document has so many that were taken or are known.
    ///   - hasNews: new articles of it are stored now, so that the next poll has room for others.
    ///   - hasEdits: so are versions of known ones.
    init?(_ surplus: SurplusItems?, items: Int, hasNews: Bool, hasEdits: Bool) {
        guard let surplus else { return nil }
        self.init()
        self.items = Int32(clamping: items + surplus.left)
        left = Int32(clamping: surplus.left)
        isToBeReadAgain = surplus.leftNew > 0 && hasNews || surplus.leftChanged > 0 && (hasNews || hasEdits)
    }

    /// Says in one sentence what is known.
    package var sentence: String {
        let beyond =
            "its document has \(items) items: of those beyond the limit of \(ParseLimits().items) the new and changed"
            + " ones are taken"
        if left == 0 { return beyond }
        return beyond + ", as far as there is room; \(left) were left"
            + (isToBeReadAgain ? " for the next poll" : ", which are taken once there are fewer others")
    }
}
