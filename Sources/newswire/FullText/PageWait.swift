internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Ingestion

/// `PageWait` says how long an article is held back so that it can be given with its page.
struct PageWait: Sendable {
    /// The feeds whose pages are fetched; before `renewed(by:)` none is known.
    private var feeds: Set<FeedIdentifier> = []
    /// Milliseconds from when an article was stored.
    private let milliseconds: Int64

    init(_ span: Duration) {
        milliseconds = span.components.seconds * 1000
    }

    /// The same by a configuration, which has the ids by which the store knows feeds.
    func renewed(by configuration: Configuration) -> PageWait {
        var copy = self
        copy.feeds = Set(configuration.feeds.lazy.filter { $0.enabled && $0.pages.mode != .never }.map(\.id))
        return copy
    }

    /// Returns until when an article without a page is held back; nil where its page is known not to come in time.
    func heldUntil(_ article: RecordEnvelope, in reader: StoreReader) -> Timestamp? {
        guard let stored = article.storedAt, feeds.contains(article.feed) else { return nil }
        let now = SystemClock.now()
        let until = stored.adding(milliseconds: milliseconds)
        // By a clock that was ahead, or goes back, nothing is held back for longer than that.
        guard until > now, until.milliseconds - now.milliseconds <= milliseconds else { return nil }
        guard let line = (try? reader.keptPages()).flatMap({ PageLine($0) }) else { return nil }
        // Nobody has looked yet whether its page is wanted.
        if line.seen < article.seq { return until }
        let waiting = line.feeds[article.feed]?.waiting.first { $0.seq == article.seq }
        guard let waiting else { return nil }
        let opens = line.rest(of: waiting.host, at: now)?.until ?? now
        return max(waiting.due, opens) < until ? until : nil
    }
}
