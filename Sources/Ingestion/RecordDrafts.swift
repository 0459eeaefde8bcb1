internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Fetching
internal import Identity
internal import JSONText

/// Turns the items of a document into the records that the store does not have yet.
struct RecordDrafts {
    let feed: FeedConfiguration
    let head: ResponseHead?
    let title: String?
    let store: ArticleStore

    /// - Parameter isFirstPoll: the feed was never read to the end before. What it has now is initial, unless some of
    ///   it is known already: then only its state was lost (contract.md §3).
    func records(of articles: [Article], isFirstPoll: Bool) throws(StoreError) -> [PendingRecord] {
        var judge = IdentityJudge(feed: feed.id)
        let judgements = try judge.judge(
            articles, known: { uid throws(StoreError) in try store.known(uid) },
            stored: { seq throws(StoreError) in try storedArticle(seq) })
        let isInitial = isFirstPoll && judgements.allSatisfy { $0.verdict == .new }
        let url = URLRedaction.redacted(feed.url)
        var prefix = RecordPrefix(
            source: .init(
                feedURL: url, fetchedFrom: head.map { URLRedaction.redacted($0.effectiveURL) } ?? url,
                feedTitle: title, feedTags: feed.tags))
        var records: [PendingRecord] = []
        for judgement in judgements {
            let article = articles[judgement.index]
            let (kind, version, silentChanges): (RecordKind, UInt32, UInt8)
            switch judgement.verdict {
            case .unchanged, .volatile: continue
            case .update where feed.updates == .ignore: continue
            case .new: (kind, version, silentChanges) = (.new, 1, 0)
            case .update(let next, _, let changes): (kind, version, silentChanges) = (.update, next, changes)
            }
            records.append(
                PendingRecord(
                    prefix: prefix.bytes(of: article, judgement: judgement), uid: judgement.uid, kind: kind,
                    version: version, isInitial: isInitial, contentHash: judgement.contentHash,
                    modified: article.modified, silentChanges: silentChanges))
        }
        return records
    }

    private func storedArticle(_ seq: UInt64) throws(StoreError) -> Article? {
        guard let line = try store.article(seq: seq), let json = try? JSONParser.parse(line).value else { return nil }
        return Article(record: json)
    }
}
