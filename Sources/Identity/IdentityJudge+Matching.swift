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
            /// It says the same as an item of the document whose id is a variant of its own: that article, or nil where
            /// what both say is not stored yet.
            case repeats(KnownArticle?)
        }

        var kind = Kind.new
        /// The article that this one is where all ids have changed.
        var pair: KnownArticle?
        /// The key of the form of its id, where no other article has that.
        var variant: Hash128?
        var keys: [Hash128] = []
    }

    /// What is known under the keys of an item that was not found.
    private struct Candidates {
        var place: Int
        var variantKey: Hash128?
        var variant: KnownArticle?
        /// One of them says what the item says.
        var isExact: Bool
    }

    /// For each item that was not found.
    mutating func match<Knowledge: ArticleKnowledge>(
        _ facts: DocumentFacts, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> [Match?] {
        let open = items.indices.filter { items[$0].found == nil }
        if knowledge.readsAhead { knowledge.prepare(candidateKeys(open)) }
        var candidates: [Candidates] = []
        candidates.reserveCapacity(open.count)
        for place in open { candidates.append(try self.candidates(place, knowledge)) }
        // Where two may be one article, that which says the same is, wherever it stands.
        candidates.sort { $0.isExact == $1.isExact ? isBefore($0.place, $1.place) : $0.isExact }
        unfound = candidates.map(\.place)
        var matches: [Match?] = Array(repeating: nil, count: items.count)
        if candidates.isEmpty { return matches }
        var identities = Set<ArticleIdentifier>(minimumCapacity: candidates.count)
        fresh.reserveCapacity(3 * candidates.count)
        for candidate in candidates {
            if items[candidate.place].isSplit { try setApart(candidate.place, from: identities, knowledge) }
            // Told apart by nothing: one of them stands for all.
            guard identities.insert(items[candidate.place].uid).inserted else { continue }
            matches[candidate.place] = try match(candidate, facts, knowledge)
        }
        return matches
    }

    private mutating func candidateKeys(_ places: [Int]) -> [Hash128] {
        var keys: [Hash128] = []
        for place in places where !items[place].isSplit {
            if let key = variantKey(place) { keys.append(key) }
            if let link = link(place) { keys.append(link.key) }
        }
        return keys
    }

    private mutating func variantKey(_ place: Int) -> Hash128? {
        guard rules.joinsVariants, let id = articles[items[place].index].id else { return nil }
        return URLVariant.form(id).map { matchKeys.variant($0) }
    }

    private mutating func candidates<Knowledge: ArticleKnowledge>(
        _ place: Int, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> Candidates {
        let item = items[place]
        var result = Candidates(place: place, isExact: false)
        if item.isSplit { return result }
        result.variantKey = variantKey(place)
        result.variant = try result.variantKey.flatMap { key throws(Knowledge.Failure) in try knowledge.known(key) }
        let owner = try linkOwner(place, knowledge)
        result.isExact = result.variant?.contentHash == item.hash || owner?.contentHash == item.hash
        return result
    }

    /// Gives an item another identity than that of an article which another item is, by a closer look.
    private mutating func setApart<Knowledge: ArticleKnowledge>(
        _ place: Int, from identities: Set<ArticleIdentifier>, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) {
        for precision in ArticleKey.Precision.allCases where precision >= items[place].precision {
            let uid = keys.identifier(of: articles[items[place].index], precision: precision)
            if identities.contains(uid) { continue }
            // An alias does not count: the item is no longer what that says.
            if try knowledge.known(uid.key)?.uid == uid { continue }
            items[place].precision = precision
            items[place].uid = uid
            return
        }
    }

    private mutating func match<Knowledge: ArticleKnowledge>(
        _ candidates: Candidates, _ facts: DocumentFacts, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> Match {
        let place = candidates.place
        let item = items[place]
        var match = Match()
        match.variant = candidates.variantKey
        if let kind = try variantMatch(candidates, knowledge) {
            match.kind = kind
            guard case .new = kind else { return match }
            match.variant = nil
        }
        let linkPlace = try linkPlace(place, knowledge)
        var isDuplicate = false
        if !item.isSplit {
            if let known = try linkAndTitleMatch(place, linkPlace, facts, knowledge) {
                match.kind = .alias(known, .linkAndTitle)
                present[known.uid] = place
                if let variant = match.variant { fresh[variant] = place }
                return match
            }
            if let seq = try duplicated(place, linkPlace, knowledge) {
                match.kind = .duplicate(of: seq)
                isDuplicate = true
            }
        }
        let keys = try newKeys(
            place, item.uid, linkPlace, variant: match.variant, isDuplicate: isDuplicate, knowledge)
        match.keys = claimed(keys, for: place)
        return match
    }

    /// identity.md §3.2; `.new` where there is such an article, but this item is none of it.
    private mutating func variantMatch<Knowledge: ArticleKnowledge>(
        _ candidates: Candidates, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> Match.Kind? {
        guard let key = candidates.variantKey else { return nil }
        let known = candidates.variant
        if (fresh[key] ?? known.flatMap { present[$0.uid] }) != nil { return twin(of: candidates.place) ?? .new }
        guard let known else { return nil }
        if try isAnother(items[candidates.place], than: known, knowledge) { return twin(of: candidates.place) ?? .new }
        present[known.uid] = candidates.place
        return .alias(known, .variant)
    }

    private mutating func isAnother<Knowledge: ArticleKnowledge>(
        _ item: DocumentItem, than known: KnownArticle, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> Bool {
        if known.contentHash == item.hash { return false }
        // Which of several items with one id it is can only be told by what they have in common.
        if item.isShared, try !isSame(known, as: item, knowledge) { return true }
        return try knowledge.stored(known.seq).map { sameness.isReuse($0.article, articles[item.index]) } ?? false
    }

    /// Whether an item of the document that is judged before it says the same under a variant of its id.
    private func twin(of place: Int) -> Match.Kind? {
        let item = items[place]
        guard let form = articles[item.index].id.flatMap(URLVariant.form) else { return nil }
        let twins = items.indices.filter { other in
            items[other].hash == item.hash && items[other].base != item.base
                && (items[other].found != nil || isBefore(other, place))
                && articles[items[other].index].id.flatMap(URLVariant.form) == form
        }
        guard let twin = twins.min(by: { isBefore($0, $1) }) else { return nil }
        let found = items[twin].found
        return .repeats(found?.contentHash == item.hash ? found : nil)
    }

    /// identity.md §3.3
    private mutating func linkAndTitleMatch<Knowledge: ArticleKnowledge>(
        _ itemPlace: Int, _ place: LinkPlace?, _ facts: DocumentFacts, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> KnownArticle? {
        guard facts.isWhole, let place, place.fresh == nil, let owner = place.owner else { return nil }
        let article = articles[items[itemPlace].index]
        if let stored = place.stored, stored.feed == rules.feed, place.isSameTitle, present[owner.uid] == nil {
            return sameness.isContradicted(stored, article) ? nil : owner
        }
        let key = matchKeys.linkAndTitle(place.link, title(itemPlace))
        guard let known = try knowledge.known(key), present[known.uid] == nil,
            let other = try knowledge.stored(known.seq), !sameness.isContradicted(other, article)
        else { return nil }
        return known
    }

    /// identity.md §9: the first record of the article that another feed had before.
    private mutating func duplicated<Knowledge: ArticleKnowledge>(
        _ itemPlace: Int, _ place: LinkPlace?, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> UInt64? {
        guard rules.findsDuplicates, let place, let owner = place.owner else { return nil }
        // Where retention has removed it, only what is the same in all its fields is surely known.
        guard let stored = place.stored else {
            return owner.contentHash == items[itemPlace].hash ? owner.seq : nil
        }
        guard stored.feed != rules.feed, place.isSameTitle, !title(itemPlace).isEmpty,
            !sameness.hasOtherFile(stored, articles[items[itemPlace].index]),
            try knowledge.known(matchKeys.sharedLink(place.link)) == nil
        else { return nil }
        return stored.first
    }

    /// - Returns: nil where the item says what another says that is not stored yet.
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
            judgement.alias = Judgement.Alias(of: known, reason: reason, keys: aliasKeys(item, variant: match.variant))
        case .repeats(let known):
            guard let known else { return nil }
            judgement.uid = known.uid
            judgement.verdict = .unchanged
            judgement.alias = Judgement.Alias(
                of: known, reason: .variant, keys: aliasKeys(item, variant: match.variant))
        }
        return judgement
    }
}
