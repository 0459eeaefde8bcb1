/// Where one feed is in a `PollQueue`.
struct QueuedFeed {
    enum Place: UInt8 {
        case none
        /// It waits for its time.
        case due
        /// It waits for its host.
        case line
        /// It is being polled, and has a transfer.
        case running
        /// It is being polled, and stands in line with a redirect.
        case hop
        /// It is being polled, and asks nobody any more.
        case ending
    }

    /// -1 for a feed that is nowhere.
    var host: Int32 = -1
    var place = Place.none
    var urgency = PollUrgency.none
    /// Of its entry among those that wait for their time, or of its place in its host's line; entries of another order
    /// are left over.
    var order = 0

    var isWaiting: Bool { place == .due || place == .line }
    var hasBegun: Bool { place == .running || place == .hop || place == .ending }

    /// The line of its host that it stands in, where it stands in one.
    var kind: HostLine.Kind { urgency != .none ? .asked : place == .hop ? .hops : .polls }
}

/// By time, and in the order of their coming at the same time.
struct QueueEntry: Comparable {
    var time: SteadyTime
    var order: Int
    /// The number of a feed or a host.
    var value: Int

    static func < (left: QueueEntry, right: QueueEntry) -> Bool {
        (left.time, left.order) < (right.time, right.order)
    }
}
