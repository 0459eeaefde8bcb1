internal import Digest
internal import FeedModel

/// What a known id brings (identity.md §3.1, §8).
extension IdentityJudge {
    mutating func compare<Knowledge: ArticleKnowledge>(
        _ item: DocumentItem, with found: KnownArticle, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> Judgement {
        let article = articles[item.index]
        var judgement = Judgement(index: item.index, uid: found.uid, contentHash: item.hash, verdict: .unchanged)
        var current = found
        var generation = 1
        while current.contentHash != item.hash {
            judgement.uid = current.uid
            let passedOver = verdictWithoutVersion(current, article)
            if let passedOver, try isSurelyNoReuse(article, of: current, knowledge) {
                judgement.verdict = passedOver
                return judgement
            }
            let old = try knowledge.stored(current.seq)
            guard let old, generation < Self.maximumGenerations, sameness.isReuse(old.article, article) else {
                judgement.verdict = passedOver ?? .update(version(of: current, old, article))
                if case .update(let version) = judgement.verdict {
                    if version.silentChanges == Self.maximumSilentChanges { judgement.events.append(.volatile) }
                    judgement.keys = try changedKeys(item, current.uid, old?.article, knowledge)
                }
                return judgement
            }
            generation += 1
            let uid = keys.identifier(of: article, precision: item.precision, generation: generation)
            guard let next = try knowledge.known(uid.key) else {
                judgement.uid = uid
                judgement.verdict = .reusing(current.seq)
                judgement.events.append(.guidReused)
                judgement.keys = try newKeys(item, uid, try linkPlace(article, item, knowledge), knowledge)
                return judgement
            }
            current = next
        }
        judgement.uid = current.uid
        return judgement
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
        _ article: Article, of known: KnownArticle, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> Bool {
        if article.published == nil || article.id == nil { return true }
        guard let link = sameness.link(article.url) else { return false }
        if try knowledge.known(matchKeys.link(link))?.uid == known.uid { return true }
        return try knowledge.known(matchKeys.linkAndTitle(link, sameness.title(article)))?.uid == known.uid
    }
}
