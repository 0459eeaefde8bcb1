import FeedModel
import Locking
import TestSupport
import Testing

@testable import Fetching

@Suite("The engine follows redirects (polling.md §9)")
struct RedirectTests {
    let server = LoopbackServer()
    let other = LoopbackServer(address: "127.0.0.2")
    let engine: FetchEngine

    init() throws {
        engine = try FetchEngine()
        server.on("/feed", LoopbackResponse(body: "feed"))
        other.on("/feed", LoopbackResponse(body: "other"))
    }

    @Test(
        "polling.md §9: the engine reports every redirect, with whether it is for good",
        arguments: [301, 302, 303, 307, 308])
    func followed(status: Int) async {
        server.on("/old", .redirect(status, to: "../feed#top"))
        let result = await engine.fetch(server.url("/old?x=1"))
        #expect(result.text == "feed")
        #expect(result.head?.effectiveURL == server.url("/feed"))
        let hop = Redirect(from: server.url("/old?x=1"), to: server.url("/feed"), status: status, isAmongPrivate: true)
        #expect(result.head?.redirects == [hop])
        #expect(result.head?.redirects.first?.isPermanent == (status == 301 || status == 308))
        #expect(result.outcome.requests == 2)
        #expect(server.requests.allSatisfy { $0.header("Referer") == nil && $0.header("Cookie") == nil })
    }

    @Test("polling.md §9: the engine follows five redirects, and not six")
    func limit() async {
        for hop in 1...7 { server.on("/\(hop)", .redirect(302, to: hop == 1 ? "/feed" : "/\(hop - 1)")) }
        #expect(await engine.fetch(server.url("/5")).text == "feed")
        #expect(await engine.fetch(server.url("/6")).failure?.kind == .redirect)
    }

    @Test("polling.md §9: a circle of redirects fails the fetch")
    func circlesEnd() async {
        server.on("/a", .redirect(302, to: "/b"))
        server.on("/b", .redirect(302, to: "/a#x"))
        server.on("/self", .redirect(301, to: "/self"))
        #expect(await engine.fetch(server.url("/a")).failure?.kind == .redirect)
        #expect(await engine.fetch(server.url("/self")).failure?.kind == .redirect)
        #expect(server.requests(to: "/self").count == 1)
    }

    @Test(
        "polling.md §9: a redirect to anything but http and https is not followed",
        arguments: [
            "file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/", "javascript:alert(1)", "//", "http://[::1",
            "https://127.0.0.1:99999/",
        ])
    func schemes(target: String) async {
        server.on("/go", .redirect(301, to: target))
        let result = await engine.fetch(server.url("/go")) { $0.allowsLocalFile = true }
        #expect(result.failure?.kind == .redirect)
    }

    @Test("A redirect without a target fails the fetch")
    func aRedirectWithoutATargetIsAFailure() async {
        server.on("/go", LoopbackResponse(status: 302))
        let result = await engine.fetch(server.url("/go"))
        #expect(result.failure?.kind == .redirect)
        #expect(result.head?.status == 302)
    }

    @Test("security.md §12: credentials and all custom headers stay with their origin, and stay lost")
    func credentials() async throws {
        server.on("/go", .redirect(302, to: other.url("/back")))
        other.on("/back", .redirect(302, to: server.url("/feed")))
        server.on("/same", .redirect(302, to: "/feed"))
        let change: (inout FetchRequest) -> Void = {
            $0.credentials = .basic(user: "me", password: "s3cret")
            $0.headers = [.init(name: "X-Api-Key", value: "k"), .init(name: "Cookie", value: "a=b")]
        }
        #expect(await engine.fetch(server.url("/same"), change: change).text == "feed")
        #expect(server.requests.count == 2)
        for request in server.requests {
            #expect(request.header("Authorization") == "Basic bWU6czNjcmV0")
            #expect(request.header("X-Api-Key") == "k")
        }
        #expect(await engine.fetch(server.url("/go"), change: change).text == "feed")
        for request in other.requests + server.requests(to: "/feed").suffix(1) {
            for name in ["Authorization", "X-Api-Key", "Cookie", "Proxy-Authorization"] {
                #expect(request.header(name) == nil)
            }
        }
    }

    @Test("security.md §12: another port of the same host is another origin")
    func anotherPortIsAnotherOrigin() async throws {
        let second = LoopbackServer()
        second.on("/feed", LoopbackResponse(body: "second"))
        server.on("/go", .redirect(302, to: second.url("/feed")))
        _ = await engine.fetch(server.url("/go")) { $0.credentials = .bearer("t") }
        #expect(server.requests.first?.header("Authorization") == "Bearer t")
        #expect(try #require(second.requests.first).header("Authorization") == nil)
    }

    @Test("polling.md §9: userinfo in a Location is dropped, in the configured URL it counts as credentials")
    func userinfo() async {
        server.on("/go", .redirect(302, to: "http://evil:pw@127.0.0.1:\(server.port)/feed"))
        let result = await engine.fetch("http://me:a%40b@127.0.0.1:\(server.port)/go")
        #expect(result.head?.effectiveURL == server.url("/feed"))
        #expect(server.requests.map { $0.header("Authorization") } == ["Basic bWU6YUBi", "Basic bWU6YUBi"])
        #expect(result.head?.redirects.first?.from == server.url("/go"))
    }

    @Test("The engine asks its caller before it follows a redirect to another host, and does what that decides")
    func theCallerIsAskedBeforeAHopToAnotherHost() async {
        let asked = Locked<[Redirect]>([])
        server.on("/go", .redirect(302, to: other.url("/feed")))
        server.on("/same", .redirect(302, to: "/feed"))
        let hook: @Sendable (Redirect) async -> RedirectDecision = { hop in
            asked.withLock { $0.append(hop) }
            return .go
        }
        #expect(await engine.fetch(server.url("/go")) { $0.beforeRedirect = hook }.text == "other")
        #expect(asked.withLock { $0.map { $0.to } } == [other.url("/feed")])
        #expect(await engine.fetch(server.url("/same")) { $0.beforeRedirect = hook }.text == "feed")
        #expect(asked.withLock { $0.count } == 1)
        let refused = await engine.fetch(server.url("/go")) { $0.beforeRedirect = { _ in .held } }
        #expect(refused.failure?.kind == .paused)
        let crowded = await engine.fetch(server.url("/go")) { $0.beforeRedirect = { _ in .crowded } }
        #expect(crowded.failure?.kind == .paused && crowded.failure?.message.contains("others wait") == true)
        let stopped = await engine.fetch(server.url("/go")) { $0.beforeRedirect = { _ in .stopped } }
        #expect(stopped.failure?.kind == .cancelled)
        #expect(other.requests.count == 1)
    }

    @Test("The time that the caller takes to decide on a redirect is not the server's")
    func waitingForTheCallersLeaveIsNotTheServersTime() async {
        let leave = Gate()
        server.on("/go", .redirect(302, to: other.url("/feed")))
        let transfer = engine.start(
            request(server.url("/go")) {
                $0.limits.timeout = .milliseconds(300)
                $0.beforeRedirect = { [engine, server] _ in
                    // Longer than the time that is left: another fetch that runs into the same limit.
                    server.on("/silent") { _, connection in connection.waitForClose() }
                    let silent = await engine.fetch(server.url("/silent")) { $0.limits.timeout = .milliseconds(400) }
                    leave.open()
                    return silent.failure?.kind == .timeout ? .go : .held
                }
            })
        #expect(await transfer.response()?.status == 200)
        #expect(await transfer.outcome().failure == nil)
        leave.wait()
    }

    @Test("A transfer can be cancelled while its caller decides on a redirect")
    func aTransferCanBeCancelledWhileTheCallerIsAsked() async {
        server.on("/go", .redirect(302, to: other.url("/feed")))
        let box = Locked<Transfer?>(nil)
        let transfer = engine.start(
            request(server.url("/go")) {
                $0.beforeRedirect = { _ in
                    box.withLock { $0 }?.cancel()
                    return .go
                }
            })
        box.withLock { $0 = transfer }
        #expect(await transfer.outcome().failure?.kind == .cancelled)
        #expect(other.requests.isEmpty)
        box.withLock { $0 = nil }
    }

    @Test("Validators go to the URL that they came from, through the redirect that leads there")
    func validatorsAfterARedirect() async throws {
        server.on("/go", .redirect(302, to: other.url("/v")))
        other.on("/v") { request, connection in
            connection.send(.conditional(request, etag: "\"1\"", lastModified: nil, body: "v"))
        }
        let first = await engine.fetch(server.url("/go"))
        let validators = try #require(first.head?.validators(after: nil, bodyIsOK: true).validators)
        let second = await engine.fetch(server.url("/go")) { $0.validators = validators }
        #expect(second.head?.status == 304)
        #expect(second.failure == nil)
        #expect(server.requests.allSatisfy { $0.header("If-None-Match") == nil })
        #expect(other.requests.last?.header("If-None-Match") == "\"1\"")
    }
}
