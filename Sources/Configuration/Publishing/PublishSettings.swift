package import FeedModel
package import Web

/// `PublishSettings` are those of `[publish.NAME]`: which articles go to which bus for the consumer NAME (publish.md).
package struct PublishSettings: Sendable {
    /// `Value` is that of one of the `options`.
    package enum Value: Sendable, Hashable {
        case text(String)
        case secret(Secret)

        /// Returns the value as TOML has it.
        var toml: String {
            switch self {
            case .text(let text): TOMLText.quoted(text)
            case .secret(let secret): secret.description
            }
        }
    }

    /// `Extra` is one of the `options`.
    package struct Extra: Sendable, Hashable {
        package var name: String
        package var value: Value
    }

    /// A batch has so many articles at most.
    package static let batches = 1...10_000
    /// So many `options` may be set.
    static let mostExtras = 100

    /// The name is the consumer's.
    package var name: String
    /// The URL is nil only until the table has been read.
    package var url: BusURL?
    /// Articles go to this subject, topic, table or stream.
    package var to = ""
    package var user: String?
    package var password: Secret?
    /// The file or credential holds what NATS calls credentials: a token and a key.
    package var credentials: Secret?
    var ownTLS: Bool?
    /// The absolute path names certificates of authorities in PEM; nil for the system's bundle.
    package var caFile: String?
    package var clientCert: FeedOptions.ClientCertificate?
    /// Articles of these feeds come; of all where there are none.
    package var feeds: [FeedIdentifier] = []
    /// Articles with one of these tags come; all where there are none.
    package var tags: [String] = []
    package var updates = true
    package var duplicates = false
    /// Tells whether what was in a feed when it was first polled comes, too.
    package var initial = true
    package var batch = 500
    package var extras: [Extra] = []
    /// The place is where the table stands.
    package var source: SourcePlace
    /// The lines in which its keys stand.
    var lines: [String: Int] = [:]

    /// Makes what holds where nothing is set.
    package init(name: String, source: SourcePlace) {
        self.name = name
        self.source = source
    }

    /// Tells whether the connection is encrypted, and the server's certificate verified.
    package var tls: Bool { ownTLS ?? (url?.isLocal != true) }

    /// Returns what is found elsewhere, each with the key that names it.
    package var secrets: [(key: String, secret: Secret)] {
        var all: [(key: String, secret: Secret)] = []
        if let password { all.append(("password", password)) }
        if let credentials { all.append(("credentials", credentials)) }
        if let key = clientCert?.key { all.append(("client_cert.key", key)) }
        for extra in extras {
            if case .secret(let secret) = extra.value { all.append(("options.\(extra.name)", secret)) }
        }
        return all
    }

    /// Returns what is to be said of a key, at its line; of the whole table where it has no such key.
    package func diagnostic(_ severity: Diagnostic.Severity, _ key: String, _ message: String) -> Diagnostic {
        Diagnostic(
            severity, file: source.file, line: lines[key] ?? source.line, "[publish.\(TOMLText.key(name))] \(message)")
    }
}

extension PublishSettings: Equatable {
    /// Two tables are equal that say the same; where they were written does not count.
    package static func == (left: Self, right: Self) -> Bool { left.name == right.name && left.text == right.text }
}

extension PublishSettings: OptionValues {
    static let table = OptionTable.publish
    static let standard: Self? = Self(name: "", source: SourcePlace(file: "", line: 0))
    static let rows = Options.rows(of: Self.self)
}
