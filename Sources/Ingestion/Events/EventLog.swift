package import ArticleStore
package import Configuration
internal import Digest
private import Dispatch
package import FeedModel
private import Locking
package import Logging

/// `EventLog` keeps events, each once, in a store of its own inside the articles' one (contract.md §7): with the same
/// segments, chain and cursors, and a length of its own, so that no flood of events costs an article. Any thread may use it.
package final class EventLog: Sendable {
    private struct Waiting {
        var events: [NewsEvent] = []
        var isAboutToTry = false
    }

    static let maximumSize: UInt64 = 64 << 20
    private static let segmentSize: UInt64 = 1 << 20
    /// As many events wait in memory at most for a disk that takes nothing.
    private static let maximumWaiting = 10_000
    /// As many identities are remembered, so that not every poll of a silent feed asks the disk.
    private static let maximumKnown = 200_000
    /// Seconds between two tries while the disk takes nothing.
    private static let patience = 5

    private let store: ArticleStore
    /// Bytes of events that are kept at most.
    private let maximumSize: UInt64
    private let logger: Logger
    private let queue = DispatchQueue(label: "newswire.events", qos: .utility)
    private let known = Locked<Set<Hash128>>([])
    private let waiting = Locked(Waiting())

    /// Opens the events of a store, for whoever has that open for writing.
    package convenience init(of articles: ArticleStore, clock: PollClock, _ logger: Logger) throws(StoreError) {
        var options = StoreOptions(clock: clock.now)
        options.isClockDoubtful = { clock.doubt != nil }
        options.segmentSize = Self.segmentSize
        let store = try ArticleStore.open(at: try articles.makeEventsFolder(), options: options) { event in
            switch event {
            // The articles say that of the same disk.
            case .cannotWrite, .writesAgain: break
            default: logger.warning("events: \(event)")
            }
        }
        self.init(keptIn: store, logger)
    }

    /// - Parameters:
    ///   - store: of events alone, and no longer the caller's.
    ///   - maximumSize: bytes of events that are kept at most.
    init(keptIn store: ArticleStore, maximumSize: UInt64 = EventLog.maximumSize, _ logger: Logger) {
        self.store = store
        self.maximumSize = maximumSize
        self.logger = logger
    }

    /// Keeps events that were not kept before; they are durable when this returns. What the disk does not take waits in
    /// memory and is kept once it does.
    func record(_ events: [NewsEvent]) async {
        let new = events.filter { !isKnown($0) }
        if new.isEmpty { return }
        await withCheckedContinuation { done in
            queue.async { [self] in
                keep(new)
                done.resume()
            }
        }
    }

    /// The same, without waiting for it.
    func recordSoon(_ events: [NewsEvent]) {
        let new = events.filter { !isKnown($0) }
        if !new.isEmpty { queue.async { [self] in keep(new) } }
    }

    /// The same with what is made on the log's own thread, which may wait for the disk.
    func recordSoon(_ make: @escaping @Sendable () -> [NewsEvent]) {
        queue.async { [self] in keep(make()) }
    }

    private func isKnown(_ event: NewsEvent) -> Bool {
        let key = event.uid.key
        return known.withLock { $0.contains(key) }
    }

    private func remember(_ events: [NewsEvent]) {
        known.withLock { known in
            if known.count + events.count > Self.maximumKnown { known.removeAll() }
            for event in events { known.insert(event.uid.key) }
        }
    }

    private func keep(_ events: [NewsEvent]) {
        // What waits came first, and what comes now may follow from it.
        guard waiting.withLock({ $0.events.isEmpty }) else { return wait(events) }
        do throws(StoreError) {
            try store(events)
        } catch {
            wait(events)
            logger.debug("\(error)")
            tryLater()
        }
    }

    private func wait(_ events: [NewsEvent]) {
        waiting.withLock { waiting in
            let there = Set(waiting.events.map(\.uid.key))
            waiting.events += events.filter { !there.contains($0.uid.key) }
                .prefix(max(0, Self.maximumWaiting - waiting.events.count))
        }
    }

    private func store(_ events: [NewsEvent]) throws(StoreError) {
        var batch: [NewsEvent] = []
        for event in events {
            if isKnown(event) || batch.contains(where: { $0.uid.key == event.uid.key }) { continue }
            if try store.known(event.uid) != nil {
                remember([event])
                continue
            }
            var isWanted = event.follows.isEmpty
            for uid in event.follows where !isWanted {
                isWanted = try store.known(uid) != nil || batch.contains { $0.uid.key == uid.key }
            }
            if isWanted { batch.append(event) }
        }
        if batch.isEmpty { return }
        _ = try store.commit(batch.map { FeedCommit(feed: $0.feed, records: [$0.record], state: nil) })
        remember(batch)
    }

    private func tryLater() {
        let isFirst = waiting.withLock { waiting in
            defer { waiting.isAboutToTry = true }
            return !waiting.isAboutToTry
        }
        guard isFirst else { return }
        queue.asyncAfter(deadline: .now() + .seconds(Self.patience)) { [self] in
            keepWaiting()
        }
    }

    /// Tries once more with all that waits.
    private func keepWaiting() {
        let events = waiting.withLock { waiting in
            waiting.isAboutToTry = false
            defer { waiting.events = [] }
            return waiting.events
        }
        if !events.isEmpty { keep(events) }
    }

    /// Removes what is older than `keep`, but for what a consumer has not had, and what is beyond 64 MiB whoever has not
    /// had it. Returns at once.
    ///
    /// - Parameter now: nil while the clock is in doubt: then nothing is too old.
    package func trim(_ keep: StoreSettings.Retention, now: Timestamp?) {
        queue.async { [self] in
            do throws(StoreError) {
                if let span = keep.span, let now {
                    _ = try store.expire(
                        before: Timestamp(seconds: max(0, now.seconds - span)), now: now)
                }
                try cut()
            } catch {
                logger.warning("old events were not removed: \(error)")
            }
        }
    }

    private func cut() throws(StoreError) {
        let sizes = try StoreReader(directory: store.path).segmentSizes()
        var excess = Int64(clamping: sizes.reduce(0, +)) - Int64(maximumSize)
        let end = Timestamp(seconds: 253_402_300_799)
        let segments = try store.oldSegments(before: end, now: end)
        var last: UInt64 = 0
        for (size, segment) in zip(sizes, segments) where excess > 0 && !segment.isOpen {
            excess -= Int64(clamping: size)
            last = segment.lastSeq
        }
        guard last > 0 else { return }
        let result = try store.expire(before: end, now: end, through: last, force: true)
        guard result.records > 0 else { return }
        logger.warning(
            "the oldest events were removed: there were more than \(maximumSize >> 20) MiB of them",
            metadata: ["records": "\(result.records)", "last_seq": "\(result.lastSeq)"])
    }

    /// Waits for what is being kept, and gives the store up.
    package func close() {
        queue.sync {
            keepWaiting()
            store.close()
        }
    }
}
