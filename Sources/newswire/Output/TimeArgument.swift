internal import ArgumentParser
internal import Configuration
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

/// A span of time on the command line: `30s`, `15m`, `2h`, `7d`.
struct SpanArgument: ExpressibleByArgument, CustomStringConvertible {
    let seconds: Int64

    init(seconds: Int64) {
        self.seconds = seconds
    }

    init?(argument: String) {
        guard let span = ConfigDuration.parse(argument) else { return nil }
        seconds = span.components.seconds
    }

    var description: String { ConfigDuration.text(.seconds(seconds)) }
    var defaultValueDescription: String { description }
}

/// Spans of time as people read them.
enum SpanText {
    /// `45 s`, `23 min`, `1 h 5 min`, `3 d 4 h`: the two largest units.
    static func text(_ seconds: Int) -> String {
        let units = [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s")]
        guard let first = units.firstIndex(where: { seconds >= $0.0 }) else { return "0 s" }
        let (size, name) = units[first]
        var text = "\(seconds / size) \(name)"
        if first + 1 < units.count {
            let (smaller, smallerName) = units[first + 1]
            let rest = seconds % size / smaller
            // Seconds beside minutes are noise from ten minutes on.
            if rest > 0, smaller > 1 || seconds < 600 { text += " \(rest) \(smallerName)" }
        }
        return text
    }
}
