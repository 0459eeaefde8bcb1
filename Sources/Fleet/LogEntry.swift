internal import Glibc
private import JSONText

/// `LogEntry` is what one machine's store commits at once, as it stands in the log (docs/spec/fleet.md §5): a line of JSON
/// that says what follows, then lines of records, then lines of states.
///
/// The lines are what `articles/` and `state/` know; nothing is looked at in them but their bounds and their encoding. An
/// entry that was read keeps its body, of which its lines are parts.
package struct LogEntry: Sendable, Equatable {
    /// A record's line has no more bytes, without its line feed; a state's neither.
    package static let longestLine = 16 << 20
    /// A body has no more bytes.
    package static let largestBody = 64 << 20

    /// A UUID of the commit, by which its machine finds it in the log when the append had no answer.
    package var batch: String
    /// Lines of records without their line feeds, exactly as they go into `articles/`.
    package var records: [ArraySlice<UInt8>]
    /// Lines of states without their line feeds.
    package var states: [ArraySlice<UInt8>]
    /// The numbers of the records that begin a segment, in order.
    package var segments: [UInt64]

    package init(
        batch: String, records: [ArraySlice<UInt8>] = [], states: [ArraySlice<UInt8>] = [], segments: [UInt64] = []
    ) {
        self.batch = batch
        self.records = records
        self.states = states
        self.segments = segments
    }
}

/// `LogEntryFault` is what is wrong with an entry, wherever it came from.
package enum LogEntryFault: Error, Equatable, CustomStringConvertible {
    /// It has more bytes than an entry may have.
    case tooLarge(bytes: Int)
    /// One of its lines, counted from 1, has more bytes than a line may have.
    case lineTooLong(line: Int, bytes: Int)
    /// One of its lines, counted from 1, is no object of JSON on one line.
    case noObject(line: Int)
    /// It is not UTF-8.
    case notUTF8
    /// Its first line does not say what follows, or says something else than what follows.
    case header(String)
    /// A newer newswire has written it.
    case version(Int64)

    package var description: String {
        switch self {
        case .tooLarge(let bytes): "it has \(bytes) bytes, and may have \(LogEntry.largestBody)"
        case .lineTooLong(let line, let bytes):
            "line \(line) has \(bytes) bytes, and may have \(LogEntry.longestLine)"
        case .noObject(let line): "line \(line) is not one object of JSON"
        case .notUTF8: "it is not UTF-8"
        case .header(let what): "its first line \(what)"
        case .version(let version): "it is of version \(version), which this newswire does not know"
        }
    }
}

extension LogEntry {
    /// The version of entries that is written and read.
    private static let version = 1

    /// Writes the body, held against the same bounds as one that is read: what no machine would take is never appended.
    package func body() throws(LogEntryFault) -> [UInt8] {
        let header = self.header()
        let lines = records.lazy.map(\.count).reduce(0, +) + states.lazy.map(\.count).reduce(0, +)
        let size = header.count + 1 + lines + records.count + states.count
        guard size <= Self.largestBody else { throw .tooLarge(bytes: size) }
        var body: [UInt8] = []
        body.reserveCapacity(size)
        body += header
        body.append(UInt8(ascii: "\n"))
        for line in records {
            body += line
            body.append(UInt8(ascii: "\n"))
        }
        for line in states {
            body += line
            body.append(UInt8(ascii: "\n"))
        }
        // A line feed within a line makes lines that the header does not count.
        _ = try LogEntry(body: body)
        return body
    }

    private func header() -> [UInt8] {
        var json = JSONWriter(capacity: 128)
        json.beginObject()
        json.member("log", Self.version)
        json.member("batch", batch)
        json.member("records", records.count)
        json.member("states", states.count)
        json.key("segments")
        json.beginArray()
        for seq in segments { json.integer(seq) }
        json.endArray()
        json.endObject()
        return json.finish()
    }

    /// Reads a body, of which nothing is believed.
    package init(body: [UInt8]) throws(LogEntryFault) {
        guard body.count <= Self.largestBody else { throw .tooLarge(bytes: body.count) }
        guard (try? UTF8Span(validating: body.span)) != nil else { throw .notUTF8 }
        guard body.last == UInt8(ascii: "\n") else { throw .header("is not followed by whole lines") }
        let lines = try Self.lines(of: body)
        let header = try Self.header(body[lines[0]])
        guard header.records + header.states == lines.count - 1 else {
            throw .header("counts \(header.records) records and \(header.states) states, of \(lines.count - 1) lines")
        }
        self.init(
            batch: header.batch,
            records: lines[1..<1 + header.records].map { body[$0] },
            states: lines[(1 + header.records)...].map { body[$0] },
            segments: header.segments)
    }

    /// Where the lines are, without their line feeds; one at least.
    private static func lines(of body: [UInt8]) throws(LogEntryFault) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        var start = 0
        while start < body.count {
            let end = body.withUnsafeBytes { bytes in
                // Not nil: there are bytes.
                memchr(bytes.baseAddress! + start, Int32(UInt8(ascii: "\n")), bytes.count - start).map {
                    UnsafeRawPointer($0) - bytes.baseAddress!
                } ?? bytes.count
            }
            let number = lines.count + 1
            guard end - start <= longestLine else { throw .lineTooLong(line: number, bytes: end - start) }
            guard end - start >= 2, body[start] == UInt8(ascii: "{"), body[end - 1] == UInt8(ascii: "}") else {
                throw .noObject(line: number)
            }
            lines.append(start..<end)
            start = end + 1
        }
        return lines
    }

    private struct Header {
        var batch: String
        var records: Int
        var states: Int
        var segments: [UInt64]
    }

    private static func header(_ line: ArraySlice<UInt8>) throws(LogEntryFault) -> Header {
        guard let json = try? JSONParser.parse(Array(line)).value, let version = json["log"]?.integer else {
            throw .header("does not say what follows")
        }
        guard version == Self.version else { throw .version(version) }
        let most = Int64(largestBody)
        guard let batch = json["batch"]?.string, (1...64).contains(batch.utf8.count),
            let records = json["records"]?.integer, (0...most).contains(records),
            let states = json["states"]?.integer, (0...most).contains(states),
            let segments = json["segments"]?.array?.map(\.integer), segments.count <= records
        else { throw .header("does not say what follows") }
        var seqs: [UInt64] = []
        for segment in segments {
            guard let segment, segment > 0, seqs.last.map({ $0 < segment }) ?? true else {
                throw .header("has segments out of order")
            }
            seqs.append(UInt64(segment))
        }
        return Header(batch: batch, records: Int(records), states: Int(states), segments: seqs)
    }
}
