import FeedModel
import Locking
import TestSupport
import Testing
import Web

@testable import Fetching

@Suite("Servers are reached over HTTP/2, SOCKS and connections that are kept")
struct TransportTests {
    /// The first bytes that a TLS client sends.
    private func hello(http2: Bool) async throws -> [UInt8] {
        let seen = Locked<[UInt8]>([])
        let server = RawServer { connection in
            let bytes = connection.read() ?? []
            seen.withLock { if $0.isEmpty { $0 = bytes } }
        }
        let engine = try FetchEngine()
        _ = await engine.fetch("https://127.0.0.1:\(server.port)/feed") { $0.http2 = http2 }
        return seen.withLock { $0 }
    }

    @Test("polling.md §1: HTTP/2 is offered, and not where it is switched off")
    func http2() async throws {
        // The names of RFC 7301, each with its length before it.
        let offer = [2] + Array("h2".utf8)
        let plain = [8] + Array("http/1.1".utf8)
        let with = try await hello(http2: true)
        let without = try await hello(http2: false)
        #expect(with.contains(offer) && with.contains(plain))
        #expect(!without.contains(offer) && without.contains(plain))
    }

    /// What a SOCKS proxy hears of a fetch of `http://feeds.invalid:8080/feed`, a name that nobody can look up: what asks
    /// it for the connection, and the head of the request that goes through.
    private func heardBySOCKS(_ scheme: String) async throws -> (request: [UInt8], head: String) {
        let heard = Locked<[[UInt8]]>([])
        let server = RawServer { connection in
            guard var request = connection.read() else { return }
            if request.first == 5 {
                connection.write([5, 0])
                request = connection.read() ?? []
                connection.write([5, 0, 0, 1, 0, 0, 0, 0, 0, 0])
            } else {
                connection.write([0, 90, 0, 0, 0, 0, 0, 0])
            }
            guard let head = connection.read() else { return }
            heard.withLock { $0 = [request, head] }
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nfeed")
        }
        let engine = try FetchEngine()
        let result = await engine.fetch("http://feeds.invalid:8080/feed") {
            $0.addressPolicy = .deny
            $0.proxy = "\(scheme)://127.0.0.1:\(server.port)"
        }
        #expect(result.text == "feed" && result.failure == nil)
        let seen = heard.withLock { $0 }
        return (seen.first ?? [], String(decoding: seen.last ?? [], as: UTF8.self))
    }

    @Test(
        "security.md §2: a SOCKS 5 proxy is told the name, and nothing looks it up here",
        arguments: ["socks5", "socks5h"])
    func socks5(scheme: String) async throws {
        let heard = try await heardBySOCKS(scheme)
        let name = Array("feeds.invalid".utf8)
        // CONNECT to a domain name (RFC 1928 §4).
        #expect(heard.request == [5, 1, 0, 3, UInt8(name.count)] + name + [0x1f, 0x90])
        #expect(heard.head.contains("Host: feeds.invalid:8080\r\n"))
    }

    @Test(
        "security.md §2: a SOCKS 4 proxy is told the name, and nothing looks it up here",
        arguments: ["socks4", "socks4a"])
    func socks4(scheme: String) async throws {
        let heard = try await heardBySOCKS(scheme)
        // CONNECT to 0.0.0.1, which stands for the name behind the empty user.
        #expect(heard.request == [4, 1, 0x1f, 0x90, 0, 0, 0, 1, 0] + Array("feeds.invalid".utf8) + [0])
        #expect(heard.head.contains("Host: feeds.invalid:8080\r\n"))
    }

    @Test("security.md §2: a private address is refused behind a SOCKS proxy too, before the proxy hears of it")
    func socksToPrivate() async throws {
        let connections = Locked(0)
        let server = RawServer { _ in connections.withLock { $0 += 1 } }
        let engine = try FetchEngine()
        for host in ["10.0.0.1", "[::ffff:169.254.169.254]", "2130706433", "localhost"] {
            for scheme in ["socks4", "socks4a", "socks5", "socks5h"] {
                let result = await engine.fetch("http://\(host)/feed") {
                    $0.addressPolicy = .deny
                    $0.proxy = "\(scheme)://127.0.0.1:\(server.port)"
                }
                #expect(result.failure?.kind == .refusedAddress, "\(scheme) \(host)")
            }
        }
        #expect(connections.withLock { $0 } == 0)
    }

    @Test("Never more connections than transfers and spare ones together: the one unused longest goes")
    func boundedConnections() async throws {
        let servers = (1...4).map { LoopbackServer(address: "127.0.0.\($0)") }
        for server in servers { server.on("/feed", LoopbackResponse(body: "x")) }
        var options = FetchEngine.Options()
        options.concurrency = 1
        options.spareConnections = 2
        let engine = try FetchEngine(options: options)
        for server in servers { _ = await engine.fetch(server.url("/feed")) }
        // Three are open, to the last three servers.
        for server in servers.reversed() { _ = await engine.fetch(server.url("/feed")) }
        #expect(servers.map(\.connectionCount) == [2, 1, 1, 1])
    }

    @Test("Where a server has given up all connections that were kept open, a new one is tried")
    func deadConnections() async throws {
        let server = LoopbackServer()
        let kept = 8
        let (arrived, answer) = (Locked(0), Gate())
        let served = Locked<Set<Int>>([])
        server.on("/feed") { request, connection in
            guard served.withLock({ $0.insert(request.connection).inserted }) else { return connection.reset() }
            if arrived.withLock({
                $0 += 1; return $0 == kept
            }) {
                answer.open()
            }
            answer.wait()
            connection.send(LoopbackResponse(body: "x"))
        }
        let engine = try FetchEngine()
        await withTaskGroup { group in
            for _ in 0..<kept { group.addTask { _ = await engine.fetch(server.url("/feed")) } }
        }
        #expect(server.connectionCount == kept)
        let result = await engine.fetch(server.url("/feed"))
        #expect(result.failure == nil && result.text == "x")
        #expect(server.connectionCount == kept + 1)
    }

    @Test("Where more transfers are started than there may be connections, all of them come to their end")
    func moreThanConnections() async throws {
        let servers = (1...8).map { LoopbackServer(address: "127.0.1.\($0)") }
        for server in servers { server.on("/feed", LoopbackResponse(body: "x")) }
        var options = FetchEngine.Options()
        options.concurrency = 2
        options.spareConnections = 0
        let engine = try FetchEngine(options: options)
        let failures = await withTaskGroup(of: Bool.self) { group in
            for server in servers {
                for _ in 0..<4 { group.addTask { await engine.fetch(server.url("/feed")).failure != nil } }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(failures == 0)
        #expect(servers.allSatisfy { $0.requests.count == 4 })
    }

    @Test("polling.md §1: a body that trickles is given up before the timeout")
    func lowSpeed() async throws {
        let server = LoopbackServer()
        server.on("/feed") { _, connection in
            connection.writeHead(200, [("Content-Length", "100000")])
            connection.write("<rss>")
            connection.waitForClose()
        }
        let engine = try FetchEngine()
        let result = await engine.fetch(server.url("/feed")) {
            $0.limits.lowSpeedBytes = 100
            $0.limits.lowSpeedSeconds = 1
        }
        #expect(result.failure?.kind == .timeout)
        #expect(result.text == "<rss>")
    }
}
