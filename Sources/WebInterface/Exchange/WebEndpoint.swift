/// `WebRight` is what somebody may do; each includes the one before (web.md §3.1).
package enum WebRight: Int, Sendable, Comparable {
    case nothing, read, mark, manage

    package static func < (left: WebRight, right: WebRight) -> Bool { left.rawValue < right.rawValue }
}

/// `WebCaller` is who asks, and what that one may do.
package struct WebCaller: Sendable, Equatable {
    /// Nil for who does not say who it is.
    package var account: String?
    package var right: WebRight
    /// What a login in the Google Reader dialect is answered (`GoogleReaderClaim.Verdict`); nil for any other request.
    package var proof: String?

    package init(account: String?, right: WebRight, proof: String? = nil) {
        self.account = account
        self.right = right
        self.proof = proof
    }
}

/// `WebSection` is a part of the site, which has its own form of saying what went wrong.
package enum WebSection: Sendable {
    case page, api, output, googleReader, miniflux, asset
}

/// `WebCall` is what a handler is given.
package struct WebCall: Sendable {
    package let request: WebRequest
    package let caller: WebCaller
    /// What stands in the path where the pattern has names.
    package let parameters: [String: String]
    package let house: WebHouse

    package init(request: WebRequest, caller: WebCaller, parameters: [String: String] = [:], house: WebHouse) {
        self.request = request
        self.caller = caller
        self.parameters = parameters
        self.house = house
    }
}

/// `WebEndpoint` is something that can be asked.
package struct WebEndpoint: Sendable {
    /// Called on a worker's thread, and may block for the disk and for the service; not for the network.
    package typealias Handler = @Sendable (WebCall) throws -> WebAnswer

    package let method: WebRequest.Method
    /// As `/feeds/{id}/polls`; a last part `{name...}` takes all that follows, also nothing.
    package let pattern: String
    package let section: WebSection
    package let needs: WebRight
    /// Bytes that the body may have; 0 where none is read.
    package let bodyLimit: Int
    package let handler: Handler

    /// What GET answers HEAD answers, without the body.
    package init(
        _ method: WebRequest.Method, _ pattern: String, _ section: WebSection, needs: WebRight, bodyLimit: Int = 0,
        handler: @escaping Handler
    ) {
        self.method = method
        self.pattern = pattern
        self.section = section
        self.needs = needs
        self.bodyLimit = bodyLimit
        self.handler = handler
    }
}
