internal import Digest
internal import FeedModel

/// What a known id brings (identity.md §3.1, §8).
extension IdentityJudge {
    /// - Parameter place: the item's.
    mutating func compare<Knowledge: ArticleKnowledge>(
        _ place: Int, with found: KnownArticle, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> Judgement {
        let item = items[place]
        var judgement = Judgement(index: item.index, uid: found.uid, contentHash: item.hash, verdict: .unchanged)
        // At a poll nearly all are.
        if found.contentHash == item.hash { return judgement }
        let article = articles[item.index]
        var current = found
        var generation = 1
        while true {
            // A later use of the id may be another item of the document.
            if generation == 1 || present[current.uid] ?? place == place {
                judgement.uid = current.uid
                if current.contentHash == item.hash { return judgement }
                let passedOver = verdictWithoutVersion(current, article)
                if let passedOver, try isSurelyNoReuse(place, of: current, knowledge) {
                    judgement.verdict = passedOver
                    return judgement
                }
                let old = try knowledge.stored(current.seq)
                let isReuse = old.map { sameness.isReuse($0.article, article) } ?? false
                if !isReuse || generation >= Self.maximumGenerations {
                    present[current.uid] = place
                    try edit(&judgement, place, current, old, passedOver, knowledge)
                    return judgement
                }
            }
            generation += 1
            let uid = keys.identifier(of: article, precision: item.precision, generation: generation)
            guard let next = try knowledge.known(uid.key) else {
                judgement.uid = uid
                judgement.verdict = .reusing(current.seq)
                judgement.events.append(.guidReused)
                let keys = try newKeys(place, uid, try linkPlace(place, knowledge), variant: nil, knowledge)
                judgement.keys = claimed(keys, for: place)
                return judgement
            }
            current = next
        }
    }

    private mutating func edit<Knowledge: ArticleKnowledge>(
        _ judgement: inout Judgement, _ place: Int, _ known: KnownArticle, _ old: StoredArticle?,
        _ passedOver: Judgement.Verdict?, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) {
        if let passedOver {
            judgement.verdict = passedOver
            return
        }
        let version = version(of: known, old, articles[items[place].index])
        judgement.verdict = .update(version)
        if version.silentChanges == Self.maximumSilentChanges { judgement.events.append(.volatile) }
        judgement.keys = claimed(
            try changedKeys(place, known.uid, old?.article, knowledge), for: place)
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

    /// Told without reading the stored article: what is passed over at every poll shall not cost that each time.
    private mutating func isSurelyNoReuse<Knowledge: ArticleKnowledge>(
        _ place: Int, of known: KnownArticle, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> Bool {
        let index = items[place].index
        if articles[index].published == nil || articles[index].id == nil { return true }
        guard let link = linkForm(place) else { return false }
        if try knowledge.known(matchKeys.link(link))?.uid == known.uid { return true }
        return try knowledge.known(matchKeys.linkAndTitle(link, title(place)))?.uid == known.uid
    }
}
