internal import ArgumentParser
internal import ArticleStore
internal import FeedModel
internal import JSONText

enum DumpFormat: String, ExpressibleByArgument, CaseIterable {
    case jsonl, text
}

/// Which records a dump prints.
struct DumpFilter {
    /// Ids; all feeds where there are none.
    var feeds: [String]
    var tags: [String]
    var since: Timestamp?
    var until: Timestamp?
    var updates: Bool
    var duplicates: Bool
    var withoutInitial: Bool

    /// What the envelope alone can tell: no JSON is read for it.
    func admits(_ envelope: RecordEnvelope) -> Bool {
        switch envelope.kind {
        case .new: break
        case .update: if !updates { return false }
        case .duplicate: if !duplicates { return false }
        case .alias: return false
        }
        if withoutInitial, envelope.isInitial { return false }
        if !feeds.isEmpty, !feeds.contains(envelope.feed.text) { return false }
        if since == nil, until == nil { return true }
        guard let time = envelope.storedAt else { return false }
        if let since, time < Timestamp(seconds: since.seconds) { return false }
        if let until, time >= until { return false }
        return true
    }

    /// The configured tags of the record's feed, as they were when it was stored.
    func admits(_ record: JSONValue) -> Bool {
        guard !tags.isEmpty else { return true }
        let own = record["_newswire"]?["feed_tags"]?.array?.compactMap(\.string) ?? []
        return tags.contains { own.contains($0) }
    }
}

/// One pass over the store to standard output.
struct DumpRun {
    let filter: DumpFilter
    let format: DumpFormat
    let sanitize: Bool
    let limit: UInt64?

    struct Result {
        var printed: UInt64 = 0
        /// The last record that was looked at, or printed where a limit ended the dump.
        var lastSeen: UInt64
    }

    /// All of it has been written when this returns; a regular file has it on the disk.
    func print(_ reader: StoreReader, after seq: UInt64) throws -> Result {
        var result = Result(lastSeen: seq)
        if limit == 0 { return result }
        var output = StandardOutput()
        var damages = 0
        try reader.read(
            after: seq,
            damage: { damage in
                damages += 1
                if damages <= 10 { StandardError.write("newswire: \(damage); it is left out") }
            },
            body: { record in
                if try print(record, to: &output) { result.printed += 1 }
                result.lastSeen = record.envelope.seq
                return limit.map { result.printed < $0 } ?? true
            })
        try output.synchronize()
        if damages > 10 { StandardError.write("newswire: \(damages - 10) more damaged places were left out") }
        return result
    }

    private func print(_ record: RecordSlice, to output: inout StandardOutput) throws -> Bool {
        guard filter.admits(record.envelope) else { return false }
        if format == .jsonl, !sanitize, filter.tags.isEmpty {
            try output.write(record.bytes)
            return true
        }
        // A line whose checksum holds is JSON, unless newswire itself wrote it wrong.
        let json = try JSONParser.parse(record.bytes).value
        guard filter.admits(json) else { return false }
        switch format {
        case .jsonl where !sanitize: try output.write(record.bytes)
        case .jsonl: try output.write(sanitized(json))
        case .text: try output.write(Array(TextFormat.article(json).utf8))
        }
        return true
    }

    private func sanitized(_ record: JSONValue) -> [UInt8] {
        var json = JSONWriter()
        record.sanitizingHTML().write(to: &json)
        return json.bytes + [UInt8(ascii: "\n")]
    }
}
