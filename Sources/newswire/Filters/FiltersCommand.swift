internal import ArgumentParser
internal import ArticleStore
internal import Configuration
package import FeedModel
internal import Ingestion
package import JSONText
package import Querying

struct FiltersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "filters",
        abstract: "Shows what each rule of the configuration does, and tries rules on what is stored.",
        discussion: """
            EXAMPLE
              # each rule, and how many articles of a month it matches
              newswire filters
              # which articles of the last week a rule matches, by which words
              newswire filters test no-deals
            """,
        subcommands: [FiltersListCommand.self, FiltersTestCommand.self],
        defaultSubcommand: FiltersListCommand.self)
}

struct FiltersListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Shows each rule, and how many of the articles of the last 30 days it matches.",
        discussion: """
            The rules of today are asked of what is stored, whatever was said when it was stored, and of what the feed said, \
            whatever the page of the article says. ALONE is how many articles would be let through without the rule. \
            UNDECIDED, which is there where it is not 0, is of how many nobody knows whether they match, because a /regex/ \
            takes too long there: nothing is done to those. Of a large store only as many days are counted as ten \
            seconds are enough for, and that is said.

            EXAMPLE
              newswire filters
              newswire filters list --json | jq -r 'select(.month == 0).name'
            """)

    @Flag(help: "Show times in UTC.")
    var utc = false

    @Flag(help: "Print one line of JSON for each rule.")
    var json = false

    @OptionGroup var common: CommonOptions

    /// How long records are read for the figures.
    private static let patience = Duration.seconds(10)

    func run() throws {
        let configuration = try common.load()
        let states = try StoredFeeds(configuration).states()
        let ruling = try RecordRuling(configuration, states: states, "showing the rules")
        if ruling.rules.isEmpty {
            StandardError.write(
                "newswire: \(configuration.path) has no [[filter]]; docs/filters.md says how one is written")
            return
        }
        let now = SystemClock.now()
        let deadline = ContinuousClock.now + Self.patience
        var activity = RuleActivity(ruling, now: now)
        try CommandFailure.wrappingAll {
            guard let reader = try StoreReader.ifThere(directory: configuration.store.directory) else { return }
            try activity.count(in: reader) { ContinuousClock.now >= deadline }
        }
        let known = configuration.recognising(states.knownFeeds)
        try show(activity, ruling.rules.rules, known.feeds, TimeText(now: now, isUTC: utc))
        if let day = activity.countedSince {
            StandardError.write(
                "newswire: there was time to read what was stored since \(day); what is older is not counted")
        }
    }

    private func show(
        _ activity: RuleActivity, _ rules: [FilterRule], _ feeds: [FeedConfiguration], _ times: TimeText
    ) throws {
        var output = StandardOutput()
        let hasUndecided = activity.counts.contains { $0.undecided > 0 }
        var columns = [
            TextTable.Column(title: "RULE"), TextTable.Column(title: "ACTION", least: 5),
            TextTable.Column(title: "FEEDS", isNumber: true, isOptional: true),
            TextTable.Column(title: "7 DAYS", isNumber: true), TextTable.Column(title: "30 DAYS", isNumber: true),
            TextTable.Column(title: "ALONE", isNumber: true, isOptional: true),
            TextTable.Column(title: "LAST", isOptional: true),
        ]
        if hasUndecided { columns.insert(TextTable.Column(title: "UNDECIDED", isNumber: true), at: 5) }
        var table = TextTable(columns)
        for (number, rule) in rules.enumerated() {
            let count = activity.counts[number]
            let scope = feeds.count { rule.isFor($0.id, tags: Set($0.tags.map { TagKey($0) })) }
            if json {
                var line = JSONWriter()
                count.write(of: rule, scope: scope, since: activity.countedSince, to: &line)
                try output.write(line.finish() + [UInt8(ascii: "\n")])
            } else {
                var cells = [
                    rule.name, RuleText.action(of: rule), rule.isForAllFeeds ? "all" : "\(scope)", "\(count.week)",
                    "\(count.month)", rule.action.kind == .label ? "" : "\(count.alone)",
                    count.last.map(times.ago) ?? "never",
                ]
                if hasUndecided { cells.insert("\(count.undecided)", at: 5) }
                table.add(cells)
            }
        }
        if !json {
            for line in table.lines(width: Terminal.outputWidth) { try output.write(line: line) }
        }
        try output.flush()
    }

}

extension RuleActivity.Count {
    /// Writes what a rule has matched, as `filters --json` does.
    ///
    /// - Parameters:
    ///   - scope: how many feeds the rule is for.
    ///   - since: only what was stored since then was counted; nil where all was.
    package func write(of rule: FilterRule, scope: Int, since: Timestamp?, to json: inout JSONWriter) {
        json.beginObject()
        rule.writeMembers(to: &json)
        json.member("feeds", scope)
        json.member("week", week)
        json.member("month", month)
        json.member("undecided", undecided)
        json.member("last", last)
        if rule.action.kind != .label { json.member("alone", alone) }
        json.member("counted_since", since)
        json.endObject()
    }
}

extension FilterRule {
    /// Writes what the rule is into an object that was begun.
    func writeMembers(to json: inout JSONWriter) {
        json.member("name", name)
        json.member("action", action.kind.rawValue)
        if case .label(let label) = action { json.member("label", label) }
    }
}
