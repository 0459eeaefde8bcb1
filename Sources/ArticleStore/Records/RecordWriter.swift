import Digest
import FeedModel
import Glibc
import JSONText

/// Makes lines of pending records, each chained to the one before.
final class RecordWriter {
    private var digest = MessageDigest(.blake2b512)

    /// What the first record ever is chained to.
    static let firstChain = [UInt8](repeating: 0, count: 32)

    /// The chain over `content`, which is a line before its `,"chain":"`.
    func chain(after previous: [UInt8], _ content: UnsafeRawBufferPointer) -> [UInt8] {
        digest.update(previous)
        digest.update(content)
        return digest.finish(32)
    }

    /// Text as a JSON string, with its quotes.
    static func json(_ text: String) -> [UInt8] {
        var json = JSONWriter()
        json.string(text)
        return json.finish()
    }

    /// Why a record cannot be stored, if it cannot.
    static func refusal(of record: PendingRecord, feedJSON: [UInt8]) -> String? {
        if feedJSON.count > RecordEnvelope.maximumFeedLength { return "the feed's id is too long" }
        if lengthLimit(of: record, feedJSON: feedJSON) > RecordLine.maximumLength {
            return "the record is longer than \(RecordLine.maximumLength >> 20) MiB"
        }
        let hasLineFeed = record.prefix.withUnsafeBytes { bytes in
            bytes.baseAddress.map { memchr($0, 0x0a, bytes.count) != nil } ?? false
        }
        if hasLineFeed { return "there is a raw line feed in the record" }
        return record.prefix.first == UInt8(ascii: "{") ? nil : "the record is no JSON object"
    }

    /// No line of the record is longer.
    static func lengthLimit(of record: PendingRecord, feedJSON: [UInt8]) -> Int {
        record.prefix.count + feedJSON.count + IndexMembers.maximumLength + 480
    }

    /// Appends the record's line to `buffer`.
    ///
    /// - Parameters:
    ///   - feedJSON: the feed's id as a JSON string, with its quotes.
    ///   - storedAt: 20 bytes of RFC 3339.
    ///   - startsSegment: the line names the chain before it.
    /// - Returns: the record's chain.
    func append(
        _ record: PendingRecord, feedJSON: [UInt8], seq: UInt64, storedAt: [UInt8], after previous: [UInt8],
        startsSegment: Bool, to buffer: inout [UInt8]
    ) -> [UInt8] {
        let start = buffer.count
        buffer.append(contentsOf: record.prefix)
        if record.prefix.last != UInt8(ascii: "{") { buffer.append(UInt8(ascii: ",")) }
        let members = IndexMembers(record)
        if !members.isEmpty {
            members.append(to: &buffer)
            buffer.append(UInt8(ascii: ","))
        }
        Self.append(#""feed":"#, to: &buffer)
        buffer.append(contentsOf: feedJSON)
        Self.append(#","uid":""#, to: &buffer)
        record.uid.appendDescription(to: &buffer)
        Self.append(#"","version":"#, to: &buffer)
        Self.append(UInt64(record.version), to: &buffer)
        if record.isInitial { Self.append(#","initial":true"#, to: &buffer) }
        Self.append(#","hash":""#, to: &buffer)
        Hex.append(record.contentHash.high, to: &buffer)
        Hex.append(record.contentHash.low, to: &buffer)
        Self.append(#"","stored_at":""#, to: &buffer)
        buffer.append(contentsOf: storedAt)
        Self.append(#"","kind":""#, to: &buffer)
        buffer.append(contentsOf: record.kind.rawValue.utf8)
        Self.append(#"","seq":"#, to: &buffer)
        Self.append(seq, to: &buffer)
        if startsSegment {
            Self.append(#","prev":""#, to: &buffer)
            Self.appendHex(previous, to: &buffer)
            Self.append("\"", to: &buffer)
        }
        let chain = buffer.withUnsafeBytes {
            self.chain(after: previous, UnsafeRawBufferPointer(rebasing: $0[start...]))
        }
        Self.append(#","chain":""#, to: &buffer)
        Self.appendHex(chain, to: &buffer)
        Self.append("\"", to: &buffer)
        let checksum = buffer.withUnsafeBytes { XXH3.hash64(UnsafeRawBufferPointer(rebasing: $0[start...])) }
        Self.append(#","xxh3":""#, to: &buffer)
        Hex.append(checksum, to: &buffer)
        Self.append("\"}}\n", to: &buffer)
        return chain
    }

    private static func append(_ text: StaticString, to buffer: inout [UInt8]) {
        buffer.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private static func appendHex(_ bytes: [UInt8], to buffer: inout [UInt8]) {
        let digits: StaticString = "0123456789abcdef"
        for byte in bytes {
            buffer.append(digits.utf8Start[Int(byte >> 4)])
            buffer.append(digits.utf8Start[Int(byte & 15)])
        }
    }

    private static func append(_ number: UInt64, to buffer: inout [UInt8]) {
        buffer.append(contentsOf: String(number).utf8)
    }
}
