private import CXXHash

/// XXH3: fast hashes against accidents. Whoever chooses the input can make them collide.
package enum XXH3 {
    package static func hash64(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        newswire_xxh3_64(bytes.baseAddress, bytes.count)
    }

    package static func hash128(_ bytes: UnsafeRawBufferPointer) -> Hash128 {
        let hash = newswire_xxh3_128(bytes.baseAddress, bytes.count)
        return Hash128(high: hash.high64, low: hash.low64)
    }
}

/// 128 bits of a hash.
package struct Hash128: Hashable, Sendable {
    package var high: UInt64
    package var low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

extension Hash128 {
    /// 32 hexadecimal digits.
    package var hex: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        Hex.append(high, to: &bytes)
        Hex.append(low, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The hash that `hex` wrote, in either case.
    package init?(hex: String) {
        guard hex.utf8.count == 32, let bytes = Hex.bytes(hex.utf8) else { return nil }
        func half(_ range: Range<Int>) -> UInt64 { bytes[range].reduce(0) { $0 << 8 | UInt64($1) } }
        self.init(high: half(0..<8), low: half(8..<16))
    }
}
