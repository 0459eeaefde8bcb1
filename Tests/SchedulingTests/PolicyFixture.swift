import FeedModel

@testable import Scheduling

/// A feed's life under the policy, poll by poll, on a clock that the test moves.
final class PolicyFixture {
    static let start = Timestamp(year: 2026, month: 11, day: 2, hour: 12)

    var settings = PollSettings()
    var feed: UInt64 = 7
    var now = PolicyFixture.start
    var schedule = FeedState.Schedule()
    var due: Timestamp?
    var interval: Int?
    var lastRead: Timestamp?
    /// What every poll of the feed says.
    var hints = PollingHints()
    var hasValidators = true
    var freshness: PollEvent.Freshness?
    var retryAfter: Int?

    init(_ configure: (inout PollSettings) -> Void = { _ in }) {
        configure(&settings)
    }

    /// A poll at this moment.
    @discardableResult
    func poll(
        _ result: PollEvent.Result, host: HostVerdict = HostVerdict(), byHand: Bool = false
    ) -> PollDecision {
        var event = PollEvent(startedAt: now, endedAt: now, result: result)
        event.isByHand = byHand
        event.due = due
        event.interval = interval
        event.lastRead = lastRead
        event.hints = hints
        event.hasValidators = hasValidators
        event.freshness = freshness
        event.retryAfter = retryAfter
        let decision = PollPolicy(settings, feed: feed).decide(
            schedule, after: event, host: host)
        schedule = decision.schedule
        if case .failure = result {} else { lastRead = now }
        due = decision.next
        interval = decision.terms.interval
        return decision
    }

    /// A poll when it is due.
    @discardableResult
    func pollInTime(_ result: PollEvent.Result) -> PollDecision {
        if let due { now = max(now, due) }
        return poll(result)
    }

    /// The first document, with items so far apart up to now.
    @discardableResult
    func begin(gaps: Int, count: Int = 10) -> PollDecision {
        poll(.document(first(gaps: gaps, count: count)))
    }

    func first(gaps: Int, count: Int) -> PollEvent.Document {
        var document = PollEvent.Document(items: count, newItems: count)
        document.isFirst = true
        document.dates = (0..<count).map { now.adding(seconds: -gaps * $0) }
        return document
    }

    /// A document with new items that say when they were published.
    func document(_ new: Int, of items: Int = 10, ago: [Int] = []) -> PollEvent.Result {
        var document = PollEvent.Document(items: items, newItems: new)
        document.dates = ago.map { now.adding(seconds: -$0) }
        return .document(document)
    }
}

extension PollDecision {
    /// Seconds from a moment to the next poll, jitter not counted; nil for never.
    func wait(from now: Timestamp) -> Int? {
        next.map { Int(($0.milliseconds - now.milliseconds - Int64(terms.jitter)) / 1000) }
    }
}
