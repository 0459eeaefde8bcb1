internal import ArticleStore
internal import Configuration
internal import Dispatch
internal import FeedModel
internal import Fetching

/// `PageTask` fetches one page, takes the article out of it, and stores that.
struct PageTask: Sendable {
    /// `Outcome` is what came of it.
    enum Outcome: Sendable, Equatable {
        /// The page was stored, which has at least twice the feed's text or not.
        case stored(isLonger: Bool)
        /// Its text is stored already.
        case unchanged(isLonger: Bool)
        case failed(PageFetcher.Failure)
        /// The host cannot be asked now, and may be after so many milliseconds.
        case notNow(milliseconds: Int64)
        /// The disk did not take it.
        case notStored
        /// The article is not there any more, or its page is not wanted any more.
        case unwanted
        case stopped

        /// The word for the log; nil where nothing was asked for.
        var word: String? {
            switch self {
            case .stored: "stored"
            case .unchanged: "unchanged"
            case .failed(let failure): failure.kind.rawValue
            case .notStored: "not_stored"
            case .notNow, .unwanted, .stopped: nil
            }
        }
    }

    let next: PageLine.Next
    let feed: FeedConfiguration
    let store: ArticleStore
    let writer: StoreWriter
    let fetcher: PageFetcher
    let reading: PageReading
    let gate: HostGate
    let disk: DispatchQueue
    let clock: PollClock

    /// What is less likely to be the article is not stored.
    static let leastQuality = 0.3

    func run() async -> Outcome {
        guard let article = await record(next.page.seq), let url = wantedURL(article) else { return .unwanted }
        let visit: HostVisit
        switch await gate.visit(next.page.host) {
        case .go(let key): visit = HostVisit(key, of: gate)
        case .later(let milliseconds), .held(let milliseconds): return .notNow(milliseconds: milliseconds)
        case .stopped: return .stopped
        }
        defer { visit.end() }
        do throws(PageFetcher.Failure) {
            guard let page = try await fetcher.fetch(url, for: feed, visit) else { return .stopped }
            visit.end()
            guard var content = await content(page) else { throw PageFetcher.Failure(kind: .noArticle) }
            content.quality = PageAgreement.quality(of: content, for: article)
            if content.quality < Self.leastQuality { throw PageFetcher.Failure(kind: .poor) }
            return try await keep(page, content, article)
        } catch {
            return .failed(error)
        }
    }

    /// The URL where the configuration of now still wants the page.
    private func wantedURL(_ article: StoredRecord) -> String? {
        switch PageWish(article, of: feed, pages: FeedPages(), now: nil) {
        case .wanted(let wanted): wanted.url
        case .unwanted: nil
        }
    }

    private func content(_ page: FetchedPage) async -> PageContent? {
        await withTaskExecutorPreference(WorkerThreads.parsing) {
            // An optimised build sees no need to leave the thread before the first wait.
            @concurrent () async in
            await Task.yield()
            return reading(page.bytes, page.contentType, page.url)
        }
    }

    private func keep(
        _ page: FetchedPage, _ content: PageContent, _ article: StoredRecord
    ) async throws(PageFetcher.Failure) -> Outcome {
        let isLonger = content.text.utf8.count >= 2 * FeedBody(article).text.utf8.count
        var record = PageRecord(page: page, content: content, article: article)
        do throws(StoreError) {
            if let uid = article.uid, let seq = try store.record(key: PageKey.of(uid)) {
                record.previous = await self.record(seq)
            }
            guard let pending = record.pending else { return .unwanted }
            if record.previous?.contentHash == pending.contentHash { return .unchanged(isLonger: isLonger) }
            let commit = FeedCommit(feed: feed.id, records: [pending], state: nil)
            let isRefused = try await !writer.commit(commit).refused.isEmpty
            if !isRefused { return .stored(isLonger: isLonger) }
        } catch {
            return .notStored
        }
        throw PageFetcher.Failure(kind: .unstorable)
    }

    private func record(_ seq: UInt64) async -> StoredRecord? {
        await withCheckedContinuation { continuation in
            disk.async { [store] in
                let reader = try? StoreReader(directory: store.path)
                continuation.resume(returning: (try? reader?.record(seq: seq)) ?? nil)
            }
        }
    }
}
