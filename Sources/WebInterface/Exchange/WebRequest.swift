package import FeedModel
package import Web

/// `WebRequest` is what somebody asks, read to its end and within its bounds (web.md §3.7).
package struct WebRequest: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
        /// Whatever nothing here answers to.
        case other
    }

    /// Who sent it, as the connection says.
    package enum Peer: Sendable, Equatable {
        case address(IPAddress)
        case unixSocket
    }

    package var method: Method
    /// The path below `base_path` as it came, percent-encoded, beginning with a slash, without the query.
    package var path: String
    /// The path's parts, decoded: a slash that was encoded stands in a part.
    package var segments: [String]
    package var query: WebFields
    /// Names are in lower case.
    package var headers: WebFields
    package var body: [UInt8]
    package var peer: Peer
    package var receivedAt: Timestamp

    package init(
        method: Method, path: String, segments: [String], query: WebFields = WebFields(),
        headers: WebFields = WebFields(),
        body: [UInt8] = [], peer: Peer = .unixSocket, receivedAt: Timestamp
    ) {
        self.method = method
        self.path = path
        self.segments = segments
        self.query = query
        self.headers = headers
        self.body = body
        self.peer = peer
        self.receivedAt = receivedAt
    }
}
