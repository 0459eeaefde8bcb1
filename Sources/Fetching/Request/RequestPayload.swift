/// `RequestPayload` makes a request one that brings something, in place of one that fetches.
///
/// Every answer to such a request is an answer: its status is the caller's to judge, and no redirect is followed.
package struct RequestPayload: Sendable {
    /// The methods are those by which a document is brought.
    package enum Method: String, Sendable, CaseIterable {
        case post = "POST"
        case put = "PUT"
    }

    /// The method is sent as it is.
    package var method: Method
    /// The body may be sent more than once: where a connection that was kept open turns out to be dead, and where HTTP/2
    /// fails before there is an answer.
    package var body: [UInt8]
    /// The Content-Type has no line ends; one that has fails the request.
    package var contentType: String

    package init(method: Method, body: [UInt8], contentType: String) {
        self.method = method
        self.body = body
        self.contentType = contentType
    }
}
