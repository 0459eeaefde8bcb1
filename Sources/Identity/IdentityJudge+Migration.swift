internal import Digest
internal import FeedModel

/// All ids of a feed change at once, because the program that makes it is another one or runs elsewhere
/// (identity.md §5).
extension IdentityJudge {
    /// So many articles must be gone from the document, and be back under other ids. A feed that is made by another
    /// program than before, or comes from another URL, needs no such number.
    private static let leastCount = 5

    /// Whether so many ids are not known, and so many articles gone, that it is worth looking for pairs.
    func mayBeMigration(_ facts: DocumentFacts) -> Bool {
        guard facts.isWhole else { return false }
        let unknown = items.count { $0.found == nil }
        let gone = facts.previousCount.map { max(0, $0 - (items.count - unknown)) } ?? unknown
        return isMost(unknown, facts) && isMost(gone, facts)
    }

    /// Whether the unknown ids are mostly articles that were known under others.
    func isMigration(_ matches: [Match?], _ facts: DocumentFacts) -> Bool {
        isMost(pairCount(matches), facts)
    }

    private func isMost(_ count: Int, _ facts: DocumentFacts) -> Bool {
        count >= (facts.isArmed ? 1 : Self.leastCount) && count * 2 >= facts.previousCount ?? items.count
    }

    /// Gives items that are not known the articles that they may be: gone from the document, and with their link, or
    /// their title and date. Ends as soon as there cannot be enough of them, which most documents that are all new show
    /// half way.
    mutating func findPairs<Knowledge: ArticleKnowledge>(
        _ matches: inout [Match?], _ facts: DocumentFacts, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) {
        var possible = pairCount(matches)
        let open = unfound.filter { place in
            switch matches[place]?.kind {
            case .new, .duplicate: !items[place].isSplit
            case .alias, .repeats, nil: false
            }
        }
        possible += open.count
        if knowledge.readsAhead { knowledge.prepare(pairKeys(open)) }
        for place in open {
            guard isMost(possible, facts) else { return }
            if let pair = try pair(place, knowledge) {
                present[pair.uid] = place
                matches[place]?.pair = pair
            } else {
                possible -= 1
            }
        }
    }

    private mutating func pairKeys(_ places: [Int]) -> [Hash128] {
        var keys: [Hash128] = []
        for place in places {
            if let key = titleAndDate(place) { keys.append(key) }
        }
        return keys
    }

    private func pairCount(_ matches: [Match?]) -> Int {
        matches.count { match in
            guard let match else { return false }
            if case .alias = match.kind { return true }
            return match.pair != nil
        }
    }

    private mutating func pair<Knowledge: ArticleKnowledge>(
        _ place: Int, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> KnownArticle? {
        if let place = try linkPlace(place, knowledge), let owner = place.owner, !place.isFree,
            place.stored?.feed == rules.feed, present[owner.uid] == nil
        {
            return owner
        }
        guard let key = titleAndDate(place), let known = try knowledge.known(key), present[known.uid] == nil else {
            return nil
        }
        return known
    }

    /// The same with every pair joined.
    func migrated(_ matches: [Match?]) -> [Match?] {
        matches.map { match in
            guard var match else { return nil }
            if case .alias(let known, _) = match.kind {
                match.kind = .alias(known, .migration)
            } else if let pair = match.pair {
                match.kind = .alias(pair, .migration)
            }
            return match
        }
    }
}
