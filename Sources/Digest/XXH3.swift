private import CXXHash
private import Text

/// `XXH3` makes fast hashes against accidents. Whoever chooses the input can make them collide.
package enum XXH3 {
    /// Hashes bytes to 64 bits, with the seed 0.
    package static func hash64(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        newswire_xxh3_64(bytes.baseAddress, bytes.count)
    }

    /// Hashes bytes to 128 bits, with the seed 0.
    package static func hash128(_ bytes: UnsafeRawBufferPointer) -> Hash128 {
        let hash = newswire_xxh3_128(bytes.baseAddress, bytes.count)
        return Hash128(high: hash.high64, low: hash.low64)
    }
}

/// `Hash128` is a hash of 128 bits.
package struct Hash128: Sendable {
    /// The upper half comes first in `hex`.
    package var high: UInt64
    /// The lower half comes last in `hex`, and is what hash tables go by.
    package var low: UInt64

    @inlinable
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

extension Hash128: Hashable {
    @inlinable
    package static func == (left: Hash128, right: Hash128) -> Bool { left.high == right.high && left.low == right.low }

    /// Half of it tells those of SHA-256 apart. Of XXH3, others can choose two with the same half: a set of those that
    /// publishers can fill has to hash them whole.
    @inlinable
    package func hash(into hasher: inout Hasher) { hasher.combine(low) }
}

extension Hash128 {
    /// Writes it as 32 hexadecimal digits in lower case.
    package var hex: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        Hex.append(high, to: &bytes)
        Hex.append(low, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads the hash that `hex` wrote, in either case; nil for anything else.
    package init?(hex: String) {
        var hex = hex
        guard let hash = hex.withUTF8({ Hash128(hex: UnsafeRawBufferPointer($0)) }) else { return nil }
        self = hash
    }

    /// Reads the bytes of the text that `hex` wrote, in either case; nil for anything else.
    package init?(hex: UnsafeRawBufferPointer) {
        guard hex.count == 32 else { return nil }
        var (high, low): (UInt64, UInt64) = (0, 0)
        for byte in hex {
            guard let digit = byte.hexadecimalValue else { return nil }
            high = high << 4 | low >> 60
            low = low << 4 | UInt64(digit)
        }
        self.init(high: high, low: low)
    }
}

/// `XXH3Stream` hashes bytes that come piece by piece. It is used by one thread at a time.
package struct XXH3Stream: ~Copyable {
    private let state: OpaquePointer

    package init() {
        // Nil only for want of memory.
        state = newswire_xxh3_start()!
    }

    deinit {
        newswire_xxh3_end(state)
    }

    /// Adds bytes behind those that came before.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        newswire_xxh3_update(state, bytes.baseAddress, bytes.count)
    }

    /// Returns the hash of all bytes so far; more may be added behind it.
    package func hash128() -> Hash128 {
        let hash = newswire_xxh3_digest(state)
        return Hash128(high: hash.high64, low: hash.low64)
    }
}
