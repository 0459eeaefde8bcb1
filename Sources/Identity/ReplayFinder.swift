internal import Digest
internal import FeedModel

/// `ReplayFinder` knows the articles of a feed again that come under other ids and links in each document, where no other
/// rule can tell them: by title, text and file, which have to be the very same (identity.md §5.5).
///
/// It looks only at documents of which at least half of the items are unknown, while as many articles are gone. Records
/// of such documents carry the key by which the next one finds them, so that other feeds pay nothing for it.
struct ReplayFinder {
    /// Where a document has one such article and no other, so many are kept, then one a day: it may be an alert.
    private static let mostAlone: UInt8 = 3

    private let idsMeanNothing: Bool

    init(_ rules: IdentityRules) {
        idsMeanNothing = rules.churn?.idsMeanNothing ?? false
    }

    /// Whether so much of a document is unknown, and so much of the one before gone, that it may be one.
    func concerns(_ facts: DocumentFacts, _ items: borrowing DocumentItems) -> Bool {
        guard facts.isWhole, let previous = facts.previousCount, items.count > 0 else { return false }
        let unknown = items.unfoundCount
        return unknown * 2 >= items.count && (previous - (items.count - unknown)) * 2 >= previous
    }

    /// Makes items that are new the articles that they repeat, as far as the feed's ids are known to mean nothing, and
    /// notes for the others that they do.
    func find<Knowledge: ArticleKnowledge>(
        _ matches: inout [Match], _ items: inout DocumentItems, _ facts: DocumentFacts, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) {
        var contents: [Int: Hash128] = [:]
        for index in matches.indices where isOpen(matches[index], items) {
            if let content = items.contentKey(matches[index].place) { contents[index] = content }
        }
        if knowledge.readsAhead { knowledge.prepare(contents.values.map { MatchKeys.copy(0, of: $0) }) }

        var nextCopies: [Hash128: Int] = [:]
        var found: [(index: Int, known: KnownArticle)] = []
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
            guard let known, try isReplay(place, of: known, &items, knowledge) else { continue }
            items.claims.take(known.uid, for: place)
            found.append((index, known))
        }
        for (index, known) in found { matches[index].replayed = known }

        let isList = isList(matches, contents, items)
        let isAll = found.count == matches.count
        for (index, known) in found {
            let place = matches[index].place
            if isList, idsMeanNothing {
                items.claims.release(matches[index].keys, from: place)
                matches[index].kind = .replay(known)
            } else {
                items.claims.release(known.uid)
                if !isList, isAll {
                    let stored = try knowledge.stored(known.seq)
                    matches[index].bound(by: .replayed, after: known, stored, most: Self.mostAlone, facts)
                }
            }
        }
    }

    /// What only its content tells from others has a bound of its own (`ContentGroups`).
    private func isOpen(_ match: Match, _ items: borrowing DocumentItems) -> Bool {
        if items[match.place].isSplit || items[match.place].precision == .content { return false }
        return switch match.kind {
        case .new, .duplicate: true
        case .alias, .repeats, .replay: false
        }
    }

    /// Whether nothing says that the item is another one: neither its date, nor a number or day in its id or link.
    private func isReplay<Knowledge: ArticleKnowledge>(
        _ place: Int, of known: KnownArticle, _ items: inout DocumentItems, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> Bool {
        let article = items.article(place)
        guard let old = try knowledge.stored(known.seq)?.article,
            NameDifference(from: old.id, to: article.id).isIdle, NameDifference(from: old.url, to: article.url).isIdle
        else { return false }
        // A date that all items have is that of the document.
        guard !items.haveOneDate(), let oldDate = old.published ?? old.modified,
            let date = article.published ?? article.modified
        else { return true }
        return oldDate.seconds == date.seconds
    }

    /// Whether at least half of the items are known articles under other ids, and not all of them with one content: a list
    /// that comes again, and no alert.
    private func isList(
        _ matches: [Match], _ contents: [Int: Hash128], _ items: borrowing DocumentItems
    ) -> Bool {
        var replays = Set<Hash128>()
        var count = 0
        var renames = 0
        for (index, match) in matches.enumerated() {
            if match.renamed != nil {
                renames += 1
            } else if match.replayed != nil, let content = contents[index] {
                replays.insert(content)
                count += 1
            }
        }
        return (renames + count) * 2 >= items.count && renames + replays.count >= 2
    }
}
