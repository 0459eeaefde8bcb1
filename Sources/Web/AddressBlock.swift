import Text

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
            guard parts[1].utf8.allSatisfy(\.isASCIIDigit), let length = Int(parts[1]), length <= width else {
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

extension AddressBlock: CustomStringConvertible {
    /// As `init(_:)` reads it, always with its length.
    package var description: String { "\(network)/\(prefixLength)" }
}
