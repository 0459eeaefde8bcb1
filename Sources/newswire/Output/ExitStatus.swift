internal import ArgumentParser
internal import ArticleStore
internal import FeedModel
internal import Glibc

/// `ExitStatus` is how newswire's commands end (contract.md §1), from sysexits.h.
package enum ExitStatus: Int32 {
    case done = 0
    case usage = 64
    case badInput = 65
    case noInput = 66
    case allFailed = 69
    case cannotCreate = 73
    case ioError = 74
    case inUse = 75
    /// Who takes a delivery wants no more of it (EX_NOPERM): trying again is of no use.
    case endedForGood = 77
    case badConfiguration = 78
    /// 128 and the number of SIGINT, as shells have it.
    case interrupted = 130

    /// What a failure of the store ends a command with.
    init(_ error: StoreError) {
        self =
            switch error.code {
            case .cannotCreate: .cannotCreate
            case .inputOutput, .closed: .ioError
            case .inUse, .otherFleet, .fleetAway, .overtaken: .inUse
            case .newerFormat, .damaged, .damagedIndex: .badInput
            case .wrongName: .usage
            }
    }
}

/// `CommandFailure` says why a command cannot go on: what it says on standard error, and its exit status.
package struct CommandFailure: Error {
    package var status: ExitStatus
    /// The message says what was being done, to what, what went wrong and what the person can do. It is empty where nothing
    /// is to be said.
    package var message: String

    package init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }
}

extension CommandFailure {
    init?(_ error: OutputError) {
        switch error {
        case .closed: return nil
        case .failed(let code):
            self.init(
                .ioError,
                "writing to standard output: \(SystemReason.text(code)); make room or check where it goes")
        }
    }
}

/// `StandardError` takes lines for people.
package enum StandardError {
    /// What ends the program. To the journal it is an error, which takes a mark before each line (sd-daemon(3)): the
    /// log is not there yet, or no longer.
    static func fail(_ text: String) {
        let isJournal = JournalSocket.isConnected(STDERR_FILENO, environment: CommonOptions.environment)
        write(isJournal ? "<3>\(text)" : text)
    }

    /// Writes one line, whatever is in it: a page or a server that is quoted cannot write lines in newswire's name.
    package static func write(_ line: String) {
        write(lines: [line])
    }

    /// All of them at once, so that no others come between.
    static func write(lines: [String]) {
        let bytes = Array(lines.map { SafeText.line($0) + "\n" }.joined().utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

/// `SystemReason` is what the system says of an error number.
package enum SystemReason {
    /// Returns its words.
    package static func text(_ code: Int32) -> String { String(cString: strerror(code)) }
}
