private import FeedModel

/// Writes metrics in Prometheus' text format (version 0.0.4): a family at a time, each with its help and type.
///
/// Names and units follow the conventions (prometheus.io/docs/practices/naming): base units, `_total` for counters.
package struct PrometheusText: ~Copyable {
    package enum Kind: String {
        case counter, gauge
    }

    private(set) var text = ""

    package init() {}

    /// One metric without labels.
    mutating func metric(_ name: StaticString, _ kind: Kind, _ help: StaticString, _ value: Double?) {
        guard let value else { return }
        family(name, kind, help)
        sample(name, [], value)
    }

    /// One metric for each value of one label.
    mutating func metric(
        _ name: StaticString, _ kind: Kind, _ help: StaticString, by label: StaticString,
        _ values: some Sequence<(String, Double)>
    ) {
        var isFirst = true
        for (key, value) in values {
            if isFirst { family(name, kind, help) }
            isFirst = false
            sample(name, [("\(label)", key)], value)
        }
    }

    /// A metric that is 1 and tells something in its labels.
    mutating func info(_ name: StaticString, _ help: StaticString, _ labels: [(String, String)]) {
        family(name, .gauge, help)
        sample(name, labels, 1)
    }

    /// How many there were and how long they took together, as a summary without quantiles; beside it the longest.
    mutating func durations(_ name: StaticString, longest: StaticString, _ help: StaticString, _ value: DurationSum) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) summary\n"
        text += "\(name)_sum \(Self.number(value.seconds))\n\(name)_count \(value.count)\n"
        family(longest, .gauge, "The longest of them since the start.")
        sample(longest, [], value.longest)
    }

    private mutating func family(_ name: StaticString, _ kind: Kind, _ help: StaticString) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    private mutating func sample(_ name: StaticString, _ labels: [(String, String)], _ value: Double) {
        text += "\(name)"
        if !labels.isEmpty {
            text += "{" + labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",") + "}"
        }
        text += " \(Self.number(value))\n"
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }

    /// The format has an escape for line feeds; other signs that steer a terminal have none.
    private static func escaped(_ text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { SafeText.line(String($0)) }
        return lines.map { $0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") }.joined(separator: "\\n")
    }
}

/// How often something happened, and how long it took.
package struct DurationSum: Sendable, Equatable {
    package private(set) var count = 0
    package private(set) var seconds = 0.0
    package private(set) var longest = 0.0

    package init() {}

    package mutating func add(milliseconds: Int64) {
        let value = Double(max(0, milliseconds)) / 1000
        count += 1
        seconds += value
        longest = max(longest, value)
    }
}
