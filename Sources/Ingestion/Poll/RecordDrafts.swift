internal import ArticleStore
internal import Configuration
internal import Digest
internal import FeedModel
internal import Fetching
internal import Identity
internal import Querying

/// `RecordDrafts` turns the items of a document into the records that the store does not have yet.
struct RecordDrafts {
    let feed: FeedConfiguration
    let head: ResponseHead?
    let state: FeedState
    let duplicates: StoreSettings.Duplicates
    /// What is asked of each record; without rules nothing is.
    var filters = FilterRules()
    let store: ArticleStore
    let locks: KeyLocks
    let now: Timestamp
    /// The time of day where the clock counts; nil while it is in doubt, when no date is said to lie in the future.
    var trusted: Timestamp?
    /// Whether a person is going to read what each record is and why.
    var explains = false

    /// What a document leaves for the store.
    struct Result {
        var records: [PendingRecord] = []
        /// How many articles the document has.
        var articles = 0
        /// The articles of the document, known ones as well.
        var seen: [ArticleIdentifier] = []
        /// What is known of the feed's ids and links behind the document.
        var churn: FeedState.Churn?
        /// Which articles change all the time.
        var volatility: FeedState.Volatility?
        /// What a person may want to know of their identities.
        var notes: [String] = []
        /// What rules have done to the records.
        var effects = RuleEffects()
        /// What each record is and why, a line each, where somebody wants to know.
        var plan: [String] = []
        /// The keys that were locked for them, which are to be released once the records are stored.
        var locked: [Hash128] = []
    }

    /// - Parameter facts: what is known of the document beside its items.
    func result(of document: Feed, _ facts: DocumentFacts) async throws(StoreError) -> Result {
        var rules = rules(document)
        let knowledge = StoreKnowledge(store: store, rules)
        var facts = facts
        facts.time = now
        let ruling = ruling(document)
        if let ruling { facts.isBlocked = { ruling.verdict(on: $0, isUpdate: $1).blockedBy != nil } }
        var result = Result()
        while true {
            var judge = IdentityJudge(rules)
            try judge.read(document.articles, knowledge)
            result.locked = judge.linkKeys()
            await locks.take(result.locked)
            do throws(StoreError) {
                let judgements = try judge.judge(facts, knowledge)
                if let better = judge.betterRules {
                    locks.release(result.locked)
                    rules = better
                    continue
                }
                add(judgements, document, ruling, to: &result)
                result.articles = judgements.count + facts.others.count
                result.seen = judgements.map(\.uid) + facts.others
                result.churn = judge.churn
                result.volatility = FeedState.Volatility(judgements, after: state.volatility)
                result.notes += FeedState.Churn.notes(from: state.churn, to: judge.churn)
                return result
            } catch {
                locks.release(result.locked)
                throw error
            }
        }
    }

    private func ruling(_ document: Feed) -> DocumentRuling? {
        if filters.isEmpty { return nil }
        return DocumentRuling(
            filters, document, of: feed, now: now, trusted: trusted, isFirst: state.lastSuccess == nil)
    }

    private func rules(_ document: Feed) -> IdentityRules {
        var rules = IdentityRules(feed, state, homePageURL: document.homePageURL)
        rules.keepsUpdates = feed.updates == .keep
        rules.findsDuplicates = duplicates != .keep
        rules.keepsDifferences = duplicates == .differing
        if let volatility = state.volatility, !volatility.isOver(at: now) { rules.editsHeldUntil = volatility.until }
        rules.churn = state.churn?.believed(of: document.articles).ifAny
        return rules
    }

    private func add(
        _ judgements: [Judgement], _ document: Feed, _ ruling: DocumentRuling?, to result: inout Result
    ) {
        let articles = document.articles
        let isInitial = isInitial(judgements)
        let url = URLRedaction.redacted(feed.url)
        var prefix = RecordPrefix(
            source: .init(
                feedURL: url, fetchedFrom: head.map { URLRedaction.redacted($0.effectiveURL) } ?? url,
                feedTitle: state.title, feedTags: feed.tags, feedLanguage: document.language),
            now: now, trusted: trusted)
        var undecided = UndecidedRules()
        var omitted = OmittedLabels()
        var events: [Judgement.Event: Int] = [:]
        // Half an article never takes the place of a whole one (security.md §5).
        let stored = judgements.filter { $0.leavesRecords && !(articles[$0.index].isIncomplete && $0.isOfKnown) }
        for judgement in StoringOrder(articles).sorted(stored, by: \.index) {
            let article = articles[judgement.index]
            if let alias = judgement.alias {
                result.records.append(record(of: alias, prefix.bytes(of: article, alias, judgement)))
            }
            let verdict = judgement.isStored ? ruling?.verdict(on: judgement.index, isUpdate: judgement.isUpdate) : nil
            if let record = record(of: judgement, article, verdict, &prefix, isInitial: isInitial) {
                result.records.append(record)
                if let verdict { result.effects.add(verdict) }
            }
            undecided.add(verdict?.undecided ?? [])
            omitted.add(verdict?.omittedLabels ?? [])
            if explains { result.plan += judgement.plan(article, verdict) }
            for event in judgement.events { events[event, default: 0] += 1 }
        }
        for judgement in judgements where !judgement.leavesRecords {
            for event in judgement.events { events[event, default: 0] += 1 }
        }
        result.notes = Judgement.Event.allCases.compactMap { event in events[event].map { event.note(count: $0) } }
        result.notes += undecided.notes + omitted.notes
    }

    /// What a feed has when it is first read to the end is initial, unless some of it is known although nothing was
    /// stored while this state was kept: then only the state was lost (contract.md §3).
    private func isInitial(_ judgements: [Judgement]) -> Bool {
        guard state.lastSuccess == nil else { return false }
        return state.articles > 0
            || judgements.allSatisfy { judgement in
                switch judgement.verdict {
                case .new, .duplicate: judgement.alias == nil
                default: false
                }
            }
    }

    private func record(of alias: Judgement.Alias, _ prefix: [UInt8]) -> PendingRecord {
        PendingRecord(
            prefix: prefix, uid: alias.of.uid, kind: .alias, version: alias.of.version, isInitial: false,
            contentHash: alias.of.contentHash, keys: alias.keys)
    }

    private func record(
        of judgement: Judgement, _ article: Article, _ verdict: FilterVerdict?, _ prefix: inout RecordPrefix,
        isInitial: Bool
    ) -> PendingRecord? {
        let (kind, version, recentChanges): (RecordKind, UInt32, UInt8)
        switch judgement.verdict {
        case .unchanged, .volatile, .ignored: return nil
        case .new, .reusing: (kind, version, recentChanges) = (.new, 1, judgement.rounds)
        case .duplicate: (kind, version, recentChanges) = (.duplicate, 1, 0)
        case .update(let update): (kind, version, recentChanges) = (.update, update.number, update.recentChanges)
        }
        var record = PendingRecord(
            prefix: prefix.bytes(of: article, judgement, verdict), uid: judgement.uid, kind: kind, version: version,
            isInitial: isInitial, contentHash: judgement.contentHash, modified: article.modified,
            recentChanges: recentChanges, keys: judgement.keys)
        record.standing = RecordStanding(verdict, after: judgement.version)
        return record
    }
}

extension Judgement.Event {
    /// One line for the log.
    fileprivate func note(count: Int) -> String {
        let (them, they) = count == 1 ? ("1 item", "it is") : ("\(count) items", "they are")
        return switch self {
        case .guidReused:
            "\(rawValue): \(them) came under an id or link that another article had before; \(they) kept as new"
        case .idNotUnique:
            "\(rawValue): \(them) had the same id as others in the document; told apart by link, title,"
                + " date or content"
        case .idMigration:
            "\(rawValue): the ids of this feed have changed; \(them) came under a new id and \(they) known as before"
        case .volatileGroup:
            "\(rawValue): all items of one id, link, title and date have had other content"
                + " \(VersionBudget.most) times in a row, now \(them); of what comes so, one document a day is"
                + " kept"
        case .replayed:
            "\(rawValue): \(them) said again what an article said that was new in the last documents, under other ids; of what"
                + " comes so, one a day is kept"
        case .volatile:
            "\(rawValue): \(them) changed \(VersionBudget.most) times within a short time; from here on one version an hour"
                + " is kept where the publisher's own date of change moves, else one a day"
        }
    }
}

extension Judgement {
    /// Whether the item brings anything to store: an article, or another id of one.
    fileprivate var leavesRecords: Bool { isStored || alias != nil }

    /// Whether the item is an article that is stored already.
    fileprivate var isOfKnown: Bool {
        switch verdict {
        case .new, .reusing, .duplicate: alias != nil
        case .update, .unchanged, .volatile, .ignored: true
        }
    }

    /// What is known of the versions before; nil where it is the first.
    fileprivate var version: Version? {
        if case .update(let version) = verdict { version } else { nil }
    }

    /// Whether it is a further version of an article.
    fileprivate var isUpdate: Bool { version != nil }

    /// What will be stored of it and why, for people.
    fileprivate func plan(_ article: Article, _ ruling: FilterVerdict?) -> [String] {
        let name = article.title ?? article.url ?? article.id ?? uid.description
        var lines: [String] = []
        if let alias {
            lines.append("alias: the id \(article.id ?? "") means record \(alias.of.seq) (\(alias.reason.rawValue))")
        }
        switch verdict {
        case .new: lines.append("new\(supersedes.map { ", before record \($0)" } ?? ""): \(name)")
        case .reusing(let seq): lines.append("new, under the id of record \(seq): \(name)")
        case .duplicate(let seq): lines.append("duplicate of record \(seq): \(name)")
        case .update(let update):
            lines.append("version \(update.number) (\(update.changed.joined(separator: ", "))): \(name)")
        case .unchanged, .volatile, .ignored: break
        }
        if let rule = ruling?.blockedBy { lines.append("blocked by the rule \(rule): \(name)") }
        if let labels = ruling?.labels, !labels.isEmpty {
            lines.append("labelled \(labels.joined(separator: ", ")): \(name)")
        }
        return lines
    }
}
