import FeedModel
import JSONText

/// JSON Feed 1.0 and 1.1 (https://jsonfeed.org/version/1.1), taken as leniently as it can be.
enum JSONFeedReader {
    /// The feed in a document of UTF-8, or of UTF-16 or UTF-32 with a byte order mark or without.
    ///
    /// A document that breaks off gives the items that it has; the last one is marked as incomplete and the feed as
    /// truncated.
    ///
    /// The bytes are gone once there is a tree of them, and the tree once there is a feed of it.
    static func read(_ bytes: consuming [UInt8], context: DocumentContext, limits: ParseLimits) -> ParseResult {
        let started = limits.clock()
        let length = bytes.count
        let (tree, encoding) = tree(of: bytes)
        guard let (document, findings) = tree, let format = format(of: document) else {
            return .notAFeed(NotAFeed(.json))
        }
        var builder = JSONFeedBuilder(format: format.format, context: context, limits: limits, documentBytes: length)
        builder.feed.encoding = encoding
        if let warning = format.warning { builder.warn(warning) }
        builder.warn(of: findings)
        builder.read(consume document, findings, until: started + limits.time)
        return .feed(builder.feed)
    }

    private static func tree(
        of bytes: consuming [UInt8]
    ) -> (tree: (value: JSONValue, findings: JSONFindings)?, encoding: String) {
        let (text, encoding) = JSONEncoding.utf8(bytes)
        let tree = text.withUnsafeBytes { buffer in
            Result { () throws(JSONError) in try JSONParser.recover(buffer) }
        }
        return (try? tree.get(), encoding)
    }

    /// The version that the document claims, or nil for what is no feed.
    private static func format(of document: JSONValue) -> (format: Feed.Format, warning: String?)? {
        guard document.object != nil else { return nil }
        let document = JSONFeedNames.mended(document) ?? document
        if let version = document["version"]?.string, version.contains("jsonfeed.org") {
            let number = version.split(separator: "/").last ?? ""
            switch number {
            case "1": return (.json10, nil)
            case "1.1": return (.json11, nil)
            default: return (.json11, "The version \"\(version.prefix(100))\" is unknown; it was read as 1.1.")
            }
        }
        // Without that URL it takes items that are written as JSON Feed has them.
        let isFeed = JSONFeedBuilder.items(document["items"])?.elements.contains { item in
            let item = JSONFeedNames.mended(item) ?? item
            return item["content_html"] != nil || item["content_text"] != nil
        }
        guard isFeed == true else { return nil }
        return (.json11, "The document names no version of JSON Feed; it was read as 1.1.")
    }
}

/// The encoding of a JSON document: UTF-8 nearly always.
enum JSONEncoding {
    /// The document in UTF-8, and the IANA name of what it came in.
    ///
    /// JSON begins with an ASCII character, so where the zeros stand tells the encoding without a byte order mark.
    static func utf8(_ bytes: [UInt8]) -> (bytes: [UInt8], encoding: String) {
        guard bytes.count >= 4 else { return (bytes, "utf-8") }
        switch (bytes[0], bytes[1], bytes[2], bytes[3]) {
        case (0xff, 0xfe, 0, 0), (1..., 0, 0, 0): return (utf32(bytes, bigEndian: false), "utf-32le")
        case (0, 0, 0xfe, 0xff), (0, 0, 0, 1...): return (utf32(bytes, bigEndian: true), "utf-32be")
        case (0xff, 0xfe, _, _), (1..., 0, _, _): return (utf16(bytes, bigEndian: false), "utf-16le")
        case (0xfe, 0xff, _, _), (0, 1..., _, _): return (utf16(bytes, bigEndian: true), "utf-16be")
        default: return (bytes, "utf-8")
        }
    }

    private static func utf16(_ bytes: [UInt8], bigEndian: Bool) -> [UInt8] {
        let units = stride(from: 0, to: bytes.count - 1, by: 2).lazy.map { index in
            UInt16(bytes[index + (bigEndian ? 0 : 1)]) << 8 | UInt16(bytes[index + (bigEndian ? 1 : 0)])
        }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        _ = transcode(units.makeIterator(), from: UTF16.self, to: UTF8.self, stoppingOnError: false) {
            result.append($0)
        }
        return result
    }

    private static func utf32(_ bytes: [UInt8], bigEndian: Bool) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count / 4)
        for index in stride(from: 0, to: bytes.count - 3, by: 4) {
            let unit = (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(bytes[index + (bigEndian ? $1 : 3 - $1)]) }
            result.append(contentsOf: UTF8.encode(Unicode.Scalar(unit) ?? "\u{fffd}") ?? .init())
        }
        return result
    }
}

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
        document = fields.mended(document)
        guard let lastKey = document.object?.last?.key else { return }
        if fields.baseURL == nil {
            // A document without a URL still tells where it lives.
            let own = ["feed_url", "home_page_url"].lazy.compactMap { key in document[key]?.string }
            fields.baseURL = own.first { URLResolution.isWeb($0) }
        }
        readFeed(document)
        // What was cut off is the last element of each open array or object, and the item is the third of those.
        let lastIsIncomplete = findings.openContainers >= 3 && lastKey == "items"
        var items = takeItems(of: &document)
        items.reverse()
        var hasItems = false
        var intake = ItemIntake(fields.limits)
        while let item = items.popLast() {
            if intake.isClosed {
                intake.leave(items.count + 1)
                break
            }
            if fields.limits.clock() > end {
                feed.isTruncated = true
                warn("Reading took too long; the rest of the document was left out.", .truncated)
                break
            }
            fields.startItem()
            if item.object?.isEmpty != true { hasItems = true }
            var article = fields.article(item)
            article.isIncomplete = lastIsIncomplete && items.isEmpty
            if article.isEmpty {
                feed.droppedArticles += 1
            } else if intake.holds(article, homePageURL: feed.homePageURL) {
                feed.articles.append(article)
            }
        }
        if intake.isBeyondLimit { feed.surplus = intake.surplus }
        if intake.surplus.left > 0 {
            feed.droppedArticles += intake.surplus.left
            warn("\(intake.surplus.left) items beyond the limit were passed over.", .limits)
        }
        if hasItems { feed.noteLostItems() }
        if fields.assumedZone { warn("A date names no time zone; UTC was assumed.", .dates) }
        if fields.sawOtherNames { warn("Names of members are in capitals; they were read as those of JSON Feed.") }
    }

    private mutating func takeItems(of document: inout JSONValue) -> [JSONValue] {
        guard let items = Self.items(document.take("items")) else {
            warn("The document has no list of items.")
            return []
        }
        if items.isObject { warn("The items are no list but an object; what is in it was taken in its order.") }
        return items.elements
    }

    /// The items in what stands as such: a list, an object with one in each member, or one item without a list around it.
    ///
    /// - Returns: nil where it is none of these.
    static func items(_ value: JSONValue?) -> (elements: [JSONValue], isObject: Bool)? {
        switch value {
        case .array(let elements): return (elements, false)
        case .object(let members):
            if members.contains(where: { $0.value.object != nil }), !members.contains(where: isPartOfItem) {
                return (members.map(\.value), true)
            }
            return members.isEmpty ? ([], true) : ([.object(members)], true)
        default: return nil
        }
    }

    /// Whether it is the member of an item that nearly each has, and no item by itself.
    private static func isPartOfItem(_ member: JSONValue.Member) -> Bool {
        switch member.key.lowercasedASCII {
        case "id", "url", "title", "content_html", "content_text": member.value.object == nil
        default: false
        }
    }

    private mutating func readFeed(_ document: JSONValue) {
        fields.startItem()
        feed.title = fields.title(document["title"])
        feed.homePageURL = fields.url(document["home_page_url"])
        feed.feedURL = fields.url(document["feed_url"])
        feed.description = fields.text(document["description"], "description")
        feed.icon = fields.url(document["icon"])
        feed.favicon = fields.url(document["favicon"])
        feed.language = fields.text(document["language"], "language")
        fields.language = feed.language
        feed.nextURL = fields.url(document["next_url"])
        feed.expired = fields.flag(document["expired"])
        feed.authors = fields.authors(document)
        for hub in fields.list(document["hubs"]).prefix(fields.limits.listEntries) {
            let hub = fields.mended(hub)
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
