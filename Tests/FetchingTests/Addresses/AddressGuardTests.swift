import FeedModel
import TestSupport
import Testing
import Web

@testable import Fetching

@Suite("The guard of addresses judges what a request connects to (security.md §2)")
struct AddressGuardTests {
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
            "LOCALHOST", "127.0.0.1.", "127%2e0.0.1", "127.0.0.1%2e", "127\u{3002}0.0.1", "0x7f.1.",
            "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::1]", "[::]", "[64:ff9b::7f00:1]",
        ])
    func refused(host: String) async {
        let result = await engine.fetch("http://\(host):\(server.port)/feed") { $0.addressPolicy = .deny }
        // Where there is no IPv6, there is no way to it either.
        #expect(result.failure?.kind == .refusedAddress)
        #expect(result.head == nil)
        #expect(server.connectionCount == 0)
    }

    @Test("security.md §2: an entry of private_networks lets the requests that it names through, and no other")
    func anEntryOfTheListOpensTheWay() async {
        for entry in ["127.0.0.0/8", "127.0.0.1:\(server.port)"] {
            let result = await engine.fetch(server.url("/feed")) {
                $0.addressPolicy = .naming(entry)
            }
            #expect(result.failure == nil)
        }
        let other = await engine.fetch(server.url("/feed")) {
            $0.addressPolicy = .naming("127.0.0.1:1")
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
        let entry = "private_networks = [\"localhost:\(server.port)\"] in the feed's [[feed]] table"
        #expect(result.failure?.advice.contains(entry) == true)
    }

    @Test("security.md §2: a redirect to a private address is refused")
    func aRedirectToAPrivateAddressIsRefused() async {
        let inside = LoopbackServer(address: "127.0.0.9")
        inside.on("/metadata", LoopbackResponse(body: "secret"))
        server.on("/go", .redirect(302, to: inside.url("/metadata")))
        let result = await engine.fetch(server.url("/go")) {
            $0.addressPolicy = .naming("127.0.0.1:\(server.port)")
        }
        #expect(result.failure?.kind == .refusedAddress)
        #expect(inside.connectionCount == 0)
    }

    @Test("security.md §2: a redirect to the port of another service is refused")
    func aRedirectToAnotherServicesPortIsRefused() async {
        server.on("/go", .redirect(302, to: "http://127.0.0.1:22/"))
        let result = await engine.fetch(server.url("/go"))
        #expect(result.failure?.kind == .refusedAddress)
        #expect(result.outcome.requests == 1)
        let six = await engine.fetch("http://[::1]:81/").failure
        #expect(six?.advice.contains("[::1]:81") == true)
    }

    @Test("security.md §2: a configured proxy may be on a private address")
    func theProxyMayBeAnywhere() async {
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
    }

    @Test(
        "security.md §2: each form of a private address is refused before a proxy hears of it",
        arguments: [
            "127.0.0.1.", "127.0.0.1%2e", "127%2e0.0.1", "0x7f.1", "0x7f.1.", "127\u{3002}0\u{3002}0\u{3002}1",
            "\u{ff11}27.0.0.1", "169.254.169.254.", "localhost.", "LOCALHOST%2e", "a.localhost", "ip6-localhost",
            "localhost.localdomain", "\u{2460}\u{2461}\u{2466}.0.0.1", "\u{24db}ocalhost", "[::ffff:7f00:1]",
            "[fe80::1%25lo]", "10.1", "0", "2130706433",
        ])
    func disguisedBehindAProxy(host: String) async {
        let result = await engine.fetch("http://\(host)/") {
            $0.addressPolicy = .deny
            $0.proxy = "http://127.0.0.1:\(server.port)"
        }
        #expect(result.failure?.kind == .refusedAddress)
        #expect(server.connectionCount == 0)
    }

    @Test(
        "security.md §2: a host name that could mean any address to a proxy is handed to none",
        arguments: ["127%252e0.0.1", "127.0.0.08", "127.0.0.1..", "4294967297", "a\u{fffd}b"])
    func noHostBehindAProxy(host: String) async {
        let result = await engine.fetch("http://\(host)/") { $0.proxy = "http://127.0.0.1:\(server.port)" }
        #expect(result.failure?.kind == .invalidRequest)
        #expect(server.connectionCount == 0)
    }

    @Test("security.md §2: what a public server led to is judged by the feed's own entries, first URL or hop")
    func led() async {
        for guide in [FetchRequest.Guide.redirect, .link] {
            let refused = await engine.fetch(server.url("/feed")) {
                $0.ledBy = guide
                $0.isAmongPrivate = false
            }
            #expect(refused.failure?.kind == .refusedAddress && server.connectionCount == 0)
            #expect(refused.failure?.message.hasPrefix("a \(guide.rawValue) led to 127.0.0.1, ") == true)
        }
        let allowed = await engine.fetch(server.url("/feed")) {
            $0.ledBy = .redirect
            $0.isAmongPrivate = false
            $0.addressPolicy = .deny
            $0.ledAddressPolicy = .naming("127.0.0.1:\(server.port)")
        }
        #expect(allowed.text == "x")
    }

    @Test("Behind a proxy a name may be anybody's: its redirect to a private address needs the feed's own entry")
    func ledBehindAProxy() async {
        let target = "http://127.0.0.1:8080/admin"
        server.on("http://example.org/go", .redirect(302, to: target))
        server.on("http://10.0.0.1/go", .redirect(302, to: target))
        server.on(target, LoopbackResponse(body: "inside"))
        func fetch(_ url: String, led: AddressPolicy = .deny) async -> Fetched {
            await engine.fetch(url) {
                $0.proxy = "http://127.0.0.1:\(server.port)"
                $0.ledAddressPolicy = led
            }
        }
        let refused = await fetch("http://example.org/go")
        #expect(refused.failure?.kind == .refusedAddress && server.requests(to: target).isEmpty)
        #expect(await fetch("http://example.org/go", led: .allow).text == "inside")
        #expect(await fetch("http://10.0.0.1/go").text == "inside")
    }

    @Test("No message about a redirect proposes to open the way that it wants")
    func adviceOnRedirects() async {
        let inside = LoopbackServer(address: "127.0.0.9")
        for (path, target) in [("/go", inside.url("/")), ("/port", "http://127.0.0.1:22/")] {
            server.on(path, .redirect(302, to: target))
            let failure = await engine.fetch(server.url(path)) {
                $0.addressPolicy = .naming("127.0.0.1:\(server.port)")
            }.failure
            #expect(failure?.kind == .refusedAddress && failure?.message.hasPrefix("a redirect led to ") == true)
            #expect(failure?.advice.contains("private_networks") == false)
        }
    }
}
