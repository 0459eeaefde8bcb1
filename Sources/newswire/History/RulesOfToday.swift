package import ArticleStore
package import Configuration
package import FeedModel
package import Querying

/// `RulesOfToday` says which of the configuration's rules match a record and by which words, and what they would say of it
/// if it came now.
package struct RulesOfToday {
    /// There are none where there is nothing to say.
    package private(set) var rows: [ExplanationRow] = []

    /// The lines as `explain` prints them.
    var lines: [String] { rows.map { $0.line(width: 10) } }

    /// Asks the rules of a configuration.
    ///
    /// - Throws: what reading the store throws.
    package init(_ record: StoredRecord, _ configuration: Configuration, in reader: StoreReader) throws {
        guard record.kind?.isVersion == true else { return }
        let states = try reader.states()
        let ruling: RecordRuling
        do throws(CommandFailure) {
            ruling = try RecordRuling(configuration, states: states, "asking today's rules")
        } catch {
            rows = [ExplanationRow(name: "today", text: error.message)]
            return
        }
        try ask(ruling, of: record, in: reader)
    }

    /// Asks rules that were found already.
    ///
    /// - Throws: what reading the store throws.
    package init(_ record: StoredRecord, _ ruling: RecordRuling, in reader: StoreReader) throws {
        guard record.kind?.isVersion == true else { return }
        try ask(ruling, of: record, in: reader)
    }

    private mutating func ask(_ ruling: RecordRuling, of record: StoredRecord, in reader: StoreReader) throws {
        let wasJudged = record.blockedBy != nil || !record.labels.isEmpty
        if ruling.rules.isEmpty, !wasJudged { return }
        let (verdict, findings) = try ruling.findings(on: record, in: reader)
        for finding in findings where finding.matches != false {
            let sentence = RuleText.sentence(of: finding, ruling.rules.rules[finding.rule])
            rows.append(ExplanationRow(name: "rule", text: sentence))
        }
        rows.append(ExplanationRow(name: "today", text: Self.comparison(record, verdict)))
    }

    private static func comparison(_ record: StoredRecord, _ verdict: FilterVerdict) -> String {
        if record.blockedBy == verdict.blockedBy, Set(record.labels) == Set(verdict.labels),
            verdict.omittedLabels.isEmpty
        {
            return "the rules of today say the same as when it was stored"
        }
        var parts = [verdict.blockedBy.map { "block it by \($0)" } ?? "let it through"]
        if !verdict.labels.isEmpty { parts.append("label it \(verdict.labels.joined(separator: ", "))") }
        if !verdict.omittedLabels.isEmpty {
            parts.append(
                "leave out \(verdict.omittedLabels.joined(separator: ", ")), as it has \(FilterRules.labelLimit) labels"
            )
        }
        return "the rules of today would \(parts.joined(separator: " and ")); what is stored stays as it was judged"
    }
}

/// `RuleText` is what is said of rules in words, for people.
package enum RuleText {
    /// Says what a rule does: `block`, or `label drones`.
    package static func action(of rule: FilterRule) -> String {
        if case .label(let label) = rule.action { return "label \(label)" }
        return rule.action.kind.rawValue
    }

    /// `no-deals (block) matches: deals, gift guide`
    static func sentence(of finding: FilterFinding, _ rule: FilterRule) -> String {
        let name = "\(rule.name) (\(action(of: rule)))"
        if finding.matches == nil {
            return "\(name): a /regex/ of it takes too long, so that it is not known whether it matches"
        }
        let words = finding.words.isEmpty ? "" : ": \(finding.words.joined(separator: ", "))"
        return "\(name) matches\(words)"
    }
}
