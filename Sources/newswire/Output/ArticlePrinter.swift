internal import ArgumentParser
internal import ArticleStore
internal import FeedModel
internal import JSONText

enum DumpFormat: String, ExpressibleByArgument, CaseIterable {
    case jsonl, jsonfeed, atom, text, tsv

    /// Whether what is printed is one document, which has an end.
    var isDocument: Bool { self == .jsonfeed || self == .atom }
}

/// How articles look; what stands before the first and behind the last.
protocol ArticleFormat {
    var prologue: String { get }
    /// - Parameter record: the line of an article.
    mutating func append(_ record: StoredRecord, to bytes: inout [UInt8])
    var epilogue: String { get }
}

extension ArticleFormat {
    var prologue: String { "" }
    var epilogue: String { "" }
}

/// Prints records to standard output in a format. Lines that are asked for as they are get copied, without being parsed.
struct ArticlePrinter: ~Copyable {
    private var output = StandardOutput()
    private let sanitize: Bool
    /// Nil for lines as they are.
    private var format: (any ArticleFormat)?
    private var buffer: [UInt8] = []

    /// - Parameter updated: when the newest record was stored.
    init(_ format: DumpFormat, sanitize: Bool, updated: Timestamp) {
        self.sanitize = sanitize
        output.widen()
        self.format =
            switch format {
            case .jsonl: sanitize ? JSONLinesFormat() : nil
            case .jsonfeed: JSONFeedFormat()
            case .atom: AtomFormat(updated: updated)
            case .text: TextFormat()
            case .tsv: TSVFormat()
            }
    }

    mutating func begin() throws(OutputError) {
        if let format { try output.write(Array(format.prologue.utf8)) }
    }

    /// - Parameter filter: admits the record's envelope.
    /// - Returns: whether it admits the rest, and the record was printed.
    mutating func print(_ record: RecordSlice, if filter: DumpFilter) throws -> Bool {
        guard format != nil || filter.readsJSON else {
            try output.write(record.bytes)
            return true
        }
        // A line whose checksum holds is JSON, unless newswire itself wrote it wrong.
        let stored = StoredRecord(try JSONParser.parse(record.bytes).value)
        guard filter.admits(stored) else { return false }
        guard format != nil else {
            try output.write(record.bytes)
            return true
        }
        buffer.removeAll(keepingCapacity: true)
        format?.append(sanitize ? stored.sanitizingHTML() : stored, to: &buffer)
        try output.write(buffer)
        return true
    }

    mutating func end() throws(OutputError) {
        if let format { try output.write(Array(format.epilogue.utf8)) }
    }

    /// All of it has been written when this returns; a regular file has it on the disk.
    mutating func synchronize() throws(OutputError) {
        try output.synchronize()
    }
}

/// Lines whose HTML was reduced.
struct JSONLinesFormat: ArticleFormat {
    func append(_ record: StoredRecord, to bytes: inout [UInt8]) {
        var json = JSONWriter()
        record.json.write(to: &json)
        bytes.append(contentsOf: json.finish())
        bytes.append(UInt8(ascii: "\n"))
    }
}
