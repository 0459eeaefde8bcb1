/// `TimeReference` is a point in time as people write it: RFC 3339, a date, or a span ago (`90m`, `36h`, `7d`, `2w`), which
/// is T of contract.md §1.5.
package enum TimeReference: Sendable, Equatable {
    /// It is this instant, whatever the clock says.
    case instant(Timestamp)
    /// It is so many seconds before the time at which it is asked for, never negative.
    case ago(seconds: Int64)

    /// Returns nil for a text that is none of these, or a span of more than 3000 years.
    package init?(_ text: String) {
        if let instant = Timestamp(rfc3339: text) ?? Timestamp(rfc3339: text + "T00:00:00Z") {
            self = .instant(instant)
            return
        }
        guard let last = text.last, let unit = Self.units.first(where: { $0.name == last }),
            let count = Int64(text.dropLast()), count >= 0,
            case let (seconds, overflow) = count.multipliedReportingOverflow(by: unit.seconds), !overflow,
            seconds < 100_000_000_000
        else { return nil }
        self = .ago(seconds: seconds)
    }

    private static let units: [(name: Character, seconds: Int64)] = [
        ("w", 604_800), ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1),
    ]

    /// Returns the instant that is meant.
    package func time(now: Timestamp) -> Timestamp {
        switch self {
        case .instant(let time): time
        case .ago(let seconds): Timestamp(milliseconds: now.milliseconds - seconds * 1000)
        }
    }
}

extension TimeReference: CustomStringConvertible {
    /// The reference as it is read again: RFC 3339, or a span in the largest unit that says it whole.
    package var description: String {
        switch self {
        case .instant(let time): return "\(time)"
        case .ago(let seconds):
            let unit = Self.units.first { seconds > 0 && seconds.isMultiple(of: $0.seconds) } ?? ("s", 1)
            return "\(seconds / unit.seconds)\(unit.name)"
        }
    }
}
