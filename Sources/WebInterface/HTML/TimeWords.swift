internal import FeedModel
internal import newswire

/// `TimeWords` says times as pages do: in UTC, for programs in `datetime`, and beside it in words how far away they are.
struct TimeWords {
    let now: Timestamp

    /// `15:02 3 min ago`, with the day where that is another.
    func past(_ time: Timestamp) -> HTML { "\(clock(time)) <i>\(ago(time))</i>" }

    /// `16:10 in 12 min`; `due` where it has come.
    func future(_ time: Timestamp) -> HTML { "\(clock(time)) <i>\(until(time))</i>" }

    /// The time alone.
    func clock(_ time: Timestamp) -> HTML {
        "<time datetime=\"\(Self.rfc3339(time))\">\(short(time))</time>"
    }

    /// The time in full, with the words beside it: for what there is one of on a page.
    func whole(_ time: Timestamp) -> HTML {
        "<time datetime=\"\(Self.rfc3339(time))\">\(Self.day(time)) \(Self.secondOfDay(time)) UTC</time> <i>\(distance(time))</i>"
    }

    /// `3 min ago` or `in 3 min`.
    func distance(_ time: Timestamp) -> String { time > now ? until(time) : ago(time) }

    func ago(_ time: Timestamp) -> String { time > now ? "just now" : words.ago(time) }

    func until(_ time: Timestamp) -> String { words.until(time) }

    private var words: TimeText { TimeText(now: now, isUTC: false) }

    /// `14:02`, `27 Nov 14:02` or `27 Nov 2025`: to the minute where that says something.
    func short(_ time: Timestamp) -> String {
        let (there, here) = (time.civilDay, now.civilDay)
        if there == here { return Self.minuteOfDay(time) }
        let day = "\(there.day) \(Self.months[there.month - 1])"
        return there.year == here.year ? "\(day) \(Self.minuteOfDay(time))" : "\(day) \(there.year)"
    }

    /// `28 Nov 2026`
    static func day(_ time: Timestamp) -> String {
        let day = time.civilDay
        return "\(day.day) \(months[day.month - 1]) \(day.year)"
    }

    /// `28 Nov`
    static func shortDay(_ time: Timestamp) -> String {
        let day = time.civilDay
        return "\(day.day) \(months[day.month - 1])"
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    static func minuteOfDay(_ time: Timestamp) -> String { String(rfc3339(time).dropFirst(11).prefix(5)) }

    static func secondOfDay(_ time: Timestamp) -> String { String(rfc3339(time).dropFirst(11).prefix(8)) }

    /// To the second.
    static func rfc3339(_ time: Timestamp) -> String { "\(Timestamp(seconds: time.seconds))" }
}
