internal import Dispatch
internal import FeedModel
internal import Glibc
internal import Ingestion
internal import Locking
internal import Logging

/// Hands each event that is loud enough to where log lines go.
struct NewswireLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    /// The level of one logger alone; nil where it follows the threshold.
    private var ownLevel: Logger.Level?
    private let threshold: LogThreshold
    private let write: @Sendable (LogLine) -> Void
    private let now: @Sendable () -> Timestamp

    init(
        _ write: @escaping @Sendable (LogLine) -> Void, above threshold: LogThreshold,
        now: @escaping @Sendable () -> Timestamp = SystemClock.now
    ) {
        self.write = write
        self.threshold = threshold
        self.now = now
    }

    var logLevel: Logger.Level {
        get { ownLevel ?? threshold.level }
        set { ownLevel = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        write(
            LogLine(
                time: now(), level: event.level, message: event.message.description,
                metadata: metadata.merging(event.metadata ?? [:]) { $1 }))
    }
}

/// `LogThreshold` is how loud an event must be, for all loggers that share it. Any thread may use it.
final class LogThreshold: Sendable {
    private let current: Locked<Logger.Level>

    init(_ level: Logger.Level) {
        current = Locked(level)
    }

    var level: Logger.Level {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }
}

/// Where log lines go: to the journal with their fields where standard error is connected to it, else to standard
/// error, in colour on a terminal and as logfmt elsewhere.
enum LogOutput: Sendable {
    case journal(JournalSocket, fallback: Int32)
    case logfmt(Int32)
    case terminal(Int32, color: Bool, showsTime: Bool)

    /// - Parameters:
    ///   - showsTime: whether a person who watches is shown the time; elsewhere it is always kept.
    ///   - program: what the journal knows it by.
    init(
        environment: [String: String], descriptor: Int32 = STDERR_FILENO, showsTime: Bool = false,
        program: String = JournalSocket.standardProgram
    ) {
        if JournalSocket.isConnected(descriptor, environment: environment), let socket = JournalSocket(program: program)
        {
            self = .journal(socket, fallback: descriptor)
        } else if isatty(descriptor) == 1 {
            let color = Terminal.usesColor(environment: environment, isTerminal: true)
            self = .terminal(descriptor, color: color, showsTime: showsTime)
        } else {
            self = .logfmt(descriptor)
        }
    }

    func write(_ line: LogLine) {
        switch self {
        case .journal(let socket, let fallback):
            if !socket.send(line.journalEntry(of: socket.program)) { Self.write(line.prefixed, to: fallback) }
        case .logfmt(let descriptor): Self.write(line.logfmt, to: descriptor)
        case .terminal(let descriptor, let color, let showsTime):
            Self.write(
                line.terminal(color: color, clock: showsTime ? TimeText.second(line.time) : nil), to: descriptor)
        }
    }

    /// One write for the line, so that lines of several threads do not mix.
    private static func write(_ line: String, to descriptor: Int32) {
        _ = Array((line + "\n").utf8).withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }
}

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

    /// The message with its fields behind it, and the feed before it: what people read, wherever it is shown. Where a line
    /// is cut off it is known which feed it is about.
    var text: String {
        let feed = fields.first { $0.key == "feed" }
        return fields.filter { $0.key != "feed" }.reduce(into: (feed.map { "\($0.value): " } ?? "") + message) {
            $0 += " \($1.key)=\(Self.quoted($1.value))"
        }
    }

    /// `time=… level=… msg=… key=value`, as logfmt has it.
    var logfmt: String {
        let head = "time=\(time) level=\(level) msg=\(Self.quoted(message))"
        return fields.reduce(into: head) { $0 += " \($1.key)=\(Self.quoted($1.value))" }
    }

    /// The line for a person who watches: only what is wrong has a label.
    ///
    /// - Parameter clock: the time by the machine's clock, for a line of a program that runs for long.
    func terminal(color: Bool, clock: String? = nil) -> String {
        let start = clock.map { "\($0) " } ?? ""
        guard let (label, code) = label else { return start + text }
        return start + (color ? "\u{1b}[\(code)m\(label):\u{1b}[0m \(text)" : "\(label): \(text)")
    }

    /// The line for a standard error that systemd reads, which takes the number for the priority (sd-daemon(3)).
    var prefixed: String { "<\(priority)>\(text)" }

    /// The entry for the journal's own socket. People can ask for its fields, as in `journalctl FEED_ID=example`.
    func journalEntry(of program: String) -> JournalEntry {
        var entry = JournalEntry()
        entry.append("MESSAGE", text)
        entry.append("PRIORITY", "\(priority)")
        entry.append("SYSLOG_IDENTIFIER", program)
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

    /// The priority of syslog(3).
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

/// The log lines of the service on their way out: one thread writes them, and nobody else waits for that.
///
/// Standard error may be a pipe that nobody reads, a file on a mount that does not answer, or a journal that takes each
/// line after a second. Polling goes on then, and what no longer fits into the queue is counted and said as soon as
/// lines are taken again. Used from any thread. Lines go out in the order in which they came.
final class LogQueue: Sendable {
    private struct State {
        /// Bytes of the lines that have not been written.
        var waiting = 0
        var lost = 0
    }

    private let output: LogOutput
    private let limit: Int
    private let queue = DispatchQueue(label: "newswire.log")
    private let state = Locked(State())

    /// - Parameter limit: bytes of lines that may wait; one line is taken in any case.
    init(_ output: LogOutput, limit: Int = 4 << 20) {
        self.output = output
        self.limit = limit
    }

    func write(_ line: LogLine) {
        let size = line.text.utf8.count
        // Nil where the line has no room; else how many lines have been lost just before it.
        let lost: Int? = state.withLock { state in
            guard state.waiting == 0 || state.waiting + size <= limit else {
                state.lost += 1
                return nil
            }
            state.waiting += size
            defer { state.lost = 0 }
            return state.lost
        }
        guard let lost else { return }
        queue.async { [self] in
            say(lost: lost, at: line.time)
            output.write(line)
            state.withLock { $0.waiting -= size }
        }
    }

    private func say(lost: Int, at time: Timestamp) {
        guard lost > 0 else { return }
        output.write(
            LogLine(
                time: time, level: .warning,
                message: "\(lost) log lines are missing here: they were not taken as fast as they came", metadata: [:]))
    }

    /// Waits until all that was written before is out, and how many lines are missing at the end has been said.
    ///
    /// - Parameter patience: milliseconds after which what is left is given up.
    /// - Returns: false where something is left.
    @discardableResult
    func drain(patience: Int = 2000) -> Bool {
        let isOut = DispatchSemaphore(value: 0)
        queue.async { [self] in
            let lost = state.withLock { state in
                defer { state.lost = 0 }
                return state.lost
            }
            say(lost: lost, at: SystemClock.now())
            isOut.signal()
        }
        return isOut.wait(timeout: .now() + .milliseconds(patience)) == .success
    }
}
