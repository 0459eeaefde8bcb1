internal import FeedModel
internal import Scheduling

/// `PlannedTimes` is when the feeds in line are due, by the time of day: by it polls are late or not.
struct PlannedTimes {
    private static let never = Timestamp(milliseconds: .max)

    /// By the feeds' numbers; `never` for those that are not in line.
    private var times: [Timestamp] = []
    /// Milliseconds from the steady clock to the time of day, as the times have it.
    private var clockOffset: Int64?

    /// Forgets all times: another line of so many feeds follows.
    mutating func removeAll(count: Int) { times = Array(repeating: Self.never, count: count) }

    mutating func plan(_ feed: Int, at time: Timestamp) {
        while times.count <= feed { times.append(Self.never) }
        times[feed] = time
    }

    /// A poll begins.
    ///
    /// - Returns: by how many milliseconds it is late; nil for one that was not planned.
    mutating func begin(_ feed: Int, at now: Timestamp) -> Int64? {
        guard times.indices.contains(feed), times[feed] != Self.never else { return nil }
        defer { times[feed] = Self.never }
        return now.milliseconds - times[feed].milliseconds
    }

    /// For how many seconds the feed has been due that has waited longest.
    func overdue(at now: Timestamp) -> Int64 {
        guard let first = times.min(), first < now else { return 0 }
        return (now.milliseconds - first.milliseconds) / 1000
    }

    /// The loop goes by the steady clock: where the time of day is set, who is due when does not change, only what that is
    /// called.
    mutating func follow(now: Timestamp, steady: SteadyTime) {
        let offset = now.milliseconds &- steady.milliseconds
        if let before = clockOffset, abs(offset &- before) >= PauseRules.clockTolerance {
            times = times.map { $0 == Self.never ? $0 : $0.adding(milliseconds: offset &- before) }
        }
        clockOffset = offset
    }
}
