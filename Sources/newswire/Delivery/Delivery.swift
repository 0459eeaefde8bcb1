internal import ArticleStore
internal import FeedModel
internal import Ingestion
internal import Logging

/// Gives a consumer's new articles to a target, batch by batch, in order and at least once: the cursor moves when the
/// target has taken a batch, and not before.
struct Delivery {
    struct Options {
        var batch: Int
        /// Milliseconds to wait for more, once there is something and a batch is not full.
        var wait: Int64
        /// Milliseconds that the target has for a batch.
        var timeout: Int64
        /// Whether to end when all that is there has been delivered, or at the first failure.
        var once: Bool
        /// Whether events are delivered, whose consumers are others than those of articles.
        var isOfEvents = false
        /// Where a batch goes that the target never takes; nil: it is tried for ever.
        var deadLetters: DeadLetters?
        /// The command that delivers, as a person starts it.
        var command = "newswire deliver"
        /// Seconds after which a batch that failed is tried again at the latest.
        var longestBackoff = DeliveryBackoff.longest
    }

    enum Ending: Equatable {
        case done
        /// Only with `once`.
        case failed
        /// The target wants nothing any more, for that reason.
        case ended(String)
        /// The fleet has taken the consumer back.
        case lost
    }

    /// Milliseconds after which it looks for itself: some file systems do not tell of changes.
    private static let longestWait: Int64 = 10_000

    /// Milliseconds between two looks whether a command has ended that is nobody's child any more.
    private static let commandLook: Int64 = 100

    /// Milliseconds between two looks whether a wrong configuration has been mended.
    private static let configurationLook: Int64 = 1000

    /// How much later than its batches a cursor may move whose target can tell what it has.
    private static let cursorDelay: Duration = .milliseconds(250)

    /// So many articles are counted for a new consumer: its first batch need not wait until a whole store was read.
    private static let mostCounted: UInt64 = 1000

    let consumer: String
    let filter: CurrentFilter
    let target: any DeliveryTarget
    let options: Options
    let reader: StoreReader
    let cursors: Cursors
    let watch: ArticleWatch
    let notifier: ServiceNotifier
    let logger: Logger
    /// Readable once it is to stop.
    let stop: Int32
    /// The consumer as the fleet has given it; nil on a machine that is in none.
    var hold: FleetConsumer?

    /// Blocks its thread. The caller holds the consumer's lock.
    ///
    /// - Parameter start: where the consumer begins if it is new.
    func run(from start: ConsumerStart?) throws -> Ending {
        try makeConsumer(start)
        var progress = try begin()
        var filter = filter
        defer { noteFigures() }
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
            if isLost { return .lost }
            watch.arm()
            try goBack(&progress)
            guard var batch = try collect(&progress, &filter) else { break }
            if batch.count > 0, !batch.isFull, !options.once, options.wait > 0 {
                if DescriptorWait.poll(stop, -1, for: options.wait) == .first { break }
                guard let fuller = try collect(&progress, &filter) else { break }
                batch = fuller
            }
            if batch.undecided > 0 {
                logger.warning(
                    "\(MatchText.undecided(batch.undecided, "taken"))", metadata: ["consumer": "\(consumer)"])
            }
            if isLost { return .lost }
            if batch.count > 0 || target.isUnsettled {
                switch try deliver(batch, holding: right) {
                case .delivered: break
                case .failed:
                    try move(&progress)
                    return .failed
                case .ended(let reason):
                    try move(&progress)
                    return .ended(reason)
                case .stands(let end):
                    try settle(at: end, &progress, filter.filter)
                    continue
                case .stopped: continue
                }
            }
            progress.seen = batch.lastSeen
            progress.trail.pass(batch.recent)
            if batch.isFull, target.tellsWhereItStands, !progress.isDue(Self.cursorDelay) { continue }
            // Records that are not wanted cost a write of the cursor only now and then.
            if batch.count > 0 || options.once || progress.isFarAhead || progress.isBehind { try move(&progress) }
            if batch.count > 0 {
                noteFigures()
                notifier.status("has had all up to \(progress.seen)")
                continue
            }
            if batch.isPause { continue }
            if options.once, batch.heldUntil == nil { return .done }
            // What is known of a page that waits is no article, whose coming would be told of.
            let pause = batch.heldUntil != nil || watch.descriptor < 0 ? 1000 : Self.longestWait
            _ = DescriptorWait.poll(watch.descriptor, stop, for: pause)
        }
        try move(&progress)
        return .done
    }

    struct Progress {
        /// The cursor as it is on the disk.
        var cursor: UInt64?
        /// The last record that was looked at; between the cursor and it are only records that are not wanted.
        var seen: UInt64
        /// Which records those were, as far as is known.
        var trail: ReadingTrail
        /// The number behind which the delivery began.
        var first: UInt64
        /// When the cursor was moved last.
        var moved = ContinuousClock.now
        /// Whether articles were delivered since.
        var isBehind = false
        /// The last of the records of which it was told that retention has removed them.
        var toldRemoved: UInt64 = 0
        /// How large the last batch was: the next is likely to be as large.
        var batchBytes = 0

        init(_ position: Cursors.Position) {
            cursor = position.seq
            seen = cursor ?? 0
            first = seen
            trail = position.trail
        }

        /// Whether the cursor is to be moved that was to be left where it is for a while.
        mutating func isDue(_ delay: Duration) -> Bool {
            isBehind = true
            return ContinuousClock.now - moved >= delay
        }

        var isFarAhead: Bool { seen > cursor ?? 0 && seen - (cursor ?? 0) >= 1000 }
    }

    /// Whether another machine may deliver for the consumer by now.
    var isLost: Bool { hold?.isLost ?? false }

    var isStopped: Bool { DescriptorWait.poll(stop, -1, for: 0) == .first }

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
            if DescriptorWait.poll(stop, -1, for: Self.commandLook) == .first { return nil }
        }
    }

    /// Before anything is delivered: a consumer whose first batch fails is one.
    private func makeConsumer(_ start: ConsumerStart?) throws {
        guard try cursors.read(consumer) == nil else { return }
        let seq = try (start ?? .beginning).cursor(in: reader)
        guard try cursors.begin(consumer, at: seq, in: reader), start == nil else { return }
        let count = try filter.filter.count(in: reader, after: seq, upTo: Self.mostCounted)
        guard count > 0 else { return }
        logger.notice(
            "a new consumer gets all that is stored; one that begins with --from now would get what comes next",
            metadata: [
                "consumer": "\(consumer)", "articles": "\(count)\(count == Self.mostCounted ? " or more" : "")",
            ])
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

    func noteFigures() {
        guard let figures = target.figures else { return }
        do throws(StoreError) {
            try cursors.keep(figures, of: consumer)
        } catch {
            logger.debug("\(error)", metadata: ["consumer": "\(consumer)"])
        }
    }

    func move(_ progress: inout Progress) throws {
        progress.moved = .now
        progress.isBehind = false
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

    /// The next batch, chosen by the configuration as it is; nil where newswire is to stop before that is known.
    private func collect(_ progress: inout Progress, _ filter: inout CurrentFilter) throws -> DeliveryBatch? {
        let end = try filter.end(of: reader)
        if end > progress.seen, try !waitForFilter(&filter) { return nil }
        var told = progress.toldRemoved
        defer { progress.toldRemoved = told }
        let batch = try DeliveryBatch(
            reader, after: progress.seen, through: end, filter: filter.filter, limit: options.batch,
            expected: progress.batchBytes,
            damage: { damage in
                logger.warning("\(damage); it is left out", metadata: ["consumer": "\(consumer)"])
            },
            removed: { range in
                // What was removed before a consumer began it was not to have.
                if progress.seen > 0, range.upperBound > told { tell(removed: range) }
                told = max(told, range.upperBound)
            })
        progress.batchBytes = batch.bytes.count
        return batch
    }

    /// Waits until the filter is that of the configuration as it is.
    ///
    /// - Returns: false where newswire is to stop before that.
    private func waitForFilter(_ filter: inout CurrentFilter) throws -> Bool {
        var trouble = ""
        while true {
            do throws(CurrentFilter.Failure) {
                if try filter.renew() {
                    logger.notice(
                        "the configuration has changed, and articles are chosen by it as it is now",
                        metadata: ["consumer": "\(consumer)"])
                }
                if !trouble.isEmpty { notifier.status("the configuration can be read again") }
                return true
            } catch {
                if options.once { throw CommandFailure(error) }
                if trouble != error.description {
                    trouble = error.description
                    logger.error("\(trouble)", metadata: ["consumer": "\(consumer)"])
                    notifier.status("WAITING: \(trouble)")
                }
            }
            if DescriptorWait.poll(stop, -1, for: Self.configurationLook) == .first { return false }
        }
    }

    private func tell(removed: ClosedRange<UInt64>) {
        logger.warning(
            "articles that the consumer has not had are not there any more: retention has removed them",
            metadata: [
                "consumer": "\(consumer)", "first_seq": "\(removed.lowerBound)", "last_seq": "\(removed.upperBound)",
            ])
    }
}
