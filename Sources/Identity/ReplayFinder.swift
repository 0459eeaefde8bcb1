internal import Digest
internal import FeedModel

/// `ReplayFinder` knows the articles of a feed again that come under other ids and links in each document, where no other
/// rule can tell them: by title, text and file, which have to be the very same (identity.md §5.5).
///
/// It looks only at documents that `MigrationDetector` calls replaced. Records of such documents carry the key by which the next one finds them, so that other feeds pay nothing for it.
struct ReplayFinder {
    /// Where a document has one such article and no other, so many are kept, then one a day: it may be an alert.
    private static let mostAlone: UInt8 = 3
    /// So many articles have to come again with other dates, and nothing else, to be the same ones.
    private static let leastRedated = 5

    private let idsMeanNothing: Bool

    init(_ rules: IdentityRules) {
        idsMeanNothing = rules.churn?.idsMeanNothing ?? false
    }

    /// Makes items that are new the articles that they repeat, as far as the feed's ids are known to mean nothing, and
    /// notes for the others that they do.
    func find<Knowledge: ArticleKnowledge>(
        _ matches: inout [Match], _ items: inout DocumentItems, _ facts: DocumentFacts, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) {
        var replays = try replays(&matches, &items, knowledge)
        let renames = matches.count { $0.renamed != nil }
        if !isRedatedList(replays, renames, items) { replays.removeAll(where: \.isRedated) }
        let isList = isList(replays, renames, items)
        let isAll = replays.count == matches.count
        for replay in replays {
            let place = matches[replay.index].place
            matches[replay.index].isReplay = true
            if isList, idsMeanNothing {
                items.claims.release(matches[replay.index].keys, from: place)
                items.claims.take(replay.known.uid, for: place)
                matches[replay.index].kind = .replay(replay.known, isRedated: replay.isRedated)
            } else if !isList, isAll {
                matches[replay.index].bound(
                    by: .replayed, after: replay.known, replay.stored, most: Self.mostAlone, facts)
            }
        }
    }

    /// The items that say what an article says that is gone from the document, each of another one. Gives all that are new
    /// the keys by which the next document finds them.
    private func replays<Knowledge: ArticleKnowledge>(
        _ matches: inout [Match], _ items: inout DocumentItems, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> [Replay] {
        var contents: [Int: Hash128] = [:]
        for index in matches.indices where isOpen(matches[index], items) {
            if let content = items.contentKey(matches[index].place) { contents[index] = content }
        }
        if knowledge.readsAhead { knowledge.prepare(contents.values.map { MatchKeys.copy(0, of: $0) }) }
        var nextCopies: [Hash128: Int] = [:]
        var replays: [Replay] = []
        for index in matches.indices {
            guard let content = contents[index] else { continue }
            let place = matches[index].place
            // Copies of one item are told apart by nothing but how many there are.
            var copy = nextCopies[content] ?? 0
            var known = try knowledge.known(MatchKeys.copy(copy, of: content))
            while let taken = known, items.claims.isTaken(taken.uid) {
                copy += 1
                known = try knowledge.known(MatchKeys.copy(copy, of: content))
            }
            nextCopies[content] = copy + 1
            matches[index].keys += items.claims.takeFree([MatchKeys.copy(copy, of: content)], for: place)
            guard let known, let stored = try knowledge.stored(known.seq),
                let isRedated = isRedated(place, stored.article, &items)
            else { continue }
            items.claims.take(known.uid, for: place)
            replays.append(
                Replay(index: index, content: content, known: known, stored: stored, isRedated: isRedated))
        }
        for replay in replays { items.claims.release(replay.known.uid) }
        return replays
    }

    /// `Replay` is an item, by its place among the matches, and the article whose content it has.
    private struct Replay {
        let index: Int
        let content: Hash128
        let known: KnownArticle
        let stored: StoredArticle
        /// Both have a date, and the dates are two.
        let isRedated: Bool
    }

    /// What only its content tells from others has a bound of its own (`ContentGroups`).
    private func isOpen(_ match: Match, _ items: borrowing DocumentItems) -> Bool {
        match.isOpen && !items[match.place].isSplit && items[match.place].precision != .content
    }

    /// Whether the item has another date than the article; nil where a number or a day in its id or link says that it is
    /// another one.
    private func isRedated(_ place: Int, _ old: Article, _ items: inout DocumentItems) -> Bool? {
        let article = items.article(place)
        guard NameDifference(from: old.id, to: article.id).isIdle, NameDifference(from: old.url, to: article.url).isIdle
        else { return nil }
        // A date that all items have is that of the document.
        guard !items.haveOneDate(), let oldDate = old.published ?? old.modified,
            let date = article.published ?? article.modified
        else { return false }
        return oldDate.seconds != date.seconds
    }

    /// Whether at least half of the items are known articles under other ids, and not all of them with one content: a list
    /// that comes again, and no alert.
    private func isList(_ replays: [Replay], _ renames: Int, _ items: borrowing DocumentItems) -> Bool {
        (renames + replays.count) * 2 >= items.count && renames + Set(replays.map(\.content)).count >= 2
    }

    /// Whether articles may have come again with other dates: many of them at once, and beside nothing new where ids have
    /// meant something so far. Of bulletins a few say the same, beside others that do not.
    private func isRedatedList(_ replays: [Replay], _ renames: Int, _ items: borrowing DocumentItems) -> Bool {
        guard renames + Set(replays.map(\.content)).count >= Self.leastRedated else { return false }
        return idsMeanNothing ? isList(replays, renames, items) : renames + replays.count == items.count
    }
}
