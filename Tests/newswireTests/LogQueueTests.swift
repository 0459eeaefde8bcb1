import FeedModel
import Glibc
import Logging
import TestSupport
import Testing

@testable import newswire

@Suite("The log lines of the service wait for their reader, and the service does not")
struct LogQueueTests {
    private func line(_ message: String) -> LogLine {
        LogLine(time: Timestamp(seconds: 0), level: .info, message: message, metadata: [:])
    }

    @Test("Log lines go out in the order in which they came, and all are out when the queue has been drained")
    func order() {
        let folder = TemporaryDirectory()
        let descriptor = open(folder.file("err"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(descriptor) }
        let queue = LogQueue(.terminal(descriptor, color: false, showsTime: false))
        for number in 1...200 { queue.write(line("line \(number)")) }
        #expect(queue.drain())
        #expect(folder.text("err") == (1...200).map { "line \($0)\n" }.joined())
    }

    @Test(
        "A pipe that nobody reads holds up no writer of log lines: what has no room is counted, and said when lines are taken again"
    )
    func unread() {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { ends.forEach { close($0) } }
        let queue = LogQueue(.terminal(ends[1], color: false, showsTime: false), limit: 200_000)
        let padding = String(repeating: "x", count: 996)
        for number in 100..<500 { queue.write(line("\(number)\(padding)")) }
        #expect(!queue.drain(patience: 1), "the pipe holds 64 KiB")
        // Whatever is read leaves room for more, up to the last line and the note of those that are missing.
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var count = (written: 0, lost: 0)
        while count.written + count.lost < 400, case let size = read(ends[0], &buffer, buffer.count), size > 0 {
            received += buffer[..<size]
            let lines = String(decoding: received, as: UTF8.self).split(separator: "\n")
            let written = lines.filter { $0.hasSuffix(padding) }.compactMap { Int($0.prefix(3)) }
            count.written = written.count
            let notes = lines.filter { $0.hasPrefix("warning: ") }
            count.lost = notes.reduce(0) { $0 + (Int($1.dropFirst("warning: ".count).prefix { $0.isNumber }) ?? 0) }
        }
        #expect(count.written + count.lost == 400)
        #expect(count.lost > 100)
    }
}
