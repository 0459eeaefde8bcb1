internal import Digest
internal import FeedModel

/// `RenameFinder` finds articles that have gone from a document and stand in it under another id (identity.md §3.4).
///
/// An item is a known article only where it can be no other one, and that article no other item of the document.
struct RenameFinder {
    private let feed: FeedIdentifier
    private let comparison: ArticleComparison

    init(_ rules: IdentityRules) {
        feed = rules.feed
        comparison = ArticleComparison(ownHosts: rules.ownHosts)
    }

    /// `Rename` is an item, by its place among the matches, and the article that it may be.
    private struct Rename {
        let index: Int
        let known: KnownArticle
        let reason: Judgement.Alias.Reason
    }

    /// Makes those matches aliases that are known articles under another id.
    func find<Knowledge: ArticleKnowledge>(
        _ matches: inout [Match], _ items: inout DocumentItems, _ finder: inout CandidateFinder, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) {
        let open = matches.indices.filter { canBeKnown(matches[$0], items) }
        if open.isEmpty { return }
        if knowledge.readsAhead { finder.preparePairs(open.map { matches[$0].place }, &items, knowledge) }
        var texts = DocumentTexts()
        var renames: [Rename] = []
        var uses: [ArticleIdentifier: Int] = [:]
        for index in open {
            guard let rename = try rename(index, matches[index].place, &items, &finder, &texts, knowledge) else {
                continue
            }
            renames.append(rename)
            uses[rename.known.uid, default: 0] += 1
        }
        for rename in renames where uses[rename.known.uid] == 1 {
            let place = matches[rename.index].place
            items.claims.release(matches[rename.index].keys, from: place)
            items.claims.take(rename.known.uid, for: place)
            matches[rename.index].kind = .alias(rename.known, rename.reason)
        }
    }

    /// What several items have as their id says nothing of any of them.
    private func canBeKnown(_ match: Match, _ items: borrowing DocumentItems) -> Bool {
        match.isOpen && !items[match.place].isShared && !items[match.place].isSplit
    }

    /// The article that the item is, where there is exactly one that it can be.
    private func rename<Knowledge: ArticleKnowledge>(
        _ index: Int, _ place: Int, _ items: inout DocumentItems, _ finder: inout CandidateFinder,
        _ texts: inout DocumentTexts, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> Rename? {
        var facts = items.renameFacts(place)
        var result: Rename?
        if let link = try finder.link(place, &items, knowledge), let owner = link.owner, let stored = link.stored,
            stored.feed == feed, !items.claims.isTaken(owner.uid),
            try knowledge.known(items.matchKeys.sharedLink(link.form)) == nil
        {
            facts.hasOwnLink = true
            facts.hasOtherLinkBeside = items.hasTwoLinks()
            if let found = comparison.rename(stored, items.article(place), facts), holds(found, place, items, &texts) {
                result = Rename(index: index, known: owner, reason: found.reason)
            }
            facts.hasOwnLink = false
        }
        guard let known = try finder.sameDate(place, &items, knowledge), known.uid != result?.known.uid,
            let stored = try knowledge.stored(known.seq),
            let found = comparison.rename(stored, items.article(place), facts), holds(found, place, items, &texts)
        else { return result }
        return result == nil ? Rename(index: index, known: known, reason: found.reason) : nil
    }

    /// Whether nothing in the document speaks against it.
    private func holds(
        _ found: RenameEvidence, _ place: Int, _ items: borrowing DocumentItems, _ texts: inout DocumentTexts
    ) -> Bool {
        !found.restsOnText || texts.isOnly(place, items)
    }
}

/// `DocumentTexts` tells which items of a document have the same text, once somebody asks.
struct DocumentTexts {
    private var hashes: [Int] = []

    /// Whether no other item of the document has this one's text.
    mutating func isOnly(_ place: Int, _ items: borrowing DocumentItems) -> Bool {
        if hashes.isEmpty {
            for place in items.places { hashes.append(TextWords(of: items.article(place)).words.hashValue) }
        }
        let hash = hashes[place]
        return hashes.count { $0 == hash } == 1
    }
}
