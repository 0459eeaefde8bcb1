import Glibc
import Testing

@testable import newswire

@Suite("contract.md §4: what is known of the reader of a pipe")
struct StandardOutputTests {
    /// The end to read from and the end to write to.
    private static func newPipe() -> (Int32, Int32) {
        var ends: [Int32] = [-1, -1]
        _ = pipe(&ends)
        return (ends[0], ends[1])
    }

    /// SIGPIPE would end the tests.
    init() { signal(SIGPIPE, SIG_IGN) }

    @Test(
        "All of a pipe has been taken where it is empty, whether or not the reader is there still",
        arguments: [true, false])
    func taken(isThere: Bool) throws {
        let (reader, writer) = Self.newPipe()
        defer { close(writer) }
        var output = StandardOutput(descriptor: writer)
        try output.write(line: "one")
        try output.flush()
        var bytes = [UInt8](repeating: 0, count: 16)
        #expect(read(reader, &bytes, 16) == 4)
        if !isThere { close(reader) }
        try output.waitUntilTaken()
        if isThere { close(reader) }
    }

    @Test("A reader that has gone has not taken what is in the pipe")
    func gone() throws {
        let (reader, writer) = Self.newPipe()
        defer { close(writer) }
        var output = StandardOutput(descriptor: writer)
        try output.write(line: "one")
        try output.flush()
        close(reader)
        var isClosed = false
        do throws(OutputError) {
            try output.waitUntilTaken()
        } catch {
            if case .closed = error { isClosed = true }
        }
        #expect(isClosed)
    }
}
