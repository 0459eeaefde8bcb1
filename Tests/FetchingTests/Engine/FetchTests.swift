import FeedModel
import TestSupport
import Testing
import Text

@testable import Fetching

@Suite("The engine fetches feeds over HTTP")
struct FetchTests {
    let server = LoopbackServer()
    let engine: FetchEngine

    init() throws {
        engine = try FetchEngine()
    }

    @Test("A feed comes with its head and its whole body")
    func aFeedComesWithItsHeadAndItsWholeBody() async {
        server.on(
            "/feed",
            LoopbackResponse(headers: [("Content-Type", "application/rss+xml; charset=ISO-8859-1")], body: "<rss/>"))
        let result = await engine.fetch(server.url("/feed#part"))
        #expect(result.head?.status == 200)
        #expect(result.head?.effectiveURL == server.url("/feed"))
        #expect(result.head?.mediaType == MediaType("application/rss+xml;charset=iso-8859-1"))
        #expect(result.text == "<rss/>")
        #expect(result.failure == nil)
        #expect(result.outcome.isComplete)
        #expect(result.outcome.decodedBytes == 6)
        #expect(result.outcome.wireBytes > 6)
        #expect(result.outcome.requests == 1)
        #expect(result.outcome.isPublicAddress == false)
    }

    @Test(
        "polling.md §1: a request is a GET as configured, without Cookie and Referer, with an honest User-Agent and all encodings"
    )
    func requestHasWhatItShouldAndNothingElse() async throws {
        server.on("/a/../feed", LoopbackResponse(body: "x"))
        _ = await engine.fetch(server.url("/a/../feed?b=2&a=%41&&c"))
        let request = try #require(server.requests.first)
        #expect(request.method == "GET")
        #expect(request.target == "/a/../feed?b=2&a=%41&&c")
        #expect(request.header("User-Agent") == "newswire/test (+https://example.org/bot)")
        #expect(request.header("Accept") == FetchRequest.defaultAccept)
        #expect(request.header("Accept-Encoding")?.contains("gzip") == true)
        #expect(Set(request.headers.map { $0.name }) == ["Host", "User-Agent", "Accept", "Accept-Encoding"])
    }

    @Test("The engine uses a connection again unless keep_alive is off")
    func connectionsAreUsedAgainUnlessToldOtherwise() async {
        server.on("/feed", LoopbackResponse(body: "x"))
        _ = await engine.fetch(server.url("/feed"))
        _ = await engine.fetch(server.url("/feed"))
        #expect(server.connectionCount == 1)
        _ = await engine.fetch(server.url("/feed")) { $0.keepAlive = false }
        _ = await engine.fetch(server.url("/feed")) { $0.keepAlive = false }
        #expect(server.connectionCount == 3)
        #expect(server.requests.last?.header("Connection") == "close")
    }

    @Test("A handle keeps nothing of a request for the next one")
    func nothingIsLeftInAHandleForTheNextRequest() async throws {
        server.on("/feed", LoopbackResponse(headers: [("Set-Cookie", "id=1")], body: "x"))
        _ = await engine.fetch(server.url("/feed")) {
            $0.headers = [.init(name: "X-Api-Key", value: "s3cret")]
            $0.credentials = .bearer("s3cret")
        }
        _ = await engine.fetch(server.url("/feed"))
        let second = try #require(server.requests.last)
        #expect(second.header("Authorization") == nil)
        #expect(second.header("X-Api-Key") == nil)
        #expect(second.header("Cookie") == nil)
    }

    @Test("The engine understands chunked bodies and interim responses")
    func chunkedBodiesAndInterimResponsesAreUnderstood() async {
        server.on("/feed") { _, connection in
            connection.write("HTTP/1.1 103 Early Hints\r\nETag: \"wrong\"\r\n\r\n")
            connection.send(
                LoopbackResponse(headers: [("ETag", "\"right\"")], body: Array("abc".utf8), isChunked: true))
        }
        let result = await engine.fetch(server.url("/feed"))
        #expect(result.text == "abc")
        #expect(result.head?.etag == "\"right\"")
    }

    @Test("The engine decodes gzip, and counts the bytes before and after")
    func gzipIsDecodedAndItsBytesCountedOnBothSides() async {
        let packed = Gzip.stored(Array("<rss>packed</rss>".utf8))
        server.on("/feed", LoopbackResponse(headers: [("Content-Encoding", "gzip")], body: packed))
        let result = await engine.fetch(server.url("/feed"))
        #expect(result.text == "<rss>packed</rss>")
        #expect(result.outcome.decodedBytes == 17)
        #expect(result.outcome.wireBytes > packed.count)
    }

    @Test("The engine runs many transfers at once")
    func manyTransfersRunAtOnce() async {
        let count = 64
        let gate = Gate()
        server.on("/feed") { request, connection in
            gate.wait()
            connection.send(LoopbackResponse(body: request.query ?? ""))
        }
        let transfers = (0..<count).map { engine.start(request(server.url("/feed?\($0)"))) }
        // None is answered before all have asked.
        await server.received(count)
        gate.open()
        for (index, transfer) in transfers.enumerated() {
            var body: [UInt8] = []
            while let chunk = await transfer.nextChunk() { body += chunk }
            #expect(String(decoding: body, as: UTF8.self) == "\(index)")
        }
    }

    @Test("A large body comes in blocks while it arrives")
    func aLargeBodyComesInBlocksWhileItArrives() async throws {
        let gate = Gate()
        let body = text(count: 200_000)
        server.on("/feed") { _, connection in
            connection.writeHead(200, [("Content-Length", "\(body.count)")])
            connection.write(Array(body[..<100_000]))
            gate.wait()
            connection.write(Array(body[100_000...]))
        }
        let transfer = engine.start(request(server.url("/feed")))
        #expect(await transfer.response()?.status == 200)
        var received = try #require(await transfer.nextChunk())
        #expect(received.count >= 65_536)
        gate.open()
        while let chunk = await transfer.nextChunk() { received += chunk }
        #expect(received == body)
        #expect(await transfer.outcome().isComplete)
    }

    @Test("A transfer rests while nobody takes its body")
    func aTransferRestsWhileNobodyTakesItsBody() async {
        let total = 12 << 20
        let gate = Gate()
        server.on("/feed") { _, connection in
            connection.writeHead(200, [("Content-Length", "\(total)")])
            let block = [UInt8](repeating: 7, count: 1 << 20)
            for _ in 0..<12 { connection.write(block) }
            gate.open()
        }
        let transfer = engine.start(request(server.url("/feed")))
        _ = await transfer.response()
        // Another transfer from start to end shows that the engine's thread has been round.
        server.on("/other", LoopbackResponse(body: "x"))
        for _ in 0..<20 { _ = await engine.fetch(server.url("/other")) }
        #expect(transfer.waitingBytes <= TransferState.pauseBytes + TransferState.wakeBytes + 65_536)
        var count = 0
        while let chunk = await transfer.nextChunk() { count += chunk.count }
        #expect(count == total)
        #expect(await transfer.outcome().failure == nil)
        gate.wait()
    }

    @Test("A transfer that is cancelled ends at once, and on the wire too")
    func cancellingEndsItAtOnceAndOnTheWireToo() async {
        let closed = Gate()
        server.on("/feed") { _, connection in
            connection.waitForClose()
            closed.open()
        }
        let transfer = engine.start(request(server.url("/feed")))
        await server.received(1)
        transfer.cancel()
        #expect(await transfer.response() == nil)
        #expect(await transfer.nextChunk() == nil)
        #expect(await transfer.outcome().failure?.kind == .cancelled)
        closed.wait()
    }

    @Test("A task that is cancelled cancels the transfer that it waits for")
    func cancellingTheTaskCancelsTheTransfer() async {
        server.on("/feed") { _, connection in connection.waitForClose() }
        let transfer = engine.start(request(server.url("/feed")))
        let task = Task { await transfer.outcome() }
        await server.received(1)
        task.cancel()
        #expect(await task.value.failure?.kind == .cancelled)
    }

    @Test("An engine that shuts down ends every transfer and refuses new ones")
    func shutdownEndsEveryTransferAndRefusesNewOnes() async {
        server.on("/feed") { _, connection in connection.waitForClose() }
        let transfer = engine.start(request(server.url("/feed")))
        await server.received(1)
        await engine.shutdown()
        #expect(await transfer.outcome().failure?.kind == .cancelled)
        #expect(await engine.start(request(server.url("/feed"))).outcome().failure?.kind == .cancelled)
        await engine.shutdown()
    }

    @Test("A consumer that asks for the outcome alone discards the body")
    func outcomeAloneDiscardsTheBody() async {
        server.on("/feed", LoopbackResponse(body: text(count: 1 << 20)))
        #expect(await engine.start(request(server.url("/feed"))).outcome().decodedBytes == 1 << 20)
    }
}

/// gzip without compression: enough to be decoded.
enum Gzip {
    static func stored(_ bytes: [UInt8]) -> [UInt8] {
        precondition(bytes.count < 65_536)
        let count = UInt16(bytes.count)
        func little(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
        let lengths = [UInt8(count & 255), UInt8(count >> 8), UInt8(~count & 255), UInt8(~count >> 8)]
        return [31, 139, 8, 0, 0, 0, 0, 0, 0, 255, 1] + lengths + bytes + little(crc(bytes))
            + little(UInt32(bytes.count))
    }

    private static func crc(_ bytes: [UInt8]) -> UInt32 {
        var crc = ~UInt32(0)
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
        }
        return ~crc
    }
}
