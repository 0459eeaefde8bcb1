package import JSONText

/// `Feed` is a whole document: what it says of the feed, and its articles in the order in which they stand.
package struct Feed: Sendable, Equatable {
    /// The document is in this format.
    package var format: Format
    /// The document was read in this character encoding, by its IANA name in lower case.
    package var encoding = "utf-8"
    /// This was wrong with the document, and this was assumed, one sentence each.
    package var warnings: [String] = []
    /// The warnings are of these kinds.
    package var warningClasses: WarningClasses = []

    /// The title is plain text.
    package var title: String?
    /// The feed's site has this URL.
    package var homePageURL: String?
    /// The feed says that its own URL is this (rel=self).
    package var feedURL: String?
    /// The description is as sent, so it may hold HTML.
    package var description: String?
    /// The feed's picture has this URL.
    package var icon: String?
    /// The site's icon has this URL.
    package var favicon: String?
    /// The feed is in this language, by its BCP 47 tag as sent.
    package var language: String?
    /// The feed has these authors.
    package var authors: [Author] = []
    /// These places tell of new articles at once.
    package var hubs: [Hub] = []
    /// The next page of older articles has this URL.
    package var nextURL: String?
    /// The feed says that it is over.
    package var expired = false

    /// The feed's own identifier is atom:id or rdf:about.
    package var id: String?
    /// The feed was last changed then, as it says.
    package var updated: Timestamp?
    /// The feed has this note of copyright.
    package var copyright: String?
    /// The document was made by this program.
    package var generator: String?
    /// The feed has these further links.
    package var links: [Link] = []
    /// The feed has these categories.
    package var tags: [String] = []
    /// These people help with the feed.
    package var contributors: [Author] = []
    /// The vocabularies of podcasts say this of the feed.
    package var podcast = Podcast()
    /// The feed asks this of those who poll it.
    package var hints = PollingHints()
    /// These URLs have another scheme than http, https and mailto, or could not be made absolute: text only, never
    /// opened.
    package var unsafeURLs: [String] = []
    /// These of the feed's own dates could not be read.
    package var rawDates: [Article.RawDate] = []

    /// The articles stand in the order of the document.
    package var articles: [Article] = []
    /// Counts the items that were passed over: too many, or with nothing in them.
    package var droppedArticles = 0
    /// What stands beyond the limit of items; nil where nothing does.
    package var surplus: SurplusItems?
    /// The document ended early: what is here may be taken, but nothing may be concluded from what is not
    /// (security.md §5).
    package var isTruncated = false
    /// Items stand in the document, and none of them came to be an article: what this newswire does not understand of
    /// it is more than what it does.
    package var hasLostAllItems = false

    package init(format: Format) {
        self.format = format
    }

    /// Takes in that items with something in them stand in the document: where no article came of any, all are lost.
    package mutating func noteLostItems() {
        guard identifiableArticles == 0 else { return }
        hasLostAllItems = true
        warnings.append("Items stand in the document, and none of them could be read.")
        warningClasses.insert(.markup)
    }

    // These look at the articles in place: a loop over the articles copies each of them.

    /// Tells how many of the articles could be known by anything.
    package var identifiableArticles: Int { articles.indices.count { articles[$0].isIdentifiable } }

    /// Tells when the articles were published, or else changed, as far as they say.
    package var articleDates: [Timestamp] {
        articles.indices.compactMap { articles[$0].published ?? articles[$0].modified }
    }

    /// `Format` is what a feed is written in; the raw value is what `newswire parse` prints.
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

    /// `Hub` is a place that tells of new articles at once (WebSub, rssCloud).
    package struct Hub: Sendable, Equatable {
        /// The hub is of this kind, as JSON Feed has it.
        package var type: String
        /// The hub has this URL.
        package var url: String

        package init(type: String, url: String) {
            self.type = type
            self.url = url
        }
    }
}

/// `PollingHints` is what a feed asks of those who poll it (polling.md §4), as it stands there and not yet judged.
package struct PollingHints: Sendable, Equatable {
    /// The feed wants this many seconds between two polls.
    package var ttlSeconds: Int?
    /// The syndication module's period divided by its frequency gives this many seconds.
    package var updatePeriodSeconds: Int?
    /// The feed asks not to be polled in these hours, 0 to 23 in UTC.
    package var skipHours: [Int] = []
    /// The feed asks not to be polled on these days, by their English names in UTC.
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
        podcast.write(to: &json)
        json.rawDates(rawDates)
        json.member("unsafe_urls", unsafeURLs)
        json.member("dropped_items", droppedArticles == 0 ? nil : droppedArticles)
        json.flag("truncated", isTruncated)
    }
}

/// `WarningClasses` is what kinds of warnings a document gave, for counting: `Feed.warnings` says the same to people.
package struct WarningClasses: OptionSet, Sendable, Equatable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// The document is in another encoding than it says, or holds what that encoding does not have.
    package static let encoding = WarningClasses(rawValue: 1)
    /// The document is not well-formed: XML that was mended, JSON that breaks its rules.
    package static let markup = WarningClasses(rawValue: 2)
    /// Dates have no zone, or cannot be read.
    package static let dates = WarningClasses(rawValue: 4)
    /// Fields or items are beyond what is taken.
    package static let limits = WarningClasses(rawValue: 8)
    /// The document ends early.
    package static let truncated = WarningClasses(rawValue: 16)

    /// Gives one word for each class that is in the set.
    package var names: [String] {
        let all: [(WarningClasses, String)] = [
            (.encoding, "encoding"), (.markup, "markup"), (.dates, "dates"), (.limits, "limits"),
            (.truncated, "truncated"),
        ]
        return all.filter { contains($0.0) }.map(\.1)
    }
}
