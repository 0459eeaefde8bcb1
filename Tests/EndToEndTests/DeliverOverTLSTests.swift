import TestSupport
import Testing

@Suite("newswire deliver --to over TLS and through proxies", .serialized)
struct DeliverOverTLSTests: HookSuite {
    let desk = Desk()
    let hook = LoopbackServer()

    init() { hook.on("/hook", .init(status: 204)) }

    /// Puts lines into `[fetch]`, in the place of those of before.
    private func configure(fetch lines: [String], allowing entries: String = "") {
        allow(entries)
        let text = desk.folder.text("newswire.toml") ?? ""
        let fetch = lines.map { $0 + "\n" }.joined()
        desk.folder.write(text.replacing("[fetch]\n", with: "[fetch]\n\(fetch)"), to: "newswire.toml")
    }

    /// Delivers to a URL, with a token.
    private func deliver(to url: String) async -> ChildProcess.Ending {
        let token = desk.folder.write("hunter2hunter2", to: "token", mode: 0o600)
        return await desk.run(["deliver", "--as", "x", "--once", "--to", url, "--bearer", "file:\(token)"])
    }

    @Test(
        "security.md §13: articles go over TLS to who has a certificate that ca_file makes good, and to nobody else",
        .enabled(if: SelfSignedCertificate.isPossible))
    func certificates() async throws {
        try await publish(1...1)
        let certificate = try #require(SelfSignedCertificate(names: "IP:127.0.0.1"))
        let front = try #require(ServerFront.tls(certificate, port: hook.port))
        let url = "https://127.0.0.1:\(front.port)/hook"
        allow("\"127.0.0.1:\(front.port)\"")
        let refused = await deliver(to: url)
        #expect(refused.status == 69 && refused.errors.contains("self-signed"), "\(refused.errors)")
        #expect(refused.errors.contains("https://127.0.0.1:\(front.port) was not reached"))
        // Neither an article nor the token was sent.
        #expect(hook.requests.isEmpty)
        #expect(await cursor().contains("x\t0\t1\tfailing since"))

        configure(fetch: ["ca_file = \"\(certificate.file)\""], allowing: "\"127.0.0.1:\(front.port)\"")
        #expect(await deliver(to: url).status == 0)
        #expect(try hook.requests.map(ids) == [["1"]])
        #expect(hook.requests.first?.header("Authorization") == "Bearer hunter2hunter2")
        #expect(await cursor() == "x\t1\t0\n")
    }

    @Test(
        "security.md §13: a certificate for another name takes no article, however good it is",
        .enabled(if: SelfSignedCertificate.isPossible))
    func otherName() async throws {
        try await publish(1...1)
        let certificate = try #require(SelfSignedCertificate(names: "DNS:elsewhere.invalid"))
        let front = try #require(ServerFront.tls(certificate, port: hook.port))
        configure(fetch: ["ca_file = \"\(certificate.file)\""], allowing: "\"127.0.0.1:\(front.port)\"")
        let ending = await deliver(to: "https://127.0.0.1:\(front.port)/hook")
        #expect(ending.status == 69 && ending.errors.contains("another name than 127.0.0.1"), "\(ending.errors)")
        #expect(hook.requests.isEmpty)
    }

    @Test(
        "Through the proxy of [fetch] articles go in a tunnel, to who has a good certificate for the name alone",
        .enabled(if: SelfSignedCertificate.isPossible))
    func tunnel() async throws {
        try await publish(1...1)
        let certificate = try #require(SelfSignedCertificate(names: "DNS:hooks.example"))
        let front = try #require(ServerFront.tls(certificate, port: hook.port))
        let proxy = try #require(ServerFront.proxy(port: front.port))
        let settings = ["proxy = \"http://127.0.0.1:\(proxy.port)\"", "ca_file = \"\(certificate.file)\""]
        configure(fetch: [settings[0]])
        let refused = await deliver(to: "https://hooks.example/hook")
        #expect(refused.status == 69 && refused.errors.contains("self-signed"), "\(refused.errors)")
        configure(fetch: settings)
        #expect(await deliver(to: "https://other.example/hook").status == 69)
        #expect(hook.requests.isEmpty)
        #expect(await deliver(to: "https://hooks.example/hook").status == 0)
        #expect(try hook.requests.map(ids) == [["1"]])
        #expect(hook.requests.first?.header("Host") == "hooks.example" && hook.requests.first?.target == "/hook")
    }

    @Test(
        "A proxy sees the article of a delivery over http, of one over https nothing, and opens no way to private hosts"
    )
    func proxy() async throws {
        try await publish(1...1)
        let proxy = LoopbackServer(address: "127.0.0.3")
        proxy.on("http://hooks.example/hook", .init(status: 204))
        proxy.on("hooks.example:443", .init(status: 403))
        configure(fetch: ["proxy = \"\(proxy.url(""))\""])
        let tunnel = await deliver(to: "https://hooks.example/hook")
        #expect(tunnel.status == 69 && tunnel.errors.contains("proxy"), "\(tunnel.errors)")
        let connect = try #require(proxy.requests.first)
        #expect(connect.method == "CONNECT" && connect.body.isEmpty)
        #expect(connect.header("Authorization") == nil && connect.header("webhook-id") == nil)
        let refused = await deliver(to: hook.url("/hook"))
        #expect(refused.status == 69 && refused.errors.contains("in [deliver]"), "\(refused.errors)")
        #expect(proxy.requests.count == 1 && hook.requests.isEmpty)
        #expect(await deliver(to: "http://hooks.example/hook").status == 0)
        #expect(try proxy.requests.last.map(ids) == ["1"])
        #expect(proxy.requests.last?.target == "http://hooks.example/hook")
    }
}
