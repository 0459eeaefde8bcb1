import TestSupport
import Testing

@testable import Fetching

@Suite struct AddressGuardTests {
    let server = LoopbackServer()
    let engine: FetchEngine

    init() throws {
        engine = try FetchEngine()
        server.on("/feed", LoopbackResponse(body: "x"))
    }

    @Test(
        "security.md §2: no form of a loopback address is connected to",
        arguments: [
            "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.0.0.2", "0.0.0.0", "0", "localhost",
            "LOCALHOST", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::1]", "[::]", "[64:ff9b::7f00:1]",
        ])
    func refused(host: String) async {
        let result = await engine.fetch("http://\(host):\(server.port)/feed") { $0.addressPolicy = .deny }
        // Where there is no IPv6, there is no way to it either.
        #expect(result.failure?.kind == .refusedAddress)
        #expect(result.head == nil)
        #expect(server.connectionCount == 0)
    }

    @Test func anEntryOfTheListOpensTheWay() async {
        for entry in ["127.0.0.0/8", "127.0.0.1:\(server.port)"] {
            let result = await engine.fetch(server.url("/feed")) {
                $0.addressPolicy = AddressPolicy.parse([entry]).policy
            }
            #expect(result.failure == nil)
        }
        let other = await engine.fetch(server.url("/feed")) {
            $0.addressPolicy = AddressPolicy.parse(["127.0.0.1:1"]).policy
        }
        #expect(other.failure?.kind == .refusedAddress)
    }

    @Test("A connection that one feed may use is not lent to one that may not")
    func reusedConnection() async {
        #expect(await engine.fetch(server.url("/feed")).failure == nil)
        let result = await engine.fetch(server.url("/feed")) { $0.addressPolicy = .deny }
        #expect(result.failure?.kind == .refusedAddress)
        #expect(server.requests.count == 1)
    }

    @Test("DNS rebinding: what a name leads to is judged when it is connected to")
    func rebinding() async {
        // localhost is a name like any other to libcurl; it resolves without a network.
        let result = await engine.fetch("http://localhost:\(server.port)/feed") { $0.addressPolicy = .deny }
        #expect(result.failure?.kind == .refusedAddress)
        #expect(result.failure?.advice.contains("localhost:\(server.port)") == true)
    }

    @Test func aRedirectToAPrivateAddressIsRefused() async {
        let inside = LoopbackServer(address: "127.0.0.9")
        inside.on("/metadata", LoopbackResponse(body: "secret"))
        server.on("/go", .redirect(302, to: inside.url("/metadata")))
        let result = await engine.fetch(server.url("/go")) {
            $0.addressPolicy = AddressPolicy.parse(["127.0.0.1:\(server.port)"]).policy
        }
        #expect(result.failure?.kind == .refusedAddress)
        #expect(inside.connectionCount == 0)
    }

    @Test func aRedirectToAnotherServicesPortIsRefused() async {
        server.on("/go", .redirect(302, to: "http://127.0.0.1:22/"))
        let result = await engine.fetch(server.url("/go"))
        #expect(result.failure?.kind == .refusedAddress)
        #expect(result.outcome.requests == 1)
        let six = await engine.fetch("http://[::1]:81/").failure
        #expect(six?.advice.contains("[::1]:81") == true)
    }

    @Test func theProxyMayBeAnywhere() async {
        server.on("http://example.org/feed", LoopbackResponse(body: "by proxy"))
        let result = await engine.fetch("http://example.org/feed") {
            $0.addressPolicy = .deny
            $0.proxy = "http://127.0.0.1:\(server.port)"
        }
        #expect(result.text == "by proxy")
        #expect(result.outcome.isPublicAddress == nil)
        let local = await engine.fetch("http://localhost/feed") {
            $0.addressPolicy = .deny
            $0.proxy = "http://127.0.0.1:\(server.port)"
        }
        #expect(local.failure?.kind == .refusedAddress)
        for proxy in ["ftp://127.0.0.1:1", "127.0.0.1:3128", "socks4://127.0.0.1:1", "http://a b"] {
            #expect(await engine.fetch("http://example.org/") { $0.proxy = proxy }.failure?.kind == .invalidRequest)
        }
    }
}
