/// The encoding of a JSON document: UTF-8 nearly always.
enum JSONEncoding {
    /// The document in UTF-8, and the IANA name of what it came in.
    ///
    /// JSON begins with an ASCII character, so where the zeros stand tells the encoding without a byte order mark.
    static func utf8(_ bytes: [UInt8]) -> (bytes: [UInt8], encoding: String) {
        guard bytes.count >= 4 else { return (bytes, "utf-8") }
        switch (bytes[0], bytes[1], bytes[2], bytes[3]) {
        case (0xff, 0xfe, 0, 0), (1..., 0, 0, 0): return (utf32(bytes, bigEndian: false), "utf-32le")
        case (0, 0, 0xfe, 0xff), (0, 0, 0, 1...): return (utf32(bytes, bigEndian: true), "utf-32be")
        case (0xff, 0xfe, _, _), (1..., 0, _, _): return (utf16(bytes, bigEndian: false), "utf-16le")
        case (0xfe, 0xff, _, _), (0, 1..., _, _): return (utf16(bytes, bigEndian: true), "utf-16be")
        default: return (bytes, "utf-8")
        }
    }

    private static func utf16(_ bytes: [UInt8], bigEndian: Bool) -> [UInt8] {
        let units = stride(from: 0, to: bytes.count - 1, by: 2).lazy.map { index in
            UInt16(bytes[index + (bigEndian ? 0 : 1)]) << 8 | UInt16(bytes[index + (bigEndian ? 1 : 0)])
        }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        _ = transcode(units.makeIterator(), from: UTF16.self, to: UTF8.self, stoppingOnError: false) {
            result.append($0)
        }
        return result
    }

    private static func utf32(_ bytes: [UInt8], bigEndian: Bool) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count / 4)
        for index in stride(from: 0, to: bytes.count - 3, by: 4) {
            let unit = (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(bytes[index + (bigEndian ? $1 : 3 - $1)]) }
            result.append(contentsOf: UTF8.encode(Unicode.Scalar(unit) ?? "\u{fffd}") ?? .init())
        }
        return result
    }
}
