internal import Archiving
internal import ArticleStore
internal import Configuration
internal import Dispatch
internal import FeedModel
internal import Fetching
internal import JSONText

/// `PageTask` fetches one page, takes the article out of it, and stores that.
struct PageTask: Sendable {
    /// `Outcome` is what came of it.
    enum Outcome: Sendable, Equatable {
        /// The page was stored, which has at least twice the feed's text or not.
        case stored(isLonger: Bool)
        /// Its text is stored already, for this version of the article.
        case unchanged(isLonger: Bool)
        /// The server says that it is as it was when it was stored; where that was for an earlier version of the article, it was
        /// stored for this one, too.
        case notModified(isLonger: Bool)
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
            case .notModified: "not_modified"
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
    /// The number of the rules that `reading` goes by.
    let extractor: Int
    let gate: HostGate
    let disk: DispatchQueue
    let clock: PollClock
    /// Where pages are kept as they came; nil where they are not.
    var archive: PageArchive?

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
        let previous: StoredRecord?
        do throws(StoreError) {
            previous = try await stored(article)
        } catch {
            return .notStored
        }
        // What the server has now is the page of that version.
        if isOfLaterVersion(previous, than: article) { return .unwanted }
        do throws(PageFetcher.Failure) {
            guard let page = try await fetcher.fetch(url, for: feed, visit, known: validators(previous)) else {
                return .stopped
            }
            visit.end()
            if page.isUnchanged, let previous {
                return try await keep(unchanged: page, as: previous, for: article)
            }
            var found = await content(page)
            if case .success(var content) = found {
                content.quality = PageAgreement.quality(of: content, for: article)
                found = .success(content)
            }
            // Also what has no article by the rules of today: those of tomorrow may find it.
            let place = await archive?.keep(page, found, of: article)
            let content = try Self.likely(found)
            var joined = JoinedPages(content, at: page.url)
            if try await !addPages(to: &joined, of: article, visit) { return .stopped }
            return try await keep(page, joined, article, in: place)
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

    func content(_ page: FetchedPage) async -> Result<PageContent, PageFailure> {
        await withTaskExecutorPreference(WorkerThreads.parsing) {
            // An optimised build sees no need to leave the thread before the first wait.
            @concurrent () async in
            await Task.yield()
            return reading(page.bytes, page.contentType, page.url, feed.options.pages, page.fetchedAt)
        }
    }

    /// Throws where nothing was found, or nothing that is likely to be the article.
    static func likely(_ found: Result<PageContent, PageFailure>) throws(PageFetcher.Failure) -> PageContent {
        switch found {
        case .success(let content) where content.quality >= leastQuality: return content
        case .success: throw PageFetcher.Failure(kind: .poor)
        case .failure(let kind): throw PageFetcher.Failure(kind: kind)
        }
    }

    /// Whether a page's text is at least twice the feed's.
    func isLonger(_ text: String, _ article: StoredRecord) -> Bool {
        text.utf8.count >= 2 * FeedBody(article).text.utf8.count
    }

    /// The record of the article's page; nil where there is none.
    func stored(_ article: StoredRecord) async throws(StoreError) -> StoredRecord? {
        guard let uid = article.uid, let seq = try store.record(key: PageKey.of(uid)) else { return nil }
        return await record(seq)
    }

    /// What is sent with the request so that the server need not send what is stored; nil where all of it is wanted: other
    /// rules, or other selectors, may find another text in the same bytes, and one page says nothing of those behind it.
    private func validators(_ previous: StoredRecord?) -> PageValidators? {
        let settings = feed.options.pages
        guard let page = previous?.page, let url = page["url"]?.string, settings.mostPages == 1,
            PageSelectors(settings) == PageSelectors(page), page["pages"] == nil,
            page["extractor"]?.integer == Int64(extractor)
        else { return nil }
        let (etag, time) = (page["etag"]?.string, page["last_modified"]?.string)
        return etag == nil && time == nil ? nil : PageValidators(url: url, etag: etag, lastModified: time)
    }

    func record(_ seq: UInt64) async -> StoredRecord? {
        await withCheckedContinuation { continuation in
            disk.async { [store] in
                let reader = try? StoreReader(directory: store.path)
                continuation.resume(returning: (try? reader?.record(seq: seq)) ?? nil)
            }
        }
    }
}
