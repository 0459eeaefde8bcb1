import FeedModel
import TestSupport
import Testing

@testable import Fetching

@Suite("Challenges and proxies get the password that is for them, and nobody else does")
struct LoginTests {
    let server = LoopbackServer()
    let engine: FetchEngine

    init() throws {
        engine = try FetchEngine()
    }

    private func challenge(_ request: LoopbackRequest, _ connection: LoopbackConnection) {
        let isAnswered = request.header("Authorization")?.hasPrefix("Digest username=\"me\"") == true
        connection.send(
            isAnswered
                ? LoopbackResponse(headers: [("ETag", "\"1\"")], body: "feed")
                : LoopbackResponse(
                    status: 401, headers: [("WWW-Authenticate", "Digest realm=\"x\", nonce=\"abc\", qop=\"auth\"")],
                    body: "who are you"))
    }

    @Test("polling.md §1: HTTP Digest answers the challenge with a second request, and the password is not in it")
    func digest() async {
        server.on("/feed", challenge)
        let result = await engine.fetch(server.url("/feed")) {
            $0.credentials = .digest(user: "me", password: "s3cret")
        }
        #expect(result.failure == nil && result.text == "feed" && result.head?.status == 200)
        #expect(result.head?.etag == "\"1\"")
        #expect(server.requests.count == 2 && result.outcome.requests == 2)
        #expect(server.requests[0].header("Authorization") == nil)
        #expect(!server.requests.contains { String(decoding: $0.rawHead, as: UTF8.self).contains("s3cret") })
    }

    @Test("A server that goes on asking for Digest is asked three times at most, and one that wants Basic gets nothing")
    func digestRefused() async {
        server.on(
            "/again",
            LoopbackResponse(
                status: 401, headers: [("WWW-Authenticate", "Digest realm=\"x\", nonce=\"abc\", stale=true")],
                body: "no"))
        server.on("/basic", LoopbackResponse(status: 401, headers: [("WWW-Authenticate", "Basic realm=\"x\"")]))
        let again = await engine.fetch(server.url("/again")) { $0.credentials = .digest(user: "me", password: "p") }
        #expect(again.failure?.kind == .unauthorized)
        #expect(server.requests.count <= 3)
        let before = server.requests.count
        let basic = await engine.fetch(server.url("/basic")) { $0.credentials = .digest(user: "me", password: "p") }
        #expect(basic.failure?.message.contains("Basic") == true)
        #expect(server.requests.count == before + 1)
        #expect(server.requests.last?.header("Authorization") == nil)
    }

    @Test("security.md §12: another origin that asks for Digest after a redirect gets no answer")
    func digestElsewhere() async {
        let other = LoopbackServer()
        other.on("/feed", challenge)
        server.on("/feed", .redirect(302, to: other.url("/feed")))
        let result = await engine.fetch(server.url("/feed")) { $0.credentials = .digest(user: "me", password: "p") }
        #expect(result.failure?.kind == .unauthorized)
        #expect(other.requests.count == 1 && other.requests.first?.header("Authorization") == nil)
    }

    @Test("A changed password of Digest is another request, whose validators are its own")
    func signature() async {
        server.on("/feed", challenge)
        var hashes: Set<RequestSignature> = []
        for password in ["a", "b"] {
            let head = await engine.fetch(server.url("/feed")) {
                $0.credentials = .digest(user: "me", password: password)
            }.head
            if let head { hashes.insert(head.requestSignature) }
        }
        #expect(hashes.count == 2)
    }

    @Test(
        "security.md §12: the proxy's password goes to the proxy, in a tunnel to nobody else, and no other feed uses it"
    )
    func proxyLogin() async throws {
        server.on("http://example.org/feed", LoopbackResponse(body: "feed"))
        server.on("example.org:443", LoopbackResponse(status: 403))
        func fetch(_ url: String, login: FetchRequest.ProxyLogin?) async -> Fetched {
            await engine.fetch(url) {
                $0.proxy = "http://127.0.0.1:\(server.port)"
                $0.proxyLogin = login
            }
        }
        let login = FetchRequest.ProxyLogin(user: "me", password: "p:w")
        _ = await fetch("http://example.org/feed", login: login)
        _ = await fetch("https://example.org/feed", login: login)
        _ = await fetch("http://example.org/feed", login: nil)
        let sent = server.requests.map { $0.header("Proxy-Authorization") }
        #expect(sent == ["Basic bWU6cDp3", "Basic bWU6cDp3", nil])
        #expect(!"\(login)".contains("p:w"))
    }

    @Test("A proxy that wants credentials, refuses, or is none is named as the proxy, over http and https")
    func proxyFailures() async {
        server.on(
            "example.org:443", LoopbackResponse(status: 407, headers: [("Proxy-Authenticate", "Basic realm=\"x\"")]))
        server.on("http://example.org/feed", LoopbackResponse(status: 407))
        server.on("no.example:443") { _, connection in
            connection.write("SSH-2.0-OpenSSH_9.2\r\n")
            connection.close()
        }
        server.on("http://no.example/feed") { _, connection in
            connection.write("SSH-2.0-OpenSSH_9.2\r\n")
            connection.close()
        }
        server.on("silent.example:443") { _, connection in connection.waitForClose() }
        for url in [
            "https://example.org/feed", "http://example.org/feed", "https://no.example/feed", "http://no.example/feed",
            "https://silent.example/feed",
        ] {
            let result = await engine.fetch(url) {
                $0.proxy = "http://127.0.0.1:\(server.port)"
                if url.contains("silent") { $0.limits.timeout = .milliseconds(100) }
            }
            #expect(result.failure?.kind == .proxy, "\(url)")
            if url.contains("example.org") { #expect(result.failure?.advice.contains("proxy_auth") == true, "\(url)") }
        }
    }
}
