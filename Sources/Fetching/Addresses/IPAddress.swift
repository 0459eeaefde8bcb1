private import Glibc

/// An IPv4 or IPv6 address as a number.
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

    /// The address and port of a `sockaddr` of which `length` bytes are there; nil for another family, for too few
    /// bytes, and for an IPv6 address of one interface (a zone).
    static func fromSocket(
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

    /// The IPv4 address inside an IPv6 one: mapped (`::ffff:0:0/96`), NAT64 (`64:ff9b::/96`) or 6to4 (`2002::/16`).
    var embeddedV4: UInt32? {
        guard case .v6(let high, let low) = self else { return nil }
        if high == 0, low >> 32 == 0xffff { return UInt32(truncatingIfNeeded: low) }
        if high == 0x0064_ff9b_0000_0000, low >> 32 == 0 { return UInt32(truncatingIfNeeded: low) }
        if high >> 48 == 0x2002 { return UInt32(truncatingIfNeeded: high >> 16) }
        return nil
    }
}

/// A block of addresses: `10.0.0.0/8`, `fc00::/7`, or one address alone.
package struct AddressBlock: Hashable, Sendable {
    package let network: IPAddress
    package let prefixLength: Int

    /// Bits after the prefix need not be zero.
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
            guard parts[1].utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let length = Int(parts[1]), length <= width else {
                return nil
            }
            prefixLength = length
        }
    }

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
