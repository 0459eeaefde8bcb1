internal import ArticleStore
internal import Digest
internal import FeedModel
internal import Fleet

/// `LogFollower` brings a store to the end of its fleet's log: it reads entries in their order, checks each, and has the store
/// write them (docs/spec/fleet.md F12, F13). The writer's thread alone has it.
final class LogFollower {
    /// Why an entry is not here.
    enum Failure: Error {
        /// The engine does not answer, or refuses.
        case engine(EngineFailure)
        /// The disk does not take it.
        case disk(StoreError)
        /// The store and the log are not of one fleet, or not the same: nothing more is written until somebody has looked.
        case diverged(StoreError)
    }

    /// `Own` is an entry of this machine of which it is not known whether it is in the log.
    struct Own {
        var batch: String
        /// The differences that are in it, with what is this machine's own.
        var states: [StateDifference]
    }

    /// `Progress` is what reading on has brought.
    struct Progress {
        /// The number of the last record that there was with the machine's own entry; nil where that was not among them.
        var ownEnd: UInt64?
        /// The feeds of which something was said.
        var feeds: Set<FeedIdentifier> = []
    }

    private let store: ArticleStore
    private let log: any FleetLog
    private let watch: StoreWatch
    /// Bytes of entries that are asked for, and applied, at a time.
    private let pieceSize: Int
    /// How often the engine had been lost when the store was held against the log; nil where that is to be done again.
    private var lossesCompared: Int?

    init(_ store: ArticleStore, _ log: any FleetLog, _ watch: StoreWatch, pieceSize: Int = 16 << 20) {
        self.store = store
        self.log = log
        self.watch = watch
        self.pieceSize = pieceSize
    }

    /// The position of the last entry that is here.
    var position: UInt64 { place.position }

    private var place: FleetPlace {
        guard let place = store.fleetPlace else { preconditionFailure("a follower has a fleet's store") }
        return place
    }

    /// Reads to the end of the log as it is now.
    ///
    /// - Parameters:
    ///   - own: looked for among what comes.
    ///   - progress: what has come and is applied, also where it throws later.
    func follow(lookingFor own: Own? = nil, _ progress: inout Progress) throws(Failure) {
        try compare()
        while true {
            let after = position
            let rows = try asking { () throws(EngineFailure) in try log.entries(after: after, bytes: pieceSize) }
            if rows.isEmpty { break }
            try apply(rows, own, &progress)
            if rows.last?.isLast == true { break }
        }
        if store.head.seq > place.seq { throw diverged(LogFault(.missing, seq: place.seq + 1)) }
    }

    /// Appends what was rendered for the end of the log as it is known here, and applies it.
    ///
    /// - Returns: what became of it; where it is `.appended` it is applied.
    func append(
        _ rendered: Rendered, _ own: Own, body: [UInt8]
    ) throws(Failure) -> AppendOutcome {
        // The position alone would let an entry go behind another one of an engine that has gone on without the end of the log.
        try compare()
        let place = place
        let end = LogEnd.Records(seq: rendered.head.seq, chain: rendered.head.chain)
        let outcome = try asking { () throws(EngineFailure) in try log.append(body, seen: place.position, end: end) }
        if case .appended(let position) = outcome {
            guard position == place.position + 1 else {
                throw .diverged(damaged("the engine says that entry \(place.position + 1) is entry \(position)"))
            }
            try write([
                ArticleStore.Applied(
                    position: position, seq: rendered.head.seq, records: rendered, states: own.states)
            ])
        }
        return outcome
    }

    // MARK: Reading on

    private func apply(_ rows: [LogRow], _ own: Own?, _ progress: inout Progress) throws(Failure) {
        var entries: [ArticleStore.Applied] = []
        var ownEnd: UInt64?
        var place = place
        let head = store.head
        for row in rows {
            guard row.position == place.position + 1 else {
                throw .diverged(damaged("behind entry \(place.position) comes entry \(row.position)"))
            }
            guard row.before.seq == place.seq else { throw diverged(LogFault(.order, seq: place.seq + 1)) }
            let entry: LogEntry
            do throws(LogEntryFault) {
                entry = try LogEntry(body: row.body)
            } catch {
                throw .diverged(damaged("entry \(row.position): \(error)"))
            }
            // Before it is compared with what is here: the first that differs is to be named.
            let known = Int(clamping: head.seq > place.seq ? min(UInt64(entry.records.count), head.seq - place.seq) : 0)
            try passOver(entry.records.prefix(known), from: place.seq + 1)
            let records = entry.records.dropFirst(known)
            let chain = entries.last?.records.head.chain ?? head.chain
            if known == 0, head.seq <= place.seq, row.before.chain != chain {
                throw diverged(LogFault(.chain, seq: place.seq + 1))
            }
            let range = records.first.map { first in first.startIndex..<(records.last ?? first).endIndex + 1 }
            let rendered: Rendered
            do throws(LogFault) {
                rendered = try store.check(
                    row.body, range ?? 0..<0, segments: entry.segments, behind: entries.last?.records)
            } catch {
                throw diverged(error, in: row.position)
            }
            place.position = row.position
            place.seq += UInt64(entry.records.count)
            let isOwn = entry.batch == own?.batch
            let states = try isOwn ? own?.states ?? [] : differences(entry, at: row.position)
            if isOwn { ownEnd = place.seq }
            entries.append(
                ArticleStore.Applied(position: place.position, seq: place.seq, records: rendered, states: states))
        }
        try write(entries)
        progress.ownEnd = ownEnd ?? progress.ownEnd
        for state in entries.flatMap(\.states) { progress.feeds.insert(state.feed) }
    }

    private func differences(_ entry: LogEntry, at position: UInt64) throws(Failure) -> [StateDifference] {
        var differences: [StateDifference] = []
        for line in entry.states {
            guard let difference = StateDifference(line: line) else {
                throw .diverged(damaged("entry \(position): a state of it names no feed"))
            }
            differences.append(difference)
        }
        return differences
    }

    /// Records that are here already, since the process ended before it noted that they are.
    private func passOver(_ lines: ArraySlice<ArraySlice<UInt8>>, from first: UInt64) throws(Failure) {
        for (line, seq) in zip(lines, first...) {
            let differs: Bool
            do throws(StoreError) { differs = try store.differs(line, seq: seq) } catch { throw .disk(error) }
            if differs { throw diverged(LogFault(.other, seq: seq)) }
        }
    }

    private func write(_ entries: [ArticleStore.Applied]) throws(Failure) {
        do throws(StoreError) {
            try watch.during { () throws(StoreError) in try store.apply(entries) }
        } catch {
            throw error.code == .damaged ? .diverged(error) : .disk(error)
        }
    }

    // MARK: Whether both are the same

    /// Holds the store against where the log ends, once for each connection: another engine may have taken the place of the one
    /// before that has not got all of it.
    private func compare() throws(Failure) {
        let losses = log.losses
        if losses == lossesCompared { return }
        let end = try asking { () throws(EngineFailure) in try log.end() }
        guard end.fleet == place.fleet else {
            throw .diverged(
                .fleet(
                    .damaged, store.path,
                    "it is of the fleet \(place.fleet), and the engine has the log of \(end.fleet)",
                    advice: "name the engine of its fleet, or another [store] directory"))
        }
        // A copy may have been made while this was written.
        if place.seq > store.head.seq { store.resume(at: try placeBefore(end)) }
        guard end.position >= place.position else { throw diverged(LogFault(.missing, seq: end.records.seq + 1)) }
        if end.position == place.position {
            guard end.records.seq == place.seq else {
                throw diverged(LogFault(.missing, seq: min(end.records.seq, place.seq) + 1))
            }
            if store.head.seq == place.seq, store.head.chain != end.records.chain {
                throw diverged(LogFault(.other, seq: place.seq))
            }
        }
        lossesCompared = losses
    }

    /// The last place of the log that is not behind the articles.
    private func placeBefore(_ end: LogEnd) throws(Failure) -> FleetPlace {
        let seq = store.head.seq
        let search = LogSearch(log, end)
        let found = try asking { () throws(EngineFailure) in
            try search.lastPlace { $0.seq <= seq }
        }
        guard let found else {
            throw .diverged(
                .fleet(
                    .damaged, store.path, "the log does not reach back to its last record, which is \(seq)",
                    advice: "copy the store of another machine of the fleet"))
        }
        return FleetPlace(fleet: place.fleet, position: found.position, seq: found.records.seq)
    }

    private func asking<Value>(_ body: () throws(EngineFailure) -> Value) throws(Failure) -> Value {
        do throws(EngineFailure) {
            return try body()
        } catch {
            lossesCompared = nil
            switch error.kind {
            case .trimmed:
                throw .diverged(
                    .fleet(
                        .damaged, store.path,
                        "the log does not reach back any more to entry \(position + 1), which comes next here",
                        advice: "copy the store of another machine of the fleet"))
            case .damaged: throw .diverged(damaged(error.text))
            case .away, .refused: throw .engine(error)
            }
        }
    }

    private func damaged(_ reason: String) -> StoreError {
        .fleet(
            .damaged, store.path, reason,
            advice: "nothing of it is written; look at the engine, and at the newswire that wrote the entry")
    }

    private func diverged(_ fault: LogFault, in position: UInt64? = nil) -> Failure {
        .diverged(
            .fleet(
                .damaged, store.path,
                "it is not what the log says, \(position.map { "in entry \($0), " } ?? "")\(fault)",
                advice: "`newswire fleet rejoin` sets aside what is not in the log, and keeps the rest"))
    }
}

/// `StoreWatch` tells of what takes a file system long, and of nothing else.
struct StoreWatch {
    let watch: DiskWatch
    /// In the words of `writing to the store /var/lib/newswire`.
    let action: String

    func during<Value, Failure: Error>(_ body: () throws(Failure) -> Value) throws(Failure) -> Value {
        try watch.during(action, body)
    }
}
