package import FeedModel
package import Web

/// `FeedConfiguration` is one feed: what to fetch and how, with every default filled in.
///
/// Options and tags are shared by all feeds that have the same, and the texts of very many feeds are in few blocks, so that a
/// feed of a long list costs little more than its URL; options are reached as members: `feed.timeout`.
@dynamicMemberLookup
package struct FeedConfiguration: Sendable {
    private(set) var texts: FeedTexts
    private let line: UInt32
    let file: Shared<String>
    /// The tags are in the order in which they were written, each of them once.
    package var tags: [String]
    let shared: Shared<FeedOptions>

    init(texts: FeedTexts, tags: [String], file: Shared<String>, line: Int, options: Shared<FeedOptions>) {
        self.texts = texts
        self.line = UInt32(clamping: line)
        self.file = file
        self.tags = tags
        shared = options
    }

    init(
        id: FeedIdentifier, hasExplicitID: Bool, url: String, origin: FeedOrigin, title: String?, tags: [String],
        source: SourcePlace, options: Shared<FeedOptions>
    ) {
        self.init(
            texts: FeedTexts(
                id: id, hasExplicitID: hasExplicitID, url: url, hostOrPath: origin.hostOrPath, title: title),
            tags: tags, file: Shared(source.file), line: source.line, options: options)
    }

    /// The id is what the store and all commands know the feed by.
    package var id: FeedIdentifier {
        get { texts.id }
        set { setTexts(id: newValue, title: title) }
    }

    /// Tells whether a person gave the id; the others are made from the URL.
    package var hasExplicitID: Bool { texts.hasExplicitID }

    /// The URL stands as it was configured, with whatever secret is in its query; that of a local file is an absolute
    /// `file:///` URL.
    package var url: String { texts.url }

    /// The title replaces the feed's own.
    package var title: String? {
        get { texts.title }
        set { setTexts(id: id, title: newValue) }
    }

    /// The place names the line that a message about the feed points to.
    package var source: SourcePlace { SourcePlace(file: file.value, line: Int(line)) }

    private mutating func setTexts(id: FeedIdentifier, title: String?) {
        texts = FeedTexts(
            id: id, hasExplicitID: hasExplicitID, url: url, hostOrPath: texts.hostOrPath, title: title)
    }

    /// Who has the document that the URL names.
    var origin: FeedOrigin { isLocalFile ? .file(texts.hostOrPath) : .host(texts.hostOrPath) }

    /// Tells whether the feed is a file of this machine, which is read and not asked for.
    package var isLocalFile: Bool { texts.isPath }

    /// Returns the absolute path of the file that is read; nil for a feed of the web.
    package var localPath: String? { isLocalFile ? texts.hostOrPath : nil }

    /// Returns the host that is asked, under the name that all its forms share (polling.md §7); nil for a local file.
    ///
    /// It was worked out when the configuration was read, and costs next to nothing to ask for.
    package var host: String? { isLocalFile ? nil : texts.hostOrPath }

    /// Returns the host of any URL, under the name that all its forms share (polling.md §7); nil for one that no
    /// request could be made for. It parses the URL, which takes some microseconds: `host` is for the feed's own.
    package static func host(of url: String) -> String? { HostKey.of(url: url) }

    /// Tells whether a URL begins with `https:`, in whatever case.
    package static func isSecure(_ url: String) -> Bool { FeedAddress.hasScheme(url, "https:") }

    /// Returns one option of the feed: `feed.timeout`.
    package subscript<Value>(dynamicMember member: KeyPath<FeedOptions, Value>) -> Value {
        shared.value[keyPath: member]
    }

    /// Returns a copy of all options; a single one is reached as a member of the feed.
    package var options: FeedOptions { shared.value }

    /// Returns every secret that polling this feed needs, with the key that names it.
    package var secrets: [(key: String, secret: Secret)] {
        var result: [(key: String, secret: Secret)] = []
        for header in shared.value.headers {
            if case .secret(let secret) = header.value { result.append(("headers.\(header.name)", secret)) }
        }
        if let basicAuth = shared.value.basicAuth { result.append(("basic_auth.password", basicAuth.password)) }
        if let digestAuth = shared.value.digestAuth { result.append(("digest_auth.password", digestAuth.password)) }
        if let bearer = shared.value.bearer { result.append(("bearer", bearer)) }
        if let proxyAuth = shared.value.proxyAuth { result.append(("proxy_auth.password", proxyAuth.password)) }
        if let key = shared.value.clientCert?.key { result.append(("client_cert.key", key)) }
        return result
    }
}

extension FeedConfiguration: Equatable {
    /// Two feeds are equal that say the same; where they were written, and whether the id was, does not count.
    package static func == (left: Self, right: Self) -> Bool {
        left.texts == right.texts && left.tags == right.tags && left.shared == right.shared
    }
}

/// Who has the document of a feed.
enum FeedOrigin: Sendable, Hashable {
    /// A server: the key of its host (`HostKey`).
    case host(String)
    /// This machine: the absolute path of a file.
    case file(String)

    /// The text of either: a path alone begins with a slash.
    var hostOrPath: String {
        switch self {
        case .host(let name): name
        case .file(let path): path
        }
    }
}

extension FeedOptions {
    /// Tells whether files have to be read for a request beside the configuration.
    package var readsFiles: Bool {
        sendsSecret || digestAuth != nil || self.proxyAuth != nil || clientCert != nil || self.caFile != nil
    }

    /// Tells whether a request holds a secret that everybody on its way can read where it is not encrypted.
    var sendsSecret: Bool {
        if basicAuth != nil || bearer != nil { return true }
        return headers.contains { if case .secret = $0.value { true } else { false } }
    }
}

/// `FeedOptions` say how one feed is polled, with every default filled in.
@dynamicMemberLookup
package struct FeedOptions: Sendable, Hashable {
    /// The interval is fixed; where it is nil, the feed is polled as it publishes.
    package var interval: Duration?
    /// The feed is polled by itself in these times of day; nil: at any time.
    package var hours: PollingHours?
    /// After so long without anything new the feed is silent; where it is nil, that is learnt.
    package var silentAfter: Duration?
    /// The text is sent in place of newswire's own User-Agent.
    package var userAgent: String?
    /// The fields are sent in their order with each request.
    package var headers: [HeaderField] = []
    /// The name and password are never set together with `digestAuth` or `bearer`.
    package var basicAuth: BasicAuth?
    /// The name and password for HTTP Digest, in which the password itself is not sent.
    package var digestAuth: BasicAuth?
    /// The token is sent as `Authorization: Bearer`.
    package var bearer: Secret?
    /// The certificate shows a server who asks.
    package var clientCert: ClientCertificate?
    /// The settings are those of `[fetch]`, with what the feed's table sets in their place. Its `private_networks` are
    /// apart, in `ownPrivateNetworks`.
    var transfer: TransferSettings
    /// The settings are those of `[fulltext]`, with what the feed's table sets in their place.
    package var pages: PageSettings
    /// The cap limits how long a response is believed to be fresh (polling.md §3).
    package var maxAgeCap: Duration
    /// Returns the networks that the feed's URL may lie in: those of its table, else those of all feeds.
    package var privateNetworks: AddressPolicy { ownPrivateNetworks ?? transfer.privateNetworks }
    /// The networks that the feed's own table names; redirects may lead there as well (security.md §2).
    package var ownPrivateNetworks: AddressPolicy?
    /// Tells whether the certificate of a server is verified.
    package var tlsVerify = true
    /// Tells whether HTTP/2 may be spoken.
    package var http2 = true
    /// Tells whether a connection may be used for more than one request.
    package var keepAlive = true
    /// Says what becomes of cookies that a server sets.
    package var cookies = Cookies.none
    /// Tells whether an article whose id has changed is recognised (identity.md §6).
    package var aliases = true
    /// Says what becomes of edits of known articles.
    package var updates: StoreSettings.Updates
    /// Tells whether the feed is polled at all.
    package var enabled = true
    /// The feed had these ids before, in whatever order a person wrote them.
    package var formerly: [FeedIdentifier] = []

    init(
        transfer: TransferSettings, pages: PageSettings = PageSettings(), maxAgeCap: Duration,
        updates: StoreSettings.Updates
    ) {
        self.transfer = transfer
        self.pages = pages
        self.maxAgeCap = maxAgeCap
        self.updates = updates
    }

    /// Returns one setting of transfers as if it were an option: `options.timeout`.
    package subscript<Value>(dynamicMember field: WritableKeyPath<TransferSettings, Value>) -> Value {
        get { transfer[keyPath: field] }
        set { transfer[keyPath: field] = newValue }
    }

    /// `Cookies` says what becomes of cookies that a server sets.
    package enum Cookies: String, Sendable, CaseIterable {
        /// They are not looked at.
        case none
        /// They go back to the servers that set them with the redirects of the same poll.
        case session
    }

    /// `BasicAuth` is a name and a password: for HTTP's Basic or Digest scheme, or for a proxy.
    package struct BasicAuth: Sendable, Hashable {
        /// The name holds no colon.
        package var user: String
        /// The password is read anew for each request.
        package var password: Secret
    }

    /// `ClientCertificate` is what a server that asks for a certificate is shown.
    package struct ClientCertificate: Sendable, Hashable {
        /// The absolute path names a PEM file.
        package var cert: String
        /// The key has several lines, so it is read with `Secret.contents`; nil where it is in the file of the
        /// certificate.
        package var key: Secret?
    }
}

/// `HeaderField` is a header that is sent with each request for a feed, or of a delivery.
package struct HeaderField: Sendable, Hashable {
    /// The name is a token of RFC 9110 §5.1.
    package var name: String
    /// The value holds no control characters where it is text, which may be empty; a secret is read for each request.
    package var value: TextOrSecret

    package init(name: String, value: TextOrSecret) {
        self.name = name
        self.value = value
    }
}

/// `Shared` is a box that holds a value for many owners. Boxes are equal when their values are.
final class Shared<Value: Hashable & Sendable>: Hashable, Sendable {
    let value: Value

    init(_ value: Value) {
        self.value = value
    }

    static func == (left: Shared, right: Shared) -> Bool {
        left === right || left.value == right.value
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(value)
    }
}

/// What may stand in text that people write or are shown.
enum TextRules {
    /// Control characters and those that turn the direction of text.
    static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        // Marks that only say in which direction text goes on are part of titles in Arabic and Hebrew.
        case "\u{200e}", "\u{200f}", "\u{61c}": false
        case "\u{feff}": true
        default: SafeText.isUnsafe(scalar)
        }
    }

    /// Why a text cannot stand before people, or nil where it can: it has at most `limit` bytes, and nothing invisible.
    static func refusal(label text: String, limit: Int) -> String? {
        if text.utf8.count > limit { return "is longer than \(limit) bytes" }
        return text.unicodeScalars.contains(where: isInvisible) ? "holds a control character" : nil
    }

    /// Why a character in the text cannot stand in a URL or path, or nil where all can.
    static func refusal(address text: String, allowingSpace: Bool = false) -> String? {
        if text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) { return nil }
        for byte in text.utf8 {
            if byte < 0x20 || byte == 0x7f { return "holds a control character" }
            if byte == 0x20, !allowingSpace { return "holds a space; write %20" }
        }
        return text.unicodeScalars.contains(where: isInvisible) ? "holds an invisible character" : nil
    }
}
