private import FeedModel

extension Query {
    /// Whether no article can match, whatever it is: `age:>7d age:<1d`.
    ///
    /// It finds what contradicts itself in conditions that have to hold at once, and is no proof of the contrary.
    package var cannotMatch: Bool { root.isImpossible(beside: [], isNegated: false) }
}

/// A condition that has to hold, or must not.
private struct Demand {
    let condition: QueryCondition
    let isNegated: Bool

    func contradicts(_ other: Demand) -> Bool {
        if isNegated != other.isNegated { return condition == other.condition }
        return !isNegated && (excludes(other.condition) || other.excludes(condition))
    }

    /// Whether both can never hold for one article.
    private func excludes(_ other: QueryCondition) -> Bool {
        switch (condition, other) {
        case (.olderThan(let least), .youngerThan(let most)): least >= most
        case (.since(.instant(let first)), .until(.instant(let end))): first >= end
        // The later of two spans ago is the shorter one.
        case (.since(.ago(let first)), .until(.ago(let end))): first <= end
        case (.feed(let one), .feed(let another)): one != another
        case (.host(let one), .host(let another)):
            one != another && !one.hasSuffix(".\(another)") && !another.hasSuffix(".\(one)")
        case (.language(let one), .language(let another)):
            !LanguageTag(one).isWithin(another) && !LanguageTag(another).isWithin(one)
        default: false
        }
    }
}

extension QueryNode {
    /// Whether it cannot hold beside what has to hold as well.
    fileprivate func isImpossible(beside demands: [Demand], isNegated: Bool) -> Bool {
        switch self {
        case .condition(let condition):
            let demand = Demand(condition: condition, isNegated: isNegated)
            return demands.contains { $0.contradicts(demand) }
        case .not(let node):
            return node.isImpossible(beside: demands, isNegated: !isNegated)
        case .any(let nodes) where !isNegated, .all(let nodes) where isNegated:
            return nodes.allSatisfy { $0.isImpossible(beside: demands, isNegated: isNegated) }
        case .any(let nodes), .all(let nodes):
            // All of them have to hold, those that are simple beside the others.
            var demands = demands
            for node in nodes {
                guard let demand = node.demand(isNegated: isNegated) else { continue }
                if demands.contains(where: { $0.contradicts(demand) }) { return true }
                demands.append(demand)
            }
            return nodes.contains { node in
                node.demand(isNegated: isNegated) == nil && node.isImpossible(beside: demands, isNegated: isNegated)
            }
        }
    }

    private func demand(isNegated: Bool) -> Demand? {
        switch self {
        case .condition(let condition): Demand(condition: condition, isNegated: isNegated)
        case .not(let node): node.demand(isNegated: !isNegated)
        case .all, .any: nil
        }
    }
}
