/// `WebURL` is an http or https URL taken apart by the parser that libcurl connects with, so that what is checked is
/// what is asked.
package struct WebURL: Sendable, Equatable {
    /// The text is what is sent: without userinfo and fragment, path and query as they were given, the host in ASCII.
    package let text: String
    /// Tells https from http.
    package let isSecure: Bool
    /// The host is in lower case, without brackets and without a dot at its end. An IPv4 address in any of its forms is
    /// written with four numbers, and a name in another script in the form that begins with `xn--`.
    package let host: String
    /// The host with the dot at its end, where it has one.
    private let sentHost: String
    /// The port is the one that was written, else that of the scheme.
    package let port: UInt16
    /// The user name is decoded; nil where the URL has none.
    package let user: String?
    /// The password is decoded; nil where the URL has none.
    package let password: String?

    /// Returns what credentials are bound to: scheme, host and port (security.md §12).
    package var origin: Origin { Origin(isSecure: isSecure, host: sentHost, port: port) }

    /// Tells whether it is asked of the server that another URL is asked of: the same host and port, or from http on port 80
    /// to https on port 443 of that host, as servers lead everybody on. The way back from https is another server.
    package func isOnServer(of other: WebURL) -> Bool {
        guard host == other.host, isSecure || !other.isSecure else { return false }
        return port == other.port || isSecure && port == 443 && other.port == 80
    }

    /// Returns host and port as an entry of `private_networks` names them.
    package var service: String { AddressPolicy.Entry.service(host: host, port: port).description }

    /// Returns path and query as they are sent.
    package var target: Substring {
        let authority = text.utf8.index(text.startIndex, offsetBy: isSecure ? "https://".count : "http://".count)
        // Every URL that libcurl writes has a slash behind its authority.
        return text[(text.utf8[authority...].firstIndex(of: UInt8(ascii: "/")) ?? text.endIndex)...]
    }

    /// `Origin` is a server as credentials know it: only the same one gets them again.
    package struct Origin: Sendable, Equatable {
        /// Tells https from http.
        package let isSecure: Bool
        /// The host is in lower case, with the dot at its end where it was written with one.
        package let host: String
        /// The port is never 0.
        package let port: UInt16
    }

    /// `Problem` says why a text is not a URL that could be asked.
    package enum Problem: Error, Equatable {
        case malformed
        case noHost
        /// No host could be called so.
        case host
        case port
        /// Another scheme than http and https; its name.
        case scheme(String)
        /// An address of one interface (`fe80::1%eth0`).
        case zone
        /// A host in another script, whose name has no ASCII form.
        case international
    }

    /// Reads a URL that a person or a store has.
    ///
    /// - Parameter isConfigured: dot segments in the path stay (polling.md §1: as configured).
    package init(_ text: String, isConfigured: Bool = true) throws(Problem) {
        try self.init(ParsedURL(text.utf8, keepsPath: isConfigured), keepsUser: true)
    }

    /// Returns the URL that a Location header leads to, without its userinfo. Throws where nobody could be asked for
    /// it.
    package func resolving(_ location: [UInt8]) throws(Problem) -> WebURL {
        try WebURL(ParsedURL(location, base: text, keepsPath: false), keepsUser: false)
    }

    init(_ url: consuming ParsedURL, keepsUser: Bool) throws(Problem) {
        let scheme = url.scheme
        guard scheme == "http" || scheme == "https" else { throw .scheme(scheme) }
        guard !url.hasZone else { throw .zone }
        guard let port = url.port, port > 0 else { throw .port }
        user = keepsUser ? url.user : nil
        password = keepsUser ? url.password : nil
        url.removeUser()
        url.removeFragment()
        host = try url.settleHost()
        guard let text = url.text, let sentHost = url.host else { throw .malformed }
        self.text = text
        self.sentHost = sentHost.lowercased()
        isSecure = scheme == "https"
        self.port = port
    }
}

/// `ProxyURL` is a proxy that requests go through: scheme, host and port (security.md §2).
package struct ProxyURL: Sendable, Hashable {
    /// The text is the one that a person wrote.
    package let written: String
    /// The text is the one that libcurl is given: `http`, `https`, `socks4a` or `socks5h`, host and port.
    ///
    /// With `socks4` and `socks5` libcurl would look names up here and send the address on, which nothing judges then.
    /// So they are `socks4a` and `socks5h`: every proxy is told names, and looks them up itself.
    package let text: String

    /// `Problem` says why a text is not a proxy.
    package enum Problem: Error, Equatable {
        /// It has another scheme, or none.
        case scheme
        /// It has a user name or a password, which would stand in the configuration file.
        case user
        /// It has a path, a query or a fragment. To libcurl a path would be a Unix socket.
        case path
        case url(WebURL.Problem)
    }

    /// Tells whether it speaks SOCKS, and not HTTP.
    package var isSOCKS: Bool { text.hasPrefix("socks") }

    /// Which scheme libcurl is given for the one that was written.
    private static let schemes = [
        "http": "http", "https": "https", "socks4": "socks4a", "socks4a": "socks4a", "socks5": "socks5h",
        "socks5h": "socks5h",
    ]

    /// Reads `http://HOST:PORT`, or the same with `https`, `socks4`, `socks4a`, `socks5` or `socks5h`. Without a port
    /// it is the one that libcurl takes: 443 for `https`, else 1080.
    package init(_ written: String) throws(Problem) {
        guard let colon = written.firstIndex(of: ":"), written[colon...].hasPrefix("://"),
            let scheme = Self.schemes[written[..<colon].lowercased()]
        else { throw .scheme }
        // libcurl would take three slashes for two, and the path for the host.
        if written[colon...].hasPrefix(":///") { throw .url(.noHost) }
        let url = try Self.parsed(written)
        guard url.user == nil, url.password == nil else { throw .user }
        guard url.path.isEmpty || url.path == "/", url.query == nil, url.fragment == nil else { throw .path }
        guard let text = url.text, let end = text.firstIndex(of: ":") else { throw .url(.malformed) }
        self.written = written
        self.text = scheme + text[end...]
    }

    private static func parsed(_ text: String) throws(Problem) -> ParsedURL {
        do throws(WebURL.Problem) {
            let url = try ParsedURL(text.utf8, keepsPath: true)
            if url.hasZone { throw WebURL.Problem.zone }
            if let port = url.writtenPort, UInt16(port) ?? 0 == 0 { throw WebURL.Problem.port }
            _ = try url.settleHost()
            return url
        } catch {
            throw .url(error)
        }
    }
}
