import FeedModel
import TestSupport
import Testing

@testable import Fetching

@Suite("Cookies go back with the redirects of one fetch, where that is wanted (polling.md §1)")
struct CookieTests {
    let server = LoopbackServer()
    let engine: FetchEngine

    init() throws {
        engine = try FetchEngine()
    }

    private func wall() {
        server.on("/feed") { request, connection in
            connection.send(
                request.header("Cookie")?.contains("seen=1") == true
                    ? LoopbackResponse(body: "feed")
                    : LoopbackResponse(
                        status: 302, headers: [("Location", "/feed"), ("Set-Cookie", "seen=1; Path=/; HttpOnly")]))
        }
    }

    @Test("A site that sets a cookie and leads back is read, and the next fetch begins without cookies")
    func session() async {
        wall()
        for round in 1...2 {
            let result = await engine.fetch(server.url("/feed")) { $0.keepsCookies = true }
            #expect(result.text == "feed" && result.failure == nil)
            #expect(server.requests.count == 2 * round)
            #expect(server.requests[2 * round - 2].header("Cookie") == nil)
        }
    }

    @Test("Without the option no cookie is sent, and the advice names it")
    func none() async {
        wall()
        let result = await engine.fetch(server.url("/feed"))
        #expect(result.failure?.kind == .redirect && result.failure?.advice.contains("cookies = \"session\"") == true)
        #expect(server.requests.allSatisfy { $0.header("Cookie") == nil })
    }

    @Test("A circle ends all the same, and another host gets no cookie")
    func bounds() async {
        server.on(
            "/circle", LoopbackResponse(status: 302, headers: [("Location", "/circle"), ("Set-Cookie", "a=1; Path=/")]))
        #expect(await engine.fetch(server.url("/circle")) { $0.keepsCookies = true }.failure?.kind == .redirect)
        #expect(server.requests.count == 2)
        let other = LoopbackServer()
        other.on("/feed", LoopbackResponse(body: "feed"))
        server.on(
            "/away",
            LoopbackResponse(
                status: 302,
                headers: [("Location", "http://[::ffff:127.0.0.1]:\(other.port)/feed"), ("Set-Cookie", "a=1; Path=/")]))
        _ = await engine.fetch(server.url("/away")) { $0.keepsCookies = true }
        #expect(other.requests.allSatisfy { $0.header("Cookie") == nil })
    }
}
