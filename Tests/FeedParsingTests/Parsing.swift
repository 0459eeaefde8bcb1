import FeedModel
import Testing

@testable import FeedParsing

/// Parses a document given in pieces of `step` bytes.
func parse(
    _ bytes: [UInt8], context: DocumentContext = DocumentContext(), limits: ParseLimits = ParseLimits(),
    step: Int = 16 * 1024
) -> ParseResult {
    var parser = FeedParser(context: context, limits: limits)
    var start = 0
    while start < bytes.count {
        let end = min(bytes.count, start + step)
        bytes[start..<end].withUnsafeBytes { parser.parse($0) }
        start = end
    }
    return parser.finish()
}

/// The feed that a document is.
func feed(
    _ text: String, context: DocumentContext = DocumentContext(), limits: ParseLimits = ParseLimits(),
    step: Int = 16 * 1024, _ location: SourceLocation = #_sourceLocation
) throws -> Feed {
    try feed(
        Array(text.utf8), context: context, limits: limits, step: step, location)
}

func feed(
    _ bytes: [UInt8], context: DocumentContext = DocumentContext(), limits: ParseLimits = ParseLimits(),
    step: Int = 16 * 1024, _ location: SourceLocation = #_sourceLocation
) throws -> Feed {
    switch parse(bytes, context: context, limits: limits, step: step) {
    case .feed(let feed): return feed
    case .notAFeed(let refusal):
        Issue.record("no feed: \(refusal.message)", sourceLocation: location)
        throw refusal
    }
}

/// An RSS document with one item that holds `item`.
func rss(item: String, attributes: String = "", channel: String = "") -> String {
    "<rss version=\"2.0\" \(attributes)><channel><title>Feed</title>\(channel)<item>\(item)</item></channel></rss>"
}

/// An Atom document with one entry that holds `entry`.
func atom(entry: String, attributes: String = "", feed: String = "") -> String {
    "<feed xmlns=\"http://www.w3.org/2005/Atom\" \(attributes)><title>Feed</title>\(feed)<entry>\(entry)</entry></feed>"
}

/// The only article of a document.
func article(
    _ text: String, context: DocumentContext = DocumentContext(), limits: ParseLimits = ParseLimits(),
    _ location: SourceLocation = #_sourceLocation
) throws -> Article {
    let articles = try feed(text, context: context, limits: limits, location).articles
    #expect(articles.count == 1, sourceLocation: location)
    return try #require(articles.first, sourceLocation: location)
}
