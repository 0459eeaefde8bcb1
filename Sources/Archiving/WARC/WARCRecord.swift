internal import Digest
package import FeedModel
internal import Text

/// `WARCRecord` is a record of WARC/1.1: a header, and a block of bytes.
package struct WARCRecord: Sendable, Equatable {
    /// `Kind` names the types of records that newswire writes.
    package enum Kind: String, Sendable {
        case warcinfo, response, metadata
    }

    /// The header is without `Content-Length`, which the block gives.
    package var header: WARCFields
    package var block: [UInt8]

    /// Makes a record of a random id.
    ///
    /// - Parameters:
    ///   - target: the URL that it is of, fit to be shown; nil for one that is of none.
    ///   - payload: where the block is one of HTTP, its body.
    package init(
        _ kind: Kind, at date: Timestamp, of target: String? = nil, contentType: String, block: [UInt8],
        payload: [UInt8]? = nil
    ) {
        header = WARCFields()
        header.add(Name.type, kind.rawValue)
        header.add(Name.id, Self.newID())
        header.add(Name.date, "\(date)")
        header.add(Name.target, ifThere: target)
        header.add("Content-Type", contentType)
        header.add(Name.blockDigest, Self.digest(block))
        header.add(Name.payloadDigest, ifThere: payload.map(Self.digest))
        self.block = block
    }

    init(header: WARCFields, block: [UInt8]) {
        self.header = header
        self.block = block
    }

    /// The names of fields of the header.
    package enum Name {
        package static let type = "WARC-Type"
        package static let id = "WARC-Record-ID"
        package static let date = "WARC-Date"
        package static let target = "WARC-Target-URI"
        package static let address = "WARC-IP-Address"
        package static let refersTo = "WARC-Refers-To"
        package static let concurrentTo = "WARC-Concurrent-To"
        package static let fileName = "WARC-Filename"
        package static let blockDigest = "WARC-Block-Digest"
        package static let payloadDigest = "WARC-Payload-Digest"
    }

    /// The type of a block of fields.
    package static let fieldsType = "application/warc-fields"

    /// Nil for a type that newswire does not write.
    package var kind: Kind? { header[Name.type].flatMap { Kind(rawValue: $0) } }
    package var id: String? { header[Name.id] }
    package var date: Timestamp? { header[Name.date].flatMap { Timestamp(rfc3339: $0) } }

    /// The record as it stands in a file, before it is packed.
    var bytes: [UInt8] {
        var bytes = Array("\(Self.version)\r\n".utf8)
        bytes.reserveCapacity(block.count + 2048)
        bytes += header.bytes
        bytes += Array("Content-Length: \(block.count)\r\n\r\n".utf8)
        bytes += block
        bytes += Self.end
        return bytes
    }

    /// The record packed by itself, as archives have it: one member of gzip.
    package var packed: [UInt8] { GZipMember.packed(bytes) }

    static let version = "WARC/1.1"
    private static let versions = [version, "WARC/1.0"]
    private static let end = Array("\r\n\r\n".utf8)

    /// Reads a record; nil where the bytes are none, or more than one.
    init?(_ bytes: [UInt8]) {
        guard let length = Self.headerLength(bytes) else { return nil }
        let lines = bytes[..<length]
        guard let first = lines.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let version = String(decoding: lines[..<first].filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
        guard Self.versions.contains(version) else { return nil }
        var fields = WARCFields(lines[(first + 1)...])
        guard let text = fields["Content-Length"], let count = text.utf8.decimalNumber(atMost: 1 << 40),
            bytes.count == length + count + Self.end.count, bytes.suffix(Self.end.count).elementsEqual(Self.end)
        else { return nil }
        fields.remove("Content-Length")
        header = fields
        block = Array(bytes[length..<length + count])
    }

    /// Bytes that a header may have.
    static let longestHeader = 64 << 10

    /// How many bytes a header has, with the empty line behind it; nil where none ends within the bounds.
    private static func headerLength(_ bytes: [UInt8]) -> Int? {
        HeaderEnd.find(in: bytes, limit: longestHeader)
    }

    /// Tells whether the digests of the header are those of the block; one that is not there, or of another algorithm, says
    /// nothing against it.
    package var isAsWritten: Bool {
        if let digest = header[Name.blockDigest], digest.hasPrefix(Self.algorithm), digest != Self.digest(block) {
            return false
        }
        return true
    }

    private static let algorithm = "sha256:"

    static func digest(_ bytes: [UInt8]) -> String {
        var digest = MessageDigest(.sha256)
        digest.update(bytes)
        return algorithm + Hex.string(digest.finish())
    }

    /// A random UUID (RFC 9562 §5.4).
    private static func newID() -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: 0...255) }
        bytes[6] = bytes[6] & 0x0f | 0x40
        bytes[8] = bytes[8] & 0x3f | 0x80
        let hex = Hex.string(bytes)
        var parts: [Substring] = []
        var rest = hex[...]
        for length in [8, 4, 4, 4, 12] {
            parts.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return "<urn:uuid:\(parts.joined(separator: "-"))>"
    }
}

extension WARCFields {
    fileprivate mutating func remove(_ name: String) {
        var kept = WARCFields()
        for line in lines where !Self.isSame(line.name, name) { kept.add(line.name, line.value) }
        self = kept
    }
}

/// Finds the empty line behind a header.
enum HeaderEnd {
    /// - Returns: how many bytes the header has with that line; nil where it does not end before the limit.
    static func find(in bytes: [UInt8], limit: Int) -> Int? {
        let end = min(bytes.count, limit)
        var index = 0
        while index + 1 < end {
            if bytes[index] == UInt8(ascii: "\n") {
                if bytes[index + 1] == UInt8(ascii: "\n") { return index + 2 }
                if index + 2 < end, bytes[index + 1] == UInt8(ascii: "\r"), bytes[index + 2] == UInt8(ascii: "\n") {
                    return index + 3
                }
            }
            index += 1
        }
        return nil
    }
}
