internal import Web

/// The first look at a request, before anybody is asked who it is: whether it was meant for this at all (web.md §3.5, §3.6).
struct WebGate {
    let rules: WebRules

    /// Why a request goes no further; nil where it does.
    func refusal(_ request: WebRequest) -> WebFailure? {
        let hosts = request.headers.values(of: "host")
        if request.peer != .unixSocket {
            guard hosts.count == 1, let host = Self.host(of: hosts[0]) else {
                return WebFailure(400, "the request names no host, or several", hint: "It needs one Host header.")
            }
            guard rules.isOwn(host: host) else {
                return WebFailure(
                    421, "this was asked for by a name that is not its own",
                    hint: "Whoever runs it can add the name to hosts in [web] of newswire.toml.")
            }
        }
        switch request.method {
        case .get, .head: return nil
        default: break
        }
        // Browsers say where a request comes from, and no page can make them say otherwise.
        for site in request.headers.values(of: "sec-fetch-site") where site != "same-origin" && site != "none" {
            return Self.foreign
        }
        for origin in request.headers.values(of: "origin") where !isOwn(origin: origin, host: hosts.first) {
            return Self.foreign
        }
        return nil
    }

    private static let foreign = WebFailure(
        403, "another page has sent this, and pages of others may change nothing here",
        hint: "Open this site itself, and do it there.")

    /// Whether an origin is that by which this was asked, or has a name of its own: a proxy in front may ask by another.
    private func isOwn(origin: String, host: String?) -> Bool {
        guard let scheme = origin.firstRange(of: "://") else { return false }
        let authority = origin[scheme.upperBound...].lowercased()
        guard let name = Self.host(of: authority) else { return false }
        if rules.isNamed(host: name) { return true }
        guard let host = host?.lowercased() else { return false }
        let standard = origin.hasPrefix("https:") ? ":443" : ":80"
        return Self.without(standard, authority) == Self.without(standard, host)
    }

    private static func without(_ port: String, _ authority: String) -> Substring {
        authority.hasSuffix(port) ? authority.dropLast(port.count) : authority[...]
    }

    /// The host of `host:port` without brackets; nil where it is none.
    static func host(of authority: String) -> String? {
        let bytes = authority.utf8
        guard !bytes.isEmpty, bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7f && !"/?#@\\,".utf8.contains($0) }) else {
            return nil
        }
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            let rest = authority[authority.index(after: end)...]
            guard rest.isEmpty || isPort(rest) else { return nil }
            // One address has several forms.
            let inner = String(authority[authority.index(after: authority.startIndex)..<end])
            return IPAddress(inner)?.description
        }
        guard let colon = authority.firstIndex(of: ":") else { return authority }
        return colon > authority.startIndex && isPort(authority[colon...]) ? String(authority[..<colon]) : nil
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.first == ":" && text.utf8.count <= 6 && text.dropFirst().utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}
