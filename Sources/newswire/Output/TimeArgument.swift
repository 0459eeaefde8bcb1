internal import ArgumentParser
internal import FeedModel

/// A time on the command line: RFC 3339, a date, or a span ago (`90m`, `36h`, `7d`).
struct TimeArgument: ExpressibleByArgument {
    private enum Meaning {
        case instant(Timestamp)
        case ago(seconds: Int64)
    }
    private let meaning: Meaning

    init?(argument: String) {
        if let instant = Timestamp(rfc3339: argument) ?? Timestamp(rfc3339: argument + "T00:00:00Z") {
            meaning = .instant(instant)
            return
        }
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
        guard let last = argument.last, let unit = units[last], let count = Int64(argument.dropLast()), count >= 0,
            case let (seconds, overflow) = count.multipliedReportingOverflow(by: unit), !overflow,
            seconds < 100_000_000_000
        else { return nil }
        meaning = .ago(seconds: seconds)
    }

    /// Whether it depends on the clock.
    var isSpan: Bool {
        if case .ago = meaning { true } else { false }
    }

    func time(now: Timestamp) -> Timestamp {
        switch meaning {
        case .instant(let time): time
        case .ago(let seconds): Timestamp(milliseconds: now.milliseconds - seconds * 1000)
        }
    }
}
