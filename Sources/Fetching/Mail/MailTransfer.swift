import CCurl
import Glibc

/// `MailTransfer` is one message on its way: what libcurl's callbacks read and write while `curl_easy_perform` runs, on
/// the thread that called it.
final class MailTransfer {
    /// Milliseconds that a message that is being sent has to be taken in, once newswire is to stop.
    private static let grace = 10_000

    private let message: [UInt8]
    /// Readable once newswire is to stop.
    private let stop: Int32
    /// When libcurl is to give up even what it says at the end of a connection, a second behind its own timeout: to a
    /// server that has gone silent it would wait for two minutes with its QUIT.
    private let deadline: Int
    private var sent = 0
    private var stoppedAt: Int?
    /// The server's last reply.
    private(set) var reply: MailReply?
    /// Whether the server has asked for the message.
    private(set) var hasBegun = false

    /// - Parameter timeout: milliseconds from now that libcurl has.
    init(_ message: [UInt8], timeout: Int, stop: Int32) {
        self.message = message
        deadline = SteadyClock.milliseconds() + timeout + 1000
        self.stop = stop
    }

    /// Whether newswire is to stop.
    var isStopped: Bool { stoppedAt != nil }

    static func from(_ context: UnsafeMutableRawPointer?) -> MailTransfer {
        Unmanaged<MailTransfer>.fromOpaque(context!).takeUnretainedValue()
    }

    /// Gives libcurl the next piece of the message; it doubles full stops at the beginning of lines by itself.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        hasBegun = true
        let count = min(buffer.count, message.count - sent)
        message.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[sent..<sent + count])) }
        sent += count
        return count
    }

    /// Takes a line that the server says.
    func hear(_ line: UnsafeBufferPointer<UInt8>) {
        if reply == nil {
            reply = MailReply(line)
        } else {
            reply?.read(line)
        }
    }

    /// Whether the transfer is to end because its time is over, or because newswire ends: then at once where the server has
    /// nothing of the message yet, else when it had some time to say that it has it, so that the message need not come
    /// again. libcurl asks at least once a second.
    func isToEnd() -> Bool {
        if SteadyClock.milliseconds() >= deadline { return true }
        if stoppedAt == nil {
            var descriptor = pollfd(fd: stop, events: Int16(POLLIN), revents: 0)
            guard stop >= 0, poll(&descriptor, 1, 0) > 0 else { return false }
            stoppedAt = SteadyClock.milliseconds()
        }
        return !hasBegun || SteadyClock.milliseconds() - (stoppedAt ?? 0) >= Self.grace
    }
}
