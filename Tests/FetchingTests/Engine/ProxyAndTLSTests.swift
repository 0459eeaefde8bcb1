import FeedModel
import TestSupport
import Testing

@testable import Fetching

@Suite("Requests go through proxies and TLS")
struct ProxyAndTLSTests {
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

    @Test("security.md §12: a request over https shows the proxy neither its credentials nor its headers")
    func httpsThroughAProxyShowsItNeitherCredentialsNorHeaders() async throws {
        server.on("example.org:443", LoopbackResponse(status: 403))
        let result = await fetchThroughProxy("https://example.org/feed")
        #expect(result.failure?.kind == .proxy)
        let connect = try #require(server.requests.first)
        #expect(connect.method == "CONNECT")
        #expect(connect.header("Proxy-Authorization") == nil)
        #expect(connect.header("Authorization") == nil)
        #expect(connect.header("X-Api-Key") == nil)
    }

    @Test("A proxy that does not answer fails the fetch as the proxy's failure")
    func aProxyThatIsNotThereIsTheProxysFailure() async {
        let port = LoopbackServer().port
        let result = await engine.fetch("http://example.org/") { $0.proxy = "http://127.0.0.1:\(port)" }
        #expect(result.failure?.kind == .proxy)
        let unknown = await engine.fetch("http://example.org/") { $0.proxy = "socks5h://no-such-host.invalid" }
        #expect(unknown.failure?.kind == .proxy)
    }

    @Test("A server without TLS fails a fetch over https as a failure of TLS")
    func aServerWithoutTLSIsATLSFailure() async {
        server.on("/feed", LoopbackResponse(body: "x"))
        let result = await engine.fetch("https://127.0.0.1:\(server.port)/feed")
        #expect(result.failure?.kind == .tls)
    }

    @Test("A ca_file that is not there fails a fetch over https as a failure of TLS")
    func aBundleThatIsNotThereIsATLSFailure() async {
        let result = await engine.fetch("https://127.0.0.1:\(server.port)/feed") { $0.caFile = "/nowhere/ca.pem" }
        #expect(result.failure?.kind == .tls)
        #expect(result.failure?.advice.contains("ca_file") == true)
    }

    @Test("A client certificate that is none fails the fetch before anything is sent")
    func aClientCertificateThatIsNoneIsATLSFailure() async {
        let result = await engine.fetch("https://127.0.0.1:\(server.port)/feed") {
            $0.clientCertificate = ClientCertificate(certificate: Array("no".utf8), key: Array("no".utf8))
        }
        #expect(result.failure?.kind == .tls)
    }
}
