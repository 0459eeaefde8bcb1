internal import Archiving
internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Fetching

/// How a page that was read is stored: once for each version of its article for which it was seen to hold.
extension PageTask {
    /// What has become of a record.
    private enum Kept {
        case stored, known, superseded, notStored
    }

    /// Stores a page that came.
    ///
    /// - Parameters:
    ///   - page: the first one, where the article stands on several.
    ///   - place: where that is kept as it came.
    func keep(
        _ page: FetchedPage, _ joined: JoinedPages, _ article: StoredRecord, in place: ArchivePlace?
    ) async throws(PageFetcher.Failure) -> Outcome {
        let isLonger = isLonger(joined.content.text, article)
        let kept = try await keep(article) { previous in
            var record = PageRecord(
                page: page, content: joined.content, settings: feed.options.pages, pages: joined.count, article: article
            )
            record.archive = place
            record.archivedFurther = joined.places
            record.previous = previous
            return record
        }
        switch kept {
        case .stored: return .stored(isLonger: isLonger)
        case .known: return .unchanged(isLonger: isLonger)
        case .superseded: return .unwanted
        case .notStored: return .notStored
        }
    }

    /// Stores for this version of the article the page of an earlier one, of which the server says that it is as it was (304).
    ///
    /// - Parameter previous: the page as it was stored.
    func keep(
        unchanged page: FetchedPage, as previous: StoredRecord, for article: StoredRecord
    ) async throws(PageFetcher.Failure) -> Outcome {
        let former = if let seq = previous.pageOf { await record(seq) } else { StoredRecord?.none }
        let kept = try await keep(article) { (previous) throws(PageFetcher.Failure) in
            guard let previous, previous.version != article.version else { return nil }
            return try PageRecord(
                unchanged: page, as: previous, of: former, for: article, settings: feed.options.pages)
        }
        switch kept {
        case .stored, .known: return .notModified(isLonger: isLonger(previous.contentText ?? "", article))
        case .superseded: return .unwanted
        case .notStored: return .notStored
        }
    }

    /// Stores a page, unless the same text is stored for the same version.
    ///
    /// - Parameter make: makes the record of what the article's page was before; nil where there is nothing to store.
    private func keep(
        _ article: StoredRecord, _ make: (StoredRecord?) throws(PageFetcher.Failure) -> PageRecord?
    ) async throws(PageFetcher.Failure) -> Kept {
        // Nobody may be about to store what an older page of it says.
        let keys = article.uid.map { [PageKey.of($0)] } ?? []
        await writer.locks.take(keys)
        defer { writer.locks.release(keys) }
        var basis = writer.basis
        basis.keys = keys
        let previous: StoredRecord?
        do throws(StoreError) {
            previous = try await stored(article)
        } catch {
            return .notStored
        }
        if isOfLaterVersion(previous, than: article) { return .superseded }
        guard let record = try make(previous) else { return .known }
        guard let pending = record.pending else { return .superseded }
        if let previous, previous.contentHash == pending.contentHash, previous.version == article.version {
            return .known
        }
        do throws(StoreError) {
            let commit = FeedCommit(feed: feed.id, records: [pending], state: nil)
            if try await writer.commit(commit, on: basis).refused.isEmpty { return .stored }
        } catch {
            return .notStored
        }
        throw PageFetcher.Failure(kind: .unstorable)
    }

    /// Whether a page was fetched for a later version of the article.
    func isOfLaterVersion(_ page: StoredRecord?, than article: StoredRecord) -> Bool {
        guard let later = page?.version, let version = article.version else { return false }
        return later > version
    }
}
