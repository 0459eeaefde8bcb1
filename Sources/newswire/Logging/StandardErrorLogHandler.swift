internal import FeedModel
internal import Glibc
internal import Ingestion
internal import Logging

/// Log lines on standard error: logfmt, with a priority in front where the journal reads along, in colour on a terminal.
///
/// Values from outside are quoted and escaped, so that one event is always one line (security.md §8).
struct StandardErrorLogHandler: LogHandler {
    enum Style: Sendable {
        /// `<4>message key=value`: systemd takes the number for the priority (sd-daemon(3)).
        case journal
        case logfmt
        case terminal(color: Bool)

        init(environment: [String: String]) {
            if environment["JOURNAL_STREAM"] != nil, !Terminal.isErrorTerminal {
                self = .journal
            } else if Terminal.isErrorTerminal {
                self = .terminal(color: Terminal.usesColor(environment: environment, isTerminal: true))
            } else {
                self = .logfmt
            }
        }
    }

    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level
    private let style: Style

    init(style: Style, level: Logger.Level) {
        self.style = style
        logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let line = line(event) + "\n"
        // One write for the line, so that lines of several threads do not mix.
        _ = Array(line.utf8).withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    private func line(_ event: LogEvent) -> String {
        let message = SafeText.line(event.message.description)
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }
            .sorted { $0.key < $1.key }
            .map { " \($0.key)=\(Self.quoted($0.value.description))" }
            .joined()
        switch style {
        case .journal: return "<\(Self.priority(event.level))>\(message)\(fields)"
        case .logfmt:
            let time = Timestamp(milliseconds: SystemClock.now().milliseconds)
            return "time=\(time) level=\(event.level) msg=\(Self.quoted(message))\(fields)"
        case .terminal(let color):
            let label = Self.label(event.level)
            guard color, !label.isEmpty else { return label + message + fields }
            return "\u{1b}[\(event.level >= .error ? 31 : 33)m\(label)\u{1b}[0m\(message)\(fields)"
        }
    }

    private static func label(_ level: Logger.Level) -> String {
        switch level {
        case .critical, .error: "error: "
        case .warning: "warning: "
        default: ""
        }
    }

    /// As logfmt has it: quoted where it holds anything but plain characters.
    private static func quoted(_ value: String) -> String {
        let value = SafeText.line(value)
        let isPlain = !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x3d && $0 != 0x5c }
        if isPlain { return value }
        return "\"" + value.reduce(into: "") { $0 += $1 == "\"" || $1 == "\\" ? "\\\($1)" : String($1) } + "\""
    }

    /// Of syslog(3).
    private static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
