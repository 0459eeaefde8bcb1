extension FeedState {
    /// `Schedule` is what the schedule remembers of a feed from one poll to the next (polling.md §4–§8).
    package struct Schedule: Sendable, Equatable, StatePart {
        /// How often the feed publishes.
        package var rhythm = Rhythm()
        /// The adaptive interval in seconds; 0 before the first document.
        package var adaptive: Int32 = 0
        /// Wishes of the feed and its server put a poll off by this many seconds at most, because items were lost to
        /// them; 0 where none were (polling.md §4).
        package var wishLimit: Int32 = 0
        /// How many items the last document has.
        package var items: UInt16 = 0
        /// How many new items were first seen in an hour or on a day that the feed's hints exclude.
        package var itemsInSkippedTime: UInt8 = 0
        /// Whether the feed says that it has ended (JSON Feed `expired`).
        package var isExpired = false
        /// Until when a person has paused the feed, so that it is not asked by itself; `Schedule.forGood` means for
        /// ever.
        @CompactTime package var heldUntil: Timestamp?

        /// The weight of the failures in a row, in quarters of a hard one.
        package var failureQuarters: UInt16 = 0
        /// How many refusals (403) came in a row.
        package var refusals: UInt8 = 0
        /// Whether the server has said again a day later that the feed is gone.
        package var isGoneForGood = false
        /// When the first of the failures in a row was.
        @CompactTime package var failingSince: Timestamp?
        /// When the server first said that the feed is gone (410).
        @CompactTime package var goneSince: Timestamp?
        /// The pause that the server has asked for.
        package var pause: Pause?
        /// The pace that the feed's host was given when it refused this feed.
        package var hostPace: HostPace?

        /// What decided on the next poll.
        package var reason = PollTerms.Reason.none
        /// How many polls there were so far.
        package var polls: UInt32 = 0
        /// The number of the block that keeps the last polls and the contents of the document (`PollHistory`).
        package var historyBlock: UInt32?

        package init() {}

        /// The time until which a feed is paused that somebody has to resume.
        package static let forGood = Timestamp(seconds: Int64(UInt32.max))

        mutating func visit<Coder: StateCoder & ~Copyable>(_ coder: inout Coder) {
            rhythm.visit(&coder)
            coder.field("adaptive_seconds", &adaptive, absent: 0)
            coder.field("items", &items, absent: 0)
            coder.field("items_in_skipped_time", &itemsInSkippedTime, absent: 0)
            coder.field("wish_limit_seconds", &wishLimit, absent: 0)
            coder.field("expired", &isExpired, absent: false)
            coder.field("held_until", &_heldUntil, absent: .none)
            coder.field("failure_quarters", &failureQuarters, absent: 0)
            coder.field("refusals", &refusals, absent: 0)
            coder.field("failing_since", &_failingSince, absent: .none)
            coder.field("gone_since", &_goneSince, absent: .none)
            coder.field("gone_for_good", &isGoneForGood, absent: false)
            coder.object("pause", &pause)
            coder.object("host_pace", &hostPace)
            coder.field("reason", &reason, absent: .none)
            coder.field("polls", &polls, absent: 0)
            coder.field(own: "history_block", &historyBlock)
        }
    }

    /// `Pause` is a server's wish to be left alone by a feed, or by all feeds of its host (polling.md §8).
    package struct Pause: Sendable, Equatable, StatePart {
        @CompactTime private var end: Timestamp?
        @CompactTime private var begin: Timestamp?
        /// Counts the times in a row that the server had to say so; 0 where it has said so with a good answer.
        package var incidents: UInt8
        private var scope: Scope

        enum Scope: String { case feed, host }

        package init(until: Timestamp, incidents: UInt8, since: Timestamp, coversHost: Bool) {
            end = until
            begin = since
            self.incidents = incidents
            scope = coversHost ? .host : .feed
        }

        init() {
            incidents = 1
            scope = .feed
        }

        /// Tells whether all feeds of the host are meant.
        package var coversHost: Bool {
            get { scope == .host }
            set { scope = newValue ? .host : .feed }
        }

        /// The end of the pause.
        package var until: Timestamp {
            get { end ?? Timestamp(seconds: 0) }
            set { end = newValue }
        }

        /// When the server last said so.
        package var since: Timestamp {
            get { begin ?? Timestamp(seconds: 0) }
            set { begin = newValue }
        }

        mutating func visit<Coder: StateCoder & ~Copyable>(_ coder: inout Coder) {
            coder.field(required: "until", &_end)
            coder.field("incidents", &incidents, absent: 1)
            coder.field(required: "since", &_begin)
            coder.field("scope", &scope, absent: .feed)
        }
    }
}

extension FeedState {
    /// `HostPace` is how far apart a host has its requests, as its refusals have shown (polling.md §8). It is kept with the
    /// feed that was refused; of all feeds of a host, the latest counts.
    package struct HostPace: Sendable, Equatable, StatePart {
        /// So many seconds lie between the starts of two requests.
        package var seconds: UInt16
        @CompactTime private var begin: Timestamp?

        package init(seconds: UInt16, since: Timestamp) {
            self.seconds = seconds
            begin = since
        }

        init() { seconds = 0 }

        /// When the host last refused so that the pace became this one.
        package var since: Timestamp { begin ?? Timestamp(seconds: 0) }

        mutating func visit<Coder: StateCoder & ~Copyable>(_ coder: inout Coder) {
            coder.field(required: "pace_seconds", &seconds)
            coder.field(required: "paced_since", &_begin)
        }
    }
}

extension PollingHints {
    mutating func visit<Coder: StateCoder & ~Copyable>(_ coder: inout Coder) {
        coder.field("ttl_seconds", &ttlSeconds)
        coder.field("update_period_seconds", &updatePeriodSeconds)
        coder.field("skip_hours", &skipHours, absent: [])
        coder.field("skip_days", &skipDays, absent: [])
    }
}

extension Rhythm {
    /// `Gaps` is what a rhythm keeps of the gaps between publications: a byte each.
    struct Gaps: Equatable {
        var recent: UInt64 = 0
        var older: UInt64 = 0
        var oldest: UInt64 = 0
    }

    mutating func visit<Coder: StateCoder & ~Copyable>(_ coder: inout Coder) {
        var latest = latest
        var gaps = Gaps(recent: recent, older: older, oldest: oldest)
        coder.field("latest_item", &latest)
        coder.field("item_gaps", &gaps, absent: Gaps())
        let seconds = latest.flatMap { UInt32(exactly: $0.seconds) } ?? 0
        self = Rhythm(latestSeconds: seconds, recent: gaps.recent, older: gaps.older, oldest: gaps.oldest)
    }
}

/// `CompactTime` keeps a time to the second, rounded up, in four bytes: for what is kept of every feed. It keeps none
/// before
/// 1970 or after 2106.
@propertyWrapper
package struct CompactTime: Sendable, Equatable {
    /// 0 for none.
    private(set) var seconds: UInt32 = 0

    static var none: CompactTime { CompactTime(seconds: 0) }

    init(seconds: UInt32) {
        self.seconds = seconds
    }

    package init(wrappedValue: Timestamp?) {
        self.wrappedValue = wrappedValue
    }

    package var wrappedValue: Timestamp? {
        get { seconds == 0 ? nil : Timestamp(seconds: Int64(seconds)) }
        set {
            guard let time = newValue else { return seconds = 0 }
            let isWhole = time.milliseconds % 1000 == 0
            // An earlier time than can be kept is still one.
            seconds = max(1, UInt32(clamping: isWhole ? time.seconds : time.seconds &+ 1))
        }
    }
}
