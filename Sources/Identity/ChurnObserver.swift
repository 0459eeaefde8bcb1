internal import Digest
package import FeedModel

/// `ChurnObserver` sees which of a feed's ids and links change at every poll though its articles do not (identity.md §5).
struct ChurnObserver {
    private let known: FeedState.Churn?
    private let comparison: ArticleComparison

    init(_ rules: IdentityRules) {
        known = rules.churn
        comparison = ArticleComparison(ownHosts: rules.ownHosts)
    }

    /// Whether there is anything to learn from a document. From most there is not.
    func hasSeenChange(_ matches: [Match], _ judgements: [Judgement?]) -> Bool {
        known != nil || matches.contains(where: \.isUnderOtherID)
            || judgements.contains { $0?.changesLink ?? false }
    }

    /// What is known of the feed behind a whole document; nil for nothing.
    func churn<Knowledge: ArticleKnowledge>(
        _ matches: [Match], _ judgements: [Judgement?], _ items: borrowing DocumentItems, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> FeedState.Churn? {
        var churn = known ?? FeedState.Churn()
        let renamed = matches.filter(\.isUnderOtherID).map { items[$0.place].base.mark }
        churn.weigh(
            renamed: renamed, ids: items.places.map { items[$0].base.mark }, found: items.count - items.unfoundCount)
        if let names = try parameters(matches, judgements, items, knowledge) {
            churn.volatileParameters = Set(churn.volatileParameters).union(names).sorted()
        }
        return churn.ifAny
    }

    // MARK: - Parameters of URLs

    /// The parameters in which the URLs of all articles differ from those that are stored, and in nothing else.
    private func parameters<Knowledge: ArticleKnowledge>(
        _ matches: [Match], _ judgements: [Judgement?], _ items: borrowing DocumentItems, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> Set<String>? {
        var changed: [(place: Int, seq: UInt64)] = []
        var unchanged: [Int] = []
        for match in matches { if let known = match.renamed { changed.append((match.place, known.seq)) } }
        for place in items.places {
            guard let found = items[place].found else { continue }
            if judgements[place]?.changesLink ?? false {
                changed.append((place, found.seq))
            } else {
                unchanged.append(place)
            }
        }
        guard changed.count >= 2, changed.count >= unchanged.count else { return nil }
        var names: Set<String>?
        let common = VolatileParameters.common(in: items.places.map { items.article($0) })
        for (place, seq) in changed {
            guard let stored = try knowledge.stored(seq), let found = parameters(stored, items.article(place), common),
                names == nil || names == found
            else { return nil }
            names = found
        }
        guard let names, names.count + (known?.volatileParameters.count ?? 0) <= FeedState.Churn.mostParameters else {
            return nil
        }
        // What stays in one article, or tells two of the document apart, is no session.
        let parameters = VolatileParameters(names.sorted())
        for place in unchanged {
            let article = items.article(place)
            if parameters.removed(from: article.url ?? "") != article.url ?? "" { return nil }
        }
        return parameters.areIdle(in: items.places.map { items.article($0) }) ? names : nil
    }

    /// The parameters in which the URLs of an item differ from those of its article, where they differ in nothing else and
    /// title, and date or text, say that it is the article; nil for none.
    private func parameters(_ old: StoredArticle, _ new: Article, _ common: Set<String>) -> Set<String>? {
        var names: Set<String> = []
        var counts: Set<String> = []
        if old.article.url != new.url {
            guard let oldLink = old.article.url, let newLink = new.url,
                let difference = VolatileParameters.difference(oldLink, newLink)
            else { return nil }
            names = difference.names
            counts = difference.counts
        }
        if let oldID = old.article.id, let newID = new.id, oldID != newID, URLVariant.form(newID) != nil,
            let difference = VolatileParameters.difference(oldID, newID)
        {
            names.formUnion(difference.names)
            counts.formUnion(difference.counts)
        }
        guard !names.isEmpty, comparison.hasSame(old.article.title, new.title, comparison.isSameTitle(old.article, new))
        else { return nil }
        if let oldDate = old.article.published, let newDate = new.published, oldDate.seconds != newDate.seconds {
            return nil
        }
        if counts.isEmpty, old.article.published != nil, new.published != nil { return names }
        // What counts may be the number of the article, or its day: only where all that can be read is the same, nobody
        // loses anything by it.
        let (left, right) = (TextWords(of: old.article), TextWords(of: new))
        let texts: TextLikeness = old.isShort ? .unknown : TextLikeness(left, right)
        if counts.isEmpty { return texts.isOneText || texts == .neither ? names : nil }
        return texts == .same && min(left.length, right.length) > 0 && counts.isSubset(of: common) ? names : nil
    }
}

extension Judgement {
    /// Whether it is an edit of the link, perhaps with others.
    fileprivate var changesLink: Bool {
        if case .update(let version) = verdict { version.changed.contains("url") } else { false }
    }
}

extension ArticleIdentifier {
    /// A part of it by which ids are remembered; never 0.
    fileprivate var mark: UInt32 { max(1, UInt32(truncatingIfNeeded: key.high)) }
}

extension FeedState.Churn {
    /// A document with this share of its known articles under other ids counts as if all had.
    private static let quarter = 4
    /// Three such documents in a row make `limit`.
    private static let wholeWeight: UInt8 = 8
    /// So many documents in a row with the same ids, and ids mean something again.
    private static let steadyEnough: UInt8 = 3

    /// Takes in a whole document.
    ///
    /// - Parameters:
    ///   - renamed: ids under which known articles came that were not known by them.
    ///   - ids: all ids of the document.
    ///   - found: how many articles were known by their ids.
    fileprivate mutating func weigh(renamed: [UInt32], ids: [UInt32], found: Int) {
        if renamed.isEmpty, found == 0 { return }
        guard idsMeanNothing else {
            let isMost = renamed.count * Self.quarter >= renamed.count + found
            idChanges = renamed.isEmpty ? 0 : min(Self.limit, idChanges + (isMost ? Self.wholeWeight : 1))
            return
        }
        let isSteady = renamed.isEmpty || has(Set(ids))
        steadyDocuments = isSteady ? steadyDocuments + 1 : 1
        idSample = renamed.isEmpty ? nil : Self.sample(renamed)
        if steadyDocuments >= Self.steadyEnough { (idChanges, steadyDocuments, idSample) = (0, 0, nil) }
    }

    /// The ids that are remembered are those whose hashes are smallest, so that most of them stay while others come and go.
    private static func sample(_ marks: [UInt32]) -> Hash128 {
        let marks = marks.sorted().prefix(4).map(UInt64.init) + [0, 0, 0, 0]
        return Hash128(high: marks[0] << 32 | marks[1], low: marks[2] << 32 | marks[3])
    }

    /// Whether at least half of the remembered ids are there.
    private func has(_ ids: Set<UInt32>) -> Bool {
        guard let idSample else { return false }
        let marks = [idSample.high >> 32, idSample.high, idSample.low >> 32, idSample.low]
            .map { UInt32(truncatingIfNeeded: $0) }.filter { $0 != 0 }
        return marks.count { ids.contains($0) } * 2 >= marks.count
    }

    /// Returns it as far as a document does not speak against it: parameters that tell two of its items apart count again.
    package func believed(of articles: [Article]) -> FeedState.Churn {
        var believed = self
        if !volatileParameters.isEmpty, !VolatileParameters(volatileParameters).areIdle(in: articles) {
            believed.volatileParameters = []
        }
        return believed
    }
}
