private import Web

/// `RecordedResponse` is a whole answer that was fetched before it was known whose it is: what `discover` found is a
/// feed's first poll, which then asks nobody (polling.md §1).
package struct RecordedResponse: Sendable {
    private let request: FetchRequest
    private let head: ResponseHead
    private let body: [UInt8]
    private let outcome: FetchOutcome

    /// Keeps an answer in memory, with its whole body.
    ///
    /// - Parameters:
    ///   - request: without credentials and headers of its own.
    ///   - outcome: of a transfer that was complete.
    package init(_ request: FetchRequest, head: ResponseHead, body: [UInt8], outcome: FetchOutcome) {
        self.request = request
        self.head = head
        self.body = body
        self.outcome = outcome
    }

    /// Returns the answer as a transfer for a request that would have brought it; nil where that request is another
    /// one.
    package func replayed(for request: FetchRequest) -> Transfer? {
        guard request.userAgent == self.request.userAgent, request.headers.isEmpty, request.credentials == nil,
            request.clientCertificate == nil, request.proxy == self.request.proxy,
            request.proxyLogin == self.request.proxyLogin,
            request.tlsVerify == self.request.tlsVerify, request.caFile == self.request.caFile,
            body.count <= request.limits.maxBody, let url = try? WebURL(request.url), url.user == nil,
            let redirects = redirects(from: url)
        else { return nil }
        var signature = head.requestSignature
        if !variesByAccept {
            signature = RequestSignature(
                url: head.effectiveURL, userAgent: request.userAgent, accept: request.accept, headers: [])
        }
        let head = ResponseHead(
            status: head.status, effectiveURL: head.effectiveURL, redirects: redirects, fields: head.fields,
            receivedAt: head.receivedAt, responseDelayMilliseconds: head.responseDelayMilliseconds,
            requestSignature: signature, wasConditional: false)
        return .replaying(body, head: head, outcome: outcome, for: request)
    }

    /// The hops that lead from a URL to the answer; nil where it was not on the way.
    private func redirects(from url: WebURL) -> [Redirect]? {
        let start = (try? WebURL(request.url))?.text
        if url.text == start { return head.redirects }
        guard let index = head.redirects.firstIndex(where: { $0.to == url.text }) else { return nil }
        return Array(head.redirects[(index + 1)...])
    }

    /// Whether another Accept would have brought another answer, so that its validators are not the feed's.
    private var variesByAccept: Bool {
        head.fields.all("Vary").contains { value in
            value.split(separator: ",").contains { field in
                let name = field.filter { $0 != " " && $0 != "\t" }.lowercased()
                return name == "accept" || name == "*"
            }
        }
    }
}
