import Testing

@testable import Web

@Suite("URLs of buses")
struct BusURLTests {
    @Test("Every server has a name and a port, in the order in which they are written")
    func hosts() throws {
        let url = try BusURL("nats://bus1,bus2:4333,[2001:db8::1]:4,[::1]")
        #expect(url.kind == .nats && url.path == "" && !url.isLocal)
        #expect(url.hosts.map(\.text) == ["bus1:4222", "bus2:4333", "[2001:db8::1]:4", "[::1]:4222"])
        #expect(try BusURL("Postgres://db/news").kind == .postgresql)
        #expect(try BusURL("redis://10.0.0.1/3").path == "3")
        #expect(try BusURL("kafka://k_1:9").hosts == [.init(name: "k_1", port: 9)])
    }

    @Test(
        "What does not leave this machine is local",
        arguments: [
            ("nats://127.0.0.1,localhost:1", true), ("nats://127.8.9.1", true), ("redis://[::1]", true),
            ("postgresql:///news", true), ("redis://%2Frun%2Fredis.sock/1", true), ("nats://127.0.0.1,bus1", false),
            ("nats://128.0.0.1", false), ("nats://localhost.example.org", false),
        ])
    func local(text: String, isLocal: Bool) throws {
        #expect(try BusURL(text).isLocal == isLocal)
    }

    @Test("A Unix socket is a path with %2F, and PostgreSQL's usual folder where no server is named")
    func sockets() throws {
        #expect(try BusURL("postgresql:///news").hosts == [.init(name: "/run/postgresql", port: 5432)])
        #expect(try BusURL("postgresql://%2Ftmp%2Fp:6000/a%20b").hosts == [.init(name: "/tmp/p", port: 6000)])
        #expect(try BusURL("postgresql://%2ftmp/a%20b").path == "a b")
    }

    @Test(
        "What is no URL of a bus says why",
        arguments: [
            ("amqp://x", "must begin with"), ("nats", "must begin with"), ("nats://me:pw@x", "takes no login"),
            ("nats://", "names no server"), ("nats://a,,b", "names no server"), ("nats://a:0", "port"),
            ("nats://a:x", "port"),
            ("nats://a:65536", "port"), ("nats://a/b", "takes no path"), ("kafka://[1.2.3.4]", "IPv6"),
            ("nats://a b", "space"),
            ("postgresql://db", "must name a database"), ("postgresql://db/x?sslmode=disable", "question mark"),
            ("redis://a/x", "number of a database"), ("nats://%2Ftmp", "no Unix socket"), ("kafka://a;b", "no host"),
            ("redis://%2Ftmp%2/0", "no path"), ("postgresql://db/%zz", "broken %"), ("nats://\u{7}", "control"),
        ])
    func refusals(text: String, reason: String) {
        let problem = #expect(throws: BusURL.Problem.self) { try BusURL(text) }
        #expect(problem?.message.contains(reason) == true, "\(problem?.message ?? "")")
    }

    @Test("So many servers, and so long a URL, as nobody means are refused")
    func limits() {
        #expect(throws: BusURL.Problem.self) {
            try BusURL("nats://" + (0..<33).map { "a\($0)" }.joined(separator: ","))
        }
        #expect(throws: BusURL.Problem.self) { try BusURL("redis://" + String(repeating: "a", count: 5000)) }
    }
}
