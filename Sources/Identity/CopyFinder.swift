internal import Digest
internal import FeedModel

/// `CopyFinder` tells which article of another feed an item repeats (identity.md §9).
struct CopyFinder {
    private let rules: IdentityRules
    private let comparison: ArticleComparison

    init(_ rules: IdentityRules) {
        self.rules = rules
        comparison = ArticleComparison(ownHosts: rules.ownHosts)
    }

    /// The first record of the article that another feed had before.
    ///
    /// - Parameter former: what the item said before, under whose title the other feed may have it as well.
    func original<Knowledge: ArticleKnowledge>(
        of place: Int, _ link: LinkCandidate, formerly former: Article? = nil, _ items: inout DocumentItems,
        _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> UInt64? {
        guard rules.findsDuplicates, let owner = link.owner else { return nil }
        // Where retention has removed it, only what is the same in all its fields is surely known.
        guard let stored = link.stored else { return owner.contentHash == items[place].hash ? owner.seq : nil }
        let isSameTitle = link.isSameTitle || former.map { comparison.isSameTitle(stored.article, $0) } ?? false
        guard stored.feed != rules.feed, isSameTitle, !items.title(place).isEmpty,
            !comparison.hasOtherFile(stored, items.article(place)),
            try knowledge.known(items.matchKeys.sharedLink(link.form)) == nil
        else { return nil }
        return stored.first
    }
}
