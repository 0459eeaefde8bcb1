internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Ingestion
internal import Logging
internal import Publishing
private import Web

/// A bus as the target of a delivery: a batch is taken once the bus has acknowledged each of its messages.
///
/// `@unchecked Sendable` because only the delivery's thread ever calls it.
final class BusTarget: DeliveryTarget, @unchecked Sendable {
    /// Milliseconds that connecting may take, over all servers.
    private static let patience: Int64 = 30_000

    private let connector: BusConnector
    private let logger: Logger
    private let consumer: String
    private let tellsEnd: Bool
    private var bus: (any Bus)?
    /// Whether the connection has carried a batch: where it then fails, it may only have been idle for too long.
    private var isProven = false
    /// What a bus has refused as too large is this, although it said that it takes more.
    private var learnt = Int.max
    private var shortened = ShortenedCount()
    private var counted: PublishFigures

    /// - Parameter figures: what earlier runs have counted.
    init(_ connector: BusConnector, consumer: String, figures: PublishFigures, logger: Logger) {
        self.connector = connector
        self.consumer = consumer
        self.logger = logger
        counted = figures
        tellsEnd = connector.settings.url?.kind != .kafka
    }

    var isUnsettled: Bool { bus == nil }
    var tellsWhereItStands: Bool { tellsEnd }
    var figures: PublishFigures? { counted }

    func take(_ batch: DeliveryBatch, _ attempt: DeliveryAttempt) -> DeliveryAnswer {
        let wait = BusWait(milliseconds: attempt.timeout, stop: attempt.stop)
        do throws(BusFailure) {
            guard let bus else { return .stands(try connect(wait)) }
            guard batch.count > 0 else { return .delivered }
            try publish(batch, on: bus, wait)
            isProven = true
            counted.published += UInt64(batch.count)
            counted.busSeq = batch.last
            return .delivered
        } catch {
            close()
            let canLearn = error.kind == .tooLarge && learn(from: batch)
            guard error.kind == .away && isProven || canLearn else { return answer(error) }
            // Whether it is away is seen now; a connection that nobody used for long may have been closed.
            isProven = false
            logger.debug("the connection is made anew: \(error.reason)", metadata: ["consumer": "\(consumer)"])
            do throws(BusFailure) {
                return .stands(try connect(wait))
            } catch {
                close()
                return answer(error)
            }
        }
    }

    private func connect(_ wait: BusWait) throws(BusFailure) -> BusEnd? {
        let bus = try connector.bus()
        self.bus = bus
        let wait = wait.atMost(milliseconds: Self.patience)
        try bus.connect(wait)
        let end = try bus.end(wait)
        if let end { counted.busSeq = end.seq }
        return end
    }

    private func publish(_ batch: DeliveryBatch, on bus: any Bus, _ wait: BusWait) throws(BusFailure) {
        let prepared: BusBatch
        do throws(BusBatch.Problem) {
            prepared = try BusBatch(batch, largestLine: min(bus.largestLine, learnt))
        } catch {
            throw BusFailure(.refused, "\(error)")
        }
        try prepared.withMessages { messages throws(BusFailure) in try bus.publish(messages, wait) }
        guard !prepared.shortened.isEmpty else { return }
        counted.shortened += UInt64(prepared.shortened.count)
        if let (count, seq) = shortened.pass(prepared.shortened, now: SystemClock.now()) {
            logger.warning(
                "\(count) article\(count == 1 ? " is" : "s are") larger than \(bus.name) takes, and went without content; `newswire dump --after \(seq - 1) --limit 1` has the last whole",
                metadata: ["consumer": "\(consumer)", "seq": "\(seq)", "largest": "\(bus.largestLine)"])
        }
    }

    /// Takes lines of half the length of the longest from now on.
    ///
    /// - Returns: whether that is less than before: something was shortened for nothing else.
    private func learn(from batch: DeliveryBatch) -> Bool {
        let longest = batch.lines.map(\.count).max() ?? 0
        let limit = max(BusBatch.leastLimit, min(longest, learnt) / 2)
        guard limit < learnt, limit < longest else { return false }
        learnt = limit
        return true
    }

    private func close() {
        bus?.close()
        bus = nil
    }

    private func answer(_ failure: BusFailure) -> DeliveryAnswer {
        if failure.kind != .stopped { counted.errors += 1 }
        switch failure.kind {
        case .away: return .away(failure.reason)
        case .refused, .tooLarge: return .refused(failure.reason)
        case .notPermitted: return .ended(failure.reason)
        case .misconfigured, .untrusted: return .broken(.badConfiguration, failure.reason)
        case .notOurs: return .broken(.badInput, "\(failure.reason); nothing is published: name another place in to")
        case .stopped: return .stopped
        }
    }
}

/// What is said of articles that were shortened: once a day, with how many there were since.
struct ShortenedCount {
    private static let pause: Int64 = 86_400

    private var told: Timestamp?
    private var count = 0

    /// - Parameter seqs: the records that were shortened.
    /// - Returns: how many there were since it was said last, and the last of them; nil where nothing is to be said.
    mutating func pass(_ seqs: [UInt64], now: Timestamp) -> (count: Int, last: UInt64)? {
        guard let last = seqs.last else { return nil }
        count += seqs.count
        if let told, abs(now.seconds - told.seconds) < Self.pause { return nil }
        defer { count = 0 }
        told = now
        return (count, last)
    }
}
