package import ArticleStore
private import CShims
package import FeedModel
internal import Fetching
private import Glibc
internal import Locking
package import Scheduling

/// `PollClock` gives the times that polling goes by: the time of day, which can be set, one that only ever goes on, and
/// whether the first counts for what lasts. Copies share what is known of that; any thread may ask.
package struct PollClock: Sendable {
    /// Gives the time of day.
    package let now: @Sendable () -> Timestamp
    /// Gives the time since some beginning, also while the machine sleeps and whatever happens to the time of day.
    package let steady: @Sendable () -> SteadyTime
    /// Both at one moment, as nearly as can be.
    let both: @Sendable () -> (now: Timestamp, steady: SteadyTime)
    /// How many times as fast as real time both go.
    private let speed: Int64
    let trust = Locked(TrustedTime())

    /// Makes a clock of two readings, for tests.
    ///
    /// - Parameter steady: nil where the time of day is never set.
    package init(now: @escaping @Sendable () -> Timestamp, steady: (@Sendable () -> SteadyTime)? = nil) {
        let steady = steady ?? { SteadyTime(milliseconds: now().milliseconds) }
        self.init(speed: 1, both: { (now(), steady()) }, now: now, steady: steady)
    }

    private init(
        speed: Int64, both: @escaping @Sendable () -> (now: Timestamp, steady: SteadyTime),
        now: @escaping @Sendable () -> Timestamp, steady: @escaping @Sendable () -> SteadyTime
    ) {
        self.both = both
        self.now = now
        self.steady = steady
        self.speed = speed
    }

    /// Reads the clocks of the machine.
    package static let system = PollClock(now: SystemClock.now, steady: SystemClock.steady)

    /// Returns the machine's clock so many times as fast, from now on.
    package static func fast(_ speed: Int64) -> PollClock {
        if speed <= 1 { return system }
        let (day, steady) = (SystemClock.now(), SystemClock.steady())
        let beginning = SystemClock.steadyMicroseconds()
        // A microsecond between two readings would be milliseconds here.
        let both: @Sendable () -> (now: Timestamp, steady: SteadyTime) = {
            let (passed, overflows) = (SystemClock.steadyMicroseconds() - beginning)
                .multipliedReportingOverflow(by: speed)
            if overflows { return (Timestamp(milliseconds: .max), SteadyTime(milliseconds: .max)) }
            return (day.adding(milliseconds: passed / 1000), steady.adding(milliseconds: passed / 1000))
        }
        return PollClock(speed: speed, both: both, now: { both().now }, steady: { both().steady })
    }

    /// By how much a process that is merely slow may look as if it had slept.
    var patience: Int64 { speed }

    /// Returns how many milliseconds pass in truth while so many pass on these clocks.
    func real(milliseconds: Int64) -> Int64 { milliseconds / speed }

    /// Waits for so many milliseconds of these clocks; throws where the task is cancelled.
    package func sleep(milliseconds: Int64) async throws {
        try await Task.sleep(
            for: .microseconds(milliseconds.multipliedReportingOverflow(by: 1000).partialValue / speed))
    }
}

/// Whether the time of day counts for what lasts (contract.md §6). Any thread may ask and tell.
extension PollClock {
    /// `Moment` is one reading of both clocks, and whether its time of day counts.
    package struct Moment: Sendable {
        /// The time of day is what the clock says, whether it counts or not.
        package let now: Timestamp
        /// The steady time is of the same moment, as nearly as can be.
        package let steady: SteadyTime
        /// Says why the time of day does not count; nil where it does.
        package var doubt: TrustedTime.Doubt?
        /// Whether something has confirmed the time of day. Without that it counts for lack of anything that could.
        var isConfirmed = false

        var isDoubtful: Bool { doubt != nil }

        /// Returns the time of day where it counts.
        package var trusted: Timestamp? { isDoubtful ? nil : now }
    }

    /// Reads both clocks and judges the time of day by all that is known.
    package var moment: Moment {
        let (now, steady) = both()
        return trust.withLock { trust in
            let doubt = trust.doubt(now: now, steady: steady)
            return Moment(now: now, steady: steady, doubt: doubt, isConfirmed: trust.isConfirmed)
        }
    }

    /// Tells why the time of day does not count at this moment; nil where it does.
    package var doubt: TrustedTime.Doubt? { moment.doubt }

    /// Returns the time of day where it counts at this moment.
    package var trusted: Timestamp? { moment.trusted }

    /// Returns the time of day where it counts because something has confirmed it: worth remembering with the store
    /// (`ArticleStore.keep(trusted:)`).
    package var confirmed: Timestamp? {
        let moment = moment
        return moment.isConfirmed ? moment.trusted : nil
    }

    /// Takes in what a store that was just opened says of the time, and when the program was made.
    ///
    /// - Parameter evidence: nil where it cannot be read: then only servers can tell.
    package func adopt(_ evidence: TimeEvidence?, release: Timestamp) {
        let (now, steady) = both()
        trust.withLock { trust in
            trust.adopt(release: release)
            trust.hear(stored: evidence?.times ?? [], isEmpty: evidence?.isEmpty ?? false, steady: steady)
            // What counts at the start counts on where later witnesses are divided.
            _ = trust.doubt(now: now, steady: steady)
        }
    }

    /// Takes in what a server's answer says of the time.
    ///
    /// - Parameter host: of the feed's configured URL.
    func observe(_ head: ResponseHead, host: String, isSecure: Bool) {
        guard let date = head.dateWithAge else { return }
        let steady = steady()
        trust.withLock { $0.hear(date: date, host: FeedHash.of(host), isSecure: isSecure, steady: steady) }
    }
}

extension ResponseHead {
    /// Seconds that a cache may have kept an answer for its age to be believed.
    private static let longestAge = 30 * 86_400

    /// When the answer was sent: a cache says when it got it, and how long ago that was (RFC 9111 §5.1).
    fileprivate var dateWithAge: Timestamp? {
        let age = fields.first("Age").flatMap { UInt32($0) } ?? 0
        return date?.adding(seconds: min(Int(age), Self.longestAge))
    }
}

extension Duration {
    /// Returns the duration in whole milliseconds, rounded towards zero.
    package var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}

/// `SystemClock` reads the clocks of the machine, on any thread. Whoever polls goes by a `PollClock`.
package enum SystemClock {
    /// Gives the time of day.
    package static let now: @Sendable () -> Timestamp = {
        Timestamp(milliseconds: microseconds(CLOCK_REALTIME) / 1000)
    }

    /// Gives the time since the machine was started, with the time that it slept.
    package static let steady: @Sendable () -> SteadyTime = {
        SteadyTime(milliseconds: steadyMicroseconds() / 1000)
    }

    static func steadyMicroseconds() -> Int64 { microseconds(CLOCK_BOOTTIME) }

    private static func microseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}
