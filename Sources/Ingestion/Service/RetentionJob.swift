package import ArticleStore
package import Configuration
private import Dispatch
package import FeedModel
internal import Fleet
package import JSONText
private import Locking
package import Logging
package import Scheduling

extension StoreSettings.Retention {
    /// Articles are kept for so many seconds; nil where nothing is ever too old.
    package var span: Int64? {
        switch self {
        case .forever: nil
        case .span(let span): span.components.seconds
        }
    }

    /// Returns how old the first record of a segment gets before the segment is sealed: an eighth of what is kept, so
    /// that whole segments become too old at all in a store that is slow to fill them; nil for no limit.
    package var segmentAge: Duration? {
        switch self {
        case .forever: nil
        case .span(let span): span / 8
        }
    }
}

/// `RetentionJob` lets the running service's store forget what is older than `[store] keep`, once a day, and what
/// somebody asks it to.
///
/// By itself it removes nothing while the clock is in doubt, at once only what has become too old since its last turn, and
/// of more than that a tenth a day (`RetentionPace`). One removal at a time, on a thread of its own, beside the polls.
package final class RetentionJob: Sendable {
    private struct State {
        var keep: StoreSettings.Retention
        var memory: RetentionMemory?
        /// The store is about to be closed.
        var hasEnded = false
        /// Since when the clock has been in doubt, and whether that was said.
        var doubtSince: SteadyTime?
        var hasTold = false
        /// When it was last remembered that the clock counts.
        var kept: Timestamp?
    }

    /// Milliseconds between two looks at the clock: machines sleep, and clocks are set.
    private static let look: Int64 = 600_000
    /// Milliseconds of a doubt that are not worth a line: at a start, before servers have answered.
    private static let patience: Int64 = 540_000
    /// Milliseconds after which it is remembered again that the clock counts.
    private static let memoryAge: Int64 = 3_600_000

    private let store: ArticleStore
    private let logger: Logger
    private let clock: PollClock
    private let consumers: ConsumerDesk?
    private let state: Locked<State>
    private let queue = DispatchQueue(label: "newswire.retention", qos: .utility)

    /// Does nothing by itself before `run`.
    ///
    /// - Parameter consumers: those of the fleet; nil where the store's are all there are.
    package init(
        _ store: ArticleStore, keep: StoreSettings.Retention, logger: Logger, clock: PollClock,
        consumers: ConsumerDesk? = nil
    ) {
        self.consumers = consumers
        self.store = store
        self.logger = logger
        self.clock = clock
        state = Locked(State(keep: keep, memory: store.retentionMemory))
    }

    /// Takes in what is kept from here on.
    package func adopt(_ keep: StoreSettings.Retention) {
        state.withLock { $0.keep = keep }
    }

    /// Says what is too old and waits for its turn; nil where nothing does.
    package var backlog: RetentionMemory.Backlog? {
        state.withLock { state in state.keep.span == nil ? nil : state.memory?.backlog }
    }

    /// Returns when its task is cancelled and nothing is being removed any more.
    package func run() async {
        await withTaskCancellationHandler {
            while !Task.isCancelled {
                await onQueue { self.takeTurn() }
                try? await clock.sleep(milliseconds: Self.look)
            }
        } onCancel: {
            state.withLock { $0.hasEnded = true }
        }
        // What was asked for before is on the queue still.
        await onQueue { self.rememberClock(atEnd: true) }
    }

    private func onQueue(_ work: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { done in
            queue.async {
                work()
                done.resume()
            }
        }
    }

    private var hasEnded: Bool { state.withLock(\.hasEnded) }

    /// Looks at the clock, and removes what may go where it is time for that; on the job's own thread.
    func takeTurn() {
        tellDoubt()
        rememberClock(atEnd: false)
        let (keep, last) = state.withLock { ($0.keep.span, $0.memory) }
        guard !hasEnded, let keep, let now = clock.trusted else { return }
        let pace = RetentionPace(keep: keep, now: now)
        guard pace.isDue(after: last) else { return }
        do {
            let consumers = try awaited()
            let memory = pace.turn(
                after: last, old: try store.oldSegments(before: pace.cutoff, now: now), total: try store.recordCount)
            // Before anything goes: what is removed twice as fast after a crash was not announced.
            try store.keep(memory)
            state.withLock { $0.memory = memory }
            tell(memory.backlog, before: last?.keep == keep ? last?.backlog : nil)
            let result = try store.expire(before: pace.cutoff, for: consumers, now: now, through: memory.released) {
                !hasEnded && clock.doubt == nil
            }
            log(result, pace.cutoff, "removed old articles")
            if let obstacle = result.obstacle { logger.warning("old articles are kept: \(obstacle)") }
        } catch {
            logger.error("old articles were not removed: \(error)")
        }
    }

    private func tell(_ backlog: RetentionMemory.Backlog?, before: RetentionMemory.Backlog?) {
        guard let backlog, before == nil else { return }
        logger.warning(
            "many articles are too old by [store] keep all at once; from tomorrow on a tenth of the store goes each day (`newswire store expire` removes them now, keep = \"forever\" keeps them)",
            metadata: ["records": "\(backlog.waiting)", "until": "\(Timestamp(seconds: backlog.until.seconds))"])
    }

    /// Says once that the clock is in doubt, where that lasts, and once that it is not any more.
    private func tellDoubt() {
        let (doubt, steady) = (clock.doubt, clock.steady())
        let (isNews, wasTold) = state.withLock { state in
            guard doubt != nil else {
                defer { (state.doubtSince, state.hasTold) = (nil, false) }
                return (false, state.hasTold)
            }
            let since = state.doubtSince ?? steady
            state.doubtSince = since
            guard !state.hasTold, steady.milliseconds(since: since) >= Self.patience else {
                return (false, false)
            }
            state.hasTold = true
            return (true, false)
        }
        if isNews, let doubt {
            logger.warning(
                "the clock is in doubt: \(doubt); until it counts again nothing old is removed, and what is stored says clock_doubtful (`timedatectl` shows whether it is set by the network)"
            )
        }
        if wasTold { logger.notice("the clock counts again") }
    }

    /// The next start knows by it when the clock last counted.
    private func rememberClock(atEnd: Bool) {
        guard let now = clock.confirmed else { return }
        let isTime = state.withLock { state in
            let passed = state.kept.map { abs(now.milliseconds - $0.milliseconds) } ?? .max
            guard passed >= (atEnd ? 1 : Self.memoryAge) else { return false }
            state.kept = now
            return true
        }
        guard isTime else { return }
        // Losing it costs a doubt at the next start; a disk that takes nothing is told of by the articles.
        try? store.keep(trusted: now)
    }

    /// Removes what `newswire store expire` asks for. Returns at once; the answer comes when it is done. Ends early
    /// with the service, and where nobody waits for the answer any more.
    ///
    /// - Parameter isByClock: the time is a span before now, which is nothing while the clock is in doubt.
    package func expire(
        before cutoff: Timestamp, isByClock: Bool = false, isForced: Bool, isDryRun: Bool, _ reply: ControlReply
    ) {
        queue.async { [self] in
            if isByClock, let doubt = clock.doubt { return reply.fail(Self.refusal(doubt, before: cutoff)) }
            var isCutShort = hasEnded
            do {
                let result = try store.expire(
                    before: cutoff, for: try awaited(), now: clock.now(), force: isForced, isDryRun: isDryRun
                ) {
                    isCutShort = hasEnded || reply.isGone
                    return !isCutShort
                }
                if !isDryRun {
                    log(result, cutoff, "removed old articles by hand")
                    forget(result)
                }
                if isCutShort { return reply.fail("the service was stopped before all of it was removed; try again") }
                reply.send { RetentionReport(result).write(to: &$0) }
                reply.done()
            } catch {
                reply.fail("\(error)")
            }
        }
    }

    /// Whom removal waits for; nil for those who have a cursor in this store. Of a fleet's consumers the engine's cursors
    /// count: those here may be of a time when this machine had them.
    ///
    /// Throws where the engine is away: then nothing is removed, and the next turn asks again.
    private func awaited() throws -> [RetentionResult.Consumer]? {
        guard let consumers else { return nil }
        let fleet = try consumers.all()
        let names = Set(fleet.map(\.name))
        return fleet.map { .init(name: $0.name, seq: $0.seq) }
            + (try store.consumersHere()).filter { !names.contains($0.name) }
    }

    /// Says why nothing is removed by a span while the clock is in doubt.
    package static func refusal(_ doubt: TrustedTime.Doubt, before cutoff: Timestamp) -> String {
        "nothing is removed by a clock that is in doubt: \(doubt); name the time itself,"
            + " as in --before \(Timestamp(seconds: cutoff.seconds))"
    }

    /// What was removed by hand waits no longer.
    private func forget(_ result: RetentionResult) {
        state.withLock { state in
            guard var rest = state.memory?.backlog else { return }
            rest.waiting -= min(rest.waiting, result.records)
            state.memory?.backlog = rest.waiting > 0 ? rest : nil
        }
    }

    private func log(_ result: RetentionResult, _ cutoff: Timestamp, _ message: Logger.Message) {
        if result.segments == 0 { return }
        logger.notice(
            message,
            metadata: [
                "before": "\(cutoff)", "records": "\(result.records)", "last_seq": "\(result.lastSeq)",
                "bytes": "\(result.bytes)",
            ])
    }
}

/// `RetentionReport` says what a removal of old articles has done, or would do; the same whether a command did it or
/// the service for it.
package struct RetentionReport: Sendable, Equatable {
    /// So many segments went.
    package var segments: Int
    /// So many records went with them.
    package var records: UInt64
    /// So many bytes of the store went with them.
    package var bytes: UInt64
    /// The last record removed has this number; 0 where none was.
    package var lastSeq: UInt64
    /// Says why something that is older was left; nil where nothing was.
    package var obstacle: String?
    /// Names the consumers that had not had all that was removed by force; nil where there are none.
    package var losers: String?

    /// Takes what the store says of a removal.
    package init(_ result: RetentionResult) {
        segments = result.segments
        records = result.records
        bytes = result.bytes
        lastSeq = result.lastSeq
        obstacle = result.obstacle?.description
        losers = result.losers.isEmpty ? nil : RetentionResult.Consumer.list(result.losers)
    }

    /// Reads a report that came over the control socket; nil where it is none.
    package init?(_ json: JSONValue) {
        func count<Count: BinaryInteger>(_ name: String) -> Count? { json[name]?.integer.flatMap(Count.init(exactly:)) }
        guard let segments: Int = count("segments"), let records: UInt64 = count("records"),
            let bytes: UInt64 = count("bytes"), let lastSeq: UInt64 = count("last_seq")
        else { return nil }
        self.segments = segments
        self.records = records
        self.bytes = bytes
        self.lastSeq = lastSeq
        obstacle = json["obstacle"]?.string
        losers = json["lost_by"]?.string
    }

    /// Writes the report as one JSON object.
    package func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("segments", segments)
        json.member("records", records)
        json.member("bytes", bytes)
        json.member("last_seq", lastSeq)
        json.member("obstacle", obstacle)
        json.member("lost_by", losers)
        json.endObject()
    }
}
