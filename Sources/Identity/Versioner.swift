internal import Digest
internal import FeedModel

/// `Versioner` decides what a known article brings: nothing, an edit, or another article under its id
/// (identity.md §3.1, §8).
struct Versioner {
    /// An article counts as volatile after this many changes in a row without a change of the publisher's own date
    /// (identity.md §8).
    static let maximumSilentChanges: UInt8 = 24

    private let rules: IdentityRules
    private let comparison: ArticleComparison
    private let assigner: KeyAssigner

    init(_ rules: IdentityRules) {
        self.rules = rules
        comparison = ArticleComparison(ownHosts: rules.ownHosts)
        assigner = KeyAssigner(rules)
    }

    /// Compares an item with the article that its id means, and with the later ones that were given the same id.
    func judgement<Knowledge: ArticleKnowledge>(
        _ place: Int, is found: KnownArticle, _ items: inout DocumentItems, _ finder: inout CandidateFinder,
        _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> Judgement {
        let item = items[place]
        var judgement = Judgement(index: item.index, uid: found.uid, contentHash: item.hash, verdict: .unchanged)
        // At a poll nearly all are.
        if found.contentHash == item.hash { return judgement }
        let article = items.article(place)
        var current = found
        var generation = 1
        while true {
            // A later use of the id may be another item of the document.
            if generation == 1 || items.claims.item(being: current.uid) ?? place == place {
                judgement.uid = current.uid
                if current.contentHash == item.hash { return judgement }
                let passedOver = verdictWithoutVersion(current, article)
                if let passedOver, try isSurelyNoReuse(place, of: current, &items, knowledge) {
                    judgement.verdict = passedOver
                    return judgement
                }
                let old = try knowledge.stored(current.seq)
                let isReuse = old.map { comparison.isReuse($0.article, article) } ?? false
                if !isReuse || generation >= ItemLookup.maximumGenerations {
                    items.claims.take(current.uid, for: place)
                    if let passedOver {
                        judgement.verdict = passedOver
                    } else {
                        try edit(&judgement, place, current, old, &items, knowledge)
                    }
                    return judgement
                }
            }
            generation += 1
            let uid = items.identifier(place, precision: item.precision, generation: generation)
            guard let next = try knowledge.known(uid.key) else {
                judgement.uid = uid
                judgement.verdict = .reusing(current.seq)
                judgement.events.append(.guidReused)
                let link = try finder.link(place, &items, knowledge)
                judgement.keys = try assigner.newKeys(place, uid, link, variant: nil, &items, knowledge)
                return judgement
            }
            current = next
        }
    }

    private func edit<Knowledge: ArticleKnowledge>(
        _ judgement: inout Judgement, _ place: Int, _ known: KnownArticle, _ old: StoredArticle?,
        _ items: inout DocumentItems, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) {
        let version = version(of: known, old, items.article(place))
        judgement.verdict = .update(version)
        if version.silentChanges == Self.maximumSilentChanges { judgement.events.append(.volatile) }
        judgement.keys = try assigner.changedKeys(place, known.uid, old?.article, &items, knowledge)
    }

    /// Why an edit would not be stored, if it would not.
    private func verdictWithoutVersion(_ known: KnownArticle, _ article: Article) -> Judgement.Verdict? {
        if !rules.keepsUpdates { return .ignored }
        return silentChanges(known, article) > Self.maximumSilentChanges ? .volatile : nil
    }

    private func silentChanges(_ known: KnownArticle, _ article: Article) -> UInt8 {
        known.modified == article.modified ? min(known.silentChanges, .max - 1) + 1 : 0
    }

    private func version(of known: KnownArticle, _ old: StoredArticle?, _ new: Article) -> Judgement.Version {
        Judgement.Version(
            number: known.version &+ 1, previous: known.seq, first: old?.first ?? known.seq, firstSeen: old?.firstSeen,
            changed: old.map { ChangedFields.names(from: $0.article, to: new, isShort: $0.isShort) } ?? [],
            silentChanges: silentChanges(known, new))
    }

    /// Whether an item is the article in any case. This is told without reading the stored article: an edit that is
    /// passed over at every poll shall not cost that each time.
    private func isSurelyNoReuse<Knowledge: ArticleKnowledge>(
        _ place: Int, of known: KnownArticle, _ items: inout DocumentItems, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> Bool {
        let article = items.article(place)
        if article.published == nil || article.id == nil { return true }
        guard let link = items.link(place) else { return false }
        if try knowledge.known(link.key)?.uid == known.uid { return true }
        let title = items.title(place)
        return try knowledge.known(items.matchKeys.linkAndTitle(link.form, title))?.uid == known.uid
    }
}
