/// A proxy that requests go through: scheme, host and port (security.md §2).
package struct ProxyURL: Sendable, Hashable {
    /// As a person wrote it.
    package let written: String
    /// What libcurl is given: `http`, `https`, `socks4a` or `socks5h`, host and port.
    ///
    /// With `socks4` and `socks5` libcurl would look names up here and send the address on, which nothing judges then. So
    /// they are `socks4a` and `socks5h`: every proxy is told names, and looks them up itself.
    package let text: String
    /// Whether it has a user name or a password.
    package let hasUser: Bool

    /// Why a text is not a proxy.
    package enum Problem: Error, Equatable {
        /// It has another scheme, or none.
        case scheme
        /// It has a path, a query or a fragment. To libcurl a path would be a Unix socket.
        case path
        case url(WebURL.Problem)
    }

    /// Which scheme libcurl is given for the one that was written.
    private static let schemes = [
        "http": "http", "https": "https", "socks4": "socks4a", "socks4a": "socks4a", "socks5": "socks5h",
        "socks5h": "socks5h",
    ]

    /// Reads `http://HOST:PORT`, or the same with `https`, `socks4`, `socks4a`, `socks5` or `socks5h`. Without a port it is
    /// the one that libcurl takes: 443 for `https`, else 1080.
    package init(_ written: String) throws(Problem) {
        guard let colon = written.firstIndex(of: ":"), written[colon...].hasPrefix("://"),
            let scheme = Self.schemes[written[..<colon].lowercased()]
        else { throw .scheme }
        let url = try Self.parsed(written)
        guard url.path.isEmpty || url.path == "/", url.query == nil, url.fragment == nil else { throw .path }
        guard let text = url.text, let end = text.firstIndex(of: ":") else { throw .url(.malformed) }
        self.written = written
        self.text = scheme + text[end...]
        hasUser = url.user != nil || url.password != nil
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
