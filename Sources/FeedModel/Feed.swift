package import JSONText

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

extension Feed {
    /// Writes a whole JSON Feed 1.1 document (contract.md §3, `newswire parse`).
    ///
    /// - Parameter itemIdentifier: gives the id of an article whose publisher gave none.
    package func write(to json: inout JSONWriter, itemIdentifier: (Article) -> String) {
        write(to: &json, afterItem: { _ in }, itemIdentifier: itemIdentifier)
    }

    /// Writes the document piece by piece.
    ///
    /// - Parameter afterItem: is called behind each item, and may drain what has been written.
    package func write(
        to json: inout JSONWriter, afterItem: (inout JSONWriter) throws -> Void, itemIdentifier: (Article) -> String
    ) rethrows {
        json.beginObject()
        json.member("version", "https://jsonfeed.org/version/1.1")
        // JSON Feed requires a title; a feed without one has an empty one.
        json.member("title", title ?? "")
        json.member("home_page_url", homePageURL)
        json.member("feed_url", feedURL)
        json.member("description", description)
        json.member("icon", icon)
        json.member("favicon", favicon)
        json.member("language", language)
        json.authors("authors", authors)
        writeHubs(to: &json)
        json.member("next_url", nextURL)
        json.flag("expired", expired)
        json.key(StoredRecord.ownMember)
        json.beginObject()
        writeExtensionMembers(to: &json)
        json.endObject()
        json.key("items")
        json.beginArray()
        for article in articles {
            json.beginObject()
            article.writeItemMembers(to: &json, id: article.id ?? itemIdentifier(article))
            if article.hasExtensionMembers {
                json.key(StoredRecord.ownMember)
                json.beginObject()
                article.writeExtensionMembers(to: &json)
                json.endObject()
            }
            json.endObject()
            try afterItem(&json)
        }
        json.endArray()
        json.endObject()
    }

    private func writeHubs(to json: inout JSONWriter) {
        if hubs.isEmpty { return }
        json.key("hubs")
        json.beginArray()
        for hub in hubs {
            json.beginObject()
            json.member("type", hub.type)
            json.member("url", hub.url)
            json.endObject()
        }
        json.endArray()
    }

    private func writeExtensionMembers(to json: inout JSONWriter) {
        json.member("format", format.rawValue)
        json.member("encoding", encoding)
        json.member("warnings", warnings)
        var hints = hints
        hints.visit(&json)
        json.member("copyright", copyright)
        json.member("generator", generator)
        json.member("updated", updated)
        json.member("id", id)
        json.member("tags", tags)
        json.links(links)
        json.emails("author_emails", authors)
        json.authors("contributors", contributors)
        json.rawDates(rawDates)
        json.member("unsafe_urls", unsafeURLs)
        json.member("dropped_items", droppedArticles == 0 ? nil : droppedArticles)
        json.flag("truncated", isTruncated)
    }
}

/// What kinds of warnings a document gave, for counting: `Feed.warnings` says the same to people.
package struct WarningClasses: OptionSet, Sendable, Equatable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// It is in another encoding than it says, or holds what that encoding does not have.
    package static let encoding = WarningClasses(rawValue: 1)
    /// It is not well-formed: XML that was mended, JSON that breaks its rules.
    package static let markup = WarningClasses(rawValue: 2)
    /// Dates without a zone, or that cannot be read.
    package static let dates = WarningClasses(rawValue: 4)
    /// Fields or items beyond what is taken.
    package static let limits = WarningClasses(rawValue: 8)
    /// It ends early.
    package static let truncated = WarningClasses(rawValue: 16)

    /// One word for each class that is in it.
    package var names: [String] {
        let all: [(WarningClasses, String)] = [
            (.encoding, "encoding"), (.markup, "markup"), (.dates, "dates"), (.limits, "limits"),
            (.truncated, "truncated"),
        ]
        return all.filter { contains($0.0) }.map(\.1)
    }
}
