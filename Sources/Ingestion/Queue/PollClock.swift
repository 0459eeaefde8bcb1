package import FeedModel
internal import Locking
package import Scheduling

/// `PollClock` gives the times that polling goes by: the time of day, which can be set, one that only ever goes on, and
/// whether the first counts for what lasts (`PollClock+Trust`). Copies share what is known of that; any thread may ask.
package struct PollClock: Sendable {
    package let now: @Sendable () -> Timestamp
    /// Since some beginning, also while the machine sleeps; whatever happens to the time of day.
    package let steady: @Sendable () -> SteadyTime
    /// Both at one moment, as nearly as can be.
    let both: @Sendable () -> (now: Timestamp, steady: SteadyTime)
    /// How many times as fast as real time both go.
    private let speed: Int64
    let trust = Locked(TrustedTime())

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

    package static let system = PollClock(now: SystemClock.now, steady: SystemClock.steady)

    /// The machine's clock so many times as fast, from now on.
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

    /// Waits for so many milliseconds of these clocks; throws where the task is cancelled.
    package func sleep(milliseconds: Int64) async throws {
        try await Task.sleep(
            for: .microseconds(milliseconds.multipliedReportingOverflow(by: 1000).partialValue / speed))
    }
}
