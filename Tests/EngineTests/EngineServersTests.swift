import Fleet
import TestSupport
import Testing

@testable import Engine
@testable import PostgreSQL

@Suite("Where an engine is")
struct EngineServersTests {
    private func servers(_ url: String, password: String? = nil) throws -> [EngineServers.Server] {
        try EngineServers(EngineSettings(url: url, password: password), LibPQ.open()).servers
    }

    private func value(_ name: String, _ server: EngineServers.Server) -> String? {
        server.parameters.first { $0.key == name }?.value
    }

    @Test("Each server is one to connect to, with its port, and by a certificate that is verified")
    func several() throws {
        let found = try servers("postgresql://newswire@db1:5433,db2,[2001:db8::1]:5434/news", password: "word")
        #expect(
            found.map(\.name) == [
                "postgresql://db1:5433", "postgresql://db2", "postgresql://[2001:db8::1]:5434",
            ])
        #expect(found.map { value("host", $0) } == ["db1", "db2", "2001:db8::1"])
        #expect(found.map { value("port", $0) } == ["5433", nil, "5434"])
        for server in found {
            #expect(value("sslmode", server) == "verify-full" && value("password", server) == "word")
            #expect(value("target_session_attrs", server) == "read-write" && value("dbname", server) == "news")
            #expect(value("passfile", server) == "/nonexistent/pgpass")
        }
    }

    @Test("One port counts for all servers, and other lists have to be of one length")
    func lists() throws {
        #expect(try servers("host=a,b port=6000 dbname=x").map { value("port", $0) } == ["6000", "6000"])
        let failure = #expect(throws: EngineFailure.self) { try servers("host=a,b,c port=1,2 dbname=x") }
        #expect(failure?.kind == .refused && failure?.text.contains("3 hosts") == true)
    }

    @Test(
        "Without a verified certificate only what is on this machine is connected to",
        arguments: ["disable", "prefer", "require", "verify-ca"])
    func weakened(mode: String) throws {
        let failure = #expect(throws: EngineFailure.self) { try servers("postgresql://db1/news?sslmode=\(mode)") }
        #expect(failure?.kind == .refused && failure?.text.contains("sslmode=\(mode)") == true)
        let mixed = #expect(throws: EngineFailure.self) {
            try servers("postgresql://localhost,128.0.0.1/news?sslmode=\(mode)")
        }
        #expect(mixed?.text.contains("128.0.0.1") == true)
        // A name of the loopback with another machine's address is another machine.
        #expect(throws: EngineFailure.self) {
            try servers("host=localhost hostaddr=192.0.2.1 sslmode=\(mode) dbname=x")
        }
        for host in ["127.0.0.1", "127.9.9.9", "[::1]", "localhost", "%2Frun%2Fpostgresql", ""] {
            let found = try servers("postgresql://\(host)/news?sslmode=\(mode)")
            #expect(found.map { value("sslmode", $0) } == [mode])
        }
    }

    @Test("A password in the address is refused, and not shown")
    func password() throws {
        for url in ["postgresql://me:s3cret@db1/news", "host=db1 password=s3cret"] {
            let failure = #expect(throws: EngineFailure.self) { try servers(url) }
            #expect(failure?.kind == .refused && failure?.description.contains("s3cret") == false)
            #expect(failure?.advice?.contains("credential") == true)
        }
    }

    @Test("What libpq cannot read is refused by its words")
    func unreadable() {
        let failure = #expect(throws: EngineFailure.self) { try servers("postgresql://db1/news?nothing=1") }
        #expect(failure?.kind == .refused && failure?.text.contains("nothing") == true)
    }

    @Test("A library that is not installed is told with the package that has it")
    func noLibrary() {
        let failure = #expect(throws: PostgreSQLFailure.self) { try LibPQ.open("libpq-of-nobody.so.5") }
        #expect(failure?.kind == .misconfigured && failure?.reason.contains("apt install libpq5") == true)
        let other = #expect(throws: PostgreSQLFailure.self) { try LibPQ.open("libm.so.6") }
        #expect(other?.reason.contains("PQ") == true)
    }
}

@Suite("The duties of an engine")
struct EngineDutiesTests {
    private let good = EngineDuties(
        version: 150_004, fsync: "on", fullPageWrites: "on", encoding: "UTF8", standbys: "ANY 1 (b)")

    @Test("A server that does them all is no one's concern")
    func fulfilled() {
        #expect(good.breach(by: "db1", .synchronous) == nil)
        var alone = good
        alone.standbys = ""
        #expect(alone.breach(by: "db1", .single) == nil && alone.breach(by: "db1", .managed) == nil)
    }

    @Test(
        "A duty that is not done is told by the setting's name",
        arguments: [
            ("version", "PostgreSQL 13"), ("fsync", "fsync = off"), ("pages", "full_page_writes = off"),
            ("encoding", "server_encoding = LATIN1"), ("standbys", "synchronous_standby_names"),
        ])
    func breaches(duty: String, words: String) {
        var duties = good
        switch duty {
        case "version": duties.version = 130_011
        case "fsync": duties.fsync = "off"
        case "pages": duties.fullPageWrites = "off"
        case "encoding": duties.encoding = "LATIN1"
        default: duties.standbys = ""
        }
        let failure = duties.breach(by: "db1", .synchronous)
        #expect(failure?.kind == .refused && failure?.text.contains(words) == true)
        #expect(failure?.text.hasPrefix(duty == "encoding" ? "the database of db1" : "db1") == true)
        #expect(failure?.advice != nil)
    }
}
