internal import JSONText

extension FeedState {
    /// What the schedule remembers of a feed from one poll to the next (polling.md §4–§8).
    package struct Schedule: Sendable, Equatable {
        package var rhythm = Rhythm()
        /// The adaptive interval in seconds; 0 before the first document.
        package var adaptive: Int32 = 0
        /// Items of the last document.
        package var items: UInt16 = 0
        /// New items that were first seen in an hour or on a day that the feed's hints exclude.
        package var itemsInSkippedTime: UInt8 = 0
        /// The feed says that it has ended (JSON Feed `expired`).
        package var isExpired = false
        /// No feed is to be asked before that by itself: a person has paused it. `Schedule.forGood` for ever.
        @CompactTime package var heldUntil: Timestamp?

        /// Failures in a row by their weight, in quarters of a hard one.
        package var failureQuarters: UInt16 = 0
        /// Refusals (403) in a row.
        package var refusals: UInt8 = 0
        @CompactTime package var failingSince: Timestamp?
        /// When the server first said that the feed is gone (410), and whether it has said so again a day later.
        @CompactTime package var goneSince: Timestamp?
        package var isGoneForGood = false
        package var pause: Pause?

        /// What decided on the next poll.
        package var reason = PollTerms.Reason.none
        /// Polls so far, and where the last of them are kept (`PollHistory`).
        package var polls: UInt32 = 0
        package var historyBlock: UInt32?

        package init() {}

        /// Until somebody says otherwise.
        package static let forGood = Timestamp(seconds: Int64(UInt32.max))
    }

    /// A server's wish to be left alone by a feed, or by all feeds of its host (polling.md §8).
    package struct Pause: Sendable, Equatable {
        @CompactTime private var end: Timestamp?
        @CompactTime private var begin: Timestamp?
        /// Times in a row that it had to say so.
        package var incidents: UInt8
        package var coversHost: Bool

        package init(until: Timestamp, incidents: UInt8, since: Timestamp, coversHost: Bool) {
            end = until
            begin = since
            self.incidents = incidents
            self.coversHost = coversHost
        }

        package var until: Timestamp {
            get { end ?? Timestamp(seconds: 0) }
            set { end = newValue }
        }

        /// When it last said so.
        package var since: Timestamp {
            get { begin ?? Timestamp(seconds: 0) }
            set { begin = newValue }
        }
    }
}

extension FeedState.Schedule {
    /// Members that say nothing are left out.
    func writeMembers(to json: inout JSONWriter) {
        json.member("latest_item", rhythm.latest)
        let gaps = rhythm.gaps
        if !gaps.isEmpty {
            json.key("item_gaps")
            json.beginArray()
            for gap in gaps { json.integer(gap) }
            json.endArray()
        }
        if adaptive > 0 { json.member("adaptive_seconds", Int(adaptive)) }
        if items > 0 { json.member("items", Int(items)) }
        if itemsInSkippedTime > 0 { json.member("items_in_skipped_time", Int(itemsInSkippedTime)) }
        json.flag("expired", isExpired)
        json.member("held_until", heldUntil)
        if failureQuarters > 0 { json.member("failure_quarters", Int(failureQuarters)) }
        if refusals > 0 { json.member("refusals", Int(refusals)) }
        json.member("failing_since", failingSince)
        json.member("gone_since", goneSince)
        json.flag("gone_for_good", isGoneForGood)
        if let pause {
            json.key("pause")
            json.beginObject()
            json.member("until", pause.until)
            json.member("incidents", Int(pause.incidents))
            json.member("since", pause.since)
            json.member("scope", pause.coversHost ? "host" : "feed")
            json.endObject()
        }
        if reason != .none { json.member("reason", reason.word) }
        if polls > 0 { json.member("polls", Int(polls)) }
        json.member("history_block", historyBlock.map(Int.init))
    }

    /// What is unknown or malformed is left out.
    init(_ json: JSONMembers) {
        self.init()
        rhythm = Rhythm(
            latest: json["latest_item"]?.time,
            gaps: json["item_gaps"]?.array?.prefix(Rhythm.maximumGaps).compactMap { $0.count() } ?? [])
        adaptive = json["adaptive_seconds"]?.count() ?? 0
        items = json["items"]?.count() ?? 0
        itemsInSkippedTime = json["items_in_skipped_time"]?.count() ?? 0
        isExpired = json["expired"]?.bool ?? false
        heldUntil = json["held_until"]?.time
        failureQuarters = json["failure_quarters"]?.count() ?? 0
        refusals = json["refusals"]?.count() ?? 0
        failingSince = json["failing_since"]?.time
        goneSince = json["gone_since"]?.time
        isGoneForGood = json["gone_for_good"]?.bool ?? false
        if let pause = json["pause"]?.members, let until = pause["until"]?.time, let since = pause["since"]?.time {
            self.pause = FeedState.Pause(
                until: until, incidents: pause["incidents"]?.count() ?? 1, since: since,
                coversHost: pause["scope"]?.string == "host")
        }
        reason = json["reason"]?.string.flatMap(PollTerms.Reason.init(word:)) ?? .none
        polls = json["polls"]?.count() ?? 0
        // No more feeds than that can be configured: a larger number is damage, and a file of its size would be, too.
        historyBlock = json["history_block"]?.count().flatMap { $0 < 1 << 24 ? $0 : nil }
    }
}
