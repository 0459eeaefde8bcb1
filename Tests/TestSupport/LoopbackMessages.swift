/// A request as a loopback server got it.
package struct LoopbackRequest: Sendable {
    package let method: String
    /// Path and query, as sent.
    package let target: String
    /// All header lines in the order in which they came.
    package let headers: [Header]
    /// Which of the server's connections it came through, from 1.
    package let connection: Int

    /// What came behind the header, by its Content-Length.
    package let body: [UInt8]

    /// The request up to the empty line after its header, byte for byte.
    package let rawHead: [UInt8]

    package struct Header: Sendable, Equatable {
        package let name: String
        package let value: String
    }

    package var path: String { String(target.prefix { $0 != "?" }) }
    package var query: String? { target.firstIndex(of: "?").map { String(target[target.index(after: $0)...]) } }

    /// The value of the first header of that name, in any case.
    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// What a loopback server answers.
package struct LoopbackResponse: Sendable {
    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    package var isChunked: Bool

    /// Content-Length is added where `isChunked` is false and no such header is given.
    package init(
        status: Int = 200, headers: [(name: String, value: String)] = [], body: [UInt8] = [], isChunked: Bool = false
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.isChunked = isChunked
    }

    package init(status: Int = 200, headers: [(name: String, value: String)] = [], body: String) {
        self.init(status: status, headers: headers, body: Array(body.utf8))
    }

    package static func redirect(_ status: Int, to location: String) -> LoopbackResponse {
        LoopbackResponse(status: status, headers: [("Location", location)])
    }

    /// A feed in the given state: 304 where the request's validators match, else 200 with both.
    package static func conditional(
        _ request: LoopbackRequest, etag: String?, lastModified: String? = nil, body: String
    ) -> LoopbackResponse {
        var headers: [(name: String, value: String)] = [("Content-Type", "application/rss+xml")]
        if let etag { headers.append(("ETag", etag)) }
        if let lastModified { headers.append(("Last-Modified", lastModified)) }
        let sent = request.header("If-None-Match")
        let isSame =
            sent != nil ? sent == etag : lastModified != nil && request.header("If-Modified-Since") == lastModified
        return isSame ? LoopbackResponse(status: 304, headers: headers) : LoopbackResponse(headers: headers, body: body)
    }
}
