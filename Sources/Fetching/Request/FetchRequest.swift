package import Digest
package import FeedModel
import Text
package import Web

/// One fetch of one feed, as its configuration and state have it.
package struct FetchRequest: Sendable {
    /// http, https, or (with `allowsLocalFile`) file.
    package var url: String
    package var userAgent: String
    package var accept = Self.defaultAccept
    /// What was kept of the last response. They are sent with the requests of their own signature, at whichever hop.
    package var validators: FeedState.Validators?
    package var validatorMode = ValidatorRules.Mode.both
    /// Sent only to the origin of `url`.
    package var headers: [Header] = []
    /// Sent only to the origin of `url`. Userinfo in `url` counts as basic credentials where there are none here.
    package var credentials: Credentials?
    package var clientCertificate: ClientCertificate?
    package var limits = FetchLimits()
    /// With userinfo where it wants some; nil for none.
    package var proxy: ProxyURL?
    /// A bundle of CA certificates in PEM; nil or empty for the system's.
    package var caFile: String?
    package var tlsVerify = true
    package var http2 = true
    package var keepAlive = true
    /// Where a URL that a person wrote may lead, and redirects from there between servers on private addresses.
    package var addressPolicy = AddressPolicy.deny
    /// Where a redirect may lead once a public server has had a say in it: what it names is what anybody on the internet
    /// wants, asked with the reach of this machine (security.md §2).
    package var ledAddressPolicy = AddressPolicy.deny
    /// What has led to `url` itself; nil where a person wrote it.
    package var ledBy: Guide?
    /// Whether none but servers on private addresses have had a say in that.
    package var isAmongPrivate = true
    /// Whether a person wrote `url` where local files are allowed (security.md §1).
    package var allowsLocalFile = false
    /// Called by the task that awaits the response, before a redirect to another host is followed. The time it takes is not
    /// counted, and the fetch has neither a connection nor a handle of libcurl's meanwhile.
    package var beforeHop: (@Sendable (Hop) async -> HopLeave)?

    package enum Guide: String, Sendable {
        /// One that was adopted.
        case redirect
        /// In a page.
        case link
    }

    package init(url: String, userAgent: String) {
        self.url = url
        self.userAgent = userAgent
    }

    /// Whether a URL that came from a redirect would be asked just as it is.
    package static func canAsk(_ url: String) -> Bool { (try? WebURL(url))?.text == url }

    /// The same for another URL, without what may go only to the origin of this one (security.md §12).
    package func moved(to url: String) -> FetchRequest {
        var request = self
        request.url = url
        request.allowsLocalFile = false
        let (old, new) = (try? WebURL(self.url), try? WebURL(url))
        if old == nil || old?.origin != new?.origin {
            request.headers = []
            request.credentials = nil
            request.clientCertificate = nil
        }
        return request
    }

    package static let defaultAccept =
        "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
        + "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"

    package struct Header: Sendable, Equatable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }
}

/// What ends a fetch that takes too much (security.md §4, polling.md §1).
package struct FetchLimits: Sendable, Equatable {
    /// Decoded bytes of the body.
    package var maxBody = 15 << 20
    /// Name lookup, connection and TLS handshake.
    package var connectTimeout = Duration.seconds(10)
    /// Everything, redirects included.
    package var timeout = Duration.seconds(30)
    package var maxHeaderBytes = 300 << 10
    package var maxRedirects = 5
    package var maxEncodings = 2
    /// Decoded bytes to one received, looked at once there are more than `ratioFloor`.
    package var maxRatio = 200
    package var ratioFloor = 1 << 20
    /// Fewer bytes a second than that, for so many seconds, end it.
    package var lowSpeedBytes = 100
    package var lowSpeedSeconds = 20

    package init() {}
}

/// Secrets as they are sent. Nothing prints them.
package enum Credentials: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible {
    case basic(user: String, password: String)
    case bearer(String)

    package var description: String { "credentials" }
    package var debugDescription: String { "credentials" }

    var header: FetchRequest.Header {
        switch self {
        case .basic(let user, let password):
            .init(name: "Authorization", value: "Basic " + Base64.string(Array("\(user):\(password)".utf8)))
        case .bearer(let token): .init(name: "Authorization", value: "Bearer \(token)")
        }
    }
}

/// A certificate that this side shows, with its key: the contents of PEM files.
package struct ClientCertificate: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible {
    package var certificate: [UInt8]
    package var key: [UInt8]

    package init(certificate: [UInt8], key: [UInt8]) {
        self.certificate = certificate
        self.key = key
    }

    package var description: String { "client certificate" }
    package var debugDescription: String { "client certificate" }
}

/// What an answer depends on: the URL and the parts of the request that newswire can vary (polling.md §2.7).
///
/// Validators of one signature are never sent with another. Of secrets only 16 bits go in: enough to notice a change,
/// too few to guess the secret from what is stored.
package struct RequestSignature: Sendable, Hashable {
    package let hash: Hash128

    package init(hash: Hash128) {
        self.hash = hash
    }

    /// - Parameters:
    ///   - url: of this request, without userinfo and fragment.
    ///   - headers: the custom headers and credentials that are sent to that URL.
    init(
        url: String, userAgent: String, accept: String, headers: [FetchRequest.Header],
        certificate: ClientCertificate? = nil
    ) {
        var text: [UInt8] = []
        text.reserveCapacity(url.utf8.count + userAgent.utf8.count + accept.utf8.count + 64)
        for part in [url, userAgent, accept] {
            text.append(contentsOf: part.utf8)
            text.append(0)
        }
        if !headers.isEmpty || certificate != nil {
            var secrets = MessageDigest(.sha256)
            for header in headers {
                text.append(contentsOf: header.name.lowercased().utf8)
                text.append(0)
                secrets.update(Array(header.name.lowercased().utf8) + [0] + Array(header.value.utf8) + [0])
            }
            if let certificate { secrets.update(certificate.certificate) }
            text.append(contentsOf: secrets.finish().prefix(2))
        }
        hash = text.withUnsafeBytes { XXH3.hash128($0) }
    }
}
