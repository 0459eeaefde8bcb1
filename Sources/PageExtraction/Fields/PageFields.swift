import FeedModel

/// `PageFields` is what a page says of its article beside the text: title, authors, times, picture and the like
/// (fulltext.md §4). A pure function of the page: nothing is fetched.
package struct PageFields: Sendable {
    /// The headline, without kicker and site's name, 1 KiB at most.
    package var title: String?
    /// Names of persons, or the one of an organisation; 50 at most.
    package var authors: [String] = []
    package var published: PageTime?
    /// Only where it is another time than `published`.
    package var modified: PageTime?
    /// An absolute URL.
    package var image: String?
    /// A tag of BCP 47.
    package var language: String?
    package var site: String?
    /// The page's own URL as it gives it; nil where that is of another site, or of a page that this cannot be.
    package var canonicalURL: String?
    /// The page says that not everybody may read it.
    package var isPaywalled = false

    /// Reads the fields of a page whose article has been found.
    ///
    /// - Parameters:
    ///   - place: where the article is; nil where that is not known.
    ///   - now: when the page was fetched: no time more than a day after it is believed. Nil believes any up to the year
    ///     2100.
    static func read(
        _ tree: PageTree, _ metadata: PageMetadata, place: BodyPlace?, now: Timestamp?
    ) -> PageFields {
        let marks = PageMarkFinder.marks(of: tree, titles: metadata.titles, headline: place?.headline)
        let latest = now?.adding(seconds: 86_400) ?? Timestamp(year: 2100, month: 1, day: 1)
        let dates = PageDates(of: metadata, marks: marks, latest: latest)
        let image = PageImage.url(of: metadata, shown: PageImage.shownFiles(in: tree))
        let isLocked = metadata.head.metas.first(of: ["article:content_tier"]) == "locked"
        return PageFields(
            title: PageTitle.headline(of: metadata, marks: marks),
            authors: PageAuthors.names(of: metadata, marks: marks), published: dates.published,
            modified: dates.modified, image: image ?? place.flatMap { PageImage.largest(in: tree, $0) },
            language: metadata.language, site: metadata.site.name, canonicalURL: metadata.canonicalURL,
            isPaywalled: metadata.linked?.isFree == false || isLocked)
    }
}
