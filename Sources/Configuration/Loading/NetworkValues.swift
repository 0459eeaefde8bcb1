import Web

/// Values that stand in `[fetch]` as well as in `[[feed]]`.
extension OptionContext {
    /// `"deny"`, `"allow"` or a list of host:port and CIDR. A bare address becomes the CIDR of itself.
    func privateNetworks(_ node: TOMLNode) -> AddressPolicy? {
        switch (node.kind, node.text) {
        case (.string, "deny"): return .deny
        case (.string, "allow"): return .allow
        case (.array, _) where node.count <= 1024:
            var entries: [AddressPolicy.Entry] = []
            for element in node.children {
                guard let text = element.text, text.utf8.count <= 300, let entry = AddressPolicy.Entry(text) else {
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

    /// The proxy that a text names: none where it is empty, and nil where it cannot be one.
    func proxy(_ node: TOMLNode) -> ProxyURL?? {
        guard let text = text(node) else { return nil }
        if text.isEmpty { return .some(nil) }
        let form = "must be http://HOST:PORT, or with https, socks4, socks4a, socks5 or socks5h"
        do throws(ProxyURL.Problem) {
            guard text.utf8.count <= FeedAddress.limit else { throw .scheme }
            let proxy = try ProxyURL(text)
            if !proxy.hasUser { return proxy }
            error("holds a user name or password, which may not be written here", at: node)
        } catch {
            switch error {
            case .scheme, .url(.malformed): self.error(form, at: node)
            case .path: self.error("has a path, a query or a fragment, which no proxy has", at: node)
            case .url(let problem): self.error(FeedAddress.refusal(of: problem), at: node)
            }
        }
        return nil
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
