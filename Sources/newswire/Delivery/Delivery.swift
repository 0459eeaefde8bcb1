internal import ArticleStore
internal import FeedModel
internal import Ingestion
internal import Logging

/// Gives a consumer's new articles to a command, batch by batch, at least once: the cursor moves when the command has
/// ended with 0, and not before.
struct Delivery {
    struct Options {
        var batch: Int
        /// Milliseconds to wait for more, once there is something and a batch is not full.
        var wait: Int64
        /// Milliseconds that the command has for a batch.
        var timeout: Int64
        /// Whether to end when all that is there has been delivered, or at the first failure.
        var once: Bool
        /// Whether events are delivered, whose consumers are others than those of articles.
        var isOfEvents = false
        /// Where a batch goes that the command never takes; nil: it is tried for ever.
        var deadLetters: DeadLetters?
    }

    enum Ending: Equatable {
        case done
        /// Only with `once`.
        case failed
    }

    /// Milliseconds after which it looks for itself: some file systems do not tell of changes.
    private static let longestWait: Int64 = 10_000

    /// Milliseconds between two looks whether a command has ended that is nobody's child any more.
    private static let commandLook: Int64 = 100

    let consumer: String
    let filter: DumpFilter
    let command: DeliveryCommand
    let options: Options
    let reader: StoreReader
    let cursors: Cursors
    let watch: ArticleWatch
    let notifier: ServiceNotifier
    let logger: Logger
    /// Readable once it is to stop.
    let stop: Int32

    /// Blocks its thread. The caller holds the consumer's lock.
    ///
    /// - Parameter start: where the consumer begins if it is new.
    func run(from start: ConsumerStart?) throws -> Ending {
        try makeConsumer(start)
        var progress = try begin()
        let last = try reader.lastSeq()
        if progress.seen > last {
            logger.warning(
                "the consumer has had more than the store holds; if it is the right store, `newswire ack` moves the cursor",
                metadata: ["consumer": "\(consumer)", "cursor": "\(progress.seen)", "last_seq": "\(last)"])
        }
        notifier.ready(status: "has had all up to \(progress.seen)")
        guard let right = try waitForCommands() else { return .done }
        defer { withExtendedLifetime(right) {} }
        while !isStopped {
            watch.arm()
            try goBack(&progress)
            var batch = try collect(after: progress.seen)
            if batch.count > 0, !batch.isFull, !options.once, options.wait > 0 {
                if DeliveryProcess.poll(stop, -1, for: options.wait) == .first { break }
                batch = try collect(after: progress.seen)
            }
            if batch.count > 0 {
                switch deliver(batch, holding: right) {
                case .delivered: break
                case .failed: return .failed
                case .stopped: continue
                }
            }
            progress.seen = batch.lastSeen
            progress.trail.pass(batch.recent)
            // Records that are not wanted cost a write of the cursor only now and then.
            if batch.count > 0 || options.once || progress.isFarAhead { try move(&progress) }
            if batch.count > 0 {
                notifier.status("has had all up to \(progress.seen)")
                continue
            }
            if options.once { return .done }
            _ = DeliveryProcess.poll(watch.descriptor, stop, for: watch.descriptor < 0 ? 1000 : Self.longestWait)
        }
        try move(&progress)
        return .done
    }

    private struct Progress {
        /// The cursor as it is on the disk.
        var cursor: UInt64?
        /// The last record that was looked at; between the cursor and it are only records that are not wanted.
        var seen: UInt64
        /// Which records those were, as far as is known.
        var trail: ReadingTrail
        /// The number behind which the delivery began.
        let first: UInt64

        init(_ position: Cursors.Position) {
            cursor = position.seq
            seen = cursor ?? 0
            first = seen
            trail = position.trail
        }

        var isFarAhead: Bool { seen > cursor ?? 0 && seen - (cursor ?? 0) >= 1000 }
    }

    private var isStopped: Bool { DeliveryProcess.poll(stop, -1, for: 0) == .first }

    /// Waits until no command of a delivery that was killed is at work: it has the batch that comes next.
    ///
    /// - Returns: nil where newswire is to stop before that.
    private func waitForCommands() throws -> CommandLock? {
        var isTold = false
        while true {
            if let right = try cursors.lockForCommands(consumer) { return right }
            if !isTold {
                let path = cursors.commandLockPath(consumer)
                logger.warning(
                    "a delivery for this consumer was killed, and its command is still at work: nothing is delivered before it has ended (`fuser \(path)` names it)",
                    metadata: ["consumer": "\(consumer)"])
                notifier.status("waiting for the command of a delivery that was killed")
                isTold = true
            }
            if DeliveryProcess.poll(stop, -1, for: Self.commandLook) == .first { return nil }
        }
    }

    /// Before anything is delivered: a consumer whose first batch fails is one.
    private func makeConsumer(_ start: ConsumerStart?) throws {
        guard try cursors.read(consumer) == nil else { return }
        let seq = try (start ?? .beginning).cursor(in: reader)
        guard try cursors.begin(consumer, at: seq, in: reader), start == nil else { return }
        let count = try filter.count(in: reader, after: seq)
        guard count > 0 else { return }
        logger.notice(
            "a new consumer gets all that is stored; one that begins with --from now would get what comes next",
            metadata: ["consumer": "\(consumer)", "articles": "\(count)"])
    }

    private func begin() throws -> Progress {
        let (position, wentBackFrom) = try cursors.locate(consumer, in: reader)
        if let wentBackFrom { tellGoingBack(from: wentBackFrom, to: position.seq ?? 0) }
        var progress = Progress(position)
        if let wentBackFrom {
            progress.cursor = wentBackFrom
            try move(&progress)
        }
        return progress
    }

    /// Goes back to the last record that is still the one that was delivered, where an older copy of the store was put
    /// in its place: the numbers behind that record belong to other articles.
    private func goBack(_ progress: inout Progress) throws {
        // A consumer that is ahead of the store waits: it may be a copy that is behind.
        guard progress.seen > progress.first,
            case .back(let seq) = try reader.place(after: progress.trail, orElse: progress.first),
            seq < progress.seen
        else { return }
        tellGoingBack(from: progress.seen, to: seq)
        progress.seen = seq
        progress.trail.goBack(to: seq)
        try move(&progress)
    }

    private func tellGoingBack(from seq: UInt64, to start: UInt64) {
        logger.warning(
            "the store has other articles than those that were delivered of it: an older copy was put in its place",
            metadata: ["consumer": "\(consumer)", "cursor": "\(seq)", "goes_on_behind": "\(start)"])
    }

    private func move(_ progress: inout Progress) throws {
        guard progress.seen != progress.cursor ?? 0 else { return }
        switch try cursors.advance(
            consumer, from: progress.cursor, to: progress.seen, trail: progress.trail, in: reader)
        {
        case .done: progress.cursor = progress.seen
        case .movedMeanwhile(let moved):
            logger.warning(
                "the cursor was moved by hand meanwhile, and stays there",
                metadata: ["consumer": "\(consumer)", "seq": "\(moved)"])
            progress.seen = moved
            progress.cursor = moved
            progress.trail.goBack(to: moved)
        case .changedMeanwhile:
            // The next look finds out from where on.
            logger.warning(
                "the store has changed meanwhile, and the cursor stays where it is",
                metadata: ["consumer": "\(consumer)", "cursor": "\(progress.cursor ?? 0)"])
        }
    }

    private func collect(after seq: UInt64) throws -> DeliveryBatch {
        try DeliveryBatch(reader, after: seq, filter: filter, limit: options.batch) { damage in
            logger.warning("\(damage); it is left out", metadata: ["consumer": "\(consumer)"])
        }
    }

    private enum Result {
        case delivered
        /// It was to be tried only once.
        case failed
        /// The batch is left for the next time.
        case stopped
    }

    /// Tries a batch until it is delivered, or kept elsewhere.
    private func deliver(_ batch: DeliveryBatch, holding right: CommandLock) -> Result {
        // A batch that was tried in vain before this start goes on where it was.
        let before = cursors.failure(of: consumer).flatMap { $0.first == batch.first ? $0 : nil }
        var backoff = DeliveryBackoff(failures: before?.attempts ?? 0)
        let since = before?.since ?? SystemClock.now()
        while true {
            let ending = command.run(
                input: batch.bytes, adding: environment(batch, attempt: backoff.failures + 1),
                timeout: options.timeout, stop: stop, holding: right.descriptor)
            var fields = fields(batch)
            if backoff.failures > 0 { fields["failures"] = "\(backoff.failures)" }
            if ending.isDone {
                logger.log(level: backoff.failures > 0 ? .notice : .debug, "batch delivered", metadata: fields)
                if backoff.failures > 0 { note(nil) }
                return .delivered
            }
            if ending == .stopped || isStopped { return .stopped }
            let seconds = backoff.failed()
            let failure = DeliveryFailure(
                since: since, attempts: backoff.failures, first: batch.first, last: batch.last,
                reason: "the command \(ending)")
            if giveUp(batch, after: failure, fields) { return .delivered }
            note(failure)
            let next = options.once ? "" : "; it gets the batch again in \(seconds) s"
            logger.warning("\(failure.reason)\(next)\(wayOut(failure))", metadata: fields)
            if options.once { return .failed }
            notifier.status(
                "FAILING since \(Timestamp(seconds: since.seconds)): \(failure.reason), \(failure.attempts) times; articles "
                    + "\(batch.first) to \(batch.last) come again in \(seconds) s")
            if DeliveryProcess.poll(stop, -1, for: Int64(seconds) * 1000) == .first { return .stopped }
        }
    }

    /// - Returns: whether the batch is kept elsewhere, so that the consumer goes on behind it.
    private func giveUp(_ batch: DeliveryBatch, after failure: DeliveryFailure, _ fields: Logger.Metadata) -> Bool {
        guard let letters = options.deadLetters, failure.attempts >= letters.attempts else { return false }
        do throws(DeadLetters.Failure) {
            let path = try letters.keep(batch, of: consumer)
            logger.error(
                "\(failure.reason), \(failure.attempts) times; the batch is given up and kept in \(path)",
                metadata: fields)
            note(nil)
            return true
        } catch {
            logger.error("a batch is to be given up: \(error)", metadata: fields)
            return false
        }
    }

    /// What a person can do about a batch that is refused again and again; said from the second time on, since the first
    /// may be a hiccup.
    private func wayOut(_ failure: DeliveryFailure) -> String {
        guard failure.attempts > 1 else { return "" }
        if let letters = options.deadLetters {
            return "; after \(letters.attempts) attempts it is given up and kept in \(letters.directory)"
        }
        return
            "; to give it up, stop this delivery and say `newswire ack \(consumer) \(failure.last)"
            + "\(options.isOfEvents ? " --events" : "")`, or let --attempts N "
            + "--dead-letter DIR do it"
    }

    /// A folder that does not take it costs no delivery.
    private func note(_ failure: DeliveryFailure?) {
        do throws(StoreError) {
            try cursors.note(failure, of: consumer)
        } catch {
            logger.debug("\(error)", metadata: ["consumer": "\(consumer)"])
        }
    }

    private func environment(_ batch: DeliveryBatch, attempt: Int) -> [String: String] {
        [
            "NEWSWIRE_CONSUMER": consumer, "NEWSWIRE_COUNT": "\(batch.count)", "NEWSWIRE_FIRST_SEQ": "\(batch.first)",
            "NEWSWIRE_LAST_SEQ": "\(batch.last)", "NEWSWIRE_ATTEMPT": "\(attempt)",
        ]
    }

    private func fields(_ batch: DeliveryBatch) -> Logger.Metadata {
        [
            "consumer": "\(consumer)", "articles": "\(batch.count)", "first_seq": "\(batch.first)",
            "last_seq": "\(batch.last)",
        ]
    }
}

extension DeliveryCommand.Ending: CustomStringConvertible {
    /// In the words of `the command …`.
    var description: String {
        switch self {
        case .exited(let status): "ended with status \(status)"
        case .killed(let signal): "was ended by signal \(signal)"
        case .timedOut: "took longer than --timeout and was ended"
        case .stopped: "was ended because newswire stops"
        case .notStarted(let code): "could not be started: \(SystemReason.text(code))"
        }
    }
}

/// How long to wait before a batch that failed is tried again: 1 s, twice as long after each failure, at most 5 min.
struct DeliveryBackoff: Equatable {
    private static let longest = 300

    /// Times that the batch has been tried in vain.
    private(set) var failures: Int

    init(failures: Int = 0) { self.failures = failures }

    /// - Returns: seconds to wait.
    mutating func failed() -> Int {
        failures += 1
        return failures > 9 ? Self.longest : min(1 << (failures - 1), Self.longest)
    }
}

/// Articles that go to a command together.
struct DeliveryBatch {
    /// A batch is closed once it is as large, whatever the number of its articles; it holds one at least.
    static let maximumBytes = 16 << 20

    /// Lines of JSON, as the store holds them.
    private(set) var bytes: [UInt8] = []
    private(set) var count = 0
    private(set) var first: UInt64 = 0
    private(set) var last: UInt64 = 0
    /// The last record that was looked at, admitted or not: where the cursor goes when the batch is delivered.
    private(set) var lastSeen: UInt64
    /// Which records were looked at last.
    private(set) var recent = RecentMarks()
    /// Whether there may be more than was taken.
    private(set) var isFull = false

    /// Takes what stands behind number `seq` and the filter admits.
    ///
    /// - Parameter damage: what is no article any more and is left out.
    init(
        _ reader: StoreReader, after seq: UInt64, filter: DumpFilter, limit: Int, damage: (StoreDamage) -> Void
    ) throws {
        lastSeen = seq
        var batch = self
        try reader.read(after: seq, damage: damage) { record in
            if try filter.admits(record, in: reader) {
                if batch.count > 0, batch.bytes.count + record.bytes.count > Self.maximumBytes {
                    batch.isFull = true
                    return false
                }
                batch.add(record)
            }
            batch.lastSeen = record.envelope.seq
            batch.recent.pass(record.envelope)
            batch.isFull = batch.count >= limit
            return !batch.isFull
        }
        self = batch
    }

    private mutating func add(_ record: RecordSlice) {
        bytes.append(contentsOf: record.bytes)
        count += 1
        if first == 0 { first = record.envelope.seq }
        last = record.envelope.seq
    }
}
