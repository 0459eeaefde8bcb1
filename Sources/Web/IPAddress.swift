private import Glibc

/// `IPAddress` is an IPv4 or IPv6 address as a number.
package enum IPAddress: Hashable, Sendable {
    case v4(UInt32)
    case v6(high: UInt64, low: UInt64)

    /// Reads `192.0.2.1` or `2001:db8::1`; no brackets, no zone, no shortened IPv4 forms.
    package init?(_ text: String) {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            self = .v4(UInt32(bigEndian: four.s_addr))
            return
        }
        var six = in6_addr()
        guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        self = Self.six(six)
    }

    private static func six(_ address: in6_addr) -> IPAddress {
        withUnsafeBytes(of: address) { bytes in
            .v6(
                high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
    }

    /// Returns the address and port of a `sockaddr` of which `length` bytes can be read.
    ///
    /// - Returns: nil for another family, for too few bytes, and for an IPv6 address of one interface (a zone).
    package static func fromSocket(
        _ address: UnsafeRawPointer, family: Int32, length: Int
    ) -> (address: IPAddress, port: UInt16)? {
        switch family {
        case AF_INET where length >= MemoryLayout<sockaddr_in>.size:
            let four = address.loadUnaligned(as: sockaddr_in.self)
            return (.v4(UInt32(bigEndian: four.sin_addr.s_addr)), UInt16(bigEndian: four.sin_port))
        case AF_INET6 where length >= MemoryLayout<sockaddr_in6>.size:
            let address = address.loadUnaligned(as: sockaddr_in6.self)
            guard address.sin6_scope_id == 0 else { return nil }
            return (six(address.sin6_addr), UInt16(bigEndian: address.sin6_port))
        default: return nil
        }
    }

    /// The IPv4 address that an IPv6 one (`::ffff:0:0/96`) is another form of.
    var mappedV4: IPAddress? {
        guard case .v6(high: 0, let low) = self, low >> 32 == 0xffff else { return nil }
        return .v4(UInt32(truncatingIfNeeded: low))
    }

    /// The IPv4 address inside an IPv6 one: mapped (`::ffff:0:0/96`), NAT64 (`64:ff9b::/96`) or 6to4 (`2002::/16`).
    var embeddedV4: UInt32? {
        guard case .v6(let high, let low) = self else { return nil }
        if case .v4(let address) = mappedV4 { return address }
        if high == 0x0064_ff9b_0000_0000, low >> 32 == 0 { return UInt32(truncatingIfNeeded: low) }
        if high >> 48 == 0x2002 { return UInt32(truncatingIfNeeded: high >> 16) }
        return nil
    }
}

extension IPAddress: CustomStringConvertible {
    /// Returns the address as `init(_:)` reads it, in its shortest form.
    package var description: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { text in
            switch self {
            case .v4(let address):
                var four = in_addr(s_addr: address.bigEndian)
                inet_ntop(AF_INET, &four, text.baseAddress, socklen_t(text.count))
            case .v6(let high, let low):
                var six = (high.bigEndian, low.bigEndian)
                inet_ntop(AF_INET6, &six, text.baseAddress, socklen_t(text.count))
            }
            // There is room for each address, and the first byte of the text is the buffer's.
            return text.baseAddress.map { String(cString: $0) } ?? ""
        }
    }
}

extension IPAddress {
    /// Tells whether anyone on the internet may be behind the address: it is outside all blocks of security.md §2.
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
