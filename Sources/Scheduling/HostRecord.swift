package import FeedModel

/// `HostAnswer` is what one poll was answered, as far as it says something of its host (polling.md §8).
package struct HostAnswer: Sendable, Equatable {
    /// The key of the host's allowance.
    package var host: String
    /// A hash of the feed's id.
    package var feed: UInt64
    /// The request was sent then.
    package var startedAt: Timestamp
    /// The feed's poll before was refused as well, and ended then; nil where it was not.
    package var refusedBefore: Timestamp?
    /// What the host has said.
    package var word: Word
    /// So many milliseconds lie between two requests to the host, as configured.
    package var delay: Int64
    /// The host has so many feeds.
    package var feeds: Int

    /// `Word` is what a host has said.
    package enum Word: Sendable, Equatable {
        /// It has answered, but has nothing left for this many seconds, if it says so.
        case served(exhaustedFor: Int?)
        /// It has too much to do: 429, 503.
        case refused(Refusal)
    }

    /// `Refusal` is what a 429 or 503 says beside that.
    package struct Refusal: Sendable, Equatable {
        /// The host wants to be left alone for this many seconds; nil where it does not say.
        package var retryAfter: Int?
        /// The host allows one request in so many seconds; nil where it does not say.
        package var quota: Int?
        /// It is a limit that the host measures, and not a failure of what makes this feed.
        package var isMeasured: Bool

        package init(retryAfter: Int? = nil, quota: Int? = nil, isMeasured: Bool = false) {
            self.retryAfter = retryAfter
            self.quota = quota
            self.isMeasured = isMeasured
        }
    }

    package init(
        host: String, feed: UInt64, startedAt: Timestamp, refusedBefore: Timestamp? = nil, word: Word, delay: Int64,
        feeds: Int
    ) {
        self.host = host
        self.feed = feed
        self.startedAt = startedAt
        self.refusedBefore = refusedBefore
        self.word = word
        self.delay = delay
        self.feeds = feeds
    }
}

/// `HostVerdict` is what an answer comes to for the host.
package struct HostVerdict: Sendable, Equatable {
    /// The host's pause, where all its feeds are to leave it alone; the feed that has brought it keeps it.
    package var pause: FeedState.Pause?
    /// The host's pace, where the answer has made it slower; the feed keeps that, too.
    package var pace: FeedState.HostPace?
    /// One feed was refused, and the next one is to show whether the host is meant.
    package var isInDoubt = false

    package init(pause: FeedState.Pause? = nil, pace: FeedState.HostPace? = nil, isInDoubt: Bool = false) {
        self.pause = pause
        self.pace = pace
        self.isInDoubt = isInDoubt
    }
}

/// `HostRecord` is all that is known of a host that has refused something: its pause, its pace, and which feed it was.
///
/// One feed does not speak for its host. A refusal counts for all feeds where the host has measured it out, or where a
/// second feed is refused before long; and that of a feed which is refused while others are served counts for itself. But
/// where those came after a longer rest each time, it may be that this feed always comes too soon after another.
struct HostRecord: Sendable {
    /// Two feeds that are refused are two voices where fewer answers than these lie in between: a host that refuses less is
    /// well enough.
    private static let answersBetween = 20
    /// No more milliseconds than these lie in between either.
    private static let memory: Int64 = 86_400_000

    /// The last pause, which may be over.
    private(set) var pause: FeedState.Pause?
    private(set) var pace: FeedState.HostPace?
    private var refused: Event?
    /// Counts the answers since.
    private var answers = 0
    private var served: Timestamp?
    private var lastStart: Timestamp?
    /// The shortest distance to the request before, in milliseconds, at which a request was served of late.
    private var servedGap: (milliseconds: Int64, time: Timestamp)?

    private struct Event {
        var feed: UInt64
        var time: Timestamp
    }

    /// Takes in what a feed remembers of its host: the latest counts, and the longest pause.
    mutating func remember(pause: FeedState.Pause?, pace: FeedState.HostPace?) {
        if let pause {
            var latest = self.pause.map { $0.since > pause.since ? $0 : pause } ?? pause
            latest.until = max(latest.until, self.pause?.until ?? pause.until, pause.until)
            self.pause = latest
        }
        if let pace, self.pace.map({ $0.since < pace.since }) ?? true { self.pace = pace }
    }

    /// Counts a pause that a clock which was ahead has begun from when that is first seen.
    mutating func believe(at now: Timestamp) { pause = pause.map { PauseRules.believable($0, at: now) } }

    /// Tells whether something would be lost by forgetting the host.
    func isRemembered(at now: Timestamp) -> Bool {
        pause.map { PauseRules.isRemembered($0, at: now) } ?? false
            || pace.map { PaceRules.milliseconds($0, at: now) > 0 } ?? false
            || refused.map { isRecent($0, at: now) } ?? false
    }

    /// Takes in an answer, and says what it comes to.
    mutating func hear(_ answer: HostAnswer, at now: Timestamp) -> HostVerdict {
        believe(at: now)
        let gap = lastStart.map { answer.startedAt.milliseconds - $0.milliseconds }
        lastStart = max(lastStart ?? answer.startedAt, answer.startedAt)
        switch answer.word {
        case .served(let seconds):
            served = now
            answers += 1
            if let gap { noteServed(after: gap, at: now) }
            guard let seconds, seconds > 0 else { return HostVerdict() }
            // A good answer is no refusal: it is not believed for longer than the slowest pace.
            let rest = min(seconds, PaceRules.longest(feeds: answer.feeds))
            let until = now.adding(seconds: rest)
            // What it has refused before is not forgotten for it: the next refusal is the next of a row, or makes the host
            // slower, as it would have without that rest.
            var next = FeedState.Pause(until: until, incidents: 0, since: now, coversHost: true)
            if let pause, pause.incidents > 0, PauseRules.isRemembered(pause, at: now) { next = pause }
            next.until = max(until, pause?.until ?? until)
            pause = next
            return HostVerdict(pause: next)
        case .refused(let refusal): return hear(refusal, answer, gap: gap, at: now)
        }
    }

    private mutating func hear(
        _ refusal: HostAnswer.Refusal, _ answer: HostAnswer, gap: Int64?, at now: Timestamp
    ) -> HostVerdict {
        let isInForce = pause.map { $0.until > now } ?? false
        let isRepeated = isRefusedAmongServed(answer)
        let isTooSoon = isTooSoon(gap, at: now)
        if isRepeated && !isTooSoon || isInForce && !refusal.isMeasured { return HostVerdict() }
        let isOfHost = refusal.isMeasured || isRepeated || isSecondVoice(answer, at: now)
        refused = Event(feed: answer.feed, time: now)
        answers = 0
        guard isOfHost else { return HostVerdict(isInDoubt: true) }
        // What was served in between was too fast; without that the host serves nobody, however slowly.
        let isInARow =
            pause.map { pause in
                pause.incidents > 0 && (served.map { $0 <= pause.since } ?? true)
            } ?? false
        pause = PauseRules.pause(
            after: isInARow || isInForce ? pause : nil, retryAfter: refusal.retryAfter, coversHost: true,
            spread: Jitter.fraction(feed: answer.feed, time: now), at: now)
        if isInForce || isInARow { return HostVerdict(pause: pause) }
        let widened = PaceRules.widened(
            pace, delay: answer.delay, gap: gap, quota: refusal.quota, feeds: answer.feeds, at: now)
        if widened == pace { return HostVerdict(pause: pause) }
        pace = widened
        return HostVerdict(pause: pause, pace: widened)
    }

    private mutating func noteServed(after gap: Int64, at now: Timestamp) {
        if let known = servedGap, known.milliseconds < gap, isOfLate(known.time, at: now) { return }
        servedGap = (gap, now)
    }

    /// Whether all that was served of late came after a longer rest than what is refused now.
    private func isTooSoon(_ gap: Int64?, at now: Timestamp) -> Bool {
        guard let gap, let servedGap, isOfLate(servedGap.time, at: now) else { return false }
        return gap < servedGap.milliseconds
    }

    /// Whether others were served since the feed was last refused.
    private func isRefusedAmongServed(_ answer: HostAnswer) -> Bool {
        guard let before = answer.refusedBefore, let served else { return false }
        return served > before
    }

    /// Whether another feed was refused not long ago, or this one where the host has no other.
    private func isSecondVoice(_ answer: HostAnswer, at now: Timestamp) -> Bool {
        guard let refused, isRecent(refused, at: now) else { return false }
        return refused.feed != answer.feed || answer.feeds <= 1
    }

    private func isRecent(_ event: Event, at now: Timestamp) -> Bool {
        answers < Self.answersBetween && isOfLate(event.time, at: now)
    }

    private func isOfLate(_ time: Timestamp, at now: Timestamp) -> Bool {
        now.milliseconds - time.milliseconds < Self.memory
    }
}

/// `HostRecords` keeps what is known of hosts, by the key of their allowance (polling.md §8). Only hosts that have refused
/// something have a record.
package struct HostRecords: Sendable {
    /// This many hosts are remembered; beyond that, those of which nothing matters any more are dropped.
    private static let remembered = 1024

    private var records: [String: HostRecord] = [:]
    /// With so many records, those that are not needed any more are dropped.
    private var limit = remembered

    package init() {}

    /// Takes in an answer, and says what it comes to for the host.
    package mutating func hear(_ answer: HostAnswer, at now: Timestamp) -> HostVerdict {
        if records[answer.host] == nil {
            if case .served(let exhausted) = answer.word, exhausted ?? 0 <= 0 { return HostVerdict() }
            makeRoom(at: now)
        }
        return records[answer.host, default: HostRecord()].hear(answer, at: now)
    }

    /// Takes in what was remembered with a feed of that host, as far as it still matters.
    package mutating func remember(_ schedule: FeedState.Schedule, host: String, at now: Timestamp) {
        let pause = schedule.pause.flatMap { pause in
            let pause = PauseRules.believable(pause, at: now)
            return pause.coversHost && PauseRules.isRemembered(pause, at: now) ? pause : nil
        }
        let pace = schedule.hostPace.flatMap { PaceRules.milliseconds($0, at: now) > 0 ? $0 : nil }
        if pause == nil, pace == nil { return }
        if records[host] == nil { makeRoom(at: now) }
        records[host, default: HostRecord()].remember(pause: pause, pace: pace)
    }

    /// Returns the last pause of a host, which may be over.
    package mutating func pause(of host: String, at now: Timestamp) -> FeedState.Pause? {
        records[host]?.believe(at: now)
        return records[host]?.pause
    }

    /// Returns when the pause of a host ends; nil where none is in force.
    package mutating func until(_ host: String, at now: Timestamp) -> Timestamp? {
        guard let pause = pause(of: host, at: now), pause.until > now else { return nil }
        return pause.until
    }

    /// Returns how many milliseconds lie between two requests to a host by what it has refused; 0 where nothing is known.
    package func pace(of host: String, at now: Timestamp) -> Int64 {
        records[host]?.pace.map { PaceRules.milliseconds($0, at: now) } ?? 0
    }

    /// Returns the hosts whose pause is in force, by name.
    package mutating func active(at now: Timestamp) -> [(host: String, until: Timestamp)] {
        for host in records.keys { records[host]?.believe(at: now) }
        return records.compactMap { host, record in
            record.pause.flatMap { $0.until > now ? (host: host, until: $0.until) : nil }
        }.sorted { $0.host < $1.host }
    }

    private mutating func makeRoom(at now: Timestamp) {
        guard records.count >= limit else { return }
        records = records.filter { $0.value.isRemembered(at: now) }
        limit = max(Self.remembered, records.count * 2)
    }
}
