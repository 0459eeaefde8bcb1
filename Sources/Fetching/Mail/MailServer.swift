import Web

/// `MailServer` is the server that takes mail, as a person named it: nothing of a feed has a say in that, and SMTP knows
/// no redirects, so it may be in any network. What guards the way there is its certificate.
package struct MailServer: Sendable, Equatable {
    /// `Encryption` is how the connection is kept from being read or led elsewhere.
    package enum Encryption: Sendable {
        /// TLS before the first word (RFC 8314).
        case implicit
        /// TLS from STARTTLS on (RFC 3207); nothing is sent to a server that does not offer it.
        case startTLS
        /// None: the server is on this machine, or somebody has asked for it.
        case none
    }

    /// The host is as `WebURL.host` has it.
    package let host: String
    /// The port is 465 with `smtps`, 25 on this machine and else 587, where none is named.
    package let port: UInt16
    /// The server is on this machine.
    package let isLocal: Bool
    /// What the URL asks for; what comes of it with `isInsecure` is `encryption`.
    private let isImplicit: Bool
    /// Mail may go unencrypted to another machine.
    package var isInsecure = false
    /// The file has the certificates in PEM that are trusted in place of the system's; nil for those.
    package var caFile: String?

    /// `Problem` is what is wrong with the URL of a server.
    package enum Problem: Error, Sendable {
        case malformed
        /// It holds a login.
        case login
    }

    /// Reads `smtps://HOST[:PORT]` or `smtp://HOST[:PORT]`.
    package init(_ text: String) throws(Problem) {
        let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw .malformed }
        switch parts[0].lowercased() {
        case "smtps": isImplicit = true
        case "smtp": isImplicit = false
        default: throw .malformed
        }
        let authority = parts[1].hasSuffix("/") ? parts[1].dropLast() : parts[1]
        if authority.contains("@") { throw .login }
        guard !authority.utf8.contains(where: { "/?#\\".utf8.contains($0) }),
            let url = try? WebURL("http://\(authority)/")
        else { throw .malformed }
        host = url.host
        isLocal = Self.isThisMachine(host)
        let behindHost = authority.utf8.drop { $0 != UInt8(ascii: "]") }
        let hasPort = (behindHost.isEmpty ? authority.utf8[...] : behindHost).contains(UInt8(ascii: ":"))
        port = hasPort ? url.port : isImplicit ? 465 : isLocal ? 25 : 587
    }

    /// How the connection is encrypted. A server on this machine has seldom a certificate for it, and nobody is between.
    package var encryption: Encryption {
        if isImplicit { return .implicit }
        return isLocal || isInsecure ? .none : .startTLS
    }

    /// libcurl resolves these names by itself, so that no name server can lead them elsewhere.
    private static func isThisMachine(_ host: String) -> Bool {
        guard let address = IPAddress(host) else { return host == "localhost" || host.hasSuffix(".localhost") }
        return loopback.contains { $0.contains(address) }
    }

    private static let loopback = ["127.0.0.0/8", "::1"].compactMap(AddressBlock.init)

    /// The URL for libcurl.
    var url: String { "\(isImplicit ? "smtps" : "smtp")://\(self)" }
}

extension MailServer: CustomStringConvertible {
    /// Returns host and port, as messages name the server.
    package var description: String { host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
