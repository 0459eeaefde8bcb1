/// `SteadyTime` is an instant on the clock that only goes on, also while the machine sleeps: milliseconds since some
/// beginning, for one run of the machine.
///
/// How long something has lasted, and when something is to begin, is told by it. What is kept, shown or compared with what
/// servers say is a `Timestamp`, whose clock somebody may set.
package struct SteadyTime: Hashable, Sendable, Comparable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package static func < (left: SteadyTime, right: SteadyTime) -> Bool { left.milliseconds < right.milliseconds }

    /// Gives a later or an earlier instant; the last or first one there is where that is beyond it.
    package func adding(milliseconds: Int64) -> SteadyTime {
        SteadyTime(milliseconds: self.milliseconds.addingOrClamping(milliseconds))
    }

    /// Gives the milliseconds that have passed since another instant, as many as can be counted.
    package func milliseconds(since other: SteadyTime) -> Int64 {
        let (difference, overflows) = milliseconds.subtractingReportingOverflow(other.milliseconds)
        return overflows ? (milliseconds < 0 ? .min : .max) : difference
    }
}
