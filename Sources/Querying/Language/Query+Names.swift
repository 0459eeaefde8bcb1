package import FeedModel

/// What a query names that a configuration has or has not.
extension Query {
    /// The feeds that it asks for with `feed:`, wanted or not.
    package var feeds: Set<FeedIdentifier> {
        Set(root.conditions.compactMap { if case .feed(let id) = $0 { FeedIdentifier(id) } else { nil } })
    }

    /// The tags that it asks for with `tag:`, wanted or not.
    package var tags: Set<TagKey> {
        Set(root.conditions.compactMap { if case .tag(let tag) = $0 { TagKey(tag) } else { nil } })
    }

    /// How many times a /regex/ stands in it.
    package var patternCount: Int {
        root.conditions.count { if case .pattern = $0 { true } else { false } }
    }

    /// Returns the query with other ids for the feeds that it asks for.
    package func replacingFeeds(_ replace: (FeedIdentifier) -> FeedIdentifier) -> Query {
        Query(root: root.replacingFeeds(replace), warnings: warnings)
    }

    private init(root: QueryNode, warnings: [QueryIssue]) {
        self.root = root
        self.warnings = warnings
    }
}

extension QueryNode {
    /// All that is asked, in the order in which it was written.
    var conditions: [QueryCondition] {
        switch self {
        case .all(let nodes), .any(let nodes): nodes.flatMap(\.conditions)
        case .not(let node): node.conditions
        case .condition(let condition): [condition]
        }
    }

    fileprivate func replacingFeeds(_ replace: (FeedIdentifier) -> FeedIdentifier) -> QueryNode {
        switch self {
        case .all(let nodes): .all(nodes.map { $0.replacingFeeds(replace) })
        case .any(let nodes): .any(nodes.map { $0.replacingFeeds(replace) })
        case .not(let node): .not(node.replacingFeeds(replace))
        case .condition(.feed(let id)): .condition(.feed(replace(FeedIdentifier(id)).text))
        case .condition: self
        }
    }
}
