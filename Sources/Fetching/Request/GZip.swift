private import CDecoders

/// `GZip` packs what is sent with a request (RFC 1952).
package enum GZip {
    /// Returns the bytes as one gzip stream; nil where there is no memory for it, or they are more than 4 GiB.
    package static func packed(_ bytes: [UInt8]) -> [UInt8]? {
        let packed = [UInt8](unsafeUninitializedCapacity: newswire_gzip_bound(bytes.count)) { buffer, count in
            count = newswire_gzip(bytes, bytes.count, buffer.baseAddress, buffer.count, -1)
        }
        return packed.isEmpty ? nil : packed
    }
}
