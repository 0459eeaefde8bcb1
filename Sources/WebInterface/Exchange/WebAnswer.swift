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
    /// The next piece; nil behind the last. An empty one says that more is to be looked through: who asks lets others have
    /// the thread, and asks again. What it throws ends the connection: the answer has begun.
    func next() throws -> [UInt8]?
}

/// `WebTurn` bounds what one call takes of a worker's thread, so that who looks for the rarest of millions of articles keeps
/// nobody else waiting.
enum WebTurn {
    static let length = Duration.milliseconds(50)
}

/// `WebEvents` gives what has come since it was asked last, for a stream of Server-Sent Events.
///
/// It is asked on a worker's thread, never by two at a time, when the store may have changed and each second at least.
package protocol WebEvents: AnyObject, Sendable {
    /// What is to be sent now. What it throws ends the stream.
    func news() throws -> WebNews
}

/// `WebNews` is what a stream sends at once.
package struct WebNews: Sendable, Equatable {
    /// Empty where there is nothing.
    package var bytes: [UInt8]
    /// More is there to be looked through: it is asked again once these have been taken, without waiting for its time.
    package var hasMore: Bool

    package init(_ bytes: [UInt8] = [], hasMore: Bool = false) {
        self.bytes = bytes
        self.hasMore = hasMore
    }
}
