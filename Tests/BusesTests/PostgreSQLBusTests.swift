import Glibc
import Publishing
import TestSupport
import Testing
import Web

@testable import Buses

@Suite(
    "A table of PostgreSQL as a bus",
    .enabled(if: PostgreSQLServer.isPossible, "PostgreSQL is not installed: apt install postgresql"), .serialized)
struct PostgreSQLBusTests {
    private static let server = PostgreSQLServer()

    private let wait = BusWait(milliseconds: 30_000, stop: -1)
    private let server: PostgreSQLServer
    private let table = "t\(UInt64.random(in: 0 ... .max))"

    init() throws { server = try #require(Self.server) }

    private func bus(port: UInt16? = nil) throws -> PostgreSQLBus {
        var settings = BusSettings(
            url: try BusURL("postgresql://127.0.0.1:\(port ?? server.port)/news"), to: table, tls: false)
        settings.user = "newswire"
        settings.password = PostgreSQLServer.password
        return PostgreSQLBus(settings)
    }

    private func ready() throws -> PostgreSQLBus {
        let bus = try bus()
        try bus.connect(wait)
        _ = try bus.setUp(wait)
        #expect(try bus.end(wait) == nil)
        return bus
    }

    @Test("Rows that somebody else has written under the same numbers are not taken for ours")
    func hiddenRows() throws {
        let bus = try ready()
        server.sql("INSERT INTO \(table) SELECT 2, repeat('c', 32), '', 1, 'new', '', now(), '{}'")
        let messages = SampleMessages(1...3)
        let failure = #expect(throws: BusFailure.self) { try bus.publish(messages, wait) }
        #expect(failure?.kind == .notOurs)
        #expect(server.sql("SELECT count(*) FROM \(table) WHERE id LIKE 'ccc%'") == ["1"])
    }

    @Test("What is published once more changes nothing, and is acknowledged")
    func repetition() throws {
        let bus = try ready()
        try bus.publish(SampleMessages(1...3), wait)
        try bus.publish(SampleMessages(2...5), wait)
        #expect(try bus.end(wait) == BusEnd(seq: 5, id: SampleMessages.id(5)))
        #expect(server.sql("SELECT count(*) FROM \(table)") == ["5"])
    }

    @Test("An article that the server refuses is refused by the server's words, and the connection goes on")
    func refused() throws {
        let bus = try ready()
        let failure = #expect(throws: BusFailure.self) {
            try bus.publish(SampleMessages(1...1, line: { _ in "{no json" }), wait)
        }
        #expect(failure?.kind == .refused && failure?.reason.contains("json") == true)
        try bus.publish(SampleMessages(1...1), wait)
    }

    @Test("A batch of 16 MiB goes through a connection that takes it piece by piece")
    func large() throws {
        let bus = try ready()
        let text = String(repeating: "x", count: 1 << 20)
        try bus.publish(SampleMessages(1...16, line: { "{\"n\":\($0),\"t\":\"\(text)\"}" }), wait)
        #expect(server.sql("SELECT sum(length(article::text)) > 16777216 FROM \(table)") == ["t"])
    }

    @Test("A server that accepts and never answers is given up in time, and a stop is heeded at once")
    func silence() throws {
        let silent = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(silent) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(silent, pointer, length) == 0 && listen(silent, 5) == 0
                    && getsockname(silent, pointer, &length) == 0
            }
        }
        #expect(isBound)
        let bus = try bus(port: UInt16(bigEndian: address.sin_port))
        let late = #expect(throws: BusFailure.self) { try bus.connect(BusWait(milliseconds: 200, stop: -1)) }
        #expect(late?.kind == .away && late?.reason.contains("in time") == true)
        // An end whose other end is closed can be read, as the word to stop can.
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { close(ends[0]) }
        close(ends[1])
        let stopped = #expect(throws: BusFailure.self) {
            try bus.connect(BusWait(milliseconds: 600_000, stop: ends[0]))
        }
        #expect(stopped?.kind == .stopped)
    }

    @Test("A database that does not keep every character is refused")
    func encoding() throws {
        server.sql(
            "CREATE DATABASE old ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'", in: "postgres")
        var settings = BusSettings(url: try BusURL("postgresql://127.0.0.1:\(server.port)/old"), to: table, tls: false)
        settings.user = "newswire"
        settings.password = PostgreSQLServer.password
        let failure = #expect(throws: BusFailure.self) { try PostgreSQLBus(settings).connect(wait) }
        #expect(failure?.kind == .misconfigured && failure?.reason.contains("UTF8") == true)
    }
}
