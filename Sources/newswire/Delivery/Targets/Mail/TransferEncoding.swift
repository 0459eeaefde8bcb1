internal import Text

/// How text becomes lines of ASCII that every mail server leaves as they are (RFC 2045 §6).
enum TransferEncoding: String {
    /// For text of which most is ASCII: a person can read it as it is.
    case quotedPrintable = "quoted-printable"
    case base64

    /// Characters of a line.
    private static let width = 76
    private static let digits: StaticString = "0123456789ABCDEF"

    /// The shorter of the two, about.
    init(for text: [UInt8]) {
        let encoded = text.count { $0 >= 0x80 }
        self = encoded * 6 > text.count ? .base64 : .quotedPrintable
    }

    /// Appends text whose lines end with LF, in lines that end with CR and LF.
    func append(_ text: [UInt8], to bytes: inout [UInt8]) {
        switch self {
        case .quotedPrintable: Self.appendQuoted(text, to: &bytes)
        case .base64: Self.appendBase64(text, to: &bytes)
        }
    }

    private static func appendQuoted(_ text: [UInt8], to bytes: inout [UInt8]) {
        var column = 0
        for (index, byte) in text.enumerated() {
            if byte == UInt8(ascii: "\n") {
                bytes.append(contentsOf: "\r\n".utf8)
                column = 0
                continue
            }
            let isLast = index + 1 == text.count || text[index + 1] == UInt8(ascii: "\n")
            // White space at the end of a line would get lost on the way.
            let isLiteral =
                byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
                ? !isLast : (0x21...0x7e).contains(byte) && byte != UInt8(ascii: "=")
            let length = isLiteral ? 1 : 3
            if column + length > width - 1 {
                bytes.append(contentsOf: "=\r\n".utf8)
                column = 0
            }
            if isLiteral {
                bytes.append(byte)
            } else {
                bytes.append(UInt8(ascii: "="))
                bytes.append(digits.utf8Start[Int(byte >> 4)])
                bytes.append(digits.utf8Start[Int(byte & 15)])
            }
            column += length
        }
        if column > 0 { bytes.append(contentsOf: "\r\n".utf8) }
    }

    private static func appendBase64(_ text: [UInt8], to bytes: inout [UInt8]) {
        var lines: [UInt8] = []
        lines.reserveCapacity(text.count + text.count / 32)
        for byte in text {
            if byte == UInt8(ascii: "\n") { lines.append(UInt8(ascii: "\r")) }
            lines.append(byte)
        }
        // So many bytes are a whole line.
        let step = width / 4 * 3
        for start in stride(from: 0, to: lines.count, by: step) {
            bytes.append(contentsOf: Base64.string(Array(lines[start..<min(start + step, lines.count)])).utf8)
            bytes.append(contentsOf: "\r\n".utf8)
        }
    }
}
