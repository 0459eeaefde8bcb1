internal import Configuration
internal import FeedModel
internal import Fetching
internal import Web

/// The further pages of an article that stands on several (docs/fulltext-feeds.md).
extension PageTask {
    /// Fetches the pages behind the first one, as many as may be, each within its host's allowance and by its robots.txt.
    ///
    /// A page that fails and may come another time fails the whole article, so that it is stored once and whole; the last
    /// time what there is of it is taken, and says what is missing.
    ///
    /// - Returns: false where the task was cancelled.
    func addPages(
        to joined: inout JoinedPages, of article: StoredRecord, _ visit: HostVisit
    ) async throws(PageFetcher.Failure) -> Bool {
        let most = feed.options.pages.mostPages
        while joined.count < most, let url = joined.next, let host = HostKey.of(url: url) {
            do throws(PageFetcher.Failure) {
                guard try await enter(host, visit), let page = try await fetcher.fetch(url, for: feed, visit) else {
                    return false
                }
                visit.end()
                let found = await content(page)
                let place = await archive?.keep(page, found, of: article, part: joined.count + 1)
                guard case .success(let content) = found, content.quality >= Self.leastQuality else {
                    joined.end(
                        "Page \(joined.count + 1) of the article has no text; the article was taken as it ends before.")
                    return true
                }
                joined.add(content, at: page.url, in: place)
            } catch {
                if Task.isCancelled { return false }
                visit.end()
                if error.kind.retryDelay(after: next.page.tries + 1) != nil { throw error }
                joined.end(
                    "Page \(joined.count + 1) of the article is missing, and what follows it: \(error.kind.sentence) (\(error.kind.rawValue))."
                )
            }
        }
        if most > 1, joined.count == most, joined.next != nil {
            joined.end(
                "The article has more pages than the \(most) that fulltext_pages allows; the others were left out.")
        }
        return true
    }

    /// Waits until a host may be asked for the next page; false where the service stops.
    private func enter(_ host: String, _ visit: HostVisit) async throws(PageFetcher.Failure) -> Bool {
        switch await visit.move(to: host, { try await clock.sleep(milliseconds: $0) }) {
        case .go: return true
        case .held, .crowded: throw PageFetcher.Failure(kind: .busy)
        case .stopped: return false
        }
    }
}
