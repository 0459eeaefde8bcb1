internal import Configuration
internal import FeedModel
internal import Scheduling

/// `FeedRoster` has the feeds of a running service as they are configured, each with the number by which the poll loop
/// knows it, and how many of them are in which condition. It belongs to the loop alone.
struct FeedRoster {
    /// Looks up what is remembered of a feed.
    typealias Memory = (FeedConfiguration) -> FeedOutlook?

    private(set) var configuration: Configuration
    private(set) var allowances: HostAllowances
    /// How many feeds are polled.
    private(set) var feedCount = 0
    /// A feed keeps its number as long as the service runs, also while it is not configured.
    private var numbers: [FeedIdentifier: Int] = [:]
    /// By the numbers of the feeds that are polled: where they stand in the configuration.
    private var places: [Int32?] = []
    private var census = FeedCensus()
    /// When feeds that are paused for a while are not any more, by number.
    private var holdEnds: [Int: Timestamp] = [:]
    /// The marks of feeds that have any, by number.
    private var marks: [Int: FeedMarks] = [:]
    /// How many feeds have which mark.
    private(set) var marked = MarkedFeeds()

    /// Nothing is counted before `countAll`.
    init(_ configuration: Configuration) {
        self.configuration = configuration
        allowances = HostAllowances(configuration)
        adopt(configuration)
    }

    /// Puts the feeds of a configuration in the place of those before. Nothing of them is counted before `countAll`.
    mutating func adopt(_ configuration: Configuration) {
        self.configuration = configuration
        allowances = HostAllowances(configuration)
        feedCount = 0
        places = Array(repeating: nil, count: numbers.count)
        census = FeedCensus()
        holdEnds = [:]
        marks = [:]
        marked = MarkedFeeds()
        numbers.reserveCapacity(configuration.feeds.count)
        for (place, feed) in configuration.feeds.enumerated() {
            let number = newNumber(of: feed.id)
            guard feed.enabled else { continue }
            places[number] = Int32(place)
            feedCount += 1
        }
    }

    // MARK: Who is who

    /// The numbers of all feeds that were ever configured.
    var allNumbers: Range<Int> { places.indices }

    /// The feed of that number, where it is polled.
    func feed(_ number: Int) -> FeedConfiguration? {
        guard places.indices.contains(number), let place = places[number] else { return nil }
        return configuration.feeds[Int(place)]
    }

    /// The feed of that id, where it is polled.
    func feed(of id: FeedIdentifier) -> FeedConfiguration? { numbers[id].flatMap { feed($0) } }

    func number(of id: FeedIdentifier) -> Int? { numbers[id] }

    /// The id of a feed, also of one that is not configured any more. Looks through all of them.
    func id(of number: Int) -> FeedIdentifier? { numbers.first { $0.value == number }?.key }

    func isPolled(_ id: FeedIdentifier) -> Bool { feed(of: id) != nil }

    /// The feeds of the configuration, enabled or not, that have one of the ids; of no ids, all.
    func feeds(_ ids: [FeedIdentifier]) -> [FeedConfiguration] {
        if ids.isEmpty { return configuration.feeds }
        let wanted = Set(ids)
        return configuration.feeds.filter { wanted.contains($0.id) }
    }

    /// The ids that no feed of the configuration has.
    func unknown(_ ids: [FeedIdentifier]) -> [FeedIdentifier] {
        if ids.isEmpty { return [] }
        let known = Set(configuration.feeds.map(\.id))
        return ids.filter { !known.contains($0) }
    }

    private mutating func newNumber(of id: FeedIdentifier) -> Int {
        if let number = numbers[id] { return number }
        numbers[id] = places.count
        places.append(nil)
        return places.count - 1
    }

    // MARK: How they are

    /// How many feeds are in which condition.
    var conditions: [FeedCondition: Int] { census.counts }

    /// Counts a feed by what is remembered of it.
    mutating func count(_ feed: FeedConfiguration, _ outlook: FeedOutlook?, at now: Timestamp) {
        guard let number = numbers[feed.id] else { return }
        count(number, feed, outlook, at: now)
    }

    /// Counts all feeds anew.
    ///
    /// - Parameters:
    ///   - memory: asked once for each feed that is polled.
    ///   - polled: called for each feed that is polled, in the order of the configuration.
    mutating func countAll(
        at now: Timestamp, memory: Memory,
        polled: (_ number: Int, FeedConfiguration, FeedOutlook?) -> Void = { _, _, _ in }
    ) {
        for feed in configuration.feeds {
            guard let number = numbers[feed.id] else { continue }
            let outlook = feed.enabled ? memory(feed) : nil
            count(number, feed, outlook, at: now)
            if feed.enabled { polled(number, feed, outlook) }
        }
    }

    /// Counts feeds anew whose pauses have ended: those are over at once, and not when the feed is polled next.
    mutating func countEndedHolds(at now: Timestamp, memory: Memory) {
        for (number, end) in holdEnds where end <= now {
            holdEnds[number] = nil
            if let feed = feed(number) { count(number, feed, memory(feed), at: now) }
        }
    }

    private mutating func count(_ number: Int, _ feed: FeedConfiguration, _ outlook: FeedOutlook?, at now: Timestamp) {
        census.count(number, as: FeedCondition(isEnabled: feed.enabled, outlook, now: now))
        let (before, after) = (marks[number] ?? [], outlook?.marks ?? [])
        if before != after {
            marked.count(before, by: -1)
            marked.count(after)
            marks[number] = after.isEmpty ? nil : after
        }
        let isHeld = feed.enabled && outlook?.isHeld(at: now) ?? false
        holdEnds[number] = isHeld ? outlook?.schedule.heldUntil : nil
    }
}

/// `FeedCensus` counts how many feeds are in which condition, as that changes.
struct FeedCensus {
    /// By the feeds' numbers.
    private var conditions: [FeedCondition?] = []
    private(set) var counts: [FeedCondition: Int] = [:]

    mutating func count(_ feed: Int, as condition: FeedCondition) {
        while conditions.count <= feed { conditions.append(nil) }
        if let old = conditions[feed] { counts[old, default: 1] -= 1 }
        conditions[feed] = condition
        counts[condition, default: 0] += 1
    }
}

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

    /// Moves the times with a time of day that was set. The loop goes by the steady clock, so that this changes only what
    /// the times are called, and not who is polled when.
    mutating func follow(now: Timestamp, steady: SteadyTime) {
        let offset = now.milliseconds &- steady.milliseconds
        if let before = clockOffset, abs(offset &- before) >= PauseRules.clockTolerance {
            times = times.map { $0 == Self.never ? $0 : $0.adding(milliseconds: offset &- before) }
        }
        clockOffset = offset
    }
}
