extension IPAddress {
    /// Whether anyone on the internet may be behind it: outside all blocks of security.md §2.
    package var isPublic: Bool {
        switch self {
        case .v4(let address): return Self.isPublic(v4: address)
        case .v6(let high, _):
            if let embedded = embeddedV4 { return Self.isPublic(v4: embedded) }
            // Everything outside 2000::/3 is reserved: ::/8 (unspecified, loopback), 64:ff9b:1::/48, 100::/64,
            // fc00::/7 (unique local), fe80::/10 (link-local), ff00::/8 (multicast) and what has no use yet.
            guard high >> 61 == 1 else { return false }
            return !Self.reservedV6.contains { high >> (64 - $0.bits) == $0.prefix }
        }
    }

    private static func isPublic(v4 address: UInt32) -> Bool {
        !reservedV4.contains { address >> (32 - $0.bits) == $0.prefix >> (32 - $0.bits) }
    }

    private static let reservedV4: [(prefix: UInt32, bits: UInt32)] = [
        (0x0000_0000, 8),  // 0/8 this network
        (0x0a00_0000, 8),  // 10/8 private
        (0x6440_0000, 10),  // 100.64/10 carriers' NAT
        (0x7f00_0000, 8),  // 127/8 loopback
        (0xa9fe_0000, 16),  // 169.254/16 link-local, clouds' metadata
        (0xac10_0000, 12),  // 172.16/12 private
        (0xc000_0000, 24),  // 192.0.0/24 protocol assignments
        (0xc000_0200, 24),  // 192.0.2/24 documentation
        (0xc058_6300, 24),  // 192.88.99/24 6to4 relays
        (0xc0a8_0000, 16),  // 192.168/16 private
        (0xc612_0000, 15),  // 198.18/15 benchmarks
        (0xc633_6400, 24),  // 198.51.100/24 documentation
        (0xcb00_7100, 24),  // 203.0.113/24 documentation
        (0xe000_0000, 3),  // 224/4 multicast, 240/4 reserved, broadcast
    ]

    /// Inside 2000::/3: the first bits of the upper half.
    private static let reservedV6: [(prefix: UInt64, bits: UInt64)] = [
        (0x2001_0000 >> 9, 23),  // 2001::/23 protocol assignments, Teredo
        (0x2001_0db8, 32),  // 2001:db8::/32 documentation
        (0x3fff0, 20),  // 3fff::/20 documentation
    ]
}
