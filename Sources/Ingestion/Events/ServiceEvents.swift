internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Scheduling

/// `ServiceEvents` sees what is worth an event of the service itself (contract.md §7): the disk, the consumers, the clock.
/// The loop's alone.
struct ServiceEvents {
    /// Milliseconds of a doubt that are not worth an event: at a start, before servers have answered.
    private static let clockPatience: Int64 = 540_000

    private var isDiskTold = false
    private var doubtSince: SteadyTime?
    private var isDoubtTold = false

    /// - Parameter trouble: why the disk takes nothing; nil while it does.
    mutating func look(disk trouble: String?, at now: Timestamp) -> NewsEvent? {
        guard let trouble else {
            isDiskTold = false
            return nil
        }
        guard !isDiskTold else { return nil }
        isDiskTold = true
        var event = NewsEvent(
            kind: .diskFull, since: now,
            title: "nothing could be stored or polled from \(Timestamp(seconds: now.seconds)) on",
            mark: "\(now.milliseconds)")
        event.text = trouble
        return event
    }

    /// - Returns: whether the clock has been in doubt for so long that it is an event.
    mutating func isNews(ofClock isDoubtful: Bool, _ steady: SteadyTime) -> Bool {
        guard isDoubtful else {
            (doubtSince, isDoubtTold) = (nil, false)
            return false
        }
        let since = doubtSince ?? steady
        doubtSince = since
        guard !isDoubtTold, steady.milliseconds(since: since) >= Self.clockPatience else { return false }
        isDoubtTold = true
        return true
    }

    /// - Parameter trusted: when the clock last counted, as the store remembers it: a doubt that outlasts a restart is the
    ///   same.
    static func clock(_ doubt: String, trusted: Timestamp?, at now: Timestamp) -> NewsEvent {
        var event = NewsEvent(
            kind: .clockDoubtful, since: now, title: "the clock is in doubt",
            mark: trusted.map { "\($0.seconds)" } ?? "")
        event.text = "\(doubt). Until it counts again nothing old is removed."
        return event
    }

    /// - Parameter patience: how long a consumer's batch has to be refused.
    static func look(
        consumers: [StatusFigures.Consumer], patience: Duration, at now: Timestamp
    ) -> [NewsEvent] {
        consumers.compactMap { consumer in
            guard let failure = consumer.failure,
                now.milliseconds - failure.since.milliseconds >= patience.milliseconds
            else { return nil }
            var event = NewsEvent(
                kind: .consumerStuck, since: failure.since,
                title: "consumer \(consumer.shownName) does not get on since "
                    + "\(Timestamp(seconds: failure.since.seconds))",
                mark: "\(consumer.shownName) \(failure.since.milliseconds) \(failure.first)")
            event.text =
                "\(failure.reason), \(failure.attempts) times, with articles \(failure.first) to \(failure.last)."
            event.consumer = consumer.name
            event.failures = failure.attempts
            return event
        }
    }
}
