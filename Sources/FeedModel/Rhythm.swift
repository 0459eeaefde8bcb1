private import Glibc

/// `Rhythm` is how often something is published: when it last was, and the gaps between the last publications
/// (polling.md §5).
///
/// What is published within a short time of each other counts as one publication. A gap is kept in a byte, as its
/// logarithm: to 3 %, up to 27 days. It takes 32 bytes, whatever the feed.
package struct Rhythm: Sendable, Equatable {
    /// This many gaps are kept, the newest.
    package static let maximumGaps = 20

    /// Seconds since 1970 of the latest publication; 0 where none is known.
    private(set) var latestSeconds: UInt32 = 0
    // A byte a gap, the newest in the lowest; 0 for none.
    private(set) var recent: UInt64 = 0
    private(set) var older: UInt64 = 0
    private(set) var oldest: UInt64 = 0

    package init() {}

    /// The latest publication was then; nil where none is known.
    package var latest: Timestamp? { latestSeconds == 0 ? nil : Timestamp(seconds: Int64(latestSeconds)) }

    /// Takes in when something was published. What is not after the latest publication is known already.
    ///
    /// - Parameter merging: seconds within which two publications are one.
    package mutating func note(_ time: Timestamp, merging: Int) {
        guard let seconds = UInt32(exactly: time.seconds), seconds > latestSeconds else { return }
        if latestSeconds > 0 {
            let gap = Int(seconds - latestSeconds)
            if gap < merging { return }
            push(Self.code(gap))
        }
        latestSeconds = seconds
    }

    private mutating func push(_ code: UInt8) {
        oldest = oldest << 8 | older >> 56
        older = older << 8 | recent >> 56
        recent = recent << 8 | UInt64(code)
    }

    private func code(at index: Int) -> UInt8 {
        let word = index < 8 ? recent : index < 16 ? older : oldest
        return UInt8(truncatingIfNeeded: word >> UInt64(index % 8 * 8))
    }

    /// Tells how many gaps are known.
    package var gapCount: Int {
        var count = 0
        while count < Self.maximumGaps, code(at: count) != 0 { count += 1 }
        return count
    }

    /// Gives the gaps in seconds, the newest first.
    package var gaps: [Int] { (0..<gapCount).map { Self.seconds(code(at: $0)) } }

    /// Returns the median of the gaps in seconds, the lower one of two; nil where fewer than `least` gaps are known.
    package func medianGap(least: Int) -> Int? {
        let count = gapCount
        guard count >= max(1, least) else { return nil }
        // The lower of the two in the middle. The codes' order is the gaps'.
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.maximumGaps) { sorted in
            for index in 0..<count {
                let new = code(at: index)
                var place = index
                while place > 0, sorted[place - 1] > new {
                    sorted[place] = sorted[place - 1]
                    place -= 1
                }
                sorted[place] = new
            }
            return Self.seconds(sorted[(count - 1) / 2])
        }
    }

    /// Makes a rhythm of what was kept of an earlier one.
    ///
    /// - Parameter gaps: in seconds, the newest first.
    package init(latest: Timestamp?, gaps: [Int]) {
        latestSeconds = latest.flatMap { UInt32(exactly: $0.seconds) } ?? 0
        for gap in gaps.prefix(Self.maximumGaps).reversed() where gap > 0 { push(Self.code(gap)) }
    }

    /// Makes a rhythm of the parts of another one.
    init(latestSeconds: UInt32, recent: UInt64, older: UInt64, oldest: UInt64) {
        self.latestSeconds = latestSeconds
        self.recent = recent
        self.older = older
        self.oldest = oldest
    }

    /// A gap of twice the length has a code that is larger by this.
    private static let steps = 12.0

    private static func code(_ gap: Int) -> UInt8 {
        UInt8(min(255, max(1, 1 + (steps * log2(Double(max(1, gap)))).rounded())))
    }

    private static let lengths = (0...255).map { Int(exp2(Double($0 - 1) / steps).rounded()) }

    /// A gap that is kept as this long, in seconds, may have been longer.
    package static var longestGap: Int { seconds(255) }

    private static func seconds(_ code: UInt8) -> Int { lengths[Int(code)] }
}

/// `FeedOutlook` is what of a feed's state decides when it is polled and in which condition it is: so little that all
/// feeds can be looked at one after another.
package struct FeedOutlook: Sendable, Equatable {
    /// The feed's schedule.
    package var schedule: FeedState.Schedule
    /// The feed was last polled then.
    package var lastPoll: Timestamp?
    /// The feed is to be polled then; nil: not by itself.
    package var nextPoll: Timestamp?
    /// This many seconds lie between two polls.
    package var intervalSeconds: Int?
    /// The last poll failed like this; nil where it went well.
    package var failureKind: FailureKind?
    /// Whether the state is remembered of the URL that is configured now.
    package var isOfURL: Bool
    /// The feed has moved to this URL for good (`FeedState.Move.adopted`).
    package var adoptedURL: String?
    /// These things about the feed are worth a person's look.
    package var marks: FeedMarks
}

extension FeedOutlook {
    /// Takes what counts of a feed's state.
    ///
    /// - Parameter url: the feed's as configured.
    package init(_ state: FeedState, at url: String) {
        self.init(
            schedule: state.schedule, lastPoll: state.lastPoll, nextPoll: state.nextPoll,
            intervalSeconds: state.intervalSeconds, failureKind: state.failure?.kind, isOfURL: state.isOf(url),
            adoptedURL: state.move.adopted, marks: FeedMarks(state))
    }

    /// Tells whether a person has paused the feed.
    package func isHeld(at now: Timestamp) -> Bool {
        schedule.heldUntil.map { $0 > now } ?? false
    }
}
