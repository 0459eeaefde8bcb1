internal import ArticleStore
internal import FeedModel
private import Glibc
private import JSONText
internal import Publishing

/// The articles of a batch as messages (P1), those that are too large without their content (P5).
struct BusBatch {
    /// A line of the batch that is none of the store's, which cannot be.
    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    /// Bytes that stand beside a line in a message, at most about: the feed's id may have 4096.
    private static let headers = 6 << 10

    /// No bus takes less than such a message with its headers.
    static let leastLimit = headers + 1024

    private let bytes: [UInt8]
    /// Lines that are others than those of the batch, by the numbers of their records.
    private var replaced: [UInt64: (line: [UInt8], omitted: String)] = [:]
    private let count: Int
    private let largest: Int

    /// The records of which the content was left out.
    private(set) var shortened: [UInt64] = []

    /// - Parameter largestLine: bytes, of a line with what stands beside it.
    init(_ batch: DeliveryBatch, largestLine: Int) throws(Problem) {
        bytes = batch.bytes
        count = batch.count
        largest = largestLine == .max ? .max : max(1024, largestLine - Self.headers)
        var replaced = self.replaced
        for range in Self.lines(of: bytes) where range.count > largest {
            let line = bytes[range]
            guard let record = StoredRecord(line: line), let seq = record.seq else {
                throw Problem(description: "a line of the batch is no record of a store")
            }
            replaced[seq] = try Self.shortened(record, to: largest)
            shortened.append(seq)
        }
        self.replaced = replaced
    }

    /// Calls `body` with the messages, which point into this batch.
    func withMessages(_ body: ([BusMessage]) throws(BusFailure) -> Void) throws(BusFailure) {
        var keep: [UnsafeMutableRawBufferPointer] = []
        defer { keep.forEach { $0.deallocate() } }
        var failure: BusFailure?
        bytes.withUnsafeBytes { bytes in
            var messages: [BusMessage] = []
            messages.reserveCapacity(count)
            var start = 0
            while start < bytes.count {
                guard let feed = memchr(bytes.baseAddress! + start, 0x0a, bytes.count - start) else { break }
                let end = bytes.baseAddress!.distance(to: UnsafeRawPointer(feed))
                let line = UnsafeRawBufferPointer(rebasing: bytes[start...end])
                start = end + 1
                guard let message = Self.message(line, replaced, &keep) else {
                    failure = BusFailure(.refused, "a line of the batch is no record of a store")
                    return
                }
                messages.append(message)
            }
            do throws(BusFailure) {
                try body(messages)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }

    private static func message(
        _ line: UnsafeRawBufferPointer, _ replaced: [UInt64: (line: [UInt8], omitted: String)],
        _ keep: inout [UnsafeMutableRawBufferPointer]
    ) -> BusMessage? {
        guard let envelope = RecordEnvelope(line) else { return nil }
        var text = UnsafeRawBufferPointer(rebasing: line.dropLast())
        var omitted: String?
        if !replaced.isEmpty, let other = replaced[envelope.seq] {
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: other.line.count, alignment: 1)
            copy.copyBytes(from: other.line)
            keep.append(copy)
            text = UnsafeRawBufferPointer(copy)
            omitted = other.omitted
        }
        return BusMessage(
            line: text, id: UnsafeRawBufferPointer(rebasing: envelope.chainDigits.prefix(32)), seq: envelope.seq,
            uid: envelope.uidDigits, version: envelope.version, kind: envelope.kind.rawValue, feed: envelope.feed.text,
            storedAt: envelope.storedAtText, storedSeconds: envelope.storedAt?.seconds ?? 0, omitted: omitted)
    }

    private static func lines(of bytes: [UInt8]) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        var start = 0
        bytes.withUnsafeBytes { bytes in
            while start < bytes.count, let feed = memchr(bytes.baseAddress! + start, 0x0a, bytes.count - start) {
                let end = bytes.baseAddress!.distance(to: UnsafeRawPointer(feed))
                lines.append(start..<end)
                start = end + 1
            }
        }
        return lines
    }

    private static let content: Set<String> = ["content_html", "content_text", "summary"]
    private static let identity = ["feed", "uid", "version", "initial", "hash", "stored_at", "kind", "seq"]

    /// The record without its content; where that is too large as well, nothing but which record it is.
    private static func shortened(
        _ record: StoredRecord, to largest: Int
    ) throws(Problem) -> (line: [UInt8], omitted: String) {
        let whole = record.changing(item: { $0 })
        let members = whole.json.object ?? []
        let rest = bytes(of: .object(members.filter { !content.contains($0.key) }))
        if rest.count <= largest { return (rest, BusMessage.omittedContent) }
        let own = members.first { $0.key == "_newswire" }?.value.object ?? []
        let kept = JSONValue.object(own.filter { identity.contains($0.key) })
        return (bytes(of: .object([JSONValue.Member(key: "_newswire", value: kept)])), BusMessage.omittedAll)
    }

    private static func bytes(of value: JSONValue) -> [UInt8] {
        var json = JSONWriter()
        value.write(to: &json)
        return json.finish()
    }
}
