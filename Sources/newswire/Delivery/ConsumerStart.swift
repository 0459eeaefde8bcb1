internal import ArgumentParser
internal import ArticleStore
internal import FeedModel
internal import Ingestion
internal import Scheduling

/// Where a consumer that is new begins (contract.md §4).
enum ConsumerStart: ExpressibleByArgument {
    /// With the first article that is stored from then on.
    case now
    case beginning
    /// With the record of that number.
    case record(UInt64)
    /// With the first that was stored at that time or later.
    case time(TimeArgument)

    init?(argument: String) {
        switch argument {
        case "now": self = .now
        case "beginning": self = .beginning
        default:
            if let seq = UInt64(argument) {
                self = .record(seq)
            } else if let time = TimeArgument(argument: argument) {
                self = .time(time)
            } else {
                return nil
            }
        }
    }

    /// Finds where the cursor stands for that: at the last record that the consumer does not get any more.
    func cursor(in reader: StoreReader) throws -> UInt64 {
        switch self {
        case .now: return try reader.lastSeq()
        case .beginning: return 0
        case .record(let seq):
            let last = try reader.lastSeq()
            guard seq <= last + 1 else {
                throw CommandFailure(
                    .usage, "beginning with record \(seq): the store ends at \(last); name a number up to \(last + 1)")
            }
            return seq > 0 ? seq - 1 : 0
        case .time(let time):
            // By a clock that is ahead, a span would leave out what nobody has had.
            if time.isSpan, try !reader.confirmsClock() {
                throw CommandFailure(
                    .usage,
                    "beginning with a time that depends on the clock: nothing in the store is as young as the clock says;"
                        + " name the time itself, a number, now or beginning")
            }
            let now = SystemClock.now()
            try reader.checkReached(time.time(now: now), "beginning with")
            let first = try reader.place(storedSince: time.time(now: now), now: now).firstSeq
            return first > 0 ? first - 1 : 0
        }
    }
}

extension ConsumerStart: CustomStringConvertible {
    /// The place as it is read again.
    var description: String {
        switch self {
        case .now: "now"
        case .beginning: "beginning"
        case .record(let seq): "\(seq)"
        case .time(let time): "\(time)"
        }
    }
}

/// The option of the commands that make a consumer.
struct ConsumerStartOption: ParsableArguments {
    @Option(
        name: .customLong("from"),
        help: ArgumentHelp(
            """
            Where a consumer that is new begins: now, with what is stored from here on; beginning; with the record of a \
            number; or with what was stored at a time or later. One that is there already goes on where it is.
            """,
            valueName: "now|beginning|SEQ|T"))
    var start: ConsumerStart?
}

extension StoreReader {
    /// Refuses a time that neither this machine's clock nor anything in the store has reached: it is a slip, and a consumer
    /// would pass by all that it has not had.
    func checkReached(_ time: Timestamp, _ deed: String) throws {
        if time <= SystemClock.now() { return }
        if try timeEvidence().times.contains(where: { $0 >= time }) { return }
        throw CommandFailure(.usage, "\(deed) \(time): that is still to come; name a time that is past")
    }

    /// Whether something in the store is as young as this machine's clock says.
    func confirmsClock() throws(StoreError) -> Bool {
        let now = SystemClock.now()
        return try timeEvidence().times.contains { time in
            abs(now.milliseconds - time.milliseconds) <= TrustedTime.tolerance
        }
    }
}

extension DumpFilter {
    /// Counts what it would let through of what stands behind a number.
    ///
    /// - Parameter limit: once there are so many, no more is looked at.
    func count(in reader: StoreReader, after seq: UInt64, upTo limit: UInt64 = .max) throws -> UInt64 {
        var count: UInt64 = 0
        try fullText?.begin(after: seq, in: reader)
        try reader.read(after: seq, damage: { _ in }) { record in
            if ends(at: record.envelope) { return false }
            if try given(record, in: reader) != nil { count += 1 }
            return count < limit
        }
        return count
    }
}
