/// Which addresses a request may connect to (`private_networks`, security.md §2 and §3).
package enum AddressPolicy: Sendable, Equatable {
    /// Public addresses only.
    case deny
    /// Any address. Ports stay under the rule of security.md §3.
    case allow
    /// Public addresses, and what one of the entries names.
    case list([Entry])

    package enum Entry: Sendable, Equatable {
        /// Any port that is allowed on public addresses.
        case block(AddressBlock)
        /// That port, whatever it is, of that host: a name, or an address without brackets, in lower case.
        case service(host: String, port: UInt16)

        /// Reads `10.0.0.0/8`, `192.0.2.7`, `fd00::/8`, `rsshub.lan:1200`, `127.0.0.1:8080` or `[::1]:8080`.
        package init?(_ text: String) {
            if let block = AddressBlock(text) {
                self = .block(block)
                return
            }
            guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0
            else { return nil }
            var host = text[..<colon]
            if host.first == "[", host.last == "]" {
                host = host.dropFirst().dropLast()
                guard IPAddress(String(host)) != nil else { return nil }
            } else if host.contains(where: { $0 == ":" || $0 == "[" || $0 == "/" || $0 == "@" || $0 == " " }) {
                return nil
            }
            if host.last == "." { host.removeLast() }
            guard !host.isEmpty else { return nil }
            self = .service(host: host.lowercased(), port: port)
        }
    }

    /// A list from its entries as text; the text that could not be read where there is one.
    package static func parse(_ entries: [String]) -> (policy: AddressPolicy, unreadable: String?) {
        var list: [Entry] = []
        for text in entries {
            guard let entry = Entry(text) else { return (.deny, text) }
            list.append(entry)
        }
        return (.list(list), nil)
    }

    /// Whether a connection to that address and port may be opened for a URL with that host.
    package func allows(_ address: IPAddress, port: UInt16, host: String) -> Bool {
        if address.isPublic { return true }
        switch self {
        case .deny: return false
        case .allow: return true
        case .list(let entries):
            let plain = address.embeddedV4.map(IPAddress.v4)
            return entries.contains { entry in
                switch entry {
                case .block(let block): block.contains(address) || plain.map(block.contains) == true
                case .service(let name, let number):
                    number == port && (name == host || IPAddress(name).map { $0 == address || $0 == plain } == true)
                }
            }
        }
    }

    /// Ports that other services than web servers use are for those whom an entry names (security.md §3).
    package func allows(port: UInt16, host: String) -> Bool {
        if port == 80 || port == 443 || port >= 1024 { return true }
        guard case .list(let entries) = self else { return false }
        return entries.contains { entry in
            guard case .service(let name, let number) = entry else { return false }
            return name == host && number == port
        }
    }

    /// What can be said of a host whose name a proxy will resolve: addresses and names for this machine are judged,
    /// other names are up to the proxy.
    ///
    /// - Parameter host: as in `WebURL`.
    package func allowsThroughProxy(host: String, port: UInt16) -> Bool {
        Self.address(ofHost: host).map { allows($0, port: port, host: host) } ?? true
    }

    /// Whether a host is known to be private by its name alone.
    static func isPrivate(host: String) -> Bool { address(ofHost: host)?.isPublic == false }

    private static func address(ofHost host: String) -> IPAddress? {
        if let address = IPAddress(host) { return address }
        return localNames.contains(host) || host.hasSuffix(".localhost") ? .v4(0x7f00_0001) : nil
    }

    /// RFC 6761 §6.3, and what /etc/hosts of common systems has beside it.
    private static let localNames: Set<String> = [
        "localhost", "localhost.localdomain", "localhost4", "localhost4.localdomain4", "localhost6",
        "localhost6.localdomain6", "ip6-localhost", "ip6-loopback",
    ]
}
