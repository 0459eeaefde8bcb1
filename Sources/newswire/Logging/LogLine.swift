internal import FeedModel
internal import Logging

/// One event as it is shown: a message and fields in which nothing steers a terminal or breaks a line (security.md §8).
struct LogLine: Equatable {
    var time: Timestamp
    var level: Logger.Level
    var message: String
    /// In the order of their keys.
    var fields: [(key: String, value: String)]

    init(time: Timestamp, level: Logger.Level, message: String, metadata: Logger.Metadata) {
        self.time = time
        self.level = level
        self.message = SafeText.line(message)
        fields = metadata.map { (key: SafeText.line($0.key), value: SafeText.line($0.value.description)) }
            .sorted { $0.key < $1.key }
    }

    static func == (left: Self, right: Self) -> Bool {
        left.time == right.time && left.level == right.level && left.message == right.message
            && left.fields.elementsEqual(right.fields, by: ==)
    }

    /// The message with its fields behind it: what people read, wherever it is shown.
    var text: String {
        fields.reduce(into: message) { $0 += " \($1.key)=\(Self.quoted($1.value))" }
    }

    /// `time=… level=… msg=… key=value`, as logfmt has it.
    var logfmt: String {
        let head = "time=\(time) level=\(level) msg=\(Self.quoted(message))"
        return fields.reduce(into: head) { $0 += " \($1.key)=\(Self.quoted($1.value))" }
    }

    /// For a person who watches: only what is wrong has a label.
    func terminal(color: Bool) -> String {
        guard let (label, code) = label else { return text }
        return color ? "\u{1b}[\(code)m\(label):\u{1b}[0m \(text)" : "\(label): \(text)"
    }

    /// For a standard error that systemd reads: it takes the number for the priority (sd-daemon(3)).
    var prefixed: String { "<\(priority)>\(text)" }

    /// For the journal's own socket: what is a field there can be asked for, as in `journalctl FEED_ID=example`.
    var journalEntry: JournalEntry {
        var entry = JournalEntry()
        entry.append("MESSAGE", text)
        entry.append("PRIORITY", "\(priority)")
        entry.append("SYSLOG_IDENTIFIER", "newswire")
        for field in fields { entry.append(JournalEntry.fieldName(field.key), field.value) }
        return entry
    }

    private var label: (String, color: Int)? {
        switch level {
        case .critical, .error: ("error", 31)
        case .warning: ("warning", 33)
        default: nil
        }
    }

    /// Of syslog(3).
    private var priority: Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }

    /// Quoted where it holds anything but plain characters.
    private static func quoted(_ value: String) -> String {
        let isPlain = !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x3d && $0 != 0x5c }
        if isPlain { return value }
        // By scalars: with a combining mark behind it a quote is another character, but the same byte.
        var quoted = "\"".unicodeScalars
        for scalar in value.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { quoted.append("\\") }
            quoted.append(scalar)
        }
        quoted.append("\"")
        return String(quoted)
    }
}
