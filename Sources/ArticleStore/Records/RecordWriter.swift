import Digest
import FeedModel
import Glibc
import JSONText

/// When records are stored.
struct StoredStamp {
    /// 20 bytes of RFC 3339.
    var time: [UInt8]
    /// Whether the clock that says so was in doubt.
    var isDoubtful = false
}

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
        if case .blocked(let rule, _) = record.standing, !RecordStanding.isName(rule) {
            return "a rule by the name of which it is blocked has no name that a record can hold"
        }
        let hasLineFeed = record.prefix.withUnsafeBytes { bytes in
            bytes.baseAddress.map { memchr($0, 0x0a, bytes.count) != nil } ?? false
        }
        if hasLineFeed { return "there is a raw line feed in the record" }
        return record.prefix.first == UInt8(ascii: "{") ? nil : "the record is no JSON object"
    }

    /// No line of the record is longer.
    static func lengthLimit(of record: PendingRecord, feedJSON: [UInt8]) -> Int {
        record.prefix.count + feedJSON.count + IndexMembers.maximumLength
            + RecordStanding.maximumLength + 552
    }

    /// Appends the record's line to `buffer`.
    ///
    /// - Parameters:
    ///   - feedJSON: the feed's id as a JSON string, with its quotes.
    ///   - commit: the number of the first record that becomes durable together with this one.
    ///   - startsSegment: the line names the chain before it.
    /// - Returns: the record's chain.
    func append(
        _ record: PendingRecord, feedJSON: [UInt8], seq: UInt64, commit: UInt64, _ stamp: StoredStamp,
        after previous: [UInt8], startsSegment: Bool, to buffer: inout ByteBuffer
    ) -> [UInt8] {
        let start = buffer.count
        buffer.append(record.prefix)
        if record.prefix.last != UInt8(ascii: "{") { buffer.append(",") }
        record.standing.append(to: &buffer)
        if stamp.isDoubtful { buffer.append(#""clock_doubtful":true,"#) }
        buffer.append(#""commit":"#)
        buffer.append(decimal: commit)
        buffer.append(",")
        let members = IndexMembers(record)
        if !members.isEmpty {
            members.append(to: &buffer)
            buffer.append(",")
        }
        buffer.append(#""feed":"#)
        buffer.append(feedJSON)
        buffer.append(#","uid":""#)
        buffer.append(count: 32) { record.uid.copyText(to: $0) }
        buffer.append(#"","version":"#)
        buffer.append(decimal: UInt64(record.version))
        if record.isInitial { buffer.append(#","initial":true"#) }
        buffer.append(#","hash":""#)
        buffer.append(hex: record.contentHash.high)
        buffer.append(hex: record.contentHash.low)
        buffer.append(#"","stored_at":""#)
        buffer.append(stamp.time)
        buffer.append(#"","kind":""#)
        buffer.append(record.kind.rawValue)
        buffer.append(#"","seq":"#)
        buffer.append(decimal: seq)
        if startsSegment {
            buffer.append(#","prev":""#)
            buffer.append(hex: previous)
            buffer.append("\"")
        }
        let chain = buffer.withBytes(from: start) { self.chain(after: previous, $0) }
        buffer.append(#","chain":""#)
        buffer.append(hex: chain)
        buffer.append("\"")
        let checksum = buffer.withBytes(from: start) { XXH3.hash64($0) }
        buffer.append(#","xxh3":""#)
        buffer.append(hex: checksum)
        buffer.append("\"}}\n")
        return chain
    }
}

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
