internal import FeedModel
private import Querying

/// What else names the feeds of a change: rules and deliveries.
extension FeedEdit {
    /// The rules that name a feed which gets another id, with that id. One that asks for the feed in its query is a
    /// person's to change.
    static func rules(
        touchedBy change: Change, of feeds: [FeedConfiguration], in configuration: Configuration,
        _ refusals: inout [String]
    ) -> [Table] {
        guard case .rename(let id) = change else { return [] }
        var rules: [Table] = []
        for feed in feeds {
            let names = Set([feed.id] + feed.formerly)
            for var rule in configuration.filterTables {
                let asked = rule.query.feeds.intersection(names).sorted()
                if let old = asked.first, !rule.query.feeds.contains(id) {
                    refusals.append(
                        "\(feed.id) is not changed: the rule \(rule.name) in \(rule.source) asks for feed:\(old) in its "
                            + "match. Write (feed:\(old) OR feed:\(id)) there, and try again.")
                }
                if rule.rename(names, to: id) { rules.append(.rule(rule)) }
            }
        }
        return rules
    }

    /// The deliveries that name a feed which gets another id, with that id. What is left to a person is noted.
    mutating func deliveries(
        touchedBy change: Change, of feeds: [FeedConfiguration], in configuration: Configuration
    ) -> [Table] {
        if case .retag = change { return [] }
        let naming = NamingDeliveries(feeds, in: configuration)
        notes += naming.unread
        switch change {
        case .rename(let id):
            notes += naming.notes(ofQueriesWithout: id)
            notes += configuration.notes(
                ofPublicationsNaming: feeds, "which goes on to mean the feed; write \(id) there")
            return naming.renamed(to: id).map(Table.delivery)
        case .remove:
            notes += naming.notes
            notes += configuration.notes(ofPublicationsNaming: feeds, "which is no more")
            return []
        case .retag: return []
        }
    }

    mutating func setFeeds(
        of delivery: DeliveryFile, _ file: inout ChangedFile
    ) throws(FeedTableEditor.Refusal) {
        let text = TOMLText.list((delivery.settings.feeds ?? []).map(\.text))
        let changed = try FeedTableEditor(top: file.new ?? []).setting("feeds", to: text)
        guard (try? DeliveryFile(changed, at: delivery.path, of: delivery.name))?.settings == delivery.settings else {
            throw FeedTableEditor.Refusal(reason: "it would say something else", advice: "Write there: feeds = \(text)")
        }
        file.new = changed
        notes.append(
            "the delivery \(delivery.name) in \(delivery.place(of: "feeds")) names the new id, too; one that runs does so from "
                + "its next start: `systemctl restart newswire-deliver@\(delivery.name)`")
    }

    mutating func setFeeds(
        of rule: FilterTable, _ file: inout ChangedFile, _ expected: inout Configuration
    ) throws(FeedTableEditor.Refusal) {
        file.new = try FeedTableEditor(file.new ?? [], line: rule.source.line, of: "filter")
            .setting("feeds", to: TOMLText.list(rule.feeds.map(\.text)))
        if let index = expected.filterTables.firstIndex(where: { $0.name == rule.name }) {
            expected.filterTables[index] = rule
        }
        notes.append("the rule \(rule.name) in \(rule.source) names the new id, too")
    }
}

extension Configuration {
    /// What is said of tables of `[publish]` that name feeds, which are a person's to change.
    func notes(ofPublicationsNaming feeds: [FeedConfiguration], _ advice: String) -> [String] {
        feeds.flatMap { feed in
            let names = Set([feed.id] + feed.formerly)
            return publications.compactMap { publication in
                publication.feeds.first(where: names.contains).map { old in
                    "[publish.\(TOMLText.key(publication.name))] in \(publication.source) names \(old), \(advice)"
                }
            }
        }
    }

    /// What is said of rules that go on naming feeds which are no more.
    func notes(ofRulesNaming feeds: [FeedConfiguration]) -> [String] {
        feeds.flatMap { feed in
            let names = Set([feed.id] + feed.formerly)
            return filterTables.filter { !names.isDisjoint(with: $0.query.feeds.union($0.feeds)) }.map { rule in
                "the rule \(rule.name) in \(rule.source) still names \(feed.id)"
            }
        }
    }
}
