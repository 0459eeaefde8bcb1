/// A whole document: what it says of the feed, and its articles in the order in which they stand.
package struct Feed: Sendable, Equatable {
    package var format: Format
    /// The character encoding that the document was read in, by its IANA name in lower case.
    package var encoding = "utf-8"
    /// What was wrong with the document and what was assumed, one sentence each.
    package var warnings: [String] = []
    /// Of what kinds they are.
    package var warningClasses: WarningClasses = []

    /// Plain text.
    package var title: String?
    package var homePageURL: String?
    /// The feed's own idea of its URL (rel=self).
    package var feedURL: String?
    package var description: String?
    package var icon: String?
    package var favicon: String?
    package var language: String?
    package var authors: [Author] = []
    package var hubs: [Hub] = []
    package var nextURL: String?
    package var expired = false

    package var id: String?
    package var updated: Timestamp?
    package var copyright: String?
    package var generator: String?
    package var links: [Link] = []
    package var tags: [String] = []
    package var contributors: [Author] = []
    package var hints = PollingHints()
    package var unsafeURLs: [String] = []
    package var rawDates: [Article.RawDate] = []

    package var articles: [Article] = []
    /// Items that were passed over: too many, or with nothing in them.
    package var droppedArticles = 0
    /// The document ended early: what is here may be taken, but nothing may be concluded from what is not
    /// (security.md §5).
    package var isTruncated = false

    package init(format: Format) {
        self.format = format
    }

    // Article by article in place: a loop over the articles copies each of them.

    /// How many of the articles could be known by anything.
    package var identifiableArticles: Int { articles.indices.count { articles[$0].isIdentifiable } }

    /// When the articles were published, or else changed, as far as they say.
    package var articleDates: [Timestamp] {
        articles.indices.compactMap { articles[$0].published ?? articles[$0].modified }
    }

    package enum Format: String, Sendable {
        case rss090 = "rss-0.90"
        case rss091 = "rss-0.91"
        case rss092 = "rss-0.92"
        case rss10 = "rss-1.0"
        case rss20 = "rss-2.0"
        case atom03 = "atom-0.3"
        case atom10 = "atom-1.0"
        case json10 = "json-1.0"
        case json11 = "json-1.1"
        case cdf
    }

    /// A place that tells of new articles at once (WebSub, rssCloud).
    package struct Hub: Sendable, Equatable {
        package var type: String
        package var url: String

        package init(type: String, url: String) {
            self.type = type
            self.url = url
        }
    }
}

/// What a feed asks of those who poll it (polling.md §4), as it stands there and not yet judged.
package struct PollingHints: Sendable, Equatable {
    package var ttlSeconds: Int?
    /// The syndication module's period divided by its frequency.
    package var updatePeriodSeconds: Int?
    /// Hours 0 to 23 in UTC.
    package var skipHours: [Int] = []
    /// English names.
    package var skipDays: [String] = []

    package init() {}
}
