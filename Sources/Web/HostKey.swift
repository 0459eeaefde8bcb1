/// Under which name a host is known to all that count requests to it: allowances, pauses, tables of the configuration
/// (polling.md §7).
///
/// All forms in which a URL can write one host have one key.
package enum HostKey {
    /// The key of the host that a URL is asked of; nil where no request could be made for it.
    package static func of(url text: String) -> String? {
        (try? WebURL(text)).map(of)
    }

    package static func of(_ url: WebURL) -> String {
        // An IPv4 address may be wrapped in one of IPv6.
        guard url.host.utf8.contains(UInt8(ascii: ":")), let address = IPAddress(url.host)?.mappedV4 else {
            return url.host
        }
        return "\(address)"
    }

    /// The key of a host that is written alone, an IPv6 address with or without brackets; nil where it is none.
    package static func of(host: String) -> String? {
        let isBare = host.utf8.contains(UInt8(ascii: ":")) && host.utf8.first != UInt8(ascii: "[")
        // What else a URL may have begins with one of these.
        guard !host.utf8.contains(where: { "/?#@\\".utf8.contains($0) }) else { return nil }
        do {
            let url = try ParsedURL("http://\(isBare ? "[\(host)]" : host)/".utf8, keepsPath: true)
            return url.writtenPort == nil ? of(try WebURL(url, keepsUser: false)) : nil
        } catch {
            return nil
        }
    }
}
