package import FeedModel

/// `AdaptiveInterval` says how often a feed is polled that has no interval of its own, by how often it publishes
/// (polling.md §5).
///
/// The interval aims at a third of the median gap between publications. It is halved where a document was mostly new,
/// and grows by a quarter where nothing was: to an eighth of the feed's silence at most, and as long as the feed is
/// alive not so far that more may come in between than its document holds.
struct AdaptiveInterval {
    /// Publications closer together than this are one, in seconds; less where feeds are polled more often.
    static let burst = 300
    /// A feed that has published in the last seven days is aimed at every two hours at least.
    static let activeDays = 7 * 86_400
    static let activeMaximum = 7200
    /// The median is believed from this many gaps on.
    static let leastGaps = 2
    /// The interval learns from a poll that ran at most this part of itself away from its due time.
    static let judgedTolerance = 0.25

    let settings: PollSettings
    /// The median gap between publications; nil where too few are known.
    let gap: Int?
    /// The items of the feed's document span so many seconds at its rhythm; nil where that is not known.
    let window: Int?
    /// The publications alone would have this interval, in seconds.
    let aim: Int
    /// The feed's silence bears out no longer interval than this, in seconds.
    let ceiling: Int

    /// - Parameter items: of the feed's document.
    init(settings: PollSettings, rhythm: Rhythm, items: Int, now: Timestamp) {
        self.settings = settings
        gap = rhythm.medianGap(least: Self.leastGaps)
        window = gap.map { $0 * max(items, 1) }
        var silence = 0
        if let latest = rhythm.latest, latest < now {
            silence = Int(min(now.seconds - latest.seconds, 100 * 366 * 86_400))
        }
        let isActive = silence <= Self.activeDays
        let longest = isActive ? Self.activeMaximum : settings.maxInterval
        aim = Self.bounded(min(gap.map { $0 / 3 } ?? settings.initialInterval, longest), settings)
        var ceiling = silence / 8
        if isActive, let window { ceiling = min(ceiling, window / 8) }
        self.ceiling = Self.bounded(max(aim, ceiling), settings)
    }

    func bounded(_ interval: Int) -> Int { Self.bounded(interval, settings) }

    private static func bounded(_ interval: Int, _ settings: PollSettings) -> Int {
        min(max(interval, settings.minInterval), settings.maxInterval)
    }

    /// Seconds within which publications count as one.
    static func merging(_ settings: PollSettings) -> Int { max(1, min(burst, settings.minInterval / 2)) }

    /// The interval before anything is known but the first document.
    var first: Int { min(bounded(settings.initialInterval), ceiling) }

    /// Returns the interval after a poll that ran when it was meant to.
    ///
    /// - Parameter document: nil where it was unchanged.
    func next(after previous: Int, document: PollEvent.Document?) -> Int {
        guard let document, document.newItems > 0 else { return capped(previous + previous / 4) }
        // The document is mostly new where less than a third of it was known.
        if Self.isMostlyNew(document) { return capped(previous / 2) }
        return capped((previous * 4 + aim) / 5)
    }

    func capped(_ interval: Int) -> Int { min(bounded(interval), ceiling) }

    static func isMostlyNew(_ document: PollEvent.Document) -> Bool {
        (document.items - document.newItems) * 3 < document.items
    }

    /// Tells whether the poll ran when it was meant to, so that the interval may learn from it.
    static func isJudged(_ event: PollEvent) -> Bool {
        guard let due = event.due, let interval = event.interval, interval > 0 else { return false }
        let off = Double(abs(event.startedAt.milliseconds - due.milliseconds))
        return off <= Double(interval) * 1000 * judgedTolerance
    }
}

/// `Jitter` makes numbers that look like chance and are none: the same feed at the same time gets the same number
/// (polling.md §6).
package enum Jitter {
    /// A poll is late by this many milliseconds at most for the sake of not coming together with others.
    private static let longest: Int64 = 30 * 60 * 1000
    private static let quarter: Int64 = 15 * 60

    /// Returns 64 bits made from two numbers, by Sebastiano Vigna's SplitMix64.
    package static func mix(_ first: UInt64, _ second: UInt64) -> UInt64 {
        var value = first &+ second &* 0x9e37_79b9_7f4a_7c15
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }

    /// Returns the milliseconds by which a poll that is due at some time is put off: at most a tenth of the interval
    /// and half an hour. Where that would be a quarter of an hour to the second, when everybody else polls, it is some
    /// seconds more.
    ///
    /// - Parameters:
    ///   - feed: a hash of the feed's id.
    ///   - interval: in seconds.
    package static func milliseconds(feed: UInt64, due: Timestamp, interval: Int) -> Int64 {
        let window = min(Int64(clamping: interval) * 100, longest)
        guard window > 0 else { return 0 }
        let hash = mix(feed, UInt64(bitPattern: due.seconds))
        let jitter = Int64(hash % UInt64(window))
        let (second, overflows) = due.milliseconds.addingReportingOverflow(jitter)
        guard !overflows, window > 60_000, second / 1000 % quarter == 0 else { return jitter }
        return jitter + 1000 + Int64(hash >> 32 % 29_000)
    }

    /// Returns a number from 0 to 1, without 1.
    ///
    /// - Parameter feed: a hash of the feed's id.
    package static func fraction(feed: UInt64, time: Timestamp) -> Double {
        Double(mix(feed, UInt64(bitPattern: time.seconds)) >> 11) / Double(1 << 53)
    }
}
