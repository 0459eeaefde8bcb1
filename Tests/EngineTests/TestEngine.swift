import Fleet
import Glibc
import Locking
import TestSupport
import Testing

@testable import Engine
@testable import PostgreSQL

/// A server of PostgreSQL that does its duties, shared by the suites that need one; each test has a database of its own.
struct TestEngine: Sendable {
    private static let shared = PostgreSQLServer(options: ["wal_level=minimal", "max_wal_senders=0"])

    static let chain = [UInt8](repeating: 7, count: 32)
    let server: PostgreSQLServer
    let database = "t\(UInt64.random(in: 0 ... .max))"

    /// - Parameter isFounded: makes a fleet in it, whose log begins behind a record.
    init(isFounded: Bool = true) throws {
        server = try #require(Self.shared)
        server.sql("CREATE DATABASE \(database)", in: "postgres")
        if isFounded { try #require(try found().position == 0) }
    }

    @discardableResult
    func found(seq: UInt64 = 5) throws -> LogEnd {
        try EngineFounding.found(access(), beginningBehind: .init(seq: seq, chain: Self.chain))
    }

    /// - Parameter port: of what stands in front of the server; nil for its Unix socket.
    func access(port: UInt16? = nil, patience: Int64 = 5000) throws -> EngineAccess {
        let place = port.map { "127.0.0.1:\($0)" } ?? "\(server.socketHost):\(server.port)"
        var settings = EngineSettings(
            url: "postgresql://newswire@\(place)/\(database)", password: PostgreSQLServer.password, durability: .single)
        settings.patience = patience
        return try EngineAccess(settings)
    }

    @discardableResult
    func sql(_ statement: String) -> [String]? { server.sql(statement, in: database) }

    /// Lets a machine join, and returns its run.
    @discardableResult
    func join(
        _ name: String, machine: String? = nil, applied: UInt64 = 0, replacing earlier: String? = nil
    ) throws -> String {
        let run = Self.run()
        let node = Self.node(run, name, machine: machine, applied: applied)
        try EngineRegister(access()).join(node, replacing: earlier)
        return run
    }

    static func node(_ run: String, _ name: String, machine: String? = nil, applied: UInt64 = 0) -> NodeRow {
        NodeRow(
            run: run, name: name, machine: machine ?? "of \(name)", applied: applied, lease: 20_000, weight: 1,
            about: #"{"version":"1"}"#)
    }

    static func run() -> String {
        var words: [String] = []
        for (length, digits) in [
            (UInt64(0xffff_ffff), 8), (0xffff, 4), (0xffff, 4), (0xffff, 4), (0xffff_ffff_ffff, 12),
        ] {
            let text = String(UInt64.random(in: 0...length), radix: 16)
            words.append(String(repeating: "0", count: digits - text.count) + text)
        }
        return words.joined(separator: "-")
    }

    func log(_ run: String?, port: UInt16? = nil) throws -> EngineLog {
        EngineLog(try access(port: port), run: Locked(run))
    }

    /// Waits until a session of this database waits for a lock, without holding up what it waits for.
    func waits() async -> Bool {
        await becomes(
            "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = '\(database)' AND wait_event_type = 'Lock'")
    }

    /// Waits until a question is answered with yes.
    func becomes(_ question: String) async -> Bool {
        await BlockingCall.run {
            for _ in 0..<500 {
                if sql(question) == ["t"] { return true }
                usleep(10_000)
            }
            return false
        }
    }
}
