/// How it was decided when a feed is polled next: every number that went into it (polling.md §3–§8). Seconds, if
/// nothing else is said; 0 where a term does not apply.
package struct PollTerms: Sendable, Equatable {
    /// From one poll to the next as long as nothing puts it off.
    package var interval = 0
    /// What the interval would be without hints, bounds and floors.
    package var adaptive = 0
    /// The median gap between publications; 0 where too few are known.
    package var gap = 0
    /// What the feed asks for: its ttl or its update period.
    package var hint = 0
    /// What the response's freshness was, how much of it had passed already, and what is left of it under the cap.
    package var lifetime = 0
    package var age = 0
    package var freshFor = 0
    package var retryAfter = 0
    package var pause = 0
    /// How long failures in a row put the poll off, and their weight in quarters of a hard one.
    package var backoff = 0
    package var failureQuarters = 0
    /// Milliseconds by which it is later than it need be, so that feeds do not come together.
    package var jitter = 0
    /// By how much it was moved out of hours and days that the feed excludes.
    package var skipped = 0
    package var reason = Reason.none
    package var notes: Notes = []

    package init() {}

    /// What had the last word on the next poll.
    package enum Reason: UInt8, Sendable, CaseIterable {
        case none, adaptive, fixed, initial, minimum, maximum, ttl, updatePeriod, noValidators, freshness, retryAfter
        case pause, backoff, refused, credentials, gone, goneForGood, expired, skipHours

        /// For programs: `retry_after`.
        package var word: String { Self.words[Int(rawValue)] }

        package init?(word: String) {
            guard let value = Self.words.firstIndex(of: word) else { return nil }
            self.init(rawValue: UInt8(value))
        }

        /// By the raw values. Every feed's state has one, so they are not put together each time.
        private static let words = allCases.map { reason in
            switch reason {
            case .updatePeriod: "update_period"
            case .noValidators: "no_validators"
            case .retryAfter: "retry_after"
            case .goneForGood: "gone_for_good"
            case .skipHours: "skip_hours"
            default: "\(reason)"
            }
        }
    }

    package struct Notes: OptionSet, Sendable {
        package let rawValue: UInt16

        package init(rawValue: UInt16) { self.rawValue = rawValue }

        /// The poll ran close enough to its time for the interval to learn from it.
        package static let judged = Notes(rawValue: 1)
        /// Nothing of the document before was in this one: articles may have been lost in between.
        package static let possibleGap = Notes(rawValue: 2)
        /// The pause is for all feeds of the host.
        package static let hostPause = Notes(rawValue: 4)
        /// The freshness asked for was more than the cap.
        package static let overCap = Notes(rawValue: 8)
        /// Hours or days that the feed excludes are not heeded, because it publishes in them, or excludes all.
        package static let skipIgnored = Notes(rawValue: 16)
        /// The network is down: the failure was not counted.
        package static let offline = Notes(rawValue: 32)
        /// The request had validators in it.
        package static let conditional = Notes(rawValue: 64)
        /// A person asked for the poll.
        package static let byHand = Notes(rawValue: 128)
        package static let forced = Notes(rawValue: 256)
        /// The response could be asked for conditionally the next time.
        package static let hasValidators = Notes(rawValue: 512)
        /// Less than a third of the document was known.
        package static let littleOverlap = Notes(rawValue: 1024)
    }
}
