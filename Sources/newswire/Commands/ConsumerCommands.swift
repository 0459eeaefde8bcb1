internal import ArgumentParser
internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import JSONText
private import Text

struct AckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ack",
        abstract: "Moves a consumer's cursor by hand.",
        discussion: """
            EXAMPLE
              # the consumer has had all articles up to 1284
              newswire ack archive 1284
              # up to the last one of a file, if the store still has it
              newswire ack archive "$(tail -n 1 batch.jsonl |
                jq -r '._newswire | "\\(.seq):\\(.chain)"')"
              # nothing of what is stored now
              newswire ack mailer end --create
            """)

    @Argument(help: ArgumentHelp("The name of the consumer.", valueName: "NAME"), completion: Completions.consumers)
    var consumer: String

    @Argument(
        help: ArgumentHelp(
            """
            The number (seq) of the last article that it has had; 0 for none, end for the last that is stored. With the \
            article's chain, the cursor moves only if the store still has that very record.
            """,
            valueName: "SEQ[:CHAIN]|end"))
    var place: RecordPlace

    @Flag(help: "Make the consumer if there is none of that name.")
    var create = false

    @OptionGroup var of: EventsOption

    @OptionGroup var common: CommonOptions

    func run() throws {
        let configuration = try common.loadForStore()
        let directory = of.directory(configuration)
        try CommandFailure.wrappingAll {
            let reader = try StoreReader(directory: directory)
            let cursors = try Cursors(directory: directory)
            // Held until the fleet has the new place, too; events are each machine's own.
            let hold = configuration.fleet == nil || of.events ? nil : try hold(directory, cursors, in: reader)
            defer { hold?.free() }
            guard try create || cursors.isThere(consumer) else {
                throw CommandFailure(
                    .usage,
                    "moving the cursor of \(consumer): \(try cursors.refusal(of: consumer)) (--create makes one, for"
                        + " which retention waits)")
            }
            let last = try reader.lastSeq()
            let seq = place.seq ?? last
            guard seq <= last else {
                throw CommandFailure(
                    .usage,
                    "moving the cursor of \(consumer) to \(seq): the store ends at \(last); name a number up to that")
            }
            // Beside a dump too: `--no-ack --follow` leaves the cursor to whoever reads from it.
            if let mark = place.mark, try reader.standing(of: mark) == .other {
                throw CommandFailure(
                    .badInput,
                    "moving the cursor of \(consumer) to \(seq): the store has another record of that number than the one"
                        + " with that chain: an older copy was put in its place; the cursor stays, and dump again")
            }
            // One that cannot be read is what this mends.
            let old = try? cursors.read(consumer)
            try cursors.set(consumer, to: seq, in: reader)
            guard Terminal.isErrorTerminal else { return }
            StandardError.write("newswire: the cursor of \(consumer) moves\(old.map { " from \($0)" } ?? "") to \(seq)")
        }
    }
}

extension AckCommand {
    /// Gets the consumer from the fleet, and its place there; nil where the fleet has none and none is to be made.
    private func hold(_ directory: String, _ cursors: Cursors, in reader: StoreReader) throws -> FleetConsumer? {
        let seq = try cursors.isThere(consumer) ? try? cursors.read(consumer) : nil
        switch try FleetConsumer.take(consumer, store: directory, seq: seq ?? (create ? 0 : nil)) {
        case .held(let hold):
            // Where it was made just now, or cannot be read here, the place that is asked for is its first.
            _ = try? hold.settle(cursors, in: reader)
            return hold
        case .elsewhere(let other): throw FleetConsumer.refusal(consumer, other)
        case .unavailable(let reason): throw FleetConsumer.refusal(consumer, because: reason)
        case .unknown: return nil
        }
    }
}

/// A record that a person or a program names: `SEQ`, `SEQ:CHAIN` for that one and no other, or `end`.
struct RecordPlace: ExpressibleByArgument {
    /// Nil for the last of the store.
    let seq: UInt64?
    /// Nil where only a number was given.
    let mark: RecordMark?

    init?(argument: String) {
        if argument == "end" {
            (seq, mark) = (nil, nil)
            return
        }
        let parts = argument.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let seq = UInt64(parts[0]) else { return nil }
        self.seq = seq
        if parts.count == 1 {
            mark = nil
        } else {
            guard let mark = RecordMark(seq: seq, chain: parts[1]) else { return nil }
            self.mark = mark
        }
    }
}

struct ConsumersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consumers",
        abstract: "Lists the consumers: name, cursor, and how many articles each has not had yet.",
        discussion: """
            A consumer is one from its first question on. Retention keeps what it has not had, so that one which is not \
            used any more is best removed.

            EXAMPLE
              newswire consumers
              newswire consumers --remove old-mailer
            """)

    @Option(
        name: .customLong("remove"),
        help: ArgumentHelp(
            "Forget this consumer: retention waits for it no longer. May be repeated.", valueName: "NAME"),
        completion: Completions.consumers)
    var removed: [String] = []

    @OptionGroup var of: EventsOption

    @OptionGroup var common: CommonOptions

    func run() throws {
        let configuration = try common.loadForStore()
        let directory = of.directory(configuration)
        try CommandFailure.wrappingAll {
            if removed.isEmpty { return try list(directory) }
            try remove(Cursors(directory: directory), directory, isOfFleet: configuration.fleet != nil && !of.events)
        }
    }

    private func remove(_ cursors: Cursors, _ directory: String, isOfFleet: Bool) throws {
        // All of them or none, as far as names go; of a fleet's, another machine may have the cursor.
        for name in removed where try !isOfFleet && !cursors.isThere(name) {
            throw CommandFailure(.usage, "removing the consumer \(name): \(try cursors.refusal(of: name))")
        }
        for name in removed {
            if isOfFleet { try FleetConsumer.forget(name, store: directory) }
            try cursors.remove(name)
        }
    }

    private func list(_ directory: String) throws {
        var output = StandardOutput()
        let reader = try StoreReader(directory: directory)
        let cursorFiles = try Cursors(directory: directory)
        let cursors = try cursorFiles.list()
        let last = try reader.lastSeq()
        let first = try reader.firstSeq() ?? 1
        let behind = try articles(behind: cursors.compactMap(\.seq), reader)
        for cursor in cursors {
            let name = cursor.name
            guard let seq = cursor.seq else {
                let reason = cursor.trouble.map { "\($0.reason); \($0.advice)" } ?? "nobody knows why"
                try output.write(line: "\(name)\t-\tits cursor cannot be read: \(SafeText.line(reason))")
                continue
            }
            var line = "\(name)\t\(seq)\t\(behind[seq] ?? 0)"
            if seq > last { line += "\tahead of the store, which ends at \(last)" }
            if seq + 1 < first { line += "\tretention has removed \(seq + 1) to \(first - 1)" }
            if let failure = cursorFiles.failure(of: name) { line += "\tfailing since \(failure.shown)" }
            try output.write(line: line)
        }
        try output.flush()
    }

    /// How many articles there are behind each of some numbers, in one pass: articles and not records, what a dump
    /// without options would print.
    private func articles(behind cursors: [UInt64], _ reader: StoreReader) throws -> [UInt64: UInt64] {
        let cursors = Set(cursors).sorted()
        guard let lowest = cursors.first else { return [:] }
        // How many lie between one cursor and the next.
        var counts = [UInt64](repeating: 0, count: cursors.count)
        var place = 0
        try reader.read(after: lowest, damage: { _ in }) { record in
            while place + 1 < cursors.count, record.envelope.seq > cursors[place + 1] { place += 1 }
            if record.envelope.kind == .new { counts[place] += 1 }
            return true
        }
        var result: [UInt64: UInt64] = [:]
        var sum: UInt64 = 0
        for (cursor, count) in zip(cursors, counts).reversed() {
            sum += count
            result[cursor] = sum
        }
        return result
    }
}

extension Cursors {
    /// What to say of a name that no consumer has.
    fileprivate func refusal(of name: String) throws(StoreError) -> String {
        let nearest = EditDistance.nearest(to: name, among: try list().map(\.name))
        return "there is no consumer of that name; "
            + (nearest.map { "did you mean \($0)?" } ?? "`newswire consumers` lists them")
    }
}

extension DeliveryFailure {
    /// In the words of `failing since …`.
    fileprivate var shown: String {
        "\(Timestamp(seconds: since.seconds)): \(SafeText.line(reason)), \(attempts) time\(attempts == 1 ? "" : "s"), with "
            + "\(first) to \(last)"
    }
}

extension DumpSession {
    /// A consumer's cursor while a dump for it runs; no other may run meanwhile.
    final class Place {
        let name: String
        /// The number at which the cursor stands: the last record that the consumer has had.
        private(set) var cursor: UInt64?
        /// Which records the consumer has had, as far as is known.
        private(set) var trail = ReadingTrail()
        /// Whether the cursor stands beyond the store's end, where it waits.
        private(set) var isAhead = false
        /// Whether there was no such consumer before.
        let isNew: Bool
        private let acknowledges: Bool
        private let cursors: Cursors
        private let turn: ConsumerLock?
        /// The consumer as the fleet has given it; nil on a machine that is in none.
        private let hold: FleetConsumer?
        /// Why the consumer could not be made; then it gets its articles all the same, and its cursor cannot move.
        private var refusal: StoreError?

        /// Makes the consumer if it is new, before anything is printed: retention waits for it from its first question on.
        init(_ consumer: Consumer, _ directory: String, isOfFleet: Bool, in reader: StoreReader) throws {
            name = consumer.name
            acknowledges = consumer.acknowledges
            cursors = try Cursors(directory: directory)
            turn =
                acknowledges ? try cursors.lockForDump(consumer.name) : try cursors.lockForReading(consumer.name)
            if isOfFleet {
                let seq = try cursors.read(consumer.name) ?? (consumer.start ?? .beginning).cursor(in: reader)
                let hold = try FleetConsumer.takeNow(consumer.name, store: directory, seq: seq)
                if let seq = try hold.settle(cursors, in: reader) {
                    StandardError.write(
                        "newswire: another machine of the fleet has had consumer \(consumer.name) up to \(seq); going on there"
                    )
                }
                self.hold = hold
            } else {
                hold = nil
            }
            cursor = try cursors.read(consumer.name)
            isNew = cursor == nil
            guard isNew else { return }
            let start = try (consumer.start ?? .beginning).cursor(in: reader)
            cursor = start
            do throws(StoreError) {
                _ = try cursors.begin(consumer.name, at: start, in: reader)
            } catch {
                // On a disk that is read-only or full a dump that moves no cursor needs none, and for another the articles
                // are there to be read: it ends with the reason.
                guard acknowledges else { return }
                guard error.code == .inputOutput else { throw error }
                refusal = error
            }
        }

        /// Finds out where the consumer goes on.
        func locate(in reader: StoreReader) throws(StoreError) {
            let (position, wentBackFrom) = try cursors.locate(name, in: reader)
            trail = position.trail
            if let wentBackFrom, let seq = position.seq {
                StandardError.write(
                    "newswire: record \(wentBackFrom) of the store is not the one that consumer \(name) has had: an older"
                        + " copy was put in its place; going on behind \(seq), the last that is known to be the same")
                if try goBack(to: seq, trail, in: reader) == nil { cursor = seq }
                return
            }
            cursor = position.seq ?? cursor
            let last = try reader.lastSeq()
            guard let cursor, cursor > last else { return }
            isAhead = true
            StandardError.write(
                "newswire: consumer \(name) has had all up to \(cursor), but the store ends at \(last);"
                    + " if it is the right store, `newswire ack \(name) SEQ` moves the cursor")
        }

        /// Moves the cursor on, after all up to there was written. Where somebody has put it elsewhere by hand
        /// meanwhile it stays there.
        func move(to pass: DumpPass, in reader: StoreReader) throws -> Cursors.Move {
            if let refusal { throw refusal }
            if let hold, hold.isLost {
                throw CommandFailure(
                    .inUse,
                    "moving the cursor of \(name): the consumer is not this machine's any more: \(hold.loss); what was printed"
                        + " comes again where the fleet goes on")
            }
            guard acknowledges, pass.lastSeen > cursor ?? 0 else { return .done }
            let move = try cursors.advance(name, from: cursor, to: pass.lastSeen, trail: pass.trail, in: reader)
            switch move {
            case .done: cursor = pass.lastSeen
            case .movedMeanwhile(let seq): tellMoved(to: seq)
            case .changedMeanwhile:
                StandardError.write(
                    "newswire: the store has changed under the dump, and record \(pass.lastSeen) is not the one that was"
                        + " printed; the cursor of \(name) stays at \(cursor ?? 0), and what is behind it comes again")
            }
            return move
        }

        /// Moves the cursor back to a record that the store has.
        ///
        /// - Returns: where somebody has put it by hand meanwhile; there it stays.
        func goBack(to seq: UInt64, _ trail: ReadingTrail, in reader: StoreReader) throws(StoreError) -> UInt64? {
            guard acknowledges, let old = cursor, seq < old else { return nil }
            switch try cursors.advance(name, from: old, to: seq, trail: trail, in: reader) {
            case .done: cursor = seq
            // The next look goes back again.
            case .changedMeanwhile: break
            case .movedMeanwhile(let moved):
                tellMoved(to: moved)
                return moved
            }
            return nil
        }

        private func tellMoved(to seq: UInt64) {
            StandardError.write("newswire: the cursor of \(name) was moved to \(seq) meanwhile, and stays there")
            cursor = seq
        }
    }
}
