import Digest

/// The fixed end of a line: `,"chain":"<64>","xxh3":"<16>"}}` and a line feed.
enum RecordLine {
    /// No line is longer, the line feed included.
    static let maximumLength = 16 << 20
    /// Bytes from where `,"chain":"` begins to the end of the line.
    static let chainMember = 104
    /// Bytes from where the 64 digits of the chain begin to the end of the line.
    static let chainDigits = 94
    /// Bytes from where `,"xxh3":"` begins to the end of the line.
    static let checksumMember = 29
    static let checksumDigits = 20

    /// Whether the line is what its checksum says.
    static func isWhole(_ line: UnsafeRawBufferPointer) -> Bool {
        let count = line.count
        guard count > chainMember, line[count - 1] == 0x0a else { return false }
        var scan = BackwardScan(line)
        guard scan.take("\"}}\n"), let written = scan.takeHex64(), scan.take("\",\"xxh3\":\"") else { return false }
        return written == XXH3.hash64(UnsafeRawBufferPointer(rebasing: line[..<(count - checksumMember)]))
    }

    /// What the chain is made of, and the chain that the line claims.
    static func chained(_ line: UnsafeRawBufferPointer) -> (content: UnsafeRawBufferPointer, claim: [UInt8]?) {
        let count = line.count
        return (
            UnsafeRawBufferPointer(rebasing: line[..<(count - chainMember)]),
            chain(line, (count - chainDigits)..<(count - chainDigits + 64))
        )
    }

    /// The bytes of 64 hexadecimal digits.
    static func chain(_ line: UnsafeRawBufferPointer, _ digits: Range<Int>) -> [UInt8]? {
        var scan = BackwardScan(line, end: digits.upperBound)
        guard let d = scan.takeHex64(), let c = scan.takeHex64(), let b = scan.takeHex64(), let a = scan.takeHex64()
        else {
            return nil
        }
        return withUnsafeBytes(of: (a.bigEndian, b.bigEndian, c.bigEndian, d.bigEndian)) { Array($0) }
    }
}
