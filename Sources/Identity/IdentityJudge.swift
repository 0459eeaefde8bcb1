package import Digest
package import FeedModel

/// `IdentityJudge` tells new, known, edited and repeated items of one document apart (identity.md §3–§5, §8, §9).
///
/// It asks `ArticleKnowledge` what is stored, and does nothing else with the outside. An item that is known and has not
/// changed costs one question, and no stored article is read for it.
///
/// It works in two steps, because what other feeds store between them would change the second: `read` looks the items
/// up, `linkKeys` says what must not change meanwhile, and `judge` decides. Each part of the work has an owner:
/// `DocumentItems` for the items, their forms and keys, `DocumentClaims` for what they have taken, `ItemLookup` for ids
/// that are known, `CandidateFinder` and `ItemMatcher` for those that are not, `RenameFinder` for a changed id,
/// `MigrationDetector` for a change of all ids, `Versioner` for edits and `KeyAssigner` for the keys of records.
package struct IdentityJudge: ~Copyable {
    private let rules: IdentityRules
    private let lookup: ItemLookup
    private let matcher: ItemMatcher
    private let renames: RenameFinder
    private var versioner: Versioner
    private let assigner: KeyAssigner
    private let groups = ContentGroups()
    private let replays: ReplayFinder
    private let observer: ChurnObserver
    /// What does not count in the feed's URLs; nil for nothing.
    private let parameters: VolatileParameters?
    private var items: DocumentItems
    /// What is known of the feed's ids and links behind the document.
    package private(set) var churn: FeedState.Churn?

    package init(_ rules: IdentityRules) {
        self.rules = rules
        lookup = ItemLookup(rules)
        matcher = ItemMatcher(rules)
        renames = RenameFinder(rules)
        versioner = Versioner(rules)
        assigner = KeyAssigner(rules)
        observer = ChurnObserver(rules)
        replays = ReplayFinder(rules)
        churn = rules.churn
        let names = rules.churn?.volatileParameters ?? []
        parameters = names.isEmpty ? nil : VolatileParameters(names)
        items = DocumentItems([], rules)
    }

    /// Looks up the items of a document.
    ///
    /// It throws what `knowledge` throws.
    package mutating func read<Knowledge: ArticleKnowledge>(
        _ articles: [Article], _ knowledge: Knowledge
    ) throws(Knowledge.Failure) {
        guard let parameters else {
            items = DocumentItems(articles, rules)
            return try lookup.findAll(&items, knowledge)
        }
        items = DocumentItems(articles.map(parameters.removed), rules)
        try lookup.findAll(&items, ComparedKnowledge(base: knowledge, parameters: parameters))
    }

    /// Returns the keys of the links that new items may have: while they are judged and stored, no other feed may store
    /// an article under one of them. There are none where nothing is new, and one several times where items share it. An
    /// article that nobody has been given may be new to readers with its next version.
    package mutating func linkKeys() -> [Hash128] {
        var result: [Hash128] = []
        for place in items.places {
            if let found = items[place].found, !found.isHidden || found.contentHash == items[place].hash { continue }
            if let link = items.link(place) { result.append(link.key) }
        }
        return result
    }

    /// Rules by which the document is to be read and judged again, because it has shown which parameters of its URLs do not
    /// count; nil where it has not. To be asked behind `judge`.
    package var betterRules: IdentityRules? {
        let names = churn?.volatileParameters ?? []
        if names == rules.churn?.volatileParameters ?? [] { return nil }
        var better = rules
        better.churn = rules.churn ?? FeedState.Churn()
        better.churn?.volatileParameters = names
        return better
    }

    /// Judges the items that `read` looked up; to be called once for each `read`.
    ///
    /// It throws what `knowledge` throws.
    ///
    /// - Returns: a judgement for each item, in the order of the document, without items that are empty, say the same
    ///   as another, or are told from another by nothing.
    package mutating func judge<Knowledge: ArticleKnowledge>(
        _ facts: DocumentFacts, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> [Judgement] {
        guard let parameters else { return try judgeItems(facts, knowledge) }
        return try judgeItems(facts, ComparedKnowledge(base: knowledge, parameters: parameters))
    }

    private mutating func judgeItems<Knowledge: ArticleKnowledge>(
        _ facts: DocumentFacts, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> [Judgement] {
        // Ids that are not known: another article's new id, another feed's article, or something new.
        items.claims.others = Set(facts.others)
        var finder = CandidateFinder(rules)
        let detector = MigrationDetector(
            facts: facts, itemCount: items.count + facts.others.count, unknownCount: items.unfoundCount)
        var matches = try matcher.matches(&items, &finder, facts, knowledge)

        // One by one they may be those of articles that are gone.
        if detector.hasGone { try renames.find(&matches, &items, &finder, knowledge) }

        // All of them at once may be those of the articles that are gone.
        var isMigration = false
        if detector.isPossible {
            try matcher.findPairs(&matches, for: detector, &items, &finder, knowledge)
            isMigration = detector.isEnough(matches.count(where: \.isPair))
            if isMigration { for index in matches.indices { join(&matches[index]) } }
        }

        if detector.isReplaced { try replays.find(&matches, &items, facts, knowledge) }
        if groups.concerns(matches, items) { try groups.limit(&matches, &items, facts, knowledge) }

        versioner.begin(items, facts)
        // Ids that are known come first: their articles are taken before an alias can be an edit of one.
        var judgements: [Judgement?] = Array(repeating: nil, count: items.count)
        for place in items.found() {
            guard let found = items[place].found else { continue }
            judgements[place] = try versioner.judgement(place, is: found, &items, &finder, knowledge)
        }
        for match in matches {
            guard var judgement = try judgement(match, &finder, knowledge) else { continue }
            if isMigration, judgement.alias != nil { judgement.events.append(.idMigration) }
            judgements[match.place] = judgement
        }

        if facts.isWhole, observer.hasSeenChange(matches, judgements) {
            churn = try observer.churn(matches, judgements, items, knowledge)
        }
        for place in items.places where items[place].isShared && judgements[place]?.isStored == true {
            judgements[place]?.events.insert(.idNotUnique, at: 0)
        }
        return judgements.compactMap { $0 }
    }

    /// Makes the item the article that it is where all ids have changed.
    private mutating func join(_ match: inout Match) {
        // What it would have been found by as a new article is given again as what has changed in the known one.
        if match.pair != nil { items.claims.release(match.keys, from: match.place) }
        match.join()
    }

    /// - Returns: nil where the item says what another says that is not stored yet.
    private mutating func judgement<Knowledge: ArticleKnowledge>(
        _ match: Match, _ finder: inout CandidateFinder, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> Judgement? {
        let place = match.place
        let item = items[place]
        var judgement = Judgement(index: item.index, uid: item.uid, contentHash: item.hash, verdict: .new)
        let aliased: (of: KnownArticle, reason: Judgement.Alias.Reason)
        switch match.kind {
        case .new:
            judgement.rounds = match.rounds
            judgement.supersedes = match.supersedes
            if let event = match.bound { judgement.events.append(event) }
            if match.isPassedOver {
                judgement.verdict = .volatile
                judgement.heldUntil = match.heldUntil
            } else {
                judgement.keys = match.keys
            }
            return judgement
        case .duplicate(let seq):
            judgement.verdict = .duplicate(of: seq)
            judgement.leavesOutContent = match.leavesOutContent
            judgement.keys = match.keys
            return judgement
        case .replay(let known, let isRedated):
            if isRedated { return try versioner.judgement(place, is: known, &items, &finder, knowledge) }
            judgement.uid = known.uid
            judgement.verdict = .unchanged
            return judgement
        case .alias(let known, let reason):
            judgement = try versioner.judgement(place, is: known, &items, &finder, knowledge)
            aliased = (known, reason)
        case .repeats(let known):
            guard let known else { return nil }
            judgement.uid = known.uid
            judgement.verdict = .unchanged
            aliased = (known, .variant)
        }
        // An id that is another one next time leads nowhere.
        if rules.churn?.idsMeanNothing ?? false, aliased.reason.mayBeChurn {
            if try changesSessionAlone(judgement, of: aliased.of, items.article(place), knowledge) {
                judgement.verdict = .unchanged
                judgement.keys = []
            }
            return judgement
        }
        var keys = assigner.aliasKeys(place, variant: match.variant, &items)
        if parameters != nil, let link = items.link(place), !items.claims.isTaken(link.key),
            try knowledge.known(link.key) == nil
        {
            // By its link without the parameters nobody knows it yet.
            keys += items.claims.takeFree([link.key], for: place)
        }
        judgement.alias = Judgement.Alias(of: aliased.of, reason: aliased.reason, keys: keys)
        return judgement
    }

    /// Whether all that has changed in an article are values of its link's parameters that count nothing: where ids mean
    /// nothing that is a token that changes at every poll as they do.
    private func changesSessionAlone<Knowledge: ArticleKnowledge>(
        _ judgement: Judgement, of known: KnownArticle, _ article: Article, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> Bool {
        guard case .update(let version) = judgement.verdict, version.changed == ["url"],
            let old = try knowledge.stored(known.seq)?.article.url, let new = article.url,
            let difference = VolatileParameters.difference(old, new)
        else { return false }
        return difference.counts.isEmpty
    }
}
