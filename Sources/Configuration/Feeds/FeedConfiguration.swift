package import FeedModel
package import Web

/// One feed: what to fetch and how, with every default filled in.
///
/// Options and tags are shared by all feeds that have the same, so that a feed of a long list costs little more than
/// its URL; options are reached as members: `feed.timeout`.
@dynamicMemberLookup
package struct FeedConfiguration: Sendable {
    package var id: FeedIdentifier
    /// Whether a person gave the id; the others are made from the URL.
    package var hasExplicitID: Bool
    /// As configured, with whatever secret is in its query; a local file as an absolute `file:///` URL.
    package var url: String
    /// The file to read where the feed is a local one: absolute path.
    package var localPath: String?
    /// Overrides the feed's own.
    package var title: String?
    package var tags: [String]
    package var source: SourcePlace
    let shared: Shared<FeedOptions>

    init(
        id: FeedIdentifier, hasExplicitID: Bool, url: String, localPath: String?, title: String?, tags: [String],
        source: SourcePlace, options: Shared<FeedOptions>
    ) {
        self.id = id
        self.hasExplicitID = hasExplicitID
        self.url = url
        self.localPath = localPath
        self.title = title
        self.tags = tags
        self.source = source
        shared = options
    }

    package var isLocalFile: Bool { localPath != nil }

    /// The host that is asked, under the name that all its forms share (polling.md §7); nil for a local file.
    package var host: String? { isLocalFile ? nil : Self.host(of: url) }

    /// The same of another URL; nil for one that no request could be made for.
    package static func host(of url: String) -> String? { HostKey.of(url: url) }

    package subscript<Value>(dynamicMember member: KeyPath<FeedOptions, Value>) -> Value {
        shared.value[keyPath: member]
    }

    package var options: FeedOptions { shared.value }

    /// Every secret that polling this feed needs, with the key that names it.
    package var secrets: [(key: String, secret: Secret)] {
        var result: [(key: String, secret: Secret)] = []
        for header in shared.value.headers {
            if case .secret(let secret) = header.value { result.append(("headers.\(header.name)", secret)) }
        }
        if let basicAuth = shared.value.basicAuth { result.append(("basic_auth.password", basicAuth.password)) }
        if let bearer = shared.value.bearer { result.append(("bearer", bearer)) }
        if let key = shared.value.clientCert?.key { result.append(("client_cert.key", key)) }
        return result
    }
}

extension FeedConfiguration: Equatable {
    /// Equal in what they say; where it was written, and whether the id was, does not count.
    package static func == (left: Self, right: Self) -> Bool {
        left.id == right.id && left.url == right.url && left.localPath == right.localPath && left.title == right.title
            && left.tags == right.tags && left.shared == right.shared
    }
}

extension FeedOptions {
    /// Whether files have to be read for a request beside the configuration.
    package var readsFiles: Bool { sendsSecret || clientCert != nil || self.caFile != nil }

    /// Whether a request holds a secret that everybody on its way can read where it is not encrypted.
    var sendsSecret: Bool {
        if basicAuth != nil || bearer != nil { return true }
        return headers.contains { if case .secret = $0.value { true } else { false } }
    }
}

/// How one feed is polled.
@dynamicMemberLookup
package struct FeedOptions: Sendable, Hashable {
    /// Fixed; nil: adaptive.
    package var interval: Duration?
    /// Sent in place of newswire's own.
    package var userAgent: String?
    package var headers: [HeaderField] = []
    /// Never together with `bearer`.
    package var basicAuth: BasicAuth?
    package var bearer: Secret?
    package var clientCert: ClientCertificate?
    /// Those of `[fetch]`, and what the feed sets in their place but for `ownPrivateNetworks`.
    var transfer: TransferSettings
    package var maxAgeCap: Duration
    /// Those of the feed, else those of all feeds.
    package var privateNetworks: AddressPolicy { ownPrivateNetworks ?? transfer.privateNetworks }
    /// Those that the feed's table names: redirects may lead there as well (security.md §2).
    package var ownPrivateNetworks: AddressPolicy?
    package var tlsVerify = true
    package var http2 = true
    package var keepAlive = true
    package var aliases = true
    package var updates: StoreSettings.Updates
    package var enabled = true

    init(transfer: TransferSettings, maxAgeCap: Duration, updates: StoreSettings.Updates) {
        self.transfer = transfer
        self.maxAgeCap = maxAgeCap
        self.updates = updates
    }

    package subscript<Value>(dynamicMember field: WritableKeyPath<TransferSettings, Value>) -> Value {
        get { transfer[keyPath: field] }
        set { transfer[keyPath: field] = newValue }
    }

    package struct BasicAuth: Sendable, Hashable {
        /// Without a colon.
        package var user: String
        package var password: Secret
    }

    package struct ClientCertificate: Sendable, Hashable {
        /// PEM file: absolute path.
        package var cert: String
        /// nil: the key is in the file of the certificate. A key of several lines: read it with `contents`.
        package var key: Secret?
    }
}

/// A header that is sent with each request for a feed.
package struct HeaderField: Sendable, Hashable {
    package enum Value: Sendable, Hashable {
        case literal(String)
        case secret(Secret)
    }

    /// A token of RFC 9110 §5.1.
    package var name: String
    /// Without control characters where it is literal; may be empty.
    package var value: Value
}

/// A value in a box, so that many can hold it. Boxes are equal when their values are.
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
