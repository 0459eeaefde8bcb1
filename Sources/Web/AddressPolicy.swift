import Text

/// `AddressPolicy` says which addresses a request may connect to (`private_networks`, security.md §2 and §3).
package enum AddressPolicy: Sendable, Hashable {
    /// Public addresses only.
    case deny
    /// Any address. Ports stay under the rule of security.md §3.
    case allow
    /// Public addresses, and what one of the entries names.
    case list([Entry])

    /// `Entry` is one element of a list of networks and services.
    package enum Entry: Sendable, Hashable {
        /// Any port that is allowed on public addresses.
        case block(AddressBlock)
        /// That port, whatever it is, of that host (as `WebURL.host`).
        case service(host: String, port: UInt16)

        /// Reads `10.0.0.0/8`, `192.0.2.7`, `fd00::/8`, `rsshub.lan:1200`, `127.0.0.1:8080` or `[::1]:8080`.
        package init?(_ text: String) {
            if let block = AddressBlock(text) {
                self = .block(block)
                return
            }
            // A host and a port are what a URL has before its path; what else it may have begins with one of these.
            guard !text.utf8.contains(where: { "/?#@\\".utf8.contains($0) }),
                let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")), !text.utf8[colon...].dropFirst().isEmpty,
                !text.utf8[colon...].contains(UInt8(ascii: "]")), let url = try? WebURL("http://\(text)/")
            else { return nil }
            self = .service(host: url.host, port: url.port)
        }
    }

    /// Tells whether a connection to that address and port may be opened for a URL with that host.
    ///
    /// - Parameter host: as `WebURL.host` has it.
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

    /// Tells whether a port may be asked on that host: ports of other services than web servers only where an entry
    /// names them (security.md §3).
    package func allows(port: UInt16, host: String) -> Bool {
        if port == 80 || port == 443 || port >= 1024 { return true }
        guard case .list(let entries) = self else { return false }
        return entries.contains { entry in
            guard case .service(let name, let number) = entry else { return false }
            return name == host && number == port
        }
    }

    /// Tells whether a proxy may be asked for a host. Addresses and names for this machine are judged; other names are
    /// up to the proxy, which resolves them.
    ///
    /// - Parameter host: as `WebURL.host` has it.
    package func allowsThroughProxy(host: String, port: UInt16) -> Bool {
        Self.address(ofHost: host).map { allows($0, port: port, host: host) } ?? true
    }

    /// Tells whether no request to that host and port will be let through, as far as its name alone tells: it is an address,
    /// a name for this machine, or has a port of another service.
    ///
    /// - Parameter host: as `WebURL.host` has it.
    package func refuses(host: String, port: UInt16) -> Bool {
        if !allows(port: port, host: host) { return true }
        if let address = IPAddress(host) { return !allows(address, port: port, host: host) }
        guard Self.address(ofHost: host) != nil else { return false }
        // A name for this machine may mean either.
        return !["127.0.0.1", "::1"].compactMap { IPAddress($0) }
            .contains { allows($0, port: port, host: host) }
    }

    /// Tells whether a host is known to be private by its name alone.
    package static func isPrivate(host: String) -> Bool { address(ofHost: host)?.isPublic == false }

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

extension AddressPolicy.Entry: CustomStringConvertible {
    /// Returns the entry as `init(_:)` reads it.
    package var description: String {
        switch self {
        case .block(let block): block.description
        case .service(let host, let port):
            host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }
}

/// `AddressBlock` is a block of addresses: `10.0.0.0/8`, `fc00::/7`, or one address alone.
package struct AddressBlock: Hashable, Sendable {
    /// The network may have bits behind the prefix, which do not count.
    package let network: IPAddress
    /// The length is in bits: up to 32, or up to 128 for IPv6.
    package let prefixLength: Int

    /// Reads an address with or without the length of a prefix. Bits behind the prefix need not be zero.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first.flatMap({ IPAddress(String($0)) }) else { return nil }
        network = address
        let width =
            switch address {
            case .v4: 32
            case .v6: 128
            }
        if parts.count == 1 {
            prefixLength = width
        } else {
            guard parts[1].utf8.allSatisfy(\.isASCIIDigit), let length = Int(parts[1]), length <= width else {
                return nil
            }
            prefixLength = length
        }
    }

    /// Tells whether an address of the same family has the prefix.
    package func contains(_ address: IPAddress) -> Bool {
        switch (network, address) {
        case (.v4(let left), .v4(let right)):
            return (left ^ right) >> UInt32(32 - prefixLength) == 0
        case (.v6(let leftHigh, let leftLow), .v6(let rightHigh, let rightLow)):
            // A shift by all bits gives 0 in Swift.
            let high = (leftHigh ^ rightHigh) >> UInt64(max(0, 64 - prefixLength))
            let low = (leftLow ^ rightLow) >> UInt64(min(64, 128 - prefixLength))
            return high == 0 && (prefixLength <= 64 || low == 0)
        default: return false
        }
    }
}

extension AddressBlock: CustomStringConvertible {
    /// Returns the block as `init(_:)` reads it, always with its length.
    package var description: String { "\(network)/\(prefixLength)" }
}
