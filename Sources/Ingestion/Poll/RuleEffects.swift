package import Querying

/// `RuleEffects` counts what rules have done to the records of one poll, or of all since the start.
package struct RuleEffects: Sendable, Equatable {
    /// Beyond so many names nothing is counted by name: each is a time series of its own for whoever collects them.
    package static let mostNames = 200

    /// So many records were blocked.
    package private(set) var blocked = 0
    /// So many labels were given.
    package private(set) var labelled = 0
    /// How many records each rule has blocked; nil where there are too many rules.
    package private(set) var byRule: [String: Int]? = [:]
    /// How often each label was given; nil where there are too many.
    package private(set) var byLabel: [String: Int]? = [:]

    package init() {}

    /// Counts a record.
    ///
    /// - Parameter verdict: what the rules have said of it.
    package mutating func add(_ verdict: FilterVerdict) {
        if let rule = verdict.blockedBy {
            blocked += 1
            Self.count(rule, in: &byRule)
        }
        labelled += verdict.labels.count
        for label in verdict.labels { Self.count(label, in: &byLabel) }
    }

    /// Takes in what was counted elsewhere.
    package mutating func add(_ other: RuleEffects) {
        blocked += other.blocked
        labelled += other.labelled
        Self.merge(other.byRule, into: &byRule)
        Self.merge(other.byLabel, into: &byLabel)
    }

    private static func merge(_ other: [String: Int]?, into counts: inout [String: Int]?) {
        guard let other else { return counts = nil }
        for (name, count) in other { Self.count(name, count, in: &counts) }
    }

    private static func count(_ name: String, _ number: Int = 1, in counts: inout [String: Int]?) {
        counts?[name, default: 0] += number
        if counts?.count ?? 0 > mostNames { counts = nil }
    }
}
