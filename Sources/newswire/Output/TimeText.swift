package import FeedModel
internal import Glibc

/// `TimeText` says times as people read them in lists: by how far they are away and by the machine's clock, or in UTC to the
/// minute.
package struct TimeText: Sendable {
    let now: Timestamp
    let isUTC: Bool

    package init(now: Timestamp, isUTC: Bool) {
        self.now = now
        self.isUTC = isUTC
    }

    /// Says `in 8 min`, or the time in UTC.
    package func until(_ time: Timestamp) -> String {
        if isUTC { return utc(time) }
        let wait = Int(time.seconds - now.seconds)
        return wait > 0 ? "in \(SpanText.text(rounded(wait)))" : "due"
    }

    /// Says `3 min ago`, or the time in UTC.
    package func ago(_ time: Timestamp) -> String {
        isUTC ? utc(time) : "\(SpanText.text(rounded(Int(max(0, now.seconds - time.seconds))))) ago"
    }

    /// `since 14:02`; with the day where that is not today, and with the year where it is another.
    func since(_ time: Timestamp) -> String {
        "since \(isUTC ? utc(time) : Self.shortest(Self.minute(time), now: Self.minute(now)))"
    }

    /// `2026-11-29 14:02` by the machine's clock.
    static func minute(_ time: Timestamp) -> String { String(local(time).prefix(16)) }

    /// `14:02:09` by the machine's clock.
    static func second(_ time: Timestamp) -> String { String(local(time).suffix(8)) }

    static func shortest(_ time: String, now: String) -> String {
        if time.prefix(10) == now.prefix(10) { return String(time.suffix(5)) }
        return time.prefix(4) == now.prefix(4) ? String(time.dropFirst(5)) : time
    }

    private func utc(_ time: Timestamp) -> String {
        String(Timestamp(seconds: time.seconds).description.prefix(16)) + "Z"
    }

    /// The largest unit alone is enough from ten of it on.
    private func rounded(_ seconds: Int) -> Int {
        for unit in [86_400, 3600, 60] where seconds >= 10 * unit { return seconds / unit * unit }
        return seconds
    }

    /// `2026-11-29 14:02:09` by the machine's clock.
    private static func local(_ time: Timestamp) -> String {
        var seconds = time_t(time.seconds)
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return "\(time)" }
        let (date, clock) = ([parts.tm_mon + 1, parts.tm_mday], [parts.tm_hour, parts.tm_min, parts.tm_sec])
        let two = { (number: Int32) in number < 10 ? "0\(number)" : "\(number)" }
        return (["\(parts.tm_year + 1900)"] + date.map(two)).joined(separator: "-") + " "
            + clock.map(two).joined(separator: ":")
    }
}
