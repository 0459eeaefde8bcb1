private import FeedModel
private import Querying
private import Text

/// Finds the feeds that rules name, once it is settled which ids feeds have.
///
/// A rule that was written for a feed goes on to hold for it under a new id, as long as `formerly` tells of the old one.
private struct FilterBinding {
    let feeds: FeedSuccession

    func rule(_ table: FilterTable) -> FilterRule {
        FilterRule(
            name: table.name, action: table.action, query: table.query.replacingFeeds(feeds.current),
            feeds: Set(table.feeds.map(feeds.current)), tags: Set((table.settings.tags ?? []).map(TagKey.init)))
    }

    /// The former ids by which a rule names feeds, with those that they have now.
    func formerIDs(in table: FilterTable) -> [(key: StaticString, old: FeedIdentifier, new: FeedIdentifier)] {
        let named: [(StaticString, [FeedIdentifier])] = [("feeds", table.feeds), ("match", table.query.feeds.sorted())]
        return named.flatMap { key, ids in
            ids.compactMap { id in feeds.successor(of: id).map { (key, id, $0) } }
        }
    }
}

extension Configuration {
    /// Makes the rules anew from their tables, where feeds may have other ids than before.
    mutating func bindFilters() {
        if filterTables.isEmpty { return }
        let binding = FilterBinding(feeds: FeedSuccession(feeds))
        let rules = filterTables.map(binding.rule)
        if rules != filters.rules { filters = FilterRules(rules) }
    }

    /// Returns warnings of rules that hardly do what was meant (filters.md §2.2), each at the line of its table.
    ///
    /// Only ids by which the store knows feeds tell whether a rule names one: ask after `recognise`, or where the
    /// configuration was loaded with the known feeds.
    package func reviewFilters() -> [Diagnostic] {
        if filterTables.isEmpty { return [] }
        let binding = FilterBinding(feeds: FeedSuccession(feeds))
        let former = filterTables.flatMap { table in
            binding.formerIDs(in: table).map { key, old, new in
                warning("\(key): \(FeedSuccession.message(former: old, of: new))", of: table)
            }
        }
        let tags = Set(feeds.lazy.flatMap(\.tags).map(TagKey.init))
        let doubts = filters.doubts(feeds: binding.feeds.ids, tags: tags).map { doubt in
            warning(SafeText.line(doubt.message), of: filterTables[doubt.rule])
        }
        return former + doubts + reviewLabels()
    }

    /// Warns where more labels may come to the articles of a feed than they get (filters.md §2.1), once for all such feeds.
    private func reviewLabels() -> [Diagnostic] {
        guard filters.hasManyLabels else { return [] }
        for feed in feeds {
            guard
                let (rule, count) = filters.firstRuleBeyondLabelLimit(
                    feed: feed.id, tags: Set(feed.tags.map(TagKey.init)))
            else { continue }
            return [
                warning(
                    "\(count) different labels may come to an article of \(feed.id), and it gets \(FilterRules.labelLimit) at "
                        + "most, of the rules that stand first; the others are left out", of: filterTables[rule])
            ]
        }
        return []
    }

    private func warning(_ message: String, of table: FilterTable) -> Diagnostic {
        Diagnostic(
            .warning, file: table.source.file, line: table.source.line, "[[filter]] \(table.name): \(message)")
    }

    /// Returns an error for each URL in the place of an id.
    ///
    /// - Parameter isKnown: whether feeds have the ids by which the store knows them; else only those that a person gave
    ///   are named.
    func urlsInFilters(isKnown: Bool) -> [Diagnostic] {
        filterTables.flatMap { table in
            table.feeds.filter { FeedName.refusal($0.text) != nil }.map { url in
                let ids = feeds(at: url.text).filter { isKnown || $0.hasExplicitID }.map { TOMLText.quoted($0.id.text) }
                let advice =
                    ids.isEmpty
                    ? "the id of its feed; `newswire feeds` lists them" : "its id, \(ids.joined(separator: " or "))"
                let shown = TOMLText.quoted(URLRedaction.redacted(url.text))
                return Diagnostic(
                    .error, file: table.source.file, line: table.source.line,
                    "[[filter]] feeds: \(shown) is a URL; write \(advice)")
            }
        }
    }
}
