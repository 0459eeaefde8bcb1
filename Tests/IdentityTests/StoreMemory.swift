import Digest
import FeedModel

@testable import Identity

/// A store that remembers what polls found, as far as identity asks for it, and counts the questions.
final class StoreMemory: ArticleKnowledge {
    private enum Slot {
        case article(KnownArticle)
        case link(ArticleIdentifier)
    }

    private var slots: [Hash128: Slot] = [:]
    private(set) var records: [(stored: StoredArticle, judgement: Judgement)] = []
    private var removed = Set<UInt64>()
    private(set) var lookUps = 0
    private(set) var readings = 0

    func known(_ key: Hash128) -> KnownArticle? {
        lookUps += 1
        if readsAhead, !prepared.contains(key) { surprises += 1 }
        switch slots[key] {
        case .article(let known): return known
        case .link(let uid):
            guard case .article(let known) = slots[uid.key] else { return nil }
            return known
        case nil: return nil
        }
    }

    /// What is known of the one feed's ids and links is kept from poll to poll, as a feed's state keeps it.
    var keepsChurn = false
    var churn: FeedState.Churn?
    /// When the last document came.
    private var time: Timestamp?
    /// How many aliases were stored.
    private(set) var aliases = 0

    /// A look-up that was not announced is counted.
    var readsAhead = false
    private var prepared = Set<Hash128>()
    private(set) var surprises = 0

    func prepare(_ keys: [Hash128]) { prepared.formUnion(keys) }

    func stored(_ seq: UInt64) -> StoredArticle? {
        readings += 1
        return removed.contains(seq) ? nil : records[Int(seq) - 1].stored
    }

    func forgetCounts() {
        lookUps = 0
        readings = 0
        surprises = 0
        prepared = []
    }

    /// What retention does: the records go, the identities stay.
    func expire() { removed = Set(records.indices.map { UInt64($0) + 1 }) }

    /// How many articles there are: identities with a first record.
    var articles: Int { Set(records.filter { $0.judgement.isFirst }.map(\.judgement.uid)).count }

    @discardableResult
    func poll(
        _ articles: [Article], feed: String = "desk", facts: DocumentFacts = DocumentFacts(),
        rules change: (inout IdentityRules) -> Void = { _ in }
    ) -> [Judgement] {
        var rules = IdentityRules(feed: FeedIdentifier(feed))
        if keepsChurn { rules.churn = churn?.believed(of: articles).ifAny }
        change(&rules)
        var judge = IdentityJudge(rules)
        judge.read(articles, self)
        var judgements = judge.judge(facts, self)
        while keepsChurn, let better = judge.betterRules {
            judge = IdentityJudge(better)
            judge.read(articles, self)
            judgements = judge.judge(facts, self)
        }
        if keepsChurn { churn = judge.churn }
        time = facts.time
        aliases += judgements.count { $0.alias != nil }
        for judgement in judgements { store(judgement, articles[judgement.index], rules, facts) }
        return judgements
    }

    private func store(_ judgement: Judgement, _ article: Article, _ rules: IdentityRules, _ facts: DocumentFacts) {
        if let alias = judgement.alias { link(alias.keys, to: alias.of.uid) }
        guard judgement.isStored else { return }
        let seq = UInt64(records.count + 1)
        var known = KnownArticle(
            uid: judgement.uid, seq: seq, version: 1, contentHash: judgement.contentHash, modified: article.modified,
            recentChanges: judgement.rounds)
        var stored = StoredArticle(
            article: article, feed: rules.feed, site: rules.site, first: seq, firstSeen: time,
            storedAt: time)
        switch judgement.verdict {
        case .update(let version):
            known.version = version.number
            known.recentChanges = version.recentChanges
            known.isHidden = version.isOfHidden && facts.isBlocked(judgement.index, true)
            stored.first = version.first
        case .duplicate where judgement.leavesOutContent:
            stored.isShort = true
            stored.article.contentHTML = nil
            stored.article.contentText = nil
            stored.article.attachments = []
        default: break
        }
        if judgement.isFirst { known.isHidden = facts.isBlocked(judgement.index, false) }
        records.append((stored, judgement))
        slots[judgement.uid.key] = .article(known)
        link(judgement.keys, to: judgement.uid)
    }

    private func link(_ keys: [Hash128], to uid: ArticleIdentifier) {
        for key in keys where key != uid.key { slots[key] = .link(uid) }
    }
}

extension Judgement {
    var isFirst: Bool {
        switch verdict {
        case .new, .reusing, .duplicate: true
        default: false
        }
    }

    var isDuplicate: Bool {
        if case .duplicate = verdict { true } else { false }
    }

    var isUpdate: Bool {
        if case .update = verdict { true } else { false }
    }

    var changed: [String]? {
        if case .update(let version) = verdict { version.changed } else { nil }
    }
}

func article(
    id: String? = nil, url: String? = nil, title: String? = nil, text: String? = nil, day: Int? = nil
) -> Article {
    var article = Article()
    article.id = id
    article.url = url
    article.title = title
    article.contentText = text
    article.published = day.map { Timestamp(year: 2026, month: 11, day: $0) }
    return article
}
