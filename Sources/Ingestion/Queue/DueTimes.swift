internal import Configuration
internal import Digest
package import FeedModel
internal import Scheduling

/// `DueTimes` says when feeds are polled after a start, or after a time in which nothing could be polled: not all at
/// once (polling.md §6).
struct DueTimes {
    /// Milliseconds over which the first polls of many new feeds are spread at most.
    private static let longestFirstSpread: Int64 = 15 * 60 * 1000
    /// Milliseconds over which feeds are spread at most that became due while nothing was polled.
    private static let longestOverdueSpread: Int64 = 10 * 60 * 1000
    /// A few feeds need no spreading: this many milliseconds for each.
    private static let spreadPerFeed: Int64 = 100
    /// Milliseconds that nothing puts a poll off beyond: a feed that has ended is asked each 30 days, and a little later.
    private static let longestWait: Int64 = 35 * 86_400_000

    /// What is known of one feed's next poll.
    struct Feed {
        var number: Int
        /// `FeedHash.of` its id.
        var hash: UInt64
        /// nil for one that was never polled.
        var next: Timestamp?
        var last: Timestamp?
        /// Milliseconds between its polls.
        var interval: Int64
        /// Whether something other than the interval has put its next poll off.
        var isPutOff = false
        /// A person has paused it until then.
        var heldUntil: Timestamp?
        /// It is polled only in these times of day; nil: at any time.
        var hours: PollingHours?

        /// The first time from `time` on at which it may be polled.
        func allowed(from time: Timestamp) -> Timestamp {
            hours?.next(from: time, feed: hash, interval: Int(interval / 1000)) ?? time
        }
    }

    let now: Timestamp
    /// Milliseconds.
    let maxInterval: Int64

    /// Each feed's number, and when it is due.
    ///
    /// - Parameter isHurried: few feeds that are overdue come within seconds, as somebody wants it who has just started
    ///   the program; else over their intervals, so that nobody is asked more often than at other times.
    func plan(_ feeds: [Feed], isHurried: Bool = true) -> [(number: Int, due: Timestamp)] {
        var result: [(number: Int, due: Timestamp)] = []
        result.reserveCapacity(feeds.count)
        var new: [Feed] = []
        var overdue: [(feed: Feed, lateness: Double)] = []
        for feed in feeds {
            guard let next = next(feed) else {
                new.append(feed)
                continue
            }
            if next > now {
                result.append((feed.number, feed.allowed(from: next)))
            } else {
                let late = Double(now.milliseconds - next.milliseconds)
                overdue.append((feed, late / Double(max(1, feed.interval))))
            }
        }
        // Those first that have missed most polls.
        overdue.sort { ($0.lateness, $1.feed.hash) > ($1.lateness, $0.feed.hash) }
        let hurriedWindow = window(Self.longestOverdueSpread, count: new.count + overdue.count)
        for (index, entry) in overdue.enumerated() {
            let window = isHurried ? hurriedWindow : min(Self.longestOverdueSpread, entry.feed.interval)
            let slot = Double(window) / Double(overdue.count)
            let offset = slot * (Double(index) + Jitter.fraction(feed: entry.feed.hash, time: now))
            result.append((entry.feed.number, entry.feed.allowed(from: now.adding(milliseconds: Int64(offset)))))
        }
        for feed in new {
            let longest = min(Self.longestFirstSpread, feed.interval)
            let window = window(longest, count: new.count + overdue.count)
            let offset = window > 0 ? Int64(feed.hash % UInt64(window)) : 0
            result.append((feed.number, feed.allowed(from: now.adding(milliseconds: offset))))
        }
        return result
    }

    /// When a feed is due that has just been polled: the time of day may have been set since the poll decided that.
    ///
    /// - Parameter soonest: it is not due before.
    func due(_ feed: Feed, notBefore soonest: Timestamp) -> Timestamp {
        feed.allowed(from: max(next(feed) ?? soonest, soonest))
    }

    private func window(_ longest: Int64, count: Int) -> Int64 {
        let (spread, overflows) = Int64(count - 1).multipliedReportingOverflow(by: Self.spreadPerFeed)
        return overflows ? longest : min(longest, spread)
    }

    /// When the feed is due; nil for at once, as it was never polled.
    private func next(_ feed: Feed) -> Timestamp? {
        let next = feed.next.map { believable($0, feed) }
        guard let held = feed.heldUntil else { return next }
        return max(next ?? held, held)
    }

    /// A due time that a clock which was set has put out of reach is brought back.
    func believable(_ next: Timestamp, _ feed: Feed) -> Timestamp {
        if let last = feed.last, last > now.adding(milliseconds: PauseRules.clockTolerance) {
            // The clock has gone back: as far from now as it was from the last poll.
            let wait = next.milliseconds.subtractingReportingOverflow(last.milliseconds)
            return now.adding(milliseconds: wait.overflow ? feed.interval : max(0, wait.partialValue))
        }
        let ahead = next.milliseconds.subtractingReportingOverflow(now.milliseconds)
        let (twice, overflows) = max(maxInterval, feed.interval).multipliedReportingOverflow(by: 2)
        let longest = feed.isPutOff ? max(Self.longestWait, twice) : twice
        guard ahead.overflow || !overflows && ahead.partialValue > longest else { return next }
        return now.adding(milliseconds: feed.interval)
    }
}

extension DueTimes.Feed {
    init(
        number: Int, _ feed: FeedConfiguration, _ outlook: FeedOutlook?, _ schedule: ScheduleSettings
    ) {
        let standard = (feed.interval ?? schedule.initialInterval).milliseconds
        self.init(
            number: number, hash: FeedHash.of(feed.id), next: nil, last: nil, interval: standard)
        hours = feed.options.hours
        guard let outlook else { return }
        // A person has paused the feed, and not its URL.
        heldUntil = outlook.schedule.heldUntil
        // What else is remembered of another URL does not count.
        guard outlook.isOfURL else { return }
        next = outlook.nextPoll
        last = outlook.lastPoll
        interval = outlook.intervalSeconds.map { Int64($0) * 1000 } ?? standard
        isPutOff = outlook.schedule.reason.putsOff
    }
}

extension FeedOutlook {
    /// Returns the outlook without the backoff of a feed that has failed to connect since an outage of the network began:
    /// it is due like those whose failures were not counted (polling.md §8).
    func afterOutage(since onset: Timestamp?) -> FeedOutlook {
        guard let onset, let failureKind, failureKind.isOfConnecting, let since = schedule.failingSince, since >= onset
        else { return self }
        var outlook = self
        outlook.nextPoll = lastPoll
        return outlook
    }
}

extension PollTerms.Reason {
    /// Whether it is not the interval that has decided.
    fileprivate var putsOff: Bool {
        switch self {
        case .none, .adaptive, .fixed, .initial, .minimum, .maximum, .ttl, .updatePeriod, .noValidators, .moreItems:
            false
        case .freshness, .retryAfter, .pause, .backoff, .refused, .credentials, .gone, .goneForGood, .expired,
            .skipHours, .hours, .cutShort:
            true
        }
    }
}

/// `FeedHash` gives the number by which jitter, spreading and the history of polls know a feed.
package enum FeedHash {
    /// Returns the number of a feed, the same in every process.
    package static func of(_ feed: FeedIdentifier) -> UInt64 { of(feed.text) }

    /// Returns the number of any text, such as the key of a host's allowance.
    package static func of(_ text: String) -> UInt64 {
        var text = text
        return text.withUTF8 { XXH3.hash64(UnsafeRawBufferPointer($0)) }
    }
}
