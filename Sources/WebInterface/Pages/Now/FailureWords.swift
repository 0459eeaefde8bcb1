internal import FeedModel

/// `FailureWords` says in few words how polls fail, why that usually is, and what a person can do.
enum FailureWords {
    /// Two or three words, for a line of a table.
    static func short(_ kind: FailureKind) -> String {
        switch kind {
        case .dns: "host not found"
        case .connect: "no connection"
        case .tls: "TLS refused"
        case .timeout: "timed out"
        case .redirect: "redirect refused"
        case .proxy: "proxy fails"
        case .truncated: "cut short"
        case .bomb: "unpacks to too much"
        case .cancelled: "cancelled"
        case .unauthorized: "credentials refused (401)"
        case .forbidden: "refused (403)"
        case .gone: "gone (410)"
        case .protocolError: "no proper HTTP"
        case .httpStatus: "server error"
        case .notFound: "not found (404)"
        case .rateLimited: "asked too often (429)"
        case .botChallenge: "asks whether we are human"
        case .unexpected304: "wrong 304"
        case .tooLarge: "too large"
        case .refusedAddress: "private address"
        case .localFile: "file not readable"
        case .paused: "redirected to a paused host"
        case .resources: "machine out of resources"
        case .invalidRequest: "request impossible"
        case .configuration: "secret not readable"
        case .notAFeed: "no feed there"
        case .noItems: "items not readable"
        case .store: "not stored"
        case .unknown: "unknown error"
        }
    }

    static func why(_ kind: FailureKind) -> String {
        switch kind {
        case .dns: "The name of the host does not lead to an address."
        case .connect, .timeout: "The server was not reached, or not in time."
        case .tls: "The certificate is not valid, or nothing both sides know."
        case .unauthorized, .configuration: "The name, password or token is wrong, or cannot be read."
        case .forbidden, .botChallenge: "The server does not want to be read by programs, or by this one."
        case .notFound, .notAFeed: "What is at the address is no feed."
        case .rateLimited: "The server was asked more often than it likes."
        case .httpStatus: "The server says that it has trouble of its own."
        case .proxy: "The proxy that is configured does not do what it should."
        case .refusedAddress: "The address is of a network that is not public."
        default: "Each feed's page has the reason in full."
        }
    }

    static func toDo(_ kind: FailureKind) -> String {
        switch kind {
        case .dns, .notFound, .notAFeed: "Look for the feed's new address on its site."
        case .connect, .timeout, .httpStatus:
            "Mostly nothing: it is asked again less and less often. Does its site work?"
        case .tls: "Tell the publisher; a private authority's certificate goes into ca_file."
        case .unauthorized, .configuration: "Put the secret right, and see that the service may read it."
        case .forbidden, .botChallenge: "Write to the publisher: contact and user_agent tell who asks."
        case .rateLimited: "Lengthen [host] delay, or interval, for its host."
        case .proxy: "Put [fetch] proxy right."
        case .refusedAddress: "Where that is meant, name the network in private_networks of the feed."
        case .localFile: "See that the service may read the file."
        case .resources, .store: "Look at memory, descriptors and the disk of this machine."
        default: "Look at one of them."
        }
    }
}
