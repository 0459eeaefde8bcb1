import FeedModel
import Glibc
import TestSupport
import Testing

@testable import Fetching

@Suite("A fetch that fails says why")
struct FailureTests {
    let server = LoopbackServer()
    let engine: FetchEngine

    init() throws {
        engine = try FetchEngine()
    }

    @Test(
        "Every status without a feed has its class, and its header is there all the same",
        arguments: [
            (204, FailureKind.httpStatus), (400, .httpStatus), (401, .unauthorized), (403, .forbidden),
            (404, .notFound), (410, .gone), (429, .rateLimited), (500, .httpStatus), (503, .httpStatus),
        ])
    func statusFailures(status: Int, kind: FailureKind) async {
        server.on("/feed", LoopbackResponse(status: status, headers: [("Retry-After", "120")], body: "<p>no"))
        let result = await engine.fetch(server.url("/feed"))
        #expect(result.head?.status == status)
        #expect(result.failure?.kind == kind)
        #expect(result.head?.retryAfterSeconds == (status >= 400 ? 120 : nil))
        #expect(result.body.isEmpty)
        #expect(!result.outcome.isComplete)
    }

    @Test("A line that looks like a status line changes nothing once the response has begun, nor after its end")
    func forgedStatus() async {
        server.on("/trailer") { _, connection in
            connection.write(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: x\r\nETag: \"1\"\r\n\r\n4\r\nfeed\r\n0\r\n"
                    + "HTTP/1.1 410 Gone: x\r\nETag: \"2\"\r\n\r\n")
        }
        server.on("/header") { _, connection in
            connection.write(
                "HTTP/1.1 200 OK\r\nETag: \"1\"\r\nHTTP/1.1 410 Gone: x\r\nContent-Length: 4\r\n\r\nfeed")
        }
        server.on("/early") { _, connection in
            connection.write(
                "HTTP/1.1 103 Early Hints\r\nETag: \"0\"\r\n\r\nHTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: 4\r\n\r\n"
                    + "feed")
        }
        for path in ["/trailer", "/header", "/early"] {
            let result = await engine.fetch(server.url(path))
            #expect(result.head?.status == 200 && result.text == "feed" && result.failure == nil, "\(path)")
            #expect(result.head?.etag == "\"1\"", "\(path)")
        }
    }

    @Test("polling.md §8: a Cloudflare challenge is told from a refusal")
    func challenge() async {
        server.on(
            "/feed",
            LoopbackResponse(
                status: 403, headers: [("cf-mitigated", "challenge"), ("Content-Type", "text/html; charset=UTF-8")],
                body: "?"))
        #expect(await engine.fetch(server.url("/feed")).failure?.kind == .botChallenge)
    }

    @Test("The engine does not read a large error page to its end")
    func aLargeErrorPageIsNotReadToItsEnd() async {
        server.on("/feed") { _, connection in
            connection.writeHead(500, [("Content-Length", "100000000")])
            let block = [UInt8](repeating: 32, count: 1 << 20)
            while connection.write(block) {}
        }
        let result = await engine.fetch(server.url("/feed"))
        #expect(result.failure?.kind == .httpStatus)
        #expect(result.outcome.wireBytes < 10 << 20)
    }

    @Test("security.md §5: a body that breaks off is handed out as incomplete")
    func truncated() async {
        server.on("/feed") { _, connection in
            connection.writeHead(200, [("Content-Length", "100")])
            connection.write("<rss>")
            connection.close()
        }
        let result = await engine.fetch(server.url("/feed"))
        #expect(result.text == "<rss>")
        #expect(result.failure?.kind == .truncated)
        #expect(!result.outcome.isComplete)
    }

    @Test("security.md §5: a body without its last chunk counts as broken off")
    func aMissingLastChunkIsATruncation() async {
        server.on("/feed") { _, connection in
            connection.writeHead(200, [("Transfer-Encoding", "chunked")])
            connection.writeChunk(Array("<rss>".utf8))
            connection.close()
        }
        #expect(await engine.fetch(server.url("/feed")).failure?.kind == .truncated)
    }

    @Test("security.md §4: more than max_body is not taken, whether announced or not")
    func tooLarge() async {
        for isChunked in [false, true] {
            server.on("/feed", LoopbackResponse(body: text(count: 300_000), isChunked: isChunked))
            let result = await engine.fetch(server.url("/feed")) { $0.limits.maxBody = 100_000 }
            #expect(result.failure?.kind == .tooLarge)
            #expect(result.body.count == (isChunked ? 100_000 : 0) || result.body.count == 100_000)
            #expect(result.body == Array(text(count: 300_000).prefix(result.body.count)))
        }
        server.on("/fits", LoopbackResponse(body: text(count: 100_000)))
        #expect(await engine.fetch(server.url("/fits")) { $0.limits.maxBody = 100_000 }.failure == nil)
    }

    @Test("security.md §4: what unpacks to more than 200 times its size is a bomb")
    func bomb() async {
        server.on("/feed", LoopbackResponse(headers: [("Content-Encoding", "gzip")], body: Bomb.eightMegabytes))
        let result = await engine.fetch(server.url("/feed")) {
            $0.limits.timeout = .seconds(600)
            $0.limits.connectTimeout = .seconds(600)
            $0.limits.lowSpeedSeconds = 600
        }
        #expect(result.failure?.kind == .bomb)
        #expect(result.outcome.decodedBytes < 8 << 20)
        // Found while a rest ends, it ends the transfer there and then, not at libcurl's next timer, however slow the
        // machine is.
        #expect(result.outcome.durationMilliseconds < 300_000)
    }

    @Test("security.md §4: two encodings are unpacked, three are not")
    func stackedEncodings() async {
        let inner = Gzip.stored(Gzip.stored(Array("<rss/>".utf8)))
        server.on("/two", LoopbackResponse(headers: [("Content-Encoding", "gzip, gzip")], body: inner))
        #expect(await engine.fetch(server.url("/two")).text == "<rss/>")
        server.on(
            "/three", LoopbackResponse(headers: [("Content-Encoding", "gzip, gzip, gzip")], body: Gzip.stored(inner)))
        #expect(await engine.fetch(server.url("/three")).failure?.kind == .bomb)
    }

    @Test("polling.md §1: a thousand header lines are accepted, 300 KiB of them are not")
    func headers() async {
        let lines = (0..<1200).map { (name: "X-Line-\($0)", value: "x") }
        server.on("/many", LoopbackResponse(headers: lines + [("ETag", "\"e\"")], body: "x"))
        let many = await engine.fetch(server.url("/many"))
        #expect(many.failure == nil)
        #expect(many.head?.etag == "\"e\"")
        let long = (0..<40).map { (name: "X-Long-\($0)", value: String(repeating: "x", count: 10_000)) }
        server.on("/large", LoopbackResponse(headers: long, body: "x"))
        #expect(await engine.fetch(server.url("/large")).failure?.kind == .tooLarge)
    }

    @Test("A server that does not answer fails the fetch with the timeout")
    func silenceEndsWithTheTimeout() async {
        server.on("/feed") { _, connection in connection.waitForClose() }
        let result = await engine.fetch(server.url("/feed")) { $0.limits.timeout = .milliseconds(50) }
        #expect(result.failure?.kind == .timeout)
        #expect(result.failure?.message == "too slow while waiting for the response")
    }

    @Test("A body that stops coming fails the fetch with the timeout")
    func aBodyThatStopsComingEndsWithTheTimeout() async {
        server.on("/feed") { _, connection in
            connection.writeHead(200, [("Content-Length", "100")])
            connection.write("<rss>")
            connection.waitForClose()
        }
        let result = await engine.fetch(server.url("/feed")) { $0.limits.timeout = .milliseconds(100) }
        #expect(result.failure?.kind == .timeout)
        #expect(result.failure?.message == "too slow while the body came")
        #expect(result.text == "<rss>")
    }

    @Test("polling.md §1.9: a server may think before its body as long as timeout lets it, and has to go on then")
    func slowStart() async {
        server.on("/feed") { _, connection in
            // What is tested is time itself, and libcurl looks at it once a second.
            sleep(3)
            connection.writeHead(200, [("Content-Length", "100")])
            connection.write("<rss>")
            connection.waitForClose()
        }
        let result = await engine.fetch(server.url("/feed")) { $0.limits.lowSpeedSeconds = 1 }
        #expect(result.text == "<rss>" && result.failure?.kind == .timeout)
        #expect(result.failure?.message.contains("100 bytes a second") == true)
        #expect(result.outcome.durationMilliseconds >= 3000)
    }

    @Test("A port on which nobody listens fails the fetch as a connection that cannot be made")
    func nobodyListening() async {
        let port = LoopbackServer().port
        let result = await engine.fetch("http://127.0.0.1:\(port)/")
        #expect(result.failure?.kind == .connect)
        #expect(result.head == nil)
    }

    @Test("A name that cannot be resolved fails the fetch as a failure of DNS")
    func aNameThatCannotBe() async {
        #expect(await engine.fetch("http://no-such-host.invalid/feed").failure?.kind == .dns)
    }

    @Test("An answer that is no HTTP fails the fetch as an error of the protocol")
    func whatIsNotHTTPIsAProtocolError() async {
        server.on("/garbage") { _, connection in
            connection.write("\u{16}\u{3}\u{1} garbage\r\n\r\n")
            connection.close()
        }
        server.on("/nothing") { _, connection in connection.close() }
        #expect(await engine.fetch(server.url("/garbage")).failure?.kind == .protocolError)
        #expect(await engine.fetch(server.url("/nothing")).failure?.kind == .protocolError)
    }

    @Test(
        "What is not an http or https URL is never asked for",
        arguments: [
            "", "feed", "ftp://127.0.0.1/feed", "gopher://127.0.0.1/", "|/bin/true", "http://", "http://127.0.0.1:0/",
            "http://127.0.0.1/a b\r\nX: y", "http://127.0.0.1/\u{0}", "file:///etc/passwd", "dict://127.0.0.1/",
        ])
    func otherSchemes(url: String) async {
        #expect(await engine.fetch(url).failure?.kind == .invalidRequest)
    }

    @Test(
        "A URL that cannot be asked says what is wrong with it",
        arguments: [
            ("http://[zz]/", "its URL has a host that none can be called"),
            ("http://", "its URL has no host"),
            ("http://127.0.0.1:0/", "its URL has a port that is none"),
            ("ftp://127.0.0.1/", "ftp: URLs are not fetched"),
            ("http://a\u{fffd}b.example/", "its host's name has no form in ASCII"),
        ])
    func urlProblems(url: String, message: String) async {
        #expect(await engine.fetch(url).failure?.message == message)
    }

    @Test("security.md §2: an address with a zone id is refused")
    func zone() async {
        #expect(await engine.fetch("http://[fe80::1%25eth0]/feed").failure?.kind == .refusedAddress)
    }

    @Test("A custom header with a line end in it is not sent, and fails the fetch")
    func aHeaderWithALineEndIsNotSent() async {
        server.on("/feed", LoopbackResponse(body: "x"))
        let result = await engine.fetch(server.url("/feed")) { $0.headers = [.init(name: "X-A", value: "1\r\nX-B: 2")] }
        #expect(result.failure?.kind == .invalidRequest)
        #expect(server.requests.isEmpty)
    }

    @Test("No failure shows a secret of its request")
    func noFailureShowsASecret() async {
        let server = LoopbackServer()
        let url = "http://user:pa55@127.0.0.1:\(server.port)/x?token=s3cret"
        server.on("/x") { _, connection in connection.reset() }
        let failure = await engine.fetch(url) { $0.credentials = .bearer("s3cret") }.failure
        let shown = "\(failure.map { "\($0.message) \($0.advice)" } ?? "") \(Credentials.bearer("s3cret"))"
        #expect(failure != nil)
        #expect(!shown.contains("s3cret"))
        #expect(!shown.contains("pa55"))
    }
}

/// One letter over and over: each zero byte of this gzip stream stands for a kilobyte.
private enum Bomb {
    static let eightMegabytes: [UInt8] =
        [31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 236, 193, 129, 0, 0, 0, 0, 128, 32, 182, 253, 165, 22, 169, 10]
        + [UInt8](repeating: 0, count: 8150)
}
