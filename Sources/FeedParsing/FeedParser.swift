package import FeedModel
private import Glibc

/// Reads a feed of any format, piece by piece as it arrives.
///
/// The bytes go one way: their encoding is decided and undone, markup is mended, libxml2 makes events of it, and a
/// reader makes a feed of those. JSON is gathered whole. Nothing here throws: what is wrong with a document is in
/// `Feed.warnings`, what is no feed at all comes out as `NotAFeed`. Memory is bounded by the limits, not by the document,
/// but for JSON; the caller bounds the body.
///
/// One parser reads one document. It may move between threads, but is used by one at a time.
package struct FeedParser: ~Copyable {
    private let pipeline: DocumentPipeline

    /// Begins to read the document that came from `context`.
    package init(context: DocumentContext, limits: ParseLimits = ParseLimits()) {
        self.init(context: context, limits: limits, blockBytes: 32 * 1024)
    }

    /// - Parameter blockBytes: how much of the document goes through the stages at once; the answer is the same whatever
    ///   it is.
    init(context: DocumentContext, limits: ParseLimits, blockBytes: Int) {
        pipeline = DocumentPipeline(context: context, limits: limits, blockBytes: blockBytes)
    }

    /// Takes the next piece of the document, of any length.
    package mutating func parse(_ bytes: UnsafeRawBufferPointer) {
        pipeline.parse(bytes)
    }

    /// Says that nothing more comes, because the transfer has come to its end or has broken off. A document whose root
    /// has not ended is read as far as it goes, and flagged as truncated; whatever would have followed the root is nothing
    /// of a feed.
    package consuming func finish() -> ParseResult {
        pipeline.finish()
    }
}

/// `DocumentContext` says where a document came from: what its relative URLs and its bytes are read by.
package struct DocumentContext: Sendable {
    /// The URL is the one that answered, after redirects.
    package var url: String?
    /// The Content-Location header stands here as it was sent; it may be relative to `url`.
    package var contentLocation: String?
    /// The Content-Type header stands here as it was sent.
    package var contentType: String?

    package init(url: String? = nil, contentLocation: String? = nil, contentType: String? = nil) {
        self.url = url
        self.contentLocation = contentLocation
        self.contentType = contentType
    }

    /// What relative URLs are resolved against where no xml:base says otherwise.
    var baseURL: String? {
        guard let contentLocation else { return url }
        return URLResolution.resolve(contentLocation, base: url) ?? url
    }
}

/// `ParseLimits` says how much of a document is read (security.md §4 and §6). Sizes are in bytes of UTF-8.
package struct ParseLimits: Sendable {
    /// Of items beyond that only those are held that are not known by `standing`, within bounds (`ItemIntake`).
    package var items = 2000
    /// Tells what is known of an item, by the page that the feed says is its own; nil where nobody knows. It is called by
    /// the thread that parses, for items beyond the limit alone.
    package var standing: Standing?
    /// Titles and other short texts are cut to this.
    package var titleBytes = 4 * 1024
    /// An id is shown up to this length; `Article.id` itself is whole, because the identity is made of all of it.
    package var idBytes = 4 * 1024
    /// Bodies, summaries and ids are read up to this length.
    package var contentBytes = 1024 * 1024
    /// Any other text is read up to this length: names, addresses, dates.
    package var fieldBytes = 64 * 1024
    /// A longer URL is told as text.
    package var urlBytes = 16 * 1024
    /// One article or feed has no more tags.
    package var categories = 100
    /// One article has no more attachments.
    package var enclosures = 100
    /// One article or feed has no more authors, no more contributors and no more links.
    package var listEntries = 100
    /// No more elements are open at once: tags below that are passed over, and their text is kept.
    package var depth = 250
    /// The parser spends no more time than this, by `clock`. What was read until then is kept and flagged as truncated.
    package var time = Duration.seconds(5)
    package typealias Standing = @Sendable (_ article: Article, _ homePageURL: String?) -> ItemStanding
    /// The clock never goes back. It is read every few ten thousand bytes, by the thread that parses them.
    package var clock: @Sendable () -> Duration = processorClock

    package init() {}

    /// Tells the processor time of the thread: on a machine that is busy with other things no document is cut off for it.
    package static let processorClock: @Sendable () -> Duration = {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}

/// `ParseResult` is what a document turned out to be.
///
/// It holds that by reference: a feed has some four hundred bytes without its articles, which would be copied wherever a
/// result is handed on, and no program can tell them apart from bytes that the other case leaves unset.
package indirect enum ParseResult: Sendable {
    case feed(Feed)
    case notAFeed(NotAFeed)
}

/// `NotAFeed` tells what a document is that is no feed.
package struct NotAFeed: Error, Sendable {
    /// The kind is what the document is instead.
    package var kind: Kind
    /// The message is one sentence for people: what the document looked like, and what to do.
    package var message: String

    /// The kinds of documents are told apart by their first bytes and their root element.
    package enum Kind: String, Sendable {
        case html, json, xml, text, binary, empty
    }

    package init(kind: Kind, message: String) {
        self.kind = kind
        self.message = message
    }

    /// The sentence that fits a kind.
    ///
    /// - Parameter root: the name of an XML document's root element.
    init(_ kind: Kind, root: String? = nil) {
        self.kind = kind
        message =
            switch kind {
            case .html:
                "The document is an HTML page, not a feed; `newswire discover` finds the feeds that a page links to."
            case .json: "The document is JSON, but no JSON Feed; check the feed's URL."
            case .xml: "The document is XML, but no feed: its root element is <\(root ?? "?")>; check the feed's URL."
            case .text: "The document is plain text, not a feed; check the feed's URL."
            case .binary: "The document is binary data, not a feed; check the feed's URL."
            case .empty: "The document is empty; check the feed's URL, or try again later."
            }
    }
}
