private import CCrypto

/// `MessageDigest` computes a cryptographic digest piece by piece, SHA-256 or BLAKE2b, and is used again for the next one.
///
/// Keep one where many digests are made: making the context costs more than hashing a short text.
package struct MessageDigest: ~Copyable {
    /// The algorithms are those of libcrypto.
    package enum Algorithm: Sendable {
        case sha256
        /// BLAKE2b-512; its first 32 bytes are what newswire calls 256 bits of BLAKE2b.
        case blake2b512
    }

    private let context: OpaquePointer
    private let size: Int

    /// Makes a context; the process ends where libcrypto has none, because no record can be written without.
    package init(_ algorithm: Algorithm) {
        // Cannot be nil but for want of memory; both algorithms are in every libcrypto.
        context = EVP_MD_CTX_new()!
        // Neither can be nil: both algorithms are in every libcrypto.
        let type =
            switch algorithm {
            case .sha256: EVP_sha256()!
            case .blake2b512: EVP_blake2b512()!
            }
        size = Int(EVP_MD_get_size(type))
        start(type)
    }

    deinit {
        EVP_MD_CTX_free(context)
    }

    /// - Parameter type: nil for the one that the context has: libcrypto would look a named one up anew each time.
    private func start(_ type: OpaquePointer?) {
        let started = EVP_DigestInit_ex(context, type, nil)
        precondition(started == 1, "libcrypto refused to start a digest")
    }

    /// Adds bytes behind those that came before.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    }

    /// Adds bytes behind those that came before.
    package mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// Adds a text as UTF-8 behind what came before.
    package mutating func update(_ text: String) {
        var text = text
        text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
    }

    /// Returns the digest of all that was put in, after which this one is empty again.
    ///
    /// - Parameter length: how many of its first bytes are wanted, if not all.
    package mutating func finish(_ length: Int = .max) -> [UInt8] {
        let digest = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            EVP_DigestFinal_ex(context, buffer.baseAddress, nil)
            count = min(length, size)
        }
        start(nil)
        return digest
    }
}

/// `SHA256` hashes short texts, many of them: without the context that `MessageDigest` keeps.
package enum SHA256 {
    /// Returns the first 160 bits of the digest.
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
