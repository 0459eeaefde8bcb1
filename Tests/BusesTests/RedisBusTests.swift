import Publishing
import TestSupport
import Testing
import Web

@testable import Buses

@Suite(
    "A stream of Redis as a bus",
    .enabled(if: RedisServer.isPossible, "Redis is not installed: apt install redis-server"), .serialized)
struct RedisBusTests {
    private static let server = RedisServer()

    private let wait = BusWait(milliseconds: 30_000, stop: -1)
    private let server: RedisServer
    private let stream = "t\(UInt64.random(in: 0 ... .max))"

    init() throws { server = try #require(Self.server) }

    private func bus(_ url: String? = nil, change: (inout BusSettings) -> Void = { _ in }) throws -> RedisBus {
        var settings = BusSettings(url: try BusURL(url ?? "redis://127.0.0.1:\(server.port)"), to: stream, tls: false)
        change(&settings)
        return try RedisBus(settings)
    }

    private func connected() throws -> RedisBus {
        let bus = try bus()
        try bus.connect(wait)
        return bus
    }

    @Test("An entry has the record's number and all that stands beside the line, byte for byte")
    func entries() throws {
        let bus = try connected()
        #expect(try bus.end(wait) == nil)
        try bus.publish(SampleMessages(7...8, feed: "ä \"b\"", line: { "{\"n\":\($0),\"t\":\"é\"}" }), wait)
        #expect(try bus.end(wait) == BusEnd(seq: 8, id: SampleMessages.id(8)))
        let answer = server.run("XRANGE", stream, "7-0", "7-0")
        #expect(
            answer == [
                "7-0", "line", "{\"n\":7,\"t\":\"é\"}", "id", SampleMessages.id(7), "seq", "7", "uid", "u7", "version",
                "1", "kind",
                "new", "feed", "ä \"b\"", "stored_at", "2026-11-22T08:00:00Z",
            ])
    }

    @Test("What Redis has it refuses, and takes nothing of such a batch that it would have to skip")
    func repetition() throws {
        let bus = try connected()
        try bus.publish(SampleMessages(1...5), wait)
        let failure = #expect(throws: BusFailure.self) { try bus.publish(SampleMessages(4...5), wait) }
        #expect(failure?.kind == .refused)
        #expect(server.run("XLEN", stream) == ["5"])
    }

    @Test("An entry that was deleted leaves its number; one that newswire has not written is found out")
    func ends() throws {
        let bus = try connected()
        try bus.publish(SampleMessages(1...3), wait)
        server.run("XDEL", stream, "3-0")
        #expect(try bus.end(wait) == BusEnd(seq: 3, id: nil))
        server.run("XADD", stream, "9-1", "a", "b")
        #expect(#expect(throws: BusFailure.self) { try bus.end(wait) }?.kind == .notOurs)
        server.run("XADD", stream, "10-0", "id", "b")
        #expect(#expect(throws: BusFailure.self) { try bus.end(wait) }?.kind == .notOurs)
        server.run("DEL", stream)
        server.run("SET", stream, "x")
        #expect(#expect(throws: BusFailure.self) { try bus.end(wait) }?.kind == .misconfigured)
    }

    @Test("A server without memory takes a batch as a whole or not at all")
    func memory() throws {
        let small = try #require(RedisServer(["--maxmemory", "6mb", "--maxmemory-policy", "noeviction"]))
        let bus = try bus("redis://127.0.0.1:\(small.port)")
        try bus.connect(wait)
        let text = String(repeating: "x", count: 20_000)
        var seq: UInt64 = 1
        var refused: BusFailure?
        while refused == nil, seq < 2000 {
            do throws(BusFailure) {
                try bus.publish(
                    SampleMessages(seq...(seq + 19), line: { "{\"n\":\($0),\"t\":\"\(text)\"}" }), wait)
                seq += 20
            } catch {
                refused = error
            }
        }
        #expect(refused?.kind == .refused && refused?.reason.contains("OOM") == true, "\(refused?.reason ?? "")")
        #expect(small.run("XLEN", stream) == ["\(seq - 1)"])
    }

    @Test("A stream is cut to about the length that is asked for")
    func length() throws {
        let bus = try bus { $0.options = [("maxlen", "100")] }
        try bus.connect(wait)
        try bus.publish(SampleMessages(1...1000), wait)
        let length = try #require(server.run("XLEN", stream)?.first.flatMap { Int($0) })
        #expect((100...300).contains(length))
    }

    @Test("A batch of 16 MiB goes through a connection that takes it piece by piece")
    func large() throws {
        let bus = try connected()
        let text = String(repeating: "x", count: 1 << 20)
        try bus.publish(SampleMessages(1...16, line: { "{\"n\":\($0),\"t\":\"\(text)\"}" }), wait)
        #expect(try bus.end(wait)?.seq == 16)
        server.run("DEL", stream)
    }

    @Test("A Unix socket, a database by its number, and a server behind one that is away")
    func places() throws {
        let socket = try bus("redis://\(server.socket.replacing("/", with: "%2F"))/3")
        try socket.connect(wait)
        try socket.publish(SampleMessages(1...1), wait)
        #expect(server.run("-n", "3", "XLEN", stream) == ["1"])
        let second = try bus("redis://127.0.0.1:\(ServerProcess.freePort()),127.0.0.1:\(server.port)")
        try second.connect(wait)
        #expect(
            #expect(throws: BusFailure.self) { try bus("redis://127.0.0.1:\(server.port)/99").connect(wait) }?.kind
                == .refused)
    }

    @Test("A wrong password is refused and not repeated; TLS is refused before anybody is asked")
    func refusals() throws {
        let closed = try #require(RedisServer(["--requirepass", "right"]))
        let url = "redis://127.0.0.1:\(closed.port)"
        let wrong = #expect(throws: BusFailure.self) { try bus(url) { $0.password = "hunter2" }.connect(wait) }
        #expect(wrong?.kind == .notPermitted && wrong?.reason.contains("hunter2") == false)
        let none = #expect(throws: BusFailure.self) { try bus(url).connect(wait) }
        #expect(none?.kind == .notPermitted)
        try bus(url) { $0.password = "right" }.connect(wait)
        #expect(#expect(throws: BusFailure.self) { try bus { $0.tls = true } }?.kind == .misconfigured)
    }

    @Test("A server that goes away in the middle is away, and comes again with what it had")
    func away() throws {
        let own = try #require(RedisServer())
        let bus = try bus("redis://127.0.0.1:\(own.port)")
        try bus.connect(wait)
        try bus.publish(SampleMessages(1...3), wait)
        own.end()
        #expect(
            #expect(throws: BusFailure.self) { try bus.publish(SampleMessages(4...4), wait) }?.kind == .away)
        let away = #expect(throws: BusFailure.self) { try self.bus("redis://127.0.0.1:\(own.port)").connect(wait) }
        #expect(away?.kind == .away)
        #expect(own.start())
        let again = try self.bus("redis://127.0.0.1:\(own.port)")
        try again.connect(wait)
        #expect(try again.end(wait)?.seq == 3)
    }
}
