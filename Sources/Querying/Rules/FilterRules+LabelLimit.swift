package import FeedModel

extension FilterRules {
    /// Returns the rule at which the labels that may come to one article are more than it gets, and how many they are; nil
    /// where they never are.
    ///
    /// - Parameters:
    ///   - feed: the article's.
    ///   - tags: the configured ones of that feed.
    package func firstRuleBeyondLabelLimit(
        feed: FeedIdentifier, tags: Set<TagKey>
    ) -> (rule: Int, labels: Int)? {
        var keys: Set<TagKey> = []
        var first: Int?
        for (number, rule) in rules.enumerated() {
            guard case .label(let label) = rule.action, rule.isFor(feed, tags: tags) else { continue }
            if keys.insert(TagKey(label)).inserted, keys.count == Self.labelLimit + 1 { first = number }
        }
        return first.map { ($0, keys.count) }
    }

    /// Tells whether there are more labels than an article gets.
    package var hasManyLabels: Bool { Set(labels.map(TagKey.init)).count > Self.labelLimit }
}
