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
    /// As `init(_:)` reads it, in its shortest form.
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
