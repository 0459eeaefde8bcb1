package import ArticleStore
package import Configuration
package import FeedModel
package import Querying

/// `RecordRuling` asks today's rules of records that are stored, as they would have been asked when each was made (filters.md
/// §2.3): of a feed's records under the id and with the tags that the configuration gives it now.
package struct RecordRuling: Sendable {
    /// The rules of the configuration.
    package let rules: FilterRules
    private let names: FeedNames

    /// Asks these rules, of feeds by these names.
    package init(_ rules: FilterRules, _ names: FeedNames) {
        self.rules = rules
        self.names = names
    }

    /// - Parameters:
    ///   - configuration: as `CommonOptions.loadForStore` gives it.
    ///   - deed: what is being done, for the failure.
    /// - Throws: where the configuration is wrong: nothing is judged by half-understood rules.
    package init(_ configuration: Configuration, states: [FeedState], _ deed: String) throws(CommandFailure) {
        if configuration.warnings.contains(where: { $0.severity == .error }) {
            throw CommandFailure(
                .badConfiguration,
                "\(deed): the rules of \(configuration.path) cannot be asked while it is wrong; `newswire check` says what is"
            )
        }
        let configuration = configuration.recognising(states.knownFeeds)
        self.init(configuration.filters, FeedNames(configuration, states: states))
    }

    /// What the rules say of a record.
    func verdict(on record: StoredRecord, in reader: StoreReader) throws(StoreError) -> FilterVerdict {
        rules.verdict(on: try article(record, reader))
    }

    /// Tells what the rules say of a record, and what each that is for its feed says.
    package func findings(
        on record: StoredRecord, in reader: StoreReader, withWords: Bool = true
    ) throws(StoreError) -> (verdict: FilterVerdict, findings: [FilterFinding]) {
        rules.findings(on: try article(record, reader), withWords: withWords)
    }

    private func article(_ record: StoredRecord, _ reader: StoreReader) throws(StoreError) -> QueriedArticle {
        let feed = record.feed ?? FeedIdentifier("")
        return QueriedArticle(
            judging: record, original: try record.original(in: reader), feed: names.current(feed),
            tags: names.tags(of: feed) ?? Set(record.feedTags.map { TagKey($0) }))
    }

    /// What a record would say of a verdict (filters.md §2.5), the versions before it judged by the same rules.
    func standing(
        of record: StoredRecord, _ verdict: FilterVerdict, in reader: StoreReader
    ) throws(StoreError) -> RecordStanding {
        let wasShown = record.kind == .update ? try self.wasShown(before: record, in: reader) : nil
        if let rule = verdict.blockedBy { return .blocked(by: rule, wasShown: wasShown ?? false) }
        return wasShown == false ? .released : .passed
    }

    /// Whether a version before this one was let through. Of versions that retention has removed it is true what the oldest
    /// that is left says of them.
    private func wasShown(before record: StoredRecord, in reader: StoreReader) throws(StoreError) -> Bool {
        var oldest = record
        while let seq = oldest.previous, seq < oldest.seq ?? 0 {
            guard let version = try reader.record(seq: seq) else {
                return !(oldest.isReleased || oldest.blockedBy != nil && !oldest.wasShown)
            }
            if try verdict(on: version, in: reader).blockedBy == nil { return true }
            oldest = version
        }
        return false
    }
}
