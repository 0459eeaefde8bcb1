import Glibc
import JSONText
import Testing

@testable import Ingestion

@Suite("One connection to the control socket has limits of time and memory")
struct ControlConnectionTests {
    private func pair() throws -> (connection: ControlConnection, asker: Int32) {
        var ends: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        return (ControlConnection(ends[0], budget: .init(bytes: 1 << 20), now: 5000), ends[1])
    }

    private func write(_ text: String, to descriptor: Int32) {
        _ = text.utf8.withContiguousStorageIfAvailable { Glibc.write(descriptor, $0.baseAddress!, $0.count) }
    }

    @Test("A request has one time limit for the whole of it: bytes that drip in do not move it")
    func deadline() throws {
        let (connection, asker) = try pair()
        defer { close(asker) }
        #expect(connection.deadline == 5000 + ControlConnection.requestTime)
        for _ in 0..<10 {
            write(" ", to: asker)
            guard case .wait = connection.read(limit: 100) else {
                Issue.record("no line has come")
                return
            }
            #expect(connection.deadline == 5000 + ControlConnection.requestTime)
        }
        write("{}\n", to: asker)
        guard case .line(let line) = connection.read(limit: 100) else {
            Issue.record("a line has come")
            return
        }
        #expect(line == Array("          {}".utf8))
    }

    @Test("Whoever waits for its answer has time; whoever does not take it is given up, however slowly it reads")
    func answer() throws {
        let (connection, asker) = try pair()
        defer { close(asker) }
        let reply = ControlReply(budget: .init(bytes: 1 << 20)) {}
        connection.answer(with: reply)
        #expect(connection.deadline == nil)
        // More than the socket holds.
        reply.send { $0.string(String(repeating: "x", count: 1 << 19)) }
        reply.done()
        #expect(connection.send(now: 6000))
        let first = try #require(connection.deadline)
        #expect(first > 6000 && first <= 6000 + 60_000)
        var now: Int64 = 6000
        while now < 200_000 {
            now += 5000
            var buffer = [UInt8](repeating: 0, count: 4096)
            _ = recv(asker, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if !connection.send(now: now) { break }
            // A little at a time does not do for ever.
            if let deadline = connection.deadline, deadline <= now { break }
        }
        #expect(now <= 6000 + 61_000 + 5000)
    }

    @Test("The bytes of answers that wait are bounded in all, and given back when the askers go")
    func budget() {
        let budget = ControlReply.Budget(bytes: 100)
        let first = ControlReply(budget: budget) {}
        let second = ControlReply(budget: budget) {}
        first.send { $0.string(String(repeating: "x", count: 60)) }
        second.send { $0.string(String(repeating: "x", count: 60)) }
        #expect(!first.isGone && second.isGone)
        first.drop()
        let third = ControlReply(budget: budget) {}
        third.send { $0.string(String(repeating: "x", count: 90)) }
        #expect(!third.isGone)
    }
}

@Suite("The line buffer cuts bytes into lines")
struct LineBufferTests {
    @Test("Lines are the same however the bytes are cut up", arguments: [1, 2, 3, 7, 100])
    func cuts(_ size: Int) {
        let lines = ["one", "", "three three", String(repeating: "x", count: 300), "end"]
        let bytes = Array((lines.joined(separator: "\n") + "\nrest").utf8)
        var buffer = LineBuffer()
        var read: [String] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            buffer.append(bytes[start..<min(start + size, bytes.count)])
            while let line = buffer.next() { read.append(String(decoding: line, as: UTF8.self)) }
        }
        #expect(read == lines)
        #expect(buffer.count == 4)
    }
}
