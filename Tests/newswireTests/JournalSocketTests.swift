import FeedModel
import Glibc
import Logging
import TestSupport
import Testing

@testable import newswire

@Suite("What goes to the journal's socket")
struct JournalSocketTests {
    private let journal = FakeJournal()

    @Test("Each log event is one datagram to the journal, with its fields, and nothing goes to standard error")
    func datagram() throws {
        let folder = TemporaryDirectory()
        let fallback = open(folder.file("err"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(fallback) }
        let socket = try #require(JournalSocket(path: journal.path))
        let logger = Logger(label: "x") { _ in
            NewswireLogHandler(LogOutput.journal(socket, fallback: fallback).write, above: LogThreshold(.info))
        }
        logger.debug("not loud enough")
        logger.warning("feed fails", metadata: ["feed": "x"])
        #expect(
            journal.receive()
                == "MESSAGE=x: feed fails\nPRIORITY=4\nSYSLOG_IDENTIFIER=newswire\nFEED_ID=x\n")
        #expect(folder.text("err") == "")
    }

    @Test("A log event that no datagram can hold goes to the journal as a sealed file in memory")
    func large() throws {
        let socket = try #require(JournalSocket(path: journal.path))
        var entry = JournalEntry()
        entry.append("MESSAGE", String(repeating: "x", count: 4 << 20))
        #expect(socket.send(entry))
        let received = try #require(journal.receiveFile())
        #expect(received.bytes == entry.bytes)
        // Without F_SEAL_SEAL, SHRINK, GROW and WRITE journald refuses it.
        #expect(received.seals == 0xf)
    }

    @Test("A journal that takes nothing holds up nobody for ever, and standard error is left alone")
    func stuck() throws {
        let folder = TemporaryDirectory()
        let fallback = open(folder.file("err"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(fallback) }
        let output = LogOutput.journal(try #require(JournalSocket(path: journal.path, patience: 1)), fallback: fallback)
        // More than any queue of datagrams holds.
        for number in 0..<600 {
            output.write(LogLine(time: .init(seconds: 0), level: .info, message: "line \(number)", metadata: [:]))
        }
        #expect(journal.receive().hasPrefix("MESSAGE=line 0\n"))
        #expect(folder.text("err") == "")
    }

    @Test("Log lines go to standard error with their priority where the journal is gone")
    func gone() throws {
        let folder = TemporaryDirectory()
        let fallback = open(folder.file("err"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(fallback) }
        let socket = try #require(JournalSocket(path: folder.file("nobody")))
        LogOutput.journal(socket, fallback: fallback).write(
            LogLine(time: .init(seconds: 0), level: .error, message: "broken", metadata: ["a": "b c"]))
        #expect(folder.text("err") == "<3>broken a=\"b c\"\n")
    }

    @Test("Log lines go to the journal where standard error is its stream, and not because a variable was inherited")
    func connected() {
        let folder = TemporaryDirectory()
        let descriptor = open(folder.write("", to: "err"), O_WRONLY | O_CLOEXEC)
        defer { close(descriptor) }
        var status = stat()
        fstat(descriptor, &status)
        let stream = "\(status.st_dev):\(status.st_ino)"
        #expect(JournalSocket.isConnected(descriptor, environment: ["JOURNAL_STREAM": stream]))
        #expect(!JournalSocket.isConnected(descriptor, environment: ["JOURNAL_STREAM": "\(status.st_dev):1"]))
        #expect(!JournalSocket.isConnected(descriptor, environment: [:]))
        #expect(!JournalSocket.isConnected(-1, environment: ["JOURNAL_STREAM": stream]))
        guard case .logfmt = LogOutput(environment: ["JOURNAL_STREAM": "1:1"], descriptor: descriptor) else {
            Issue.record("a file gets logfmt")
            return
        }
    }

    @Test("A journal whose path is too long for a socket is refused")
    func longPath() {
        #expect(JournalSocket(path: String(repeating: "x", count: 108)) == nil)
    }
}

/// journald's side of the native protocol.
private final class FakeJournal: Sendable {
    private let socket = DatagramSocket()
    private var descriptor: Int32 { socket.descriptor }
    var path: String { socket.path }

    /// The next datagram's text; it is there already.
    func receive() -> String {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }

    /// What is in the file that came with the next datagram, and how it is sealed.
    func receiveFile() -> (bytes: [UInt8], seals: Int32)? {
        // struct cmsghdr with one descriptor: 8 bytes of length, 4 of level, 4 of type, 4 of descriptor.
        var control = [UInt8](repeating: 0, count: 24)
        let count = control.withUnsafeMutableBytes { control in
            var message = msghdr()
            message.msg_control = control.baseAddress
            message.msg_controllen = control.count
            return recvmsg(descriptor, &message, Int32(MSG_DONTWAIT))
        }
        guard count == 0 else { return nil }
        let file = control.withUnsafeBytes { $0.load(fromByteOffset: 16, as: Int32.self) }
        defer { close(file) }
        var status = stat()
        guard file > 2, fstat(file, &status) == 0 else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        let read = pread(file, &bytes, bytes.count, 0)
        // F_GET_SEALS
        return read == bytes.count ? (bytes, fcntl(file, 1034)) : nil
    }
}
