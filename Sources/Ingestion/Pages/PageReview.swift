internal import Archiving
package import ArticleStore
package import Configuration
package import FeedModel
internal import JSONText

/// `PageReview` reads a kept page by the rules of today and compares what it finds with what the store has of the article's page.
/// It is a value: what it needs of the disk has been read before.
package struct PageReview: Sendable {
    /// `Verdict` says what came of it.
    package enum Verdict: Sendable, Equatable {
        /// The rules find what the store has, or find nothing where nothing was found.
        case same
        /// The store has the article's page as it was fetched later.
        case superseded
        /// The article is not in the store any more.
        case gone
        /// It is one of several pages of an article, and what is stored is not found in one alone.
        case joined
        /// What the rules find differs.
        case differs(PageChanges)
        /// The rules find an article where there was none that could be stored, this sure that it is one.
        case found(quality: Double)
        /// The rules do not find any more what the store has; why, in the words of `PageFailure`.
        case lost(PageFailure)
    }

    private let page: KeptPage
    private let article: StoredRecord?
    /// The newest record of the article's page; nil where there is none.
    private let stored: StoredRecord?

    /// - Parameters:
    ///   - article: the record whose page it is; nil where it is not there.
    ///   - stored: the newest record of the article's page; nil where there is none.
    init(_ page: KeptPage, article: StoredRecord?, stored: StoredRecord?) {
        self.page = page
        self.article = article?.uid == page.uid ? article : nil
        self.stored = stored
    }

    /// Reads what is needed of the store.
    ///
    /// - Parameter find: finds the newest record of an article's page by its key.
    package init(
        _ page: KeptPage, _ reader: StoreReader, find: (PageKey.Key) throws(StoreError) -> UInt64?
    ) throws(StoreError) {
        let seq = try find(PageKey.of(page.uid))
        let stored = try seq.map { seq throws(StoreError) in try reader.record(seq: seq) } ?? nil
        // A page that is as it was is that of a later version of its article, too.
        let version = Self.place(of: stored) == page.place ? stored?.pageOf : nil
        self.init(page, article: try reader.record(seq: version ?? page.article), stored: stored)
    }

    /// The record that would be stored beside the verdict; nil where there is nothing to store.
    package struct Outcome: Sendable {
        package var verdict: Verdict
        /// The article's feed, under the id that it has today where the store tells.
        package var feed: FeedIdentifier
        package var pending: PendingRecord?
    }

    /// Reads the page: as long as that takes, and for a thread that computes.
    ///
    /// - Parameter settings: returns what the configuration says of the pages of a feed.
    package func run(_ reading: PageReading, _ settings: (FeedIdentifier) -> PageSettings) -> Outcome {
        let feed = stored?.feed ?? article?.feed ?? page.feed
        guard let article else { return Outcome(verdict: .gone, feed: feed) }
        guard !isSuperseded else { return Outcome(verdict: .superseded, feed: feed) }
        if page.part > 1 || stored?.page?["pages"]?.integer ?? 1 > 1 { return Outcome(verdict: .joined, feed: feed) }
        let (fetched, settings) = (page.fetched, settings(feed))
        var found = reading(fetched.bytes, fetched.contentType, fetched.url, settings, page.date)
        if case .success(var content) = found {
            content.quality = PageAgreement.quality(of: content, for: article)
            found = .success(content)
        }
        let content: PageContent
        do throws(PageFetcher.Failure) {
            content = try PageTask.likely(found)
        } catch {
            return Outcome(verdict: isStoredFromThis ? .lost(error.kind) : .same, feed: feed)
        }
        var verdict = Verdict.found(quality: content.quality)
        if let stored {
            let changes = PageChanges(from: stored, to: content)
            if changes.isEmpty { return Outcome(verdict: .same, feed: feed) }
            verdict = .differs(changes)
        }
        var record = PageRecord(page: fetched, content: content, settings: settings, article: article)
        record.previous = stored
        record.archive = page.place
        if isStoredFromThis, let time = stored?.page?["fetched_at"]?.string.flatMap(Timestamp.init(rfc3339:)) {
            record.page.fetchedAt = time
        }
        return Outcome(verdict: verdict, feed: feed, pending: record.pending)
    }

    /// Where the page of a record is kept.
    private static func place(of stored: StoredRecord?) -> ArchivePlace? {
        stored?.page?["archive"]?.string.flatMap { ArchivePlace($0) }
    }

    private var isStoredFromThis: Bool { Self.place(of: stored) == page.place }

    /// Whether what is stored is of a page that was fetched after this one, or for a later version of the article.
    private var isSuperseded: Bool {
        guard let stored, !isStoredFromThis else { return false }
        if let later = stored.version, let version = article?.version, later > version { return true }
        if let place = Self.place(of: stored) {
            return (place.file, place.offset) > (page.place.file, page.place.offset)
        }
        guard let time = stored.page?["fetched_at"]?.string.flatMap(Timestamp.init(rfc3339:)) else { return true }
        return time.seconds >= page.date.seconds
    }
}
