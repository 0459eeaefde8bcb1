private import FeedModel

/// `FilterRules` are the rules of a configuration, ready to be asked of articles (filters.md §2). It is a value that any
/// number of threads may use.
package struct FilterRules: Sendable {
    /// The rules are in the order of the configuration, which says only whose name a verdict has.
    package let rules: [FilterRule]
    private let matcher: QueryMatcher
    /// Of each rule what is asked for every article: a rule itself has much that would be copied with it.
    private let glances: [Glance]

    private struct Glance: Sendable {
        var isForAllFeeds: Bool
        var action: FilterRule.Action.Kind
    }

    /// Of each rule that labels, the label as labels are compared.
    private let labelKeys: [TagKey?]

    /// An article gets at most so many labels.
    package static let labelLimit = 16

    package init(_ rules: [FilterRule] = []) {
        self.rules = rules
        matcher = QueryMatcher(rules.map(\.query))
        glances = rules.map { Glance(isForAllFeeds: $0.isForAllFeeds, action: $0.action.kind) }
        labelKeys = rules.map { rule in
            if case .label(let label) = rule.action { TagKey(label) } else { nil }
        }
    }

    /// Tells that there is no rule, so that nothing need be asked.
    package var isEmpty: Bool { rules.isEmpty }

    /// The labels that rules give, in the order of the configuration.
    package var labels: [String] {
        rules.compactMap { rule in
            if case .label(let label) = rule.action { label } else { nil }
        }
    }

    /// Judges an article by the rules that are for its feed.
    ///
    /// - Parameter article: its tags are the configured ones of its feed, and its states do not hold `blocked`.
    package func verdict(on article: QueriedArticle) -> FilterVerdict {
        verdict(on: article) { evaluation, number in evaluation.matches(number) }
    }

    /// Judges an article, and says of each rule that is for its feed whether it matches and by which words.
    ///
    /// - Parameter withWords: the words are wanted, which cost far more than the answer.
    package func findings(
        on article: QueriedArticle, withWords: Bool = true
    ) -> (verdict: FilterVerdict, findings: [FilterFinding]) {
        var findings: [FilterFinding] = []
        let verdict = verdict(on: article) { evaluation, number in
            let answer = evaluation.matches(number)
            let words = withWords && answer == true ? evaluation.words(of: number) : []
            findings.append(FilterFinding(rule: number, matches: answer, words: words))
            return answer
        }
        return (verdict, findings)
    }

    private func verdict(
        on article: QueriedArticle, _ ask: (QueryEvaluation, Int) -> Bool?
    ) -> FilterVerdict {
        var verdict = FilterVerdict()
        if isEmpty { return verdict }
        let evaluation = matcher.evaluation(of: article)
        var blocking: Int?
        var firstKeep: Int?
        // Whether a rule that keeps matches, or may do so.
        var isKept = false
        var labels: [TagKey] = []
        for (number, glance) in glances.enumerated() {
            guard glance.isForAllFeeds || rules[number].isFor(article.feed, tags: article.tags) else { continue }
            let answer = ask(evaluation, number)
            if answer == nil { verdict.undecided.append(rules[number].name) }
            switch glance.action {
            case .block: if answer == true { blocking = blocking ?? number }
            case .keep:
                firstKeep = firstKeep ?? number
                if answer != false { isKept = true }
            case .label: if answer == true { addLabel(of: number, to: &verdict, &labels) }
            }
        }
        if let keep = firstKeep, !isKept { blocking = min(blocking ?? keep, keep) }
        verdict.blockedBy = blocking.map { rules[$0].name }
        return verdict
    }

    /// Adds a rule's label, unless it is there whatever its case, or there are enough.
    private func addLabel(of rule: Int, to verdict: inout FilterVerdict, _ labels: inout [TagKey]) {
        guard case .label(let label) = rules[rule].action, let key = labelKeys[rule], !labels.contains(key) else {
            return
        }
        labels.append(key)
        if labels.count > Self.labelLimit {
            verdict.omittedLabels.append(label)
        } else {
            verdict.labels.append(label)
        }
    }
}

/// `FilterVerdict` is what the rules say of an article.
package struct FilterVerdict: Sendable, Equatable {
    /// The article is blocked by the rule of this name: the first in the configuration's order that blocks it, or of
    /// those that keep the first that is for its feed.
    package internal(set) var blockedBy: String?
    /// The article gets these labels, each once whatever its case, in the configuration's order.
    package internal(set) var labels: [String] = []
    /// The article would get these as well, and does not, because it has as many as it may.
    package internal(set) var omittedLabels: [String] = []
    /// Of these rules it is not known whether they match, because a /regex/ of theirs could not be told within its limits.
    /// Nothing was done by them: the article is not blocked for their sake.
    package internal(set) var undecided: [String] = []
}

/// `FilterFinding` is what one rule says of an article.
package struct FilterFinding: Sendable, Equatable {
    /// The rule has this place among `FilterRules.rules`.
    package let rule: Int
    /// Whether it matches; nil where that is not known.
    package let matches: Bool?
    /// The words that matched, as they stand in the article.
    package let words: [String]
}

extension FilterRules {
    /// Returns the rule without which an article would be let through, where there is one that blocks it alone.
    ///
    /// - Parameter findings: of that article.
    package func onlyBlock(_ findings: [FilterFinding]) -> Int? {
        let blocks = findings.filter { rules[$0.rule].action == .block && $0.matches == true }
        let keeps = findings.filter { rules[$0.rule].action == .keep }
        let isKept = keeps.isEmpty || keeps.contains { $0.matches != false }
        switch (blocks.count, keeps.count, isKept) {
        case (1, _, true): return blocks[0].rule
        case (0, 1, false): return keeps[0].rule
        default: return nil
        }
    }
}
