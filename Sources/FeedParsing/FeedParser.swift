import FeedModel

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

    /// Says that nothing more comes.
    ///
    /// - Parameter isComplete: false where the transfer broke off: what has come is read, and flagged as truncated.
    package consuming func finish(isComplete: Bool = true) -> ParseResult {
        pipeline.finish(isComplete: isComplete)
    }
}
