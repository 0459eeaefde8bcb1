import FeedModel

/// `BelievedWishes` is how far a feed, or its server, is believed that asks to be polled less often than it publishes
/// (polling.md §4): by its ttl, its update period, freshness, and hours and days that it excludes.
///
/// Many such wishes are the defaults of a program that nobody has looked at. Where a document came of which nothing was
/// known, its items were lost to one of them, so from then on they put a poll off by half of the time at most in which a
/// document is replaced. What a server says in so many words when it refuses (Retry-After, a pause) is no such wish.
struct BelievedWishes {
    /// Who asks for more than this many seconds has mistaken the unit, or means other files.
    static let mistake = 7 * 86_400
    /// No limit is remembered beyond which no wish goes anyway, in seconds.
    private static let longestLimit = 86_400

    /// Wishes put a poll off by this many seconds at most; nil where nothing has been lost to them.
    let limit: Int?

    init(_ schedule: FeedState.Schedule) {
        limit = schedule.wishLimit > 0 ? Int(schedule.wishLimit) : nil
    }

    /// Returns the seconds that count of those asked for; nil where they are a mistake.
    ///
    /// - Parameter longest: a person trusts wishes up to so many seconds.
    func believed(_ seconds: Int, longest: Int = 0) -> Int? {
        seconds > max(Self.mistake, longest) ? nil : min(seconds, limit ?? seconds)
    }

    /// Learns from a poll whether items are lost to wishes.
    ///
    /// - Parameters:
    ///   - schedule: what is remembered of the feed, into which the limit goes.
    ///   - isGap: nothing of the document was known.
    ///   - reason: had the last word on when the poll came.
    ///   - window: the document's items span so many seconds at the feed's rhythm; nil where that is not known.
    static func learn(
        _ schedule: inout FeedState.Schedule, from event: PollEvent, isGap: Bool, reason: PollTerms.Reason, window: Int?
    ) {
        let half = window.map { max(1, $0 / 2) }
        if isGap {
            guard reason.isWish, let passed = event.secondsSinceLastRead else { return }
            // The whole document was replaced in that time, whatever the rhythm says.
            let limit = min(max(1, passed / 2), half ?? .max)
            schedule.wishLimit = limit < longestLimit ? Int32(clamping: limit) : 0
        } else if schedule.wishLimit > 0, event.showsMostlyKnown {
            let limit = max(Int(schedule.wishLimit), min(Int(schedule.wishLimit) * 5 / 4 + 1, half ?? .max))
            schedule.wishLimit = limit < longestLimit ? Int32(clamping: limit) : 0
        }
    }
}

extension PollTerms.Reason {
    /// Whether it is a wish that is believed no longer once items were lost to it.
    fileprivate var isWish: Bool {
        switch self {
        case .ttl, .updatePeriod, .freshness, .skipHours: true
        default: false
        }
    }
}

extension PollEvent {
    /// nil where that is not known, and where a clock was set back.
    fileprivate var secondsSinceLastRead: Int? {
        guard let lastRead, lastRead < startedAt else { return nil }
        let (milliseconds, overflows) = startedAt.milliseconds.subtractingReportingOverflow(lastRead.milliseconds)
        return overflows ? nil : Int(milliseconds / 1000)
    }

    /// Whether less than half of the document was new, so that it could have been read later without a loss.
    fileprivate var showsMostlyKnown: Bool {
        switch result {
        case .unchanged: true
        case .document(let document): document.newItems * 2 < document.items
        case .failure: false
        }
    }
}
