import Locking

/// A mail server on 127.0.0.1 that takes everything, but for what a test answers itself.
package final class MailServerDouble: Sendable {
    /// What it does in place of its own answer.
    package enum Answer: Sendable {
        case say(String)
        /// Nothing more is said.
        case silence
        case hangUp
    }

    /// What it has seen.
    package struct Log: Sendable {
        package var connections = 0
        /// Commands in their order, without line ends; a message's end is ".".
        package var commands: [String] = []
        /// Messages that it has said 250 to, as they are without the doubled full stops.
        package var messages: [String] = []
    }

    private let state: Locked<Log>
    private let server: RawServer
    package var port: UInt16 { server.port }

    /// - Parameter answer: is asked for each command, after it was logged, with all that was seen before it; nil for the
    ///   usual answer.
    package init(_ answer: @escaping @Sendable (String, Log) -> Answer? = { _, _ in nil }) {
        let state = Locked(Log())
        self.state = state
        server = RawServer { connection in
            state.withLock { $0.connections += 1 }
            MailDialogue(connection: connection, state: state, answer: answer).run()
        }
    }

    package var log: Log { state.withLock { $0 } }
    package var messages: [String] { log.messages }
}

/// One connection of a mail server.
private struct MailDialogue {
    let connection: RawConnection
    let state: Locked<MailServerDouble.Log>
    let answer: @Sendable (String, MailServerDouble.Log) -> MailServerDouble.Answer?
    private var buffer: [UInt8] = []

    init(
        connection: RawConnection, state: Locked<MailServerDouble.Log>,
        answer: @escaping @Sendable (String, MailServerDouble.Log) -> MailServerDouble.Answer?
    ) {
        self.connection = connection
        self.state = state
        self.answer = answer
    }

    consuming func run() {
        var dialogue = self
        guard dialogue.reply(to: "", usually: "220 mail.test ESMTP") else { return }
        while let command = dialogue.line() {
            let usual =
                switch command.prefix(4).uppercased() {
                case "EHLO": "250-mail.test\r\n250-SIZE 1000000\r\n250 AUTH PLAIN"
                case "AUTH": "235 welcome"
                case "DATA": "354 go on"
                case "QUIT": "221 bye"
                default: "250 fine"
                }
            guard dialogue.reply(to: command, usually: usual) else { return }
            if command.uppercased() == "DATA", !dialogue.takeMessage() { return }
        }
    }

    /// - Returns: whether the connection goes on.
    private mutating func takeMessage() -> Bool {
        // A server that has refused DATA gets no message.
        guard lastWasGoOn else { return true }
        var lines: [String] = []
        while let line = line() {
            guard line == "." else {
                lines.append(line.hasPrefix(".") ? String(line.dropFirst()) : line)
                continue
            }
            guard reply(to: ".", usually: "250 taken") else { return false }
            if lastReply.hasPrefix("250") {
                let message = lines.map { $0 + "\r\n" }.joined()
                state.withLock { $0.messages.append(message) }
            }
            return true
        }
        return false
    }

    private var lastReply = ""
    private var lastWasGoOn: Bool { lastReply.hasPrefix("354") }

    private mutating func reply(to command: String, usually usual: String) -> Bool {
        let log = state.withLock { log in
            if !command.isEmpty { log.commands.append(command) }
            return log
        }
        switch answer(command, log) {
        case nil: lastReply = usual
        case .say(let text): lastReply = text
        case .silence:
            while connection.read() != nil {}
            return false
        case .hangUp: return false
        }
        connection.write(lastReply + "\r\n")
        return true
    }

    private mutating func line() -> String? {
        while true {
            if let end = buffer.firstIndex(of: 10) {
                let line = buffer[..<end].filter { $0 != 13 }
                buffer.removeSubrange(...end)
                return String(decoding: line, as: UTF8.self)
            }
            guard let piece = connection.read() else { return nil }
            buffer.append(contentsOf: piece)
        }
    }
}
