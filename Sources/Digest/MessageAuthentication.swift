private import CCrypto

/// `MessageAuthentication` computes HMAC-SHA256 (RFC 2104): a digest that only who has the key can make.
package enum MessageAuthentication {
    /// Returns the 32 bytes of the code of a message in two parts, which need not be joined for it.
    ///
    /// - Parameter key: of any length, and not kept.
    package static func sha256(key: [UInt8], _ head: [UInt8], _ rest: [UInt8] = []) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { digest, count in
            let isDone = newswire_hmac_sha256(key, key.count, head, head.count, rest, rest.count, digest.baseAddress)
            // It fails for want of memory alone; an unsigned message must not go out as a signed one.
            precondition(isDone == 1, "libcrypto refused to compute an HMAC")
            count = 32
        }
    }
}
