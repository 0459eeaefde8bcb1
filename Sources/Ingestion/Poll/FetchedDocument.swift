internal import Digest
internal import FeedModel
internal import FeedParsing
internal import Fetching

/// `FetchedDocument` is the body of an answer, read as a feed while it came, and how its transfer ended.
struct FetchedDocument {
    let outcome: FetchOutcome
    /// nil where the transfer failed and left nothing that is worth reading.
    let content: ParseResult?
    /// Of the decoded body.
    let hash: Hash128
    /// The decoded body, where it was to be kept.
    let body: [UInt8]

    /// Takes the body block by block from the socket to the parser. Ends with the transfer, and early where the task is
    /// cancelled; throws nothing, as `outcome` says what went wrong.
    ///
    /// - Parameter keepsBody: whether the whole body is wanted besides.
    init(of transfer: Transfer, _ head: ResponseHead, keepsBody: Bool = false) async {
        var parser = FeedParser(
            context: DocumentContext(
                url: head.effectiveURL, contentLocation: head.contentLocation, contentType: head.contentType))
        var hash = XXH3Stream()
        var body: [UInt8] = []
        while let chunk = await transfer.nextChunk() {
            chunk.withUnsafeBytes { bytes in
                hash.update(bytes)
                parser.parse(bytes)
            }
            if keepsBody { body.append(contentsOf: chunk) }
        }
        let outcome = await transfer.outcome()
        let isReadable = outcome.failure.map { $0.kind == .truncated && outcome.decodedBytes > 0 } ?? true
        self.outcome = outcome
        content = isReadable ? parser.finish(isComplete: outcome.isComplete) : nil
        self.hash = hash.hash128()
        self.body = body
    }

    init(outcome: FetchOutcome, content: ParseResult?, hash: Hash128) {
        self.outcome = outcome
        self.content = content
        self.hash = hash
        body = []
    }
}
