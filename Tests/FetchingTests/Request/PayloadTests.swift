import TestSupport
import Testing

@testable import Fetching

@Suite("Requests that bring something")
struct PayloadTests {
    let engine: FetchEngine
    let server = LoopbackServer()

    init() throws {
        engine = try FetchEngine()
        server.on("/hook", .init(status: 201, body: "made"))
    }

    private func post(_ path: String, _ body: [UInt8], _ method: RequestPayload.Method = .post) async -> Fetched {
        await engine.fetch(server.url(path)) {
            $0.payload = RequestPayload(method: method, body: body, contentType: "application/json")
        }
    }

    @Test("A payload is sent byte for byte, by its method, without asking first", arguments: [0, 5, 3 << 20])
    func bodies(_ count: Int) async {
        let body = text(count: count)
        for method in RequestPayload.Method.allCases {
            let result = await post("/hook", body, method)
            #expect(result.failure == nil && result.head?.status == 201 && result.text == "made")
            let request = server.requests.last
            #expect(request?.method == method.rawValue && request?.body == body)
            #expect(request?.header("Content-Type") == "application/json" && request?.header("Expect") == nil)
            #expect(request?.header("Content-Length") == "\(count)")
        }
    }

    @Test("Every answer to a payload is an answer, and no redirect is followed", arguments: [204, 302, 308, 410, 503])
    func answers(_ status: Int) async {
        server.on("/answer", .init(status: status, headers: [("Location", server.url("/hook"))], body: "why"))
        let result = await post("/answer", [1])
        #expect(result.failure == nil && result.head?.status == status)
        #expect(server.requests(to: "/hook").isEmpty)
    }

    @Test("A fetch behind a payload is a fetch, through the same connection")
    func handles() async {
        server.on("/feed", .init(body: "<rss/>"))
        #expect(await post("/hook", [1, 2]).failure == nil)
        #expect(await engine.fetch(server.url("/feed")).failure == nil)
        #expect(await post("/hook", [3]).failure == nil)
        #expect(server.requests.map(\.method) == ["POST", "GET", "POST"])
        #expect(server.requests.map { $0.body.count } == [2, 0, 1])
        #expect(server.connectionCount == 1)
    }

    @Test("Of an answer no more is taken than the limit, and its head is there all the same")
    func largeAnswer() async {
        server.on("/large", .init(body: text(count: 1 << 20)))
        let result = await engine.fetch(server.url("/large")) {
            $0.payload = RequestPayload(method: .post, body: [1], contentType: "text/plain")
            $0.limits.maxBody = 1000
        }
        #expect(result.head?.status == 200 && result.body.count == 1000)
    }

    @Test("Packed with gzip, a text comes out again as it was")
    func gzip() throws {
        let body = text(count: 100_000)
        let packed = try #require(GZip.packed(body))
        #expect(packed.count < body.count)
        #expect(GZip.packed([])?.isEmpty == false)
        let decoder = ContentDecoder([.gzip], limit: 1)
        var result: [UInt8] = []
        try packed.withUnsafeBytes { bytes in
            try decoder.decode(bytes) {
                result.append(contentsOf: $0)
                return true
            }
        }
        #expect(result == body)
    }
}
