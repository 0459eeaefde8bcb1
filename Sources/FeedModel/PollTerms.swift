/// `PollTerms` is every number from which it was decided when a feed is polled next (polling.md §3–§8).
///
/// Numbers are in seconds if nothing else is said, and 0 where a term does not apply.
package struct PollTerms: Sendable, Equatable {
    /// The next poll comes after this much time as long as nothing puts it off.
    package var interval = 0
    /// The interval would be this without hints, bounds and floors.
    package var adaptive = 0
    /// The median gap between publications; 0 where too few are known.
    package var gap = 0
    /// The feed asks for this: its ttl or its update period.
    package var hint = 0
    /// The response was fresh for this long from when it was made.
    package var lifetime = 0
    /// This much of its freshness had passed already.
    package var age = 0
    /// This much of its freshness is left, under the cap.
    package var freshFor = 0
    /// The server asked to be left alone for this long.
    package var retryAfter = 0
    /// The host or the feed is paused for this long.
    package var pause = 0
    /// Failures in a row put the poll off by this much.
    package var backoff = 0
    /// The failures in a row weigh this many quarters of a hard one.
    package var failureQuarters = 0
    /// The poll is later by this many milliseconds than it need be, so that feeds do not come together.
    package var jitter = 0
    /// The poll was moved by this much out of hours and days that the feed excludes.
    package var skipped = 0
    /// This had the last word on the next poll.
    package var reason = Reason.none
    /// These things were remarkable about the poll.
    package var notes: Notes = []

    package init() {}

    /// `Reason` is what had the last word on the next poll; the raw value is what stands on disk.
    package enum Reason: UInt8, Sendable, CaseIterable {
        case none, adaptive, fixed, initial, minimum, maximum, ttl, updatePeriod, noValidators, freshness, retryAfter
        case pause, backoff, refused, credentials, gone, goneForGood, expired, skipHours, cutShort, moreItems, hours

        /// The reason as a word for programs: `retry_after`.
        package var word: String { Self.words[Int(rawValue)] }

        /// Finds the reason with this word; nil where none has it.
        package init?(word: String) {
            guard let value = Self.words.firstIndex(of: word) else { return nil }
            self.init(rawValue: UInt8(value))
        }

        /// The words by raw value. Every feed's state has one, so they are not put together each time.
        private static let words = allCases.map { reason in
            switch reason {
            case .updatePeriod: "update_period"
            case .noValidators: "no_validators"
            case .retryAfter: "retry_after"
            case .goneForGood: "gone_for_good"
            case .skipHours: "skip_hours"
            case .cutShort: "cut_short"
            case .moreItems: "more_items"
            default: "\(reason)"
            }
        }
    }

    /// `Notes` is what was remarkable about a poll; the raw value is what stands on disk.
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
        /// A person asked for the poll without regard to what the server wants.
        package static let forced = Notes(rawValue: 256)
        /// The response could be asked for conditionally the next time.
        package static let hasValidators = Notes(rawValue: 512)
        /// Less than a third of the document was known.
        package static let littleOverlap = Notes(rawValue: 1024)
        /// The feed or its server asked for so much that it is taken for a mistake, and did not count.
        package static let wishMistaken = Notes(rawValue: 2048)
        /// The feed or its server asked for more than is believed since items were lost to its wishes.
        package static let wishLimited = Notes(rawValue: 4096)
        /// The document was asked for whole, because not all of it was taken the last time.
        package static let readAgain = Notes(rawValue: 8192)
    }
}
