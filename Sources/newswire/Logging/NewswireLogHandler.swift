internal import FeedModel
internal import Glibc
internal import Ingestion
internal import Logging

/// Hands each event that is loud enough to where log lines go.
struct NewswireLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level
    private let write: @Sendable (LogLine) -> Void
    private let now: @Sendable () -> Timestamp

    init(
        _ write: @escaping @Sendable (LogLine) -> Void, level: Logger.Level,
        now: @escaping @Sendable () -> Timestamp = SystemClock.now
    ) {
        self.write = write
        logLevel = level
        self.now = now
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

/// Where log lines go: to the journal with their fields where standard error is connected to it, else to standard error,
/// in colour on a terminal and as logfmt elsewhere.
enum LogOutput: Sendable {
    case journal(JournalSocket, fallback: Int32)
    case logfmt(Int32)
    case terminal(Int32, color: Bool)

    init(environment: [String: String], descriptor: Int32 = STDERR_FILENO) {
        if JournalSocket.isConnected(descriptor, environment: environment), let socket = JournalSocket() {
            self = .journal(socket, fallback: descriptor)
        } else if isatty(descriptor) == 1 {
            self = .terminal(descriptor, color: Terminal.usesColor(environment: environment, isTerminal: true))
        } else {
            self = .logfmt(descriptor)
        }
    }

    func write(_ line: LogLine) {
        switch self {
        case .journal(let socket, let fallback):
            if !socket.send(line.journalEntry) { Self.write(line.prefixed, to: fallback) }
        case .logfmt(let descriptor): Self.write(line.logfmt, to: descriptor)
        case .terminal(let descriptor, let color): Self.write(line.terminal(color: color), to: descriptor)
        }
    }

    /// One write for the line, so that lines of several threads do not mix.
    private static func write(_ line: String, to descriptor: Int32) {
        _ = Array((line + "\n").utf8).withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }
}
