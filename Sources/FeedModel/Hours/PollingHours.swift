/// `PollingHours` is the times of day in which a feed is polled by itself, as a person has written them:
/// `06:00-09:00, 17:00-22:00 Europe/Berlin`.
///
/// They are those of the clocks in the zone, whatever UTC is: an hour that does not exist when the clocks are put
/// forward is no part of a window, and one that comes twice is so twice.
package struct PollingHours: Sendable, Hashable, CustomStringConvertible {
    /// No more windows can be given.
    package static let mostWindows = 24

    private struct Window: Hashable {
        /// Minutes of the day; the end is not part of it, and may be on the next day.
        var begin: Int
        var end: Int

        func contains(_ minute: Int) -> Bool {
            begin < end ? minute >= begin && minute < end : minute >= begin || minute < end
        }
    }

    private let windows: [Window]
    /// The name of the zone.
    package let zone: String
    private let rules: TimeZoneRules

    /// Reads windows and a zone's name, which is UTC where there is none.
    ///
    /// - Parameter rules: gives the rules of a zone; nil where nobody knows it.
    package init(_ text: String, rules: (String) -> TimeZoneRules?) throws(Refusal) {
        var words = text.split(separator: " ").map(String.init)
        guard let last = words.last else { throw Refusal("names no time") }
        var zone = "UTC"
        if last.first?.isNumber == false {
            zone = last
            words.removeLast()
        }
        if words.isEmpty { throw Refusal("names no time from HH:MM to HH:MM") }
        var windows: [Window] = []
        for part in words.joined().split(separator: ",", omittingEmptySubsequences: false) {
            let times = part.split(separator: "-", omittingEmptySubsequences: false).map(Self.minutes)
            guard times.count == 2, let begin = times[0], let end = times[1], begin < 1440 else {
                throw Refusal("holds \"\(part)\", which is no time from HH:MM to HH:MM")
            }
            if begin == end { throw Refusal("holds \"\(part)\", in which there is no time") }
            windows.append(Window(begin: begin, end: end))
        }
        if windows.count > Self.mostWindows { throw Refusal("has more than \(Self.mostWindows) windows") }
        guard let rules = zone == "UTC" ? .utc : rules(zone) else {
            throw Refusal("names the time zone \"\(zone)\", which this machine does not know")
        }
        self.windows = windows
        self.zone = zone
        self.rules = rules
    }

    /// `Refusal` says why a text is none; to be put behind what was read.
    package struct Refusal: Error {
        package let message: String

        init(_ message: String) { self.message = message }
    }

    private static func minutes(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == 2, parts[1].utf8.count == 2,
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }), let hours = Int(parts[0]),
            let minutes = Int(parts[1]), minutes < 60, hours * 60 + minutes <= 1440
        else { return nil }
        return hours * 60 + minutes
    }

    /// The hours as they can be read again.
    package var description: String {
        let texts = windows.map { "\(Self.text($0.begin))-\(Self.text($0.end))" }
        return "\(texts.joined(separator: ", ")) \(zone)"
    }

    private static func text(_ minutes: Int) -> String {
        let (hour, minute) = minutes.quotientAndRemainder(dividingBy: 60)
        return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
    }

    /// Tells whether a feed may be polled then.
    package func contains(_ time: Timestamp) -> Bool {
        let local = time.seconds + Int64(rules.offset(at: time))
        let minute = Int(((local % 86_400) + 86_400) % 86_400 / 60)
        return windows.contains { $0.contains(minute) }
    }

    /// Returns the time itself where it is in a window, else when the next one begins.
    package func next(from time: Timestamp) -> Timestamp {
        if contains(time) { return time }
        // Windows begin with a minute. A day may be skipped where a place has moved over the date line.
        var minute = (time.seconds / 60 + 1) * 60
        for _ in 0..<(3 * 1440) {
            let candidate = Timestamp(seconds: minute)
            if contains(candidate) { return candidate }
            minute += 60
        }
        return time
    }
}
