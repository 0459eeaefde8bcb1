internal import ArticleStore
package import FeedModel

/// What came of one poll of one feed, or of passing it over: a line of `poll --json` (contract.md §1).
package struct PollReport: Sendable {
    package enum Outcome: String, Sendable, CaseIterable {
        /// Articles were stored.
        case new
        /// A whole document without anything new in it.
        case unchanged
        case notModified = "not_modified"
        case failed
        case gone
        /// Not polled: not due, disabled, paused, or asked by its server to be left alone.
        case skipped
    }

    package var feed: FeedIdentifier
    /// Redacted.
    package var url: String
    package var outcome: Outcome
    package var status: Int?
    package var newArticles = 0
    package var updatedArticles = 0
    package var duplicateArticles = 0
    /// Of the body, as they came over the wire.
    package var bytes: Int64 = 0
    /// What compression has saved of the body, and an answer without a body.
    package var bytesUnpacked: Int64 = 0
    package var bytesNotSent: Int64 = 0
    /// Of the document.
    package var warnings: WarningClasses = []
    package var durationMilliseconds: Int64 = 0
    package var nextPoll: Timestamp?
    /// The host that is to be left alone, by its key, and its pause by the clock that the poll went by.
    package var hostPause: (host: String, pause: FeedState.Pause)?
    /// What the poll has shown of one's own network; nil where that was known.
    package var network: Network?
    package var failure: FeedState.Failure?
    /// Why a feed was skipped, and what a dry run would have done.
    package var notes: [String] = []

    package enum Network: Sendable {
        case down
        case up
    }

    /// Articles that were stored, whatever they are.
    var storedArticles: Int { newArticles + updatedArticles + duplicateArticles }

    package init(feed: FeedIdentifier, url: String, outcome: Outcome) {
        self.feed = feed
        self.url = url
        self.outcome = outcome
    }
}

extension PollReport {
    /// Counts the articles that are to be stored.
    mutating func count(_ records: [PendingRecord]) {
        (newArticles, updatedArticles, duplicateArticles) = (0, 0, 0)
        for index in records.indices {
            switch records[index].kind {
            case .new: newArticles += 1
            case .update: updatedArticles += 1
            case .duplicate: duplicateArticles += 1
            case .alias: break
            }
        }
    }
}
