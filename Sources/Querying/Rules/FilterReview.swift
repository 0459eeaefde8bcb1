package import FeedModel

extension FilterRules {
    /// What a configuration's rules let doubt whether they do what was meant (filters.md §2.2).
    ///
    /// - Parameters:
    ///   - feeds: the ids of all configured feeds.
    ///   - tags: all tags that one of them has.
    /// - Returns: for each doubt the place of its rule among `rules`, and a sentence that does not name the rule.
    package func doubts(feeds: Set<FeedIdentifier>, tags: Set<TagKey>) -> [(rule: Int, message: String)] {
        rules.enumerated().flatMap { number, rule in
            Self.doubts(rule, feeds, tags).map { (number, $0) }
        }
    }

    private static func doubts(_ rule: FilterRule, _ feeds: Set<FeedIdentifier>, _ tags: Set<TagKey>) -> [String] {
        var doubts: [String] = []
        if rule.action == .keep, rule.isForAllFeeds {
            doubts.append("it keeps what matches in all feeds, and blocks everything else; feeds or tags say where")
        }
        if !rule.isForAllFeeds, rule.feeds.isDisjoint(with: feeds), rule.tags.isDisjoint(with: tags) {
            doubts.append("no feed has one of its feeds or tags, so that it does nothing")
        } else {
            let unknown = rule.feeds.subtracting(feeds).map(\.text).sorted()
            if !unknown.isEmpty { doubts.append("there is no feed \(unknown.joined(separator: ", "))") }
            let unused = rule.tags.subtracting(tags).map(\.text).sorted()
            if !unused.isEmpty { doubts.append("no feed has the tag \(unused.joined(separator: ", "))") }
        }
        doubts += rule.query.doubts(feeds: feeds, tags: tags)
        if case .label(let label) = rule.action, tags.contains(TagKey(label)) {
            doubts.append("its label \(label) is also a tag of feeds, and by one word both are meant")
        }
        return doubts
    }

    /// The names of the rules that are new, gone, or other than they were; for a line of the log.
    package func changes(since old: FilterRules) -> (added: [String], removed: [String], changed: [String]) {
        let before = Dictionary(old.rules.map { ($0.name, $0) }) { first, _ in first }
        let names = Set(rules.map(\.name))
        return (
            rules.filter { before[$0.name] == nil }.map(\.name),
            old.rules.map(\.name).filter { !names.contains($0) },
            rules.filter { rule in before[rule.name].map { $0 != rule } ?? false }.map(\.name)
        )
    }
}

extension Query {
    /// What a configuration lets doubt whether the query asks for what was meant: sentences in which it is "its query".
    ///
    /// - Parameters:
    ///   - feeds: the ids of all configured feeds.
    ///   - tags: all tags that there are.
    package func doubts(feeds: Set<FeedIdentifier>, tags: Set<TagKey>) -> [String] {
        var doubts: [String] = []
        for feed in self.feeds.subtracting(feeds).sorted() {
            doubts.append("its query asks for feed:\(feed), and there is no such feed")
        }
        for tag in self.tags.subtracting(tags).map(\.text).sorted() {
            doubts.append("its query asks for tag:\(tag), and no feed has that tag")
        }
        if cannotMatch { doubts.append("its query contradicts itself and matches nothing") }
        return doubts + warnings.map(\.description)
    }
}
