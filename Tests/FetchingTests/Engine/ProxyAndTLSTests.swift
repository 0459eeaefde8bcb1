import FeedModel
import TestSupport
import Testing

@testable import Fetching

@Suite struct ProxyAndTLSTests {
    let server = LoopbackServer()
    let engine: FetchEngine

    init() throws {
        engine = try FetchEngine()
    }

    private func fetchThroughProxy(_ url: String) async -> Fetched {
        await engine.fetch(url) {
            $0.proxy = "http://127.0.0.1:\(server.port)"
            $0.credentials = .bearer("origin")
            $0.headers = [.init(name: "X-Api-Key", value: "k")]
        }
    }

    @Test func httpsThroughAProxyShowsItNeitherCredentialsNorHeaders() async throws {
        server.on("example.org:443", LoopbackResponse(status: 403))
        let result = await fetchThroughProxy("https://example.org/feed")
        #expect(result.failure?.kind == .proxy)
        let connect = try #require(server.requests.first)
        #expect(connect.method == "CONNECT")
        #expect(connect.header("Proxy-Authorization") == nil)
        #expect(connect.header("Authorization") == nil)
        #expect(connect.header("X-Api-Key") == nil)
    }

    @Test func aProxyThatIsNotThereIsTheProxysFailure() async {
        let port = LoopbackServer().port
        let result = await engine.fetch("http://example.org/") { $0.proxy = "http://127.0.0.1:\(port)" }
        #expect(result.failure?.kind == .proxy)
        let unknown = await engine.fetch("http://example.org/") { $0.proxy = "socks5h://no-such-host.invalid" }
        #expect(unknown.failure?.kind == .proxy)
    }

    @Test func aServerWithoutTLSIsATLSFailure() async {
        server.on("/feed", LoopbackResponse(body: "x"))
        let result = await engine.fetch("https://127.0.0.1:\(server.port)/feed")
        #expect(result.failure?.kind == .tls)
    }

    @Test func aBundleThatIsNotThereIsATLSFailure() async {
        let result = await engine.fetch("https://127.0.0.1:\(server.port)/feed") { $0.caFile = "/nowhere/ca.pem" }
        #expect(result.failure?.kind == .tls)
        #expect(result.failure?.advice.contains("ca_file") == true)
    }

    @Test func aClientCertificateThatIsNoneIsATLSFailure() async {
        let result = await engine.fetch("https://127.0.0.1:\(server.port)/feed") {
            $0.clientCertificate = ClientCertificate(certificate: Array("no".utf8), key: Array("no".utf8))
        }
        #expect(result.failure?.kind == .tls)
    }
}
