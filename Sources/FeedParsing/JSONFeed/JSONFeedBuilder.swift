import FeedModel
import JSONText

/// Turns the tree of a JSON Feed document into a `Feed`.
struct JSONFeedBuilder {
    var feed: Feed
    private var fields: JSONFeedFields

    /// - Parameter documentBytes: how long the document is.
    init(format: Feed.Format, context: DocumentContext, limits: ParseLimits, documentBytes: Int) {
        feed = Feed(format: format)
        fields = JSONFeedFields(limits: limits, baseURL: context.baseURL, documentBytes: documentBytes)
    }

    mutating func warn(_ warning: String, _ kind: WarningClasses = .markup) {
        feed.warnings.append(warning)
        feed.warningClasses.formUnion(kind)
    }

    mutating func warn(of findings: JSONFindings) {
        if findings.invalidUTF8 { warn("The document has bytes that are not UTF-8; they became U+FFFD.", .encoding) }
        if findings.loneSurrogates { warn("The document escapes half a character; it became U+FFFD.") }
        if findings.duplicateKeys { warn("An object has the same key twice; the last one counts.") }
        if findings.controlCharacters { warn("Strings hold control characters that should have been escaped.") }
        if findings.trailingCommas { warn("Commas stand where nothing follows.") }
        if findings.trailingBytes { warn("Something stands behind the end of the document; it was passed over.") }
        if findings.tooDeep { warn("Objects are nested too deep; the innermost ones were passed over.") }
        if let failure = findings.failure {
            feed.isTruncated = true
            warn("Reading stopped: \(failure).", .truncated)
        }
    }

    /// - Parameters:
    ///   - document: it goes as it is read: an item's part of the tree is gone before the next one's is read.
    ///   - end: items that would be read later, by the limits' clock, are left out.
    mutating func read(_ document: consuming JSONValue, _ findings: JSONFindings, until end: Duration) {
        guard let lastKey = document.object?.last?.key else { return }
        if fields.baseURL == nil {
            // A document without a URL still tells where it lives.
            let own = ["feed_url", "home_page_url"].lazy.compactMap { key in document[key]?.string }
            fields.baseURL = own.first { URLResolution.isWeb($0) }
        }
        readFeed(document)
        var list = document.takeArray("items")
        if list == nil { warn("The document has no list of items.") }
        // What was cut off is the last element of each open array or object, and the item is the third of those.
        let lastIsIncomplete = findings.openContainers >= 3 && lastKey == "items"
        var items = list ?? []
        list = nil
        items.reverse()
        while let item = items.popLast() {
            guard feed.articles.count < fields.limits.items else {
                feed.droppedArticles += items.count + 1
                break
            }
            if fields.limits.clock() > end {
                feed.isTruncated = true
                warn("Reading took too long; the rest of the document was left out.", .truncated)
                break
            }
            fields.startItem()
            var article = fields.article(item)
            article.isIncomplete = lastIsIncomplete && items.isEmpty
            if article.isEmpty {
                feed.droppedArticles += 1
            } else {
                feed.articles.append(article)
            }
        }
        if fields.assumedZone { warn("A date names no time zone; UTC was assumed.", .dates) }
    }

    private mutating func readFeed(_ document: JSONValue) {
        fields.startItem()
        feed.title = fields.text(document["title"], limit: fields.limits.titleBytes, "title")
        feed.homePageURL = fields.url(document["home_page_url"])
        feed.feedURL = fields.url(document["feed_url"])
        feed.description = fields.text(document["description"], "description")
        feed.icon = fields.url(document["icon"])
        feed.favicon = fields.url(document["favicon"])
        feed.language = fields.text(document["language"], "language")
        feed.nextURL = fields.url(document["next_url"])
        feed.expired = fields.flag(document["expired"])
        feed.authors = fields.authors(document)
        for hub in fields.list(document["hubs"]).prefix(fields.limits.listEntries) {
            guard let url = fields.url(hub["url"] ?? hub) else { continue }
            feed.hubs.append(Feed.Hub(type: fields.text(hub["type"], "hubs") ?? "WebSub", url: url))
        }
        feed.unsafeURLs = fields.unsafeURLs
        let truncated = fields.truncatedFields
        if !truncated.isEmpty {
            warn("Of the feed itself, \(truncated.joined(separator: ", ")) had to be cut.", .limits)
        }
    }
}

extension Article {
    /// Nothing in it that could be told from another item (identity.md §1).
    fileprivate var isEmpty: Bool {
        id == nil && url == nil && externalURL == nil && title == nil && contentHTML == nil && contentText == nil
            && attachments.isEmpty
    }
}
