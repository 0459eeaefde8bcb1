internal import FeedModel
internal import Querying

/// `RuleTrial` collects what rules say of articles, against what was said when those were stored.
struct RuleTrial {
    /// An article that a rule matches.
    struct Example {
        /// Nil in a document.
        var seq: UInt64?
        var title: String
        /// The words that matched, as they stand in the article.
        var words: [String]
    }

    /// What one rule says.
    struct Tally {
        var matched = 0
        /// Of so many it is not known.
        var undecided = 0
        /// The first that it matches.
        var examples: [Example] = []
    }

    let rules: [FilterRule]
    /// The rules of which is told, by their places.
    let shown: [Int]
    /// So many examples are kept of each.
    private let limit: Int
    private(set) var articles = 0
    private(set) var tallies: [Tally]
    /// How many articles are blocked and let through by what the rules say.
    private(set) var blocked = 0
    /// Of those that are stored, how many would be blocked that were not, and let through that were blocked.
    private(set) var newlyBlocked = 0
    private(set) var released = 0
    private(set) var gained: [String: Int] = [:]
    private(set) var lost: [String: Int] = [:]

    init(_ rules: [FilterRule], shown: [Int], limit: Int) {
        self.rules = rules
        self.shown = shown
        self.limit = limit
        tallies = Array(repeating: Tally(), count: rules.count)
    }

    /// - Parameter stored: the record with what was said of it; nil for an article that is not stored.
    mutating func add(
        _ ruling: (verdict: FilterVerdict, findings: [FilterFinding]), _ article: Article, stored: StoredRecord? = nil
    ) {
        articles += 1
        if ruling.verdict.blockedBy != nil { blocked += 1 }
        for finding in ruling.findings where finding.matches != false {
            guard finding.matches == true else {
                tallies[finding.rule].undecided += 1
                continue
            }
            tallies[finding.rule].matched += 1
            guard tallies[finding.rule].examples.count < limit else { continue }
            let title = article.title ?? article.url ?? article.id ?? ""
            tallies[finding.rule].examples.append(Example(seq: stored?.seq, title: title, words: finding.words))
        }
        if let stored { compare(ruling.verdict, with: stored) }
    }

    private mutating func compare(_ verdict: FilterVerdict, with record: StoredRecord) {
        switch (record.blockedBy, verdict.blockedBy) {
        case (nil, _?): newlyBlocked += 1
        case (_?, nil): released += 1
        default: break
        }
        let (before, after) = (Set(record.labels), Set(verdict.labels))
        for label in after.subtracting(before) { gained[label, default: 0] += 1 }
        for label in before.subtracting(after) { lost[label, default: 0] += 1 }
    }
}
