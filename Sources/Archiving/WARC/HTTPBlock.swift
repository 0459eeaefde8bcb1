internal import FeedModel
internal import Text

/// `HTTPBlock` is the block of a response: status line, header and body, as far as they may be kept.
///
/// The body is decoded, so that the fields which say how it was packed stand under other names, as crawlers write them, and
/// `Content-Length` is the body's own. Cookies are left out, and what a URL of the header holds of secrets.
package struct HTTPBlock: Sendable, Equatable {
    package var status: Int
    /// Names and values, each character of which is a byte.
    package var fields: [(name: String, value: String)]
    package var body: [UInt8]

    package init(status: Int, fields: [(name: String, value: String)], body: [UInt8]) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.status == right.status && left.body == right.body && left.fields.elementsEqual(right.fields) { $0 == $1 }
    }

    /// The type of the block.
    package static let type = "application/http; msgtype=response"

    private static let leftOut = ["Set-Cookie", "Set-Cookie2"]
    private static let packing = ["Content-Encoding", "Transfer-Encoding", "Content-Length"]
    private static let urls = ["Location", "Content-Location", "Link", "Refresh"]
    private static let crawler = "X-Crawler-"
    /// Bytes of fields that are kept; more has no server that means well.
    private static let mostFields = 48 << 10

    /// The block as it stands in a record.
    package var bytes: [UInt8] {
        // The reason says nothing that the number does not, and libcurl hands on none of HTTP/2 and 3.
        var bytes = Array("HTTP/1.1 \(status) \(status == 200 ? "OK" : "")\r\n".utf8)
        bytes.reserveCapacity(body.count + 4096)
        for field in fields {
            guard let line = Self.line(field), bytes.count + line.count <= Self.mostFields else { continue }
            bytes += line
        }
        bytes += Array("Content-Length: \(body.count)\r\n\r\n".utf8)
        bytes += body
        return bytes
    }

    private static func line(_ field: (name: String, value: String)) -> [UInt8]? {
        func isOne(_ names: [String]) -> Bool { names.contains { WARCFields.isSame($0, field.name) } }
        if isOne(leftOut) || field.name.isEmpty { return nil }
        let value = isOne(urls) ? URLRedaction.redacted(field.value) : field.value
        let name = isOne(packing) ? crawler + field.name : field.name
        // Neither has a line end, which a field cannot have.
        return latin1(name) + Array(": ".utf8) + latin1(value) + Array("\r\n".utf8)
    }

    private static func latin1(_ text: String) -> [UInt8] {
        text.unicodeScalars.map { scalar in
            let byte = UInt8(exactly: scalar.value) ?? UInt8(ascii: "?")
            return byte == 0x0a || byte == 0x0d ? UInt8(ascii: " ") : byte
        }
    }

    /// Reads a block; nil where it is none.
    package init?(_ bytes: [UInt8]) {
        guard let length = HeaderEnd.find(in: bytes, limit: WARCRecord.longestHeader) else { return nil }
        let lines = bytes[..<length].split(separator: UInt8(ascii: "\n"))
        guard let first = lines.first, first.starts(with: Array("HTTP/".utf8)),
            let status = first.split(separator: UInt8(ascii: " ")).dropFirst().first?.prefix(3).decimalNumber()
        else { return nil }
        self.status = status
        fields = lines.dropFirst().compactMap { line in
            let text = line.trimming { $0.isASCIISpaceOrControl }
            guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else { return nil }
            let value = text[(colon + 1)...].trimming { $0.isASCIISpaceOrControl }
            return (Self.text(text[..<colon]), Self.text(value))
        }
        body = Array(bytes[length...])
    }

    private static func text(_ bytes: some Sequence<UInt8>) -> String {
        var text = String.UnicodeScalarView()
        for byte in bytes { text.append(Unicode.Scalar(byte)) }
        return String(text)
    }

    /// Returns the value of the first field of that name, in any case; nil where there is none.
    package func field(_ name: String) -> String? {
        fields.first { WARCFields.isSame($0.name, name) }?.value
    }
}
