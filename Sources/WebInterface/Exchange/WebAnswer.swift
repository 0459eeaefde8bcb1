/// `WebAnswer` is what is said to a request.
package struct WebAnswer: Sendable {
    package enum Body: Sendable {
        case bytes([UInt8])
        /// More than is to be held at once.
        case pieces(any WebPieces)
        /// What does not end by itself.
        case events(any WebEvents)
    }

    package var status: Int
    package var contentType: String
    /// Beside those that every answer has (web.md §3.8); what is named here stands in their place.
    package var headers: WebFields
    package var body: Body

    package init(_ status: Int = 200, _ contentType: String, _ body: Body, headers: WebFields = WebFields()) {
        self.status = status
        self.contentType = contentType
        self.body = body
        self.headers = headers
    }
}

/// `WebPieces` gives a long answer piece by piece, each when the one before has been taken.
///
/// It is asked on a worker's thread, never by two at a time, and may block for the disk.
package protocol WebPieces: AnyObject, Sendable {
    /// The next piece, which is not empty; nil behind the last. What it throws ends the connection: the answer has begun.
    func next() throws -> [UInt8]?
}

/// `WebEvents` gives what has come since it was asked last, for a stream of Server-Sent Events.
///
/// It is asked on a worker's thread, never by two at a time, when the store may have changed and each second at least.
package protocol WebEvents: AnyObject, Sendable {
    /// What is to be sent now; empty where there is nothing. What it throws ends the stream.
    func news() throws -> [UInt8]
}
