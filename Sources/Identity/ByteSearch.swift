/// Looks at eight bytes of text at a time.
enum ByteSearch {
    /// The upper bit of each of the eight bytes that is `byte`. Behind the first such byte others may be marked that are
    /// not; none is left out.
    @inline(__always)
    static func mark(_ byte: UInt8, in bytes: UInt64) -> UInt64 {
        let different = bytes ^ (0x0101_0101_0101_0101 &* UInt64(byte))
        return (different &- 0x0101_0101_0101_0101) & ~different & 0x8080_8080_8080_8080
    }

    /// Where the first of two bytes stands from `start` on.
    static func first(
        _ one: UInt8, or other: UInt8, in bytes: UnsafeMutableBufferPointer<UInt8>, from start: Int
    ) -> Int? {
        var index = start
        let raw = UnsafeRawBufferPointer(bytes)
        while index + 8 <= bytes.count {
            let eight = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self).littleEndian
            let found = mark(one, in: eight) | mark(other, in: eight)
            if found != 0 { return index + found.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < bytes.count {
            if bytes[index] == one || bytes[index] == other { return index }
            index += 1
        }
        return nil
    }
}
