internal import ArgumentParser
internal import FeedModel
internal import Text

/// A time on the command line: RFC 3339, a date, or a span ago (`90m`, `36h`, `7d`).
struct TimeArgument: ExpressibleByArgument, CustomStringConvertible {
    private let reference: TimeReference

    init?(argument: String) {
        guard let reference = TimeReference(argument) else { return nil }
        self.reference = reference
    }

    /// Whether it depends on the clock.
    var isSpan: Bool {
        if case .ago = reference { true } else { false }
    }

    func time(now: Timestamp) -> Timestamp { reference.time(now: now) }

    /// The time as it is read again.
    var description: String { reference.description }
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

    var span: Duration { .seconds(seconds) }

    var description: String { ConfigDuration.text(span) }
    var defaultValueDescription: String { description }
}

/// `SpanText` says spans of time as people read them.
package enum SpanText {
    /// Says `45 s`, `23 min`, `1 h 5 min`, `3 d 4 h`: the two largest units.
    package static func text(_ seconds: Int) -> String {
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
