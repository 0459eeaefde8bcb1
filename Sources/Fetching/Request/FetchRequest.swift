package import Digest
package import FeedModel
import Text
package import Web

/// `FetchRequest` is one fetch of one feed, as its configuration and state have it.
package struct FetchRequest: Sendable {
    /// The URL is http, https, or (with `allowsLocalFile`) file.
    package var url: String
    /// The User-Agent names newswire and whom to contact, or is what a person has set.
    package var userAgent: String
    /// The Accept header is sent unless `headers` has another one.
    package var accept = Self.defaultAccept
    /// The validators that were kept of the last response. They are sent with the requests of their own signature, at
    /// whichever hop.
    package var validators: FeedState.Validators?
    /// Says which of the validators are sent.
    package var validatorMode = ValidatorRules.Mode.both
    /// Custom headers are sent only to the origin of `url`.
    package var headers: [Header] = []
    /// Credentials are sent only to the origin of `url`. Userinfo in `url` counts as basic credentials where there are
    /// none here.
    package var credentials: Credentials?
    /// The client certificate is shown only to the origin of `url`.
    package var clientCertificate: ClientCertificate?
    /// The limits end the fetch where it takes too much.
    package var limits = FetchLimits()
    /// All requests go through this proxy; nil for none.
    package var proxy: ProxyURL?
    /// The proxy is shown this user and password, and nobody else is.
    package var proxyLogin: ProxyLogin?
    /// Tells whether cookies that the servers of this fetch set go back to them with its later hops. They go with it.
    package var keepsCookies = false
    /// Certificates are checked with this bundle of CA certificates in PEM; nil or empty for the system's.
    package var caFile: String?
    /// Tells whether a server's certificate must be good.
    package var tlsVerify = true
    /// Tells whether HTTP/2 is offered to servers with TLS.
    package var http2 = true
    /// Tells whether a connection may be used for more than this request.
    package var keepAlive = true
    /// Says where a URL that a person wrote may lead, and redirects from there between servers on private addresses.
    package var addressPolicy = AddressPolicy.deny
    /// Says where a redirect may lead once a public server has had a say in it: what it names is what anybody on the
    /// internet wants, asked with the reach of this machine (security.md §2).
    package var ledAddressPolicy = AddressPolicy.deny
    /// Tells what has led to `url` itself; nil where a person wrote it.
    package var ledBy: Guide?
    /// Tells whether none but servers on private addresses have had a say in where `url` leads.
    package var isAmongPrivate = true
    /// Tells whether a server on a private address may name another one there; else a redirect to another server, or the
    /// request that is moved there, leads no farther than `ledAddressPolicy`.
    package var leadsAmongPrivate = true
    /// Tells whether a person wrote `url` where local files are allowed (security.md §1).
    package var allowsLocalFile = false
    /// What the request brings; nil where it fetches.
    package var payload: RequestPayload?
    /// Decides on a redirect to another host before it is followed; called by the task that awaits the response. The
    /// time it takes is not counted, and the fetch has neither a connection nor a handle of libcurl's meanwhile.
    package var beforeRedirect: (@Sendable (Redirect) async -> RedirectDecision)?

    /// `Guide` is what has led to a URL that no person wrote.
    package enum Guide: String, Sendable {
        /// One that was adopted.
        case redirect
        /// In a page.
        case link
    }

    /// Makes a request with the defaults of everything else.
    package init(url: String, userAgent: String) {
        self.url = url
        self.userAgent = userAgent
    }

    /// Tells whether a host at which HTTP/2 has failed at that time is still asked without it: for 30 days.
    package static func avoidsHTTP2(since: Timestamp, at now: Timestamp) -> Bool {
        abs(now.seconds - since.seconds) < 30 * 86_400
    }

    /// Tells whether a URL that came from a redirect would be asked just as it is.
    package static func canAsk(_ url: String) -> Bool { (try? WebURL(url))?.text == url }

    /// Returns the same request for another URL, without what may go only to the origin of this one (security.md §12).
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
        if !leadsAmongPrivate {
            guard let old, let new, new.isOnServer(of: old) else {
                request.isAmongPrivate = false
                return request
            }
        }
        return request
    }

    /// Returns the signature of a request for that URL which carries nothing that is for one origin alone.
    ///
    /// - Parameter url: as `WebURL.text` has it.
    package func plainSignature(of url: String) -> RequestSignature {
        RequestSignature(url: url, userAgent: userAgent, accept: accept, headers: [])
    }

    /// The Accept header that is sent where nobody has set one: feeds first, everything else last.
    package static let defaultAccept =
        "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
        + "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"

    /// `ProxyLogin` is a user and password for a proxy. Nothing prints them.
    package struct ProxyLogin: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible {
        let user: String
        let password: String

        package init(user: String, password: String) {
            self.user = user
            self.password = password
        }

        package var description: String { "credentials" }
        package var debugDescription: String { "credentials" }
    }

    /// `Header` is one line of a request's header.
    package struct Header: Sendable, Equatable {
        /// The name is a token, in any case.
        package var name: String
        /// The value has no line ends; one that has fails the request.
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }
}

/// `FetchLimits` end a fetch that takes too much (security.md §4, polling.md §1).
package struct FetchLimits: Sendable, Equatable {
    /// The decoded body may have so many bytes.
    package var maxBody = 15 << 20
    /// Name lookup, connection and TLS handshake may take so long together.
    package var connectTimeout = Duration.seconds(10)
    /// Everything may take so long, redirects included.
    package var timeout = Duration.seconds(30)
    /// The header of one response, trailer included, may have so many bytes.
    package var maxHeaderBytes = 300 << 10
    /// So many redirects are followed.
    package var maxRedirects = 5
    /// The body may be encoded so many times over.
    package var maxEncodings = 2
    /// One received byte may be so many decoded ones, which is looked at once there are more than `ratioFloor`.
    package var maxRatio = 200
    /// So many decoded bytes are taken whatever `maxRatio` says.
    package var ratioFloor = 1 << 20
    /// A transfer is ended that has brought fewer bytes a second for `lowSpeedSeconds`.
    package var lowSpeedBytes = 100
    /// A transfer may be slower than `lowSpeedBytes` for so many seconds.
    package var lowSpeedSeconds = 20

    package init() {}
}

/// `Credentials` are secrets as they are sent. Nothing prints them.
package enum Credentials: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible {
    case basic(user: String, password: String)
    case bearer(String)
    /// The server sends a challenge first, and the password itself never goes out (RFC 7616).
    case digest(user: String, password: String)

    /// `Scheme` is a scheme of HTTP authentication.
    enum Scheme: String {
        case basic, bearer, digest

        /// The key that sets it.
        var key: String { self == .bearer ? "bearer" : "\(rawValue)_auth" }
    }

    var scheme: Scheme {
        switch self {
        case .basic: .basic
        case .bearer: .bearer
        case .digest: .digest
        }
    }

    package var description: String { "credentials" }
    package var debugDescription: String { "credentials" }

    /// What is sent at once; nil where a challenge has to come first.
    var header: FetchRequest.Header? {
        switch self {
        case .basic(let user, let password):
            .init(name: "Authorization", value: "Basic " + Base64.string(Array("\(user):\(password)".utf8)))
        case .bearer(let token): .init(name: "Authorization", value: "Bearer \(token)")
        case .digest: nil
        }
    }

    /// What stands for credentials that no header of the request has, in its signature.
    var secret: FetchRequest.Header? {
        guard case .digest(let user, let password) = self else { return nil }
        return .init(name: "Authorization", value: "Digest \(user):\(password)")
    }
}

/// `ClientCertificate` is a certificate that this side shows, with its key. Nothing prints them.
package struct ClientCertificate: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The certificate is the contents of a PEM file, with those that lead to its authority.
    package var certificate: [UInt8]
    /// The key is the contents of a PEM file.
    package var key: [UInt8]

    package init(certificate: [UInt8], key: [UInt8]) {
        self.certificate = certificate
        self.key = key
    }

    package var description: String { "client certificate" }
    package var debugDescription: String { "client certificate" }
}

/// `RequestSignature` stands for what an answer depends on: the URL and the parts of the request that newswire can vary
/// (polling.md §2.7).
///
/// Validators of one signature are never sent with another. Of secrets only 16 bits go in: enough to notice a change,
/// too few to guess the secret from what is stored.
package struct RequestSignature: Sendable, Hashable {
    /// The hash is what is kept with the validators.
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
