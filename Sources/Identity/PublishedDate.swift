package import FeedModel

/// When an article counts as published, where what its publisher says cannot be (identity.md §10).
package enum PublishedDate {
    /// Clocks and zones may be wrong by this much, in milliseconds.
    private static let tolerance: Int64 = 48 * 3600 * 1000

    /// The time at which the article was first seen, where its date lies further in the future than clocks go wrong;
    /// nil where the date can be taken as it is, or there is none.
    package static func effective(of article: Article, firstSeen: Timestamp, now: Timestamp) -> Timestamp? {
        guard let published = article.published else { return nil }
        let (latest, overflows) = now.milliseconds.addingReportingOverflow(tolerance)
        return !overflows && published.milliseconds > latest ? firstSeen : nil
    }
}
