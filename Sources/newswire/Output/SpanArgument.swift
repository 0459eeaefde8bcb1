internal import ArgumentParser
internal import Configuration

/// A span of time on the command line: `30s`, `15m`, `2h`, `7d`.
struct SpanArgument: ExpressibleByArgument, CustomStringConvertible {
    let seconds: Int64

    init(seconds: Int64) {
        self.seconds = seconds
    }

    init?(argument: String) {
        guard let span = Span.parse(argument) else { return nil }
        seconds = span.components.seconds
    }

    var description: String { Span.text(.seconds(seconds)) }
    var defaultValueDescription: String { description }
}
