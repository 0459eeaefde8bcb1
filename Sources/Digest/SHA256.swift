private import CCrypto

/// SHA-256 of short texts, many of them: without the context that `MessageDigest` keeps.
package enum SHA256 {
    /// The first 160 bits.
    package static func first160(of bytes: UnsafeRawBufferPointer) -> (first: Hash128, rest: UInt32) {
        withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { digest in
            newswire_sha256(bytes.baseAddress, bytes.count, digest.baseAddress)
            func word(_ offset: Int) -> UInt64 {
                UInt64(bigEndian: digest.load(fromByteOffset: offset, as: UInt64.self))
            }
            return (Hash128(high: word(0), low: word(8)), UInt32(truncatingIfNeeded: word(16) >> 32))
        }
    }
}
