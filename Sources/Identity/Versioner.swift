internal import Digest
internal import FeedModel

/// `Versioner` decides what a known article brings: nothing, an edit, or another article under its id
/// (identity.md §3.1, §8).
struct Versioner {
    private let rules: IdentityRules
    private let comparison: ArticleComparison
    private let copies: CopyFinder
    private let assigner: KeyAssigner
    /// As in `DocumentFacts`.
    private var isBlocked = DocumentFacts().isBlocked
    /// When the document came; nil where that does not matter.
    private var now: Timestamp?
    /// Most of the document's items were changed at once, as they say, so that the date is the document's.
    private var datesMoveTogether = false

    init(_ rules: IdentityRules) {
        self.rules = rules
        comparison = ArticleComparison(ownHosts: rules.ownHosts)
        copies = CopyFinder(rules)
        assigner = KeyAssigner(rules)
    }

    /// Looks at a document whose items have been looked up, before they are judged.
    mutating func begin(_ items: borrowing DocumentItems, _ facts: DocumentFacts) {
        now = facts.time
        isBlocked = facts.isBlocked
        var found = 0
        var moved = 0
        for place in items.places {
            guard let known = items[place].found else { continue }
            found += 1
            if known.contentHash != items[place].hash, known.modified != items.article(place).modified { moved += 1 }
        }
        datesMoveTogether = moved >= Self.leastOfDocument && moved * 2 >= found
    }

    /// So many items that say that they were changed may have been, all in one document.
    private static let leastOfDocument = 5

    private var hasVolatileParameters: Bool { !(rules.churn?.volatileParameters.isEmpty ?? true) }

    /// Compares an item with the article that its id means, and with later ones that were given the same id.
    func judgement<Knowledge: ArticleKnowledge>(
        _ place: Int, is found: KnownArticle, _ items: inout DocumentItems, _ finder: inout CandidateFinder,
        _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> Judgement {
        let item = items[place]
        var judgement = Judgement(index: item.index, uid: found.uid, contentHash: item.hash, verdict: .unchanged)
        // At a poll nearly all are.
        if found.contentHash == item.hash { return judgement }
        let article = items.article(place)
        if try differsInParametersAlone(place, from: found, items, knowledge) { return judgement }
        if items.newestUse(place) == nil, let passedOver = verdictWithoutVersion(found, item.index),
            try isSurelyNoReuse(place, of: found, &items, knowledge)
        {
            judgement.verdict = passedOver
            return judgement
        }
        var use = Use(known: found, stored: try knowledge.stored(found.seq))
        let isAnother = isAnother(use, article)
        if let other = try otherUse(place, than: use, isSurelyOther: isAnother, &items, knowledge) {
            use = other
        } else if isAnother, let uid = try furtherIdentity(place, &items, knowledge) {
            judgement.uid = uid
            judgement.verdict = .reusing(items.newestUse(place)?.seq ?? found.seq)
            judgement.events.append(.guidReused)
            let link = try finder.link(place, &items, knowledge)
            judgement.keys = try assigner.newKeys(place, uid, link, variant: nil, isFurther: true, &items, knowledge)
            return judgement
        }
        judgement.uid = use.known.uid
        if use.known.contentHash == item.hash { return judgement }
        items.claims.take(use.known.uid, for: place)
        if let passedOver = verdictWithoutVersion(use.known, item.index) {
            judgement.verdict = passedOver
        } else {
            try edit(&judgement, place, use.known, use.stored, &items, &finder, knowledge)
        }
        return judgement
    }

    /// Whether an item says what is stored, but for parameters that do not count: its hash was made when they did.
    private func differsInParametersAlone<Knowledge: ArticleKnowledge>(
        _ place: Int, from known: KnownArticle, _ items: borrowing DocumentItems, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> Bool {
        guard hasVolatileParameters, let stored = try knowledge.stored(known.seq) else { return false }
        return ChangedFields.names(from: stored.article, to: items.article(place), isShort: stored.isShort).isEmpty
    }

    /// `Use` is an article that has the item's id.
    private struct Use {
        let known: KnownArticle
        /// The article's record, where it can be read.
        let stored: StoredArticle?
    }

    private func isAnother(_ use: Use, _ article: Article) -> Bool {
        guard let stored = use.stored else { return false }
        if comparison.isAnother(stored, article) { return true }
        // What does not count in its URLs may have told two articles apart all the same.
        let isKnownByURL = article.id.map { URLVariant.form($0) != nil } ?? true
        return hasVolatileParameters && isKnownByURL && comparison.isOtherStory(stored, article)
    }

    /// Of the further articles with the item's id the one that the item is: where it has one text with it and not with
    /// the first, or is surely not the first.
    private func otherUse<Knowledge: ArticleKnowledge>(
        _ place: Int, than first: Use, isSurelyOther: Bool, _ items: inout DocumentItems, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> Use? {
        guard let newest = items.newestUse(place) else { return nil }
        let article = items.article(place)
        var known: KnownArticle? = newest
        var generation = 2
        while let next = known {
            // It may be another item of the document.
            if next.uid != first.known.uid, items.claims.isFree(next.uid, for: place) {
                let use = Use(known: next, stored: try knowledge.stored(next.seq))
                let isThis =
                    if isSurelyOther {
                        use.stored != nil && !isAnother(use, article)
                    } else {
                        use.stored.map { TextLikeness($0, article).isOneText } ?? false
                            && !(first.stored.map { TextLikeness($0, article).isOneText } ?? true)
                    }
                if isThis { return use }
            }
            // Earlier stores have counted them.
            let uid = items.identifier(place, precision: items[place].precision, generation: generation)
            known = isSurelyOther ? try knowledge.known(uid.key) : nil
            generation += 1
        }
        return nil
    }

    /// The identity of another article with the item's id: by the first closer look that gives one which no article has.
    private func furtherIdentity<Knowledge: ArticleKnowledge>(
        _ place: Int, _ items: inout DocumentItems, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> ArticleIdentifier? {
        let article = items.article(place)
        let isByFragment = article.id == nil && article.fragment != nil
        for precision in ArticleKey.Precision.allCases where precision >= .published || precision == .link {
            if precision == .link, !isByFragment { continue }
            let uid = items.identifier(place, precision: precision)
            if items.claims.isTaken(uid) { continue }
            if try knowledge.known(uid.key) != nil { continue }
            items.setIdentity(uid, precision, at: place)
            return uid
        }
        return nil
    }

    private func edit<Knowledge: ArticleKnowledge>(
        _ judgement: inout Judgement, _ place: Int, _ known: KnownArticle, _ old: StoredArticle?,
        _ items: inout DocumentItems, _ finder: inout CandidateFinder, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) {
        let article = items.article(place)
        let isRelease = isRelease(judgement.index, of: known)
        let changed = old.map { ChangedFields.names(from: $0.article, to: article, isShort: $0.isShort) } ?? []
        let isDated = known.modified != article.modified && !datesMoveTogether
        let budget = VersionBudget(isDated: isDated, now: now)
        var answer = budget.answer(spent: known.recentChanges, last: old?.storedAt)
        if isRelease, case .heldBack = answer { answer = .kept(recentChanges: VersionBudget.most) }
        switch answer {
        case .heldBack(let until):
            judgement.verdict = .volatile
            judgement.heldUntil = until
            judgement.moves = old.map { ChangedParts.words(changed, from: $0.article, to: article) } ?? []
            return
        case .kept(let recentChanges):
            var version = Judgement.Version(
                number: known.version &+ 1, previous: known.seq, first: old?.first ?? known.seq,
                firstSeen: old?.firstSeen, changed: changed, recentChanges: recentChanges)
            version.isOfHidden = known.isHidden
            if isRelease { try release(&version, &judgement.keys, place, known, old, &items, &finder, knowledge) }
            judgement.verdict = .update(version)
            if recentChanges == VersionBudget.most {
                judgement.events.append(.volatile)
                judgement.moves = old.map { ChangedParts.words(changed, from: $0.article, to: article) } ?? []
            }
        }
        judgement.keys += try assigner.changedKeys(place, known.uid, old?.article, &items, knowledge)
    }

    /// Whether an item is what people are given first of an article, because rules have blocked all versions before. No
    /// setting and no budget holds that back: it would be lost (filters.md §2.5).
    private func isRelease(_ index: Int, of known: KnownArticle) -> Bool {
        known.isHidden && !isBlocked(index, true)
    }

    /// Finds out whether another feed's copy of the article was given out while this one was blocked. Where none was, it
    /// has the link from here on, so that copies are told by it.
    private func release<Knowledge: ArticleKnowledge>(
        _ version: inout Judgement.Version, _ keys: inout [Hash128], _ place: Int, _ known: KnownArticle,
        _ old: StoredArticle?, _ items: inout DocumentItems, _ finder: inout CandidateFinder, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) {
        guard let link = try finder.link(place, &items, knowledge), link.owner?.uid != known.uid,
            let seq = try copies.original(of: place, link, formerly: old?.article, &items, knowledge)
        else { return }
        if link.isShown, link.distance != .nearer {
            version.repeats = seq
        } else {
            keys += items.claims.takeFree([link.key], for: place)
        }
    }

    /// Why an edit would not be stored, where that is known without a look at what is.
    private func verdictWithoutVersion(_ known: KnownArticle, _ index: Int) -> Judgement.Verdict? {
        if isRelease(index, of: known) { return nil }
        if !rules.keepsUpdates { return .ignored }
        guard known.recentChanges >= VersionBudget.most, let now, let until = rules.editsHeldUntil else { return nil }
        return until > now ? .volatile : nil
    }

    /// Whether an item is the article in any case. This is told without reading the stored article: an edit that is
    /// passed over at every poll shall not cost that each time.
    private func isSurelyNoReuse<Knowledge: ArticleKnowledge>(
        _ place: Int, of known: KnownArticle, _ items: inout DocumentItems, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> Bool {
        // Without an id the link alone is no proof.
        guard items.article(place).id != nil, let link = items.link(place) else { return false }
        if try knowledge.known(link.key)?.uid == known.uid { return true }
        let title = items.title(place)
        return try knowledge.known(items.matchKeys.linkAndTitle(link.form, title))?.uid == known.uid
    }
}
