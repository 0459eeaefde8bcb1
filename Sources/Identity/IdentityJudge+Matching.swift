internal import Digest
internal import FeedModel

/// What an id that is not known brings: an article that was stored under another one, or by another feed, or a new one
/// (identity.md §3.2, §3.3, §5, §9).
extension IdentityJudge {
    struct Match {
        enum Kind {
            case new
            case alias(KnownArticle, Judgement.Alias.Reason)
            case duplicate(of: UInt64)
            /// It says the same as that item of the document, whose id is a variant of its own; which is in the store,
            /// or as new as this one.
            case repeats(KnownArticle?)
        }

        var kind = Kind.new
        /// The article that this one is where all ids have changed.
        var pair: KnownArticle?
        var keys: [Hash128] = []
    }

    /// For each item that was not found.
    mutating func match<Knowledge: ArticleKnowledge>(
        _ facts: DocumentFacts, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> [Int: Match] {
        var matches: [Int: Match] = [:]
        var identities = Set<ArticleIdentifier>()
        // Told apart by nothing: the first of them stands for all.
        for place in items.indices where items[place].found == nil && identities.insert(items[place].uid).inserted {
            matches[place] = try match(place, facts, knowledge)
        }
        return matches
    }

    private mutating func match<Knowledge: ArticleKnowledge>(
        _ place: Int, _ facts: DocumentFacts, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> Match {
        let item = items[place]
        let article = articles[item.index]
        var match = Match()
        var takesVariant = !item.isSplit
        if !item.isSplit, let kind = try variantMatch(place, knowledge) {
            match.kind = kind
            guard case .new = kind else { return match }
            takesVariant = false
        }
        let linkPlace = try linkPlace(article, item, knowledge)
        var isDuplicate = false
        if !item.isSplit {
            if let known = try linkAndTitleMatch(article, linkPlace, facts, knowledge) {
                match.kind = .alias(known, .linkAndTitle)
                present[known.uid] = place
                return match
            }
            if let seq = try duplicated(item, linkPlace, knowledge) {
                match.kind = .duplicate(of: seq)
                isDuplicate = true
            }
        }
        match.keys = try newKeys(
            item, item.uid, linkPlace, takesVariant: takesVariant, isDuplicate: isDuplicate, knowledge)
        for key in match.keys { fresh[key] = fresh[key] ?? place }
        return match
    }

    /// identity.md §3.2; `.new` where there is such an article, but this item is none of it.
    private mutating func variantMatch<Knowledge: ArticleKnowledge>(
        _ place: Int, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> Match.Kind? {
        guard rules.joinsVariants, let form = articles[items[place].index].id.flatMap(URLVariant.form) else {
            return nil
        }
        let key = matchKeys.variant(form)
        if let other = fresh[key] {
            return items[other].base != items[place].base && items[other].hash == items[place].hash
                ? .repeats(nil) : .new
        }
        guard let known = try knowledge.known(key) else { return nil }
        if let other = present[known.uid] {
            return items[other].hash == items[place].hash ? .repeats(known) : .new
        }
        if known.contentHash != items[place].hash, let old = try knowledge.stored(known.seq),
            sameness.isReuse(old.article, articles[items[place].index])
        {
            return .new
        }
        present[known.uid] = place
        return .alias(known, .variant)
    }

    /// identity.md §3.3
    private mutating func linkAndTitleMatch<Knowledge: ArticleKnowledge>(
        _ article: Article, _ place: LinkPlace?, _ facts: DocumentFacts, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> KnownArticle? {
        guard facts.isWhole, let place, place.fresh == nil, let owner = place.owner else { return nil }
        if let stored = place.stored, stored.feed == rules.feed, place.isSameTitle, present[owner.uid] == nil {
            return sameness.isContradicted(stored, article) ? nil : owner
        }
        let key = matchKeys.linkAndTitle(place.link, sameness.title(article))
        guard let known = try knowledge.known(key), present[known.uid] == nil,
            let other = try knowledge.stored(known.seq), !sameness.isContradicted(other, article)
        else { return nil }
        return known
    }

    /// identity.md §9: the first record of the article that another feed had before.
    private mutating func duplicated<Knowledge: ArticleKnowledge>(
        _ item: DocumentItem, _ place: LinkPlace?, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> UInt64? {
        guard rules.findsDuplicates, let place, let owner = place.owner else { return nil }
        let article = articles[item.index]
        // Where retention has removed it, only what is the same in all its fields is surely known.
        guard let stored = place.stored else { return owner.contentHash == item.hash ? owner.seq : nil }
        guard stored.feed != rules.feed, place.isSameTitle, !sameness.title(article).isEmpty,
            !sameness.hasOtherFile(stored, article),
            try knowledge.known(matchKeys.sharedLink(place.link)) == nil
        else { return nil }
        return stored.first
    }

    /// - Returns: nil where the item says what another says that is as new as it is.
    mutating func decide<Knowledge: ArticleKnowledge>(
        _ place: Int, _ match: Match, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> Judgement? {
        let item = items[place]
        var judgement = Judgement(index: item.index, uid: item.uid, contentHash: item.hash, verdict: .new)
        switch match.kind {
        case .new:
            judgement.keys = match.keys
        case .duplicate(let seq):
            judgement.verdict = .duplicate(of: seq)
            judgement.keys = match.keys
        case .alias(let known, let reason):
            judgement = try compare(place, with: known, knowledge)
            judgement.alias = Judgement.Alias(of: known, reason: reason, keys: aliasKeys(item))
        case .repeats(let known):
            guard let known else { return nil }
            judgement.uid = known.uid
            judgement.verdict = .unchanged
            judgement.alias = Judgement.Alias(of: known, reason: .variant, keys: aliasKeys(item))
        }
        return judgement
    }
}
