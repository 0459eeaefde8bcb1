package import FeedModel

/// `HTTPDate` writes times as headers have them (RFC 9110 §5.6.7).
package enum HTTPDate {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Returns `Sun, 06 Nov 1994 08:49:37 GMT`.
    package static func text(_ time: Timestamp) -> String {
        let (year, month, day) = time.civilDay
        let seconds = time.seconds
        let inDay = Int((seconds % 86_400 + 86_400) % 86_400)
        // The first of January 1970 was a Thursday.
        let sinceEpoch = Int((seconds - Int64(inDay)) / 86_400)
        let weekday = ((sinceEpoch + 4) % 7 + 7) % 7
        return "\(days[weekday]), \(two(day)) \(months[month - 1]) \(year) "
            + "\(two(inDay / 3600)):\(two(inDay / 60 % 60)):\(two(inDay % 60)) GMT"
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
