private import Glibc

/// Values that stand in `[fetch]` as well as in `[[feed]]`.
extension OptionContext {
    /// `"deny"`, `"allow"` or a list of host:port and CIDR. A bare address becomes the CIDR of itself.
    func privateNetworks(_ node: TOMLNode) -> PrivateNetworks? {
        switch (node.kind, node.text) {
        case (.string, "deny"): return .deny
        case (.string, "allow"): return .allow
        case (.array, _) where node.count <= 1024:
            var entries: [String] = []
            for element in node.children {
                guard let text = element.text, let entry = NetworkEntry.normalised(text) else {
                    error("must list host:port or CIDR such as \"localhost:8080\" or \"10.0.0.0/8\"", at: element)
                    continue
                }
                entries.append(entry)
            }
            return .list(entries)
        default:
            error("must be \"deny\", \"allow\" or a list of at most 1024 host:port or CIDR", at: node)
            return nil
        }
    }

    /// The URL of a proxy; empty for none.
    func proxy(_ node: TOMLNode) -> String? {
        guard let text = text(node) else { return nil }
        if text.isEmpty { return text }
        let schemes: [StaticString] = ["http://", "https://", "socks4://", "socks4a://", "socks5://", "socks5h://"]
        guard schemes.contains(where: { WebURL.hasScheme(text, $0) }), text.utf8.count <= FeedAddress.limit,
            WebURL.character(refusedIn: text) == nil, let authority = WebURL.authority(of: text)
        else {
            error("must be http://HOST:PORT, or with https, socks4, socks4a, socks5 or socks5h", at: node)
            return nil
        }
        guard authority.userinfo == nil else {
            error("holds a user name or password, which may not be written here", at: node)
            return nil
        }
        if let refusal = WebURL.refusal(authority) {
            error(refusal, at: node)
            return nil
        }
        return text
    }

    /// The absolute path that a text means, relative ones being relative to the file; empty as it is, and nil where it
    /// cannot be a path.
    func path(_ node: TOMLNode) -> String? {
        guard let text = text(node) else { return nil }
        guard text.utf8.count <= 4095, !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else {
            error("is no path: it holds a control character or is too long", at: node)
            return nil
        }
        return text.isEmpty ? text : Path.join(file.directory, text)
    }
}

/// One entry of `private_networks`.
enum NetworkEntry {
    /// The entry as `host:port` or `address/bits`, or nil where it is neither.
    static func normalised(_ text: String) -> String? {
        guard text.utf8.count <= 300, WebURL.character(refusedIn: text) == nil else { return nil }
        if let slash = text.utf8.firstIndex(of: UInt8(ascii: "/")) {
            guard let width = width(ofAddress: String(text[..<slash])),
                Digits.value(of: text.utf8[slash...].dropFirst(), limit: width) != nil
            else { return nil }
            return text
        }
        if let width = width(ofAddress: text) { return "\(text)/\(width)" }
        guard let authority = WebURL.authority(of: "x://\(text)"), authority.userinfo == nil, !authority.host.isEmpty,
            let port = authority.port, !port.isEmpty, WebURL.refusal(authority) == nil,
            !text.utf8.contains(where: { "/?#*\\".utf8.contains($0) })
        else { return nil }
        return text.lowercased()
    }

    /// Bits of an IPv4 or IPv6 address, or nil where the text is neither.
    private static func width(ofAddress text: String) -> Int? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return 32 }
        var six = in6_addr()
        return inet_pton(AF_INET6, text, &six) == 1 ? 128 : nil
    }
}
