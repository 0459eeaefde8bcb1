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
        if let version = document["version"]?.string, version.contains("jsonfeed.org") {
            let number = version.split(separator: "/").last ?? ""
            switch number {
            case "1": return (.json10, nil)
            case "1.1": return (.json11, nil)
            default: return (.json11, "The version \"\(version.prefix(100))\" is unknown; it was read as 1.1.")
            }
        }
        // Without that URL it takes items that are written as JSON Feed has them.
        guard let items = document["items"]?.array,
            items.contains(where: { $0["content_html"] != nil || $0["content_text"] != nil })
        else { return nil }
        return (.json11, "The document names no version of JSON Feed; it was read as 1.1.")
    }
}
