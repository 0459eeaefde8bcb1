internal import FeedModel

/// `ContentGroups` bounds what comes of items that only their content tells apart and that all have other content at every
/// poll (identity.md §4).
///
/// Each such document is counted in its records, as edits are. Beyond a number one document a day is kept.
struct ContentGroups {
    /// So many documents in a row are kept.
    static let mostRounds = VersionBudget.most

    /// Whether there are such items among those that are new. In most documents there are none.
    func concerns(_ matches: [Match], _ items: borrowing DocumentItems) -> Bool {
        matches.contains { items[$0.place].precision == .content }
    }

    /// Counts the rounds of each group of which no item is known, and passes over those that go beyond the bound.
    func limit<Knowledge: ArticleKnowledge>(
        _ matches: inout [Match], _ items: inout DocumentItems, _ facts: DocumentFacts, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) {
        var known = Set<ArticleIdentifier>()
        for place in items.places where items[place].found != nil && items[place].precision == .content {
            known.insert(items.identifier(place, precision: .published))
        }
        for index in matches.indices {
            let place = matches[index].place
            guard case .new = matches[index].kind, items[place].precision == .content else { continue }
            let group = items.identifier(place, precision: .published)
            // Where one of them is known the others are what is new beside it.
            guard !known.contains(group), let last = try knowledge.known(items.matchKeys.more(group)),
                last.modified == items.article(place).modified
            else { continue }
            let stored = last.recentChanges < Self.mostRounds ? nil : try knowledge.stored(last.seq)
            matches[index].bound(by: .volatileGroup, after: last, stored, most: Self.mostRounds, facts)
        }
    }
}
