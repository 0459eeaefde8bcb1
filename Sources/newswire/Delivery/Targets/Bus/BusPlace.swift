internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Publishing

/// What `newswire publish` does without publishing: looks where a bus stands (P7), or makes what articles go to.
struct BusPlace: Sendable {
    private static let patience: Int64 = 30_000

    let consumer: String
    let connector: BusConnector

    func setUp() throws {
        let wait = BusWait(milliseconds: Self.patience, stop: -1)
        let said = try asking { () throws(BusFailure) in
            let bus = try connector.bus()
            defer { bus.close() }
            try bus.connect(wait)
            return try bus.setUp(wait)
        }
        var output = StandardOutput()
        try output.write(line: said)
        try output.flush()
    }

    /// Prints where the bus and the cursor stand, and what would be published next.
    func check(_ directory: String, _ filter: DumpFilter) throws {
        let wait = BusWait(milliseconds: Self.patience, stop: -1)
        let (name, says, end) = try asking { () throws(BusFailure) in
            let bus = try connector.bus()
            defer { bus.close() }
            try bus.connect(wait)
            return (bus.name, bus.saysWhereItEnds, try bus.end(wait))
        }
        var lines = ["bus     \(name)\(connector.settings.tls ? ", encrypted" : "")"]
        try CommandFailure.wrappingAll {
            let reader = try StoreReader(directory: directory)
            let cursor = try Cursors(directory: directory).read(consumer)
            let standing = try end.map { try BusStanding($0, in: reader) }
            let isOurs = standing?.isOurs != false
            let place = says ? standing?.text ?? "nowhere: it has nothing of newswire's" : "(it cannot say where)"
            lines.append("ends    \(standing == nil ? place : "at \(place)")")
            lines.append("cursor  \(cursor.map(String.init) ?? "none: there is no such consumer yet")")
            let start = isOurs ? end?.seq ?? cursor ?? 0 : cursor ?? 0
            lines.append("next    \(try next(behind: start, filter, reader))")
            var output = StandardOutput()
            for line in lines { try output.write(line: SafeText.line(line)) }
            try output.flush()
            guard isOurs else {
                throw CommandFailure(.badInput, "publishing for the consumer \(consumer): nothing would be published")
            }
        }
    }

    private func next(behind seq: UInt64, _ filter: DumpFilter, _ reader: StoreReader) throws -> String {
        var first: UInt64?
        var count = 0
        try reader.read(after: seq, damage: { _ in }) { record in
            if try filter.given(record, in: reader) != nil {
                first = first ?? record.envelope.seq
                count += 1
            }
            return true
        }
        guard let first else { return "nothing: the bus has all that there is behind record \(seq)" }
        return "record \(first), of \(count) article\(count == 1 ? "" : "s")"
    }

    private func asking<Value>(_ work: () throws(BusFailure) -> Value) throws -> Value {
        do throws(BusFailure) {
            return try work()
        } catch {
            let status: ExitStatus =
                switch error.kind {
                case .away, .refused, .tooLarge, .stopped: .allFailed
                case .notPermitted: .endedForGood
                case .misconfigured, .untrusted: .badConfiguration
                case .notOurs: .badInput
                }
            throw CommandFailure(status, "publishing for the consumer \(consumer): \(error.reason)")
        }
    }
}
