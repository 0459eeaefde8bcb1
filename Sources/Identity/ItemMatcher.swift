internal import Digest
internal import FeedModel

/// `Match` is what an item whose id is not known turned out to be.
struct Match {
    enum Kind {
        case new
        case alias(KnownArticle, Judgement.Alias.Reason)
        case duplicate(of: UInt64)
        /// It says the same as an item of the document whose id is a variant of its own: that article, or nil where
        /// what both say is not stored yet.
        case repeats(KnownArticle?)
        /// It says what an article of the documents before said, in a feed whose ids mean nothing.
        case replay(KnownArticle, isRedated: Bool)
    }

    let place: Int
    var kind = Kind.new
    /// The article that this one is where all ids have changed.
    var pair: KnownArticle?
    /// The key of the form of the item's id, where no other article has that.
    var variant: Hash128?
    /// As in its judgement.
    var leavesOutContent = false
    var supersedes: UInt64?
    /// The keys that the article's first record gets where it is new.
    var keys: [Hash128] = []
    /// As in its judgement.
    private(set) var rounds: UInt8 = 0
    /// Why no more than a bounded number of such items is kept, once the bound is reached.
    private(set) var bound: Judgement.Event?
    /// It is new, but beyond the bound, and is not kept.
    private(set) var isPassedOver = false
    /// One of its kind is kept again from then on.
    private(set) var heldUntil: Timestamp?
    /// It says what an article says that is gone from the document.
    var isReplay = false

    init(_ place: Int) { self.place = place }

    /// Whether it may be a known article whose id has changed.
    var isPair: Bool {
        if case .alias = kind { return true }
        return pair != nil
    }

    /// Whether it is no article of this feed, by all that was looked at so far.
    var isOpen: Bool {
        switch kind {
        case .new, .duplicate: true
        case .alias, .repeats, .replay: false
        }
    }

    /// Whether a known article may have come under another id, as it does at every poll where ids mean nothing.
    var isUnderOtherID: Bool { renamed != nil || isReplay }

    /// The known article that it is under an id that may change at every poll.
    var renamed: KnownArticle? {
        guard case .alias(let known, let reason) = kind, reason.mayBeChurn else { return nil }
        return known
    }

    /// Counts an item that is new as one more of its kind. Beyond a number one document a day is kept.
    ///
    /// - Parameters:
    ///   - event: what records and log say of it.
    ///   - last: the one that was kept last, and its record where that can be read.
    mutating func bound(
        by event: Judgement.Event, after last: KnownArticle, _ stored: StoredArticle?, most: UInt8,
        _ facts: DocumentFacts
    ) {
        rounds = min(most - 1, last.recentChanges) + 1
        if rounds == most { bound = event }
        guard last.recentChanges >= most, let stored else { return }
        isPassedOver = !Self.isLongAgo(stored.firstSeen, facts.time)
        if isPassedOver { heldUntil = stored.firstSeen?.adding(milliseconds: Self.patience) }
    }

    /// Milliseconds from one document that is kept beyond the bound to the next.
    private static let patience: Int64 = 24 * 3600 * 1000

    private static func isLongAgo(_ stored: Timestamp?, _ time: Timestamp?) -> Bool {
        guard let stored, let time else { return false }
        let (distance, overflows) = time.milliseconds.subtractingReportingOverflow(stored.milliseconds)
        return overflows || distance >= patience
    }

    /// Makes the item the article that it is where all ids have changed.
    mutating func join() {
        if case .alias(let known, _) = kind {
            kind = .alias(known, .migration)
        } else if let pair {
            kind = .alias(pair, .migration)
        }
    }
}

/// `ItemMatcher` decides what an id that is not known brings: an article that was stored under another one, or by
/// another feed, or a new one (identity.md §3.2, §3.3, §5, §9).
///
/// It asks `CandidateFinder` for what an item may be, takes articles and keys in the document's claims, and has no
/// state of its own.
struct ItemMatcher {
    private let rules: IdentityRules
    private let comparison: ArticleComparison
    private let copies: CopyFinder
    private let assigner: KeyAssigner

    init(_ rules: IdentityRules) {
        self.rules = rules
        copies = CopyFinder(rules)
        comparison = ArticleComparison(ownHosts: rules.ownHosts)
        assigner = KeyAssigner(rules)
    }

    /// - Returns: a match for each item that was not found, in the order in which they are judged. Of items that
    ///   nothing tells apart one stands for all.
    func matches<Knowledge: ArticleKnowledge>(
        _ items: inout DocumentItems, _ finder: inout CandidateFinder, _ facts: DocumentFacts, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> [Match] {
        let candidates = try finder.candidates(&items, knowledge)
        if candidates.isEmpty { return [] }
        var matches: [Match] = []
        matches.reserveCapacity(candidates.count)
        var identities = Set<ArticleIdentifier>(minimumCapacity: candidates.count)
        items.claims.reserveCapacity(keys: 3 * candidates.count)
        for candidate in candidates {
            let place = candidate.place
            if items[place].isSplit { try setApart(place, from: identities, &items, knowledge) }
            guard identities.insert(items[place].uid).inserted else { continue }
            matches.append(try match(candidate, &items, &finder, facts, knowledge))
        }
        return matches
    }

    /// Gives items that are not known the articles that they may be where all ids have changed. Ends as soon as there
    /// cannot be enough of them, which most documents that are all new show half way.
    func findPairs<Knowledge: ArticleKnowledge>(
        _ matches: inout [Match], for detector: MigrationDetector, _ items: inout DocumentItems,
        _ finder: inout CandidateFinder, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) {
        var open: [Int] = []
        for index in matches.indices {
            if matches[index].isOpen, !items[matches[index].place].isSplit { open.append(index) }
        }
        var possible = matches.count(where: \.isPair) + open.count
        if knowledge.readsAhead { finder.preparePairs(open.map { matches[$0].place }, &items, knowledge) }
        for index in open {
            guard detector.isEnough(possible) else { return }
            let place = matches[index].place
            if let pair = try finder.pair(place, &items, knowledge) {
                items.claims.take(pair.uid, for: place)
                matches[index].pair = pair
            } else {
                possible -= 1
            }
        }
    }

    /// Gives an item another identity than that of an article which another item is, by a closer look.
    private func setApart<Knowledge: ArticleKnowledge>(
        _ place: Int, from identities: Set<ArticleIdentifier>, _ items: inout DocumentItems, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) {
        for precision in ArticleKey.Precision.allCases where precision >= items[place].precision {
            let uid = items.identifier(place, precision: precision)
            if identities.contains(uid) { continue }
            // An alias does not count: the item is no longer what that says.
            if try knowledge.known(uid.key)?.uid == uid { continue }
            items.setIdentity(uid, precision, at: place)
            return
        }
    }

    /// Decides about one item: the first rule that fits, in the order of identity.md §3, then §9.
    private func match<Knowledge: ArticleKnowledge>(
        _ candidate: CandidateFinder.Candidate, _ items: inout DocumentItems, _ finder: inout CandidateFinder,
        _ facts: DocumentFacts, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> Match {
        let place = candidate.place
        var match = Match(place)
        match.variant = candidate.variantKey
        if let kind = try variantMatch(candidate, &items, knowledge) {
            match.kind = kind
            guard case .new = kind else { return match }
            match.variant = nil
        }
        let link = try finder.link(place, &items, knowledge)
        var isDuplicate = false
        var takesLink: Bool?
        if !items[place].isSplit, let link {
            if facts.isWhole, let known = try linkAndTitleMatch(place, link, &items, finder, knowledge) {
                match.kind = .alias(known, .linkAndTitle)
                items.claims.take(known.uid, for: place)
                if let variant = match.variant { items.claims.take(variant, for: place) }
                return match
            }
            if let seq = try copies.original(of: place, link, &items, knowledge) {
                if link.distance == .nearer {
                    match.supersedes = seq
                    // What is blocked does not stand for what was given out.
                    if link.isShown, facts.isBlocked(items[place].index, false) { takesLink = false }
                } else if link.isShown || facts.isBlocked(items[place].index, false) {
                    isDuplicate = true
                    match.kind = .duplicate(of: seq)
                    match.leavesOutContent =
                        !rules.keepsDifferences || saysNothingNew(items.article(place), link.stored)
                } else {
                    // Nobody was given the other: a rule for one feed does not silence another (filters.md §2.4).
                    takesLink = true
                }
            }
        }
        match.keys = try assigner.newKeys(
            place, items[place].uid, link, variant: match.variant, isDuplicate: isDuplicate, takesLink: takesLink,
            &items, knowledge)
        return match
    }

    /// identity.md §3.2: nil where no article has a variant of the item's id; `.new` where there is one, but this item
    /// is another article.
    private func variantMatch<Knowledge: ArticleKnowledge>(
        _ candidate: CandidateFinder.Candidate, _ items: inout DocumentItems, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> Match.Kind? {
        guard let key = candidate.variantKey else { return nil }
        let place = candidate.place
        let known = candidate.variant
        if items.claims.isTaken(key) || known.map({ items.claims.isTaken($0.uid) }) == true {
            return twin(of: place, items) ?? .new
        }
        guard let known else { return nil }
        if try isAnother(place, than: known, items, knowledge) { return twin(of: place, items) ?? .new }
        items.claims.take(known.uid, for: place)
        return .alias(known, .variant)
    }

    /// Whether an item is another article than the one that has a variant of its id.
    private func isAnother<Knowledge: ArticleKnowledge>(
        _ place: Int, than known: KnownArticle, _ items: borrowing DocumentItems, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> Bool {
        let item = items[place]
        if known.contentHash == item.hash { return false }
        // Which of several items with one id it is can only be told by what they have in common.
        if item.isShared {
            guard let stored = try knowledge.stored(known.seq),
                comparison.isSame(stored.article, items.article(place), at: item.precision)
            else { return true }
        }
        guard let stored = try knowledge.stored(known.seq) else { return false }
        return comparison.isAnother(stored, items.article(place))
    }

    /// The match of an item that says the same as one that is judged before it, under a variant of its id.
    private func twin(of place: Int, _ items: borrowing DocumentItems) -> Match.Kind? {
        let item = items[place]
        guard let form = items.idForm(place) else { return nil }
        var twin: Int?
        for other in items.places {
            guard items[other].hash == item.hash, items[other].base != item.base,
                items[other].found != nil || items.isBefore(other, place), items.idForm(other) == form
            else { continue }
            if twin.map({ items.isBefore(other, $0) }) ?? true { twin = other }
        }
        guard let twin else { return nil }
        let found = items[twin].found
        return .repeats(found?.contentHash == item.hash ? found : nil)
    }

    /// identity.md §3.3: the article with the item's link and title, which has gone from the document.
    private func linkAndTitleMatch<Knowledge: ArticleKnowledge>(
        _ place: Int, _ link: LinkCandidate, _ items: inout DocumentItems, _ finder: CandidateFinder,
        _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> KnownArticle? {
        // What nothing but its content tells from others is told by that alone.
        guard !link.isInDocument, items[place].precision < .content, let owner = link.owner else { return nil }
        let (article, hash) = (items.article(place), items[place].hash)
        if let stored = link.stored, stored.feed == rules.feed, link.isSameTitle, !items.claims.isTaken(owner.uid) {
            return comparison.isRenamed(stored, hash: owner.contentHash, article, hash: hash) ? owner : nil
        }
        guard let known = try finder.linkAndTitle(place, link, &items, knowledge), !items.claims.isTaken(known.uid),
            let other = try knowledge.stored(known.seq),
            comparison.isRenamed(other, hash: known.contentHash, article, hash: hash)
        else { return nil }
        return known
    }

    /// Whether all that an item says is stored. What retention has removed, or was left out, is not.
    private func saysNothingNew(_ article: Article, _ stored: StoredArticle?) -> Bool {
        guard let stored, !stored.isShort else { return false }
        return stored.article.saysAll(of: article)
    }
}
