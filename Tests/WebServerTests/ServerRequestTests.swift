import Locking
import NIOCore
import TestSupport
import Testing

@testable import WebInterface
@testable import WebServer

@Suite("Requests over a socket: web.md §3.7")
struct ServerRequestTests {
    @Test("A request is answered with its length, the time and the headers of every answer, and another may follow")
    func keepAlive() async throws {
        try await ServerFixture.run([Endpoints.hello]) { server in
            let client = server.client()
            for name in ["a", "b"] {
                client.send("GET /hello?name=\(name) HTTP/1.1\r\nHost: localhost\r\n\r\n")
                let response = client.response()
                #expect(response?.status == 200 && response?.text == "hello \(name)")
                #expect(response?.header("content-length") == "7" && response?.header("connection") == nil)
                #expect(response?.header("date")?.hasSuffix(" GMT") == true)
                #expect(response?.header("x-content-type-options") == "nosniff")
            }
            client.send("GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            let last = client.rest()
            #expect(last?.contains("Connection: close\r\n") == true && last?.hasSuffix("hello ") == true)
        }
    }

    @Test("Requests that are sent at once are answered one after the other, in their order")
    func pipelined() async throws {
        try await ServerFixture.run([Endpoints.hello, Endpoints.echo()]) { server in
            let client = server.client()
            var text = ""
            for number in 0..<200 { text += "GET /hello?name=\(number) HTTP/1.1\r\nHost: localhost\r\n\r\n" }
            text += "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nxyz"
            text += "GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n"
            client.send(text)
            for number in 0..<200 { #expect(client.response()?.text == "hello \(number)") }
            #expect(client.response()?.text == "xyz")
            #expect(client.response()?.status == 404)
        }
    }

    @Test("HEAD has what GET has, without the body, also where that is long")
    func head() async throws {
        try await ServerFixture.run([Endpoints.hello, Endpoints.long]) { server in
            let client = server.client()
            client.send(
                "HEAD /hello HTTP/1.1\r\nHost: localhost\r\n\r\nHEAD /long/2/8 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            client.send("GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(client.response(isHead: true)?.header("content-length") == "6")
            #expect(client.response(isHead: true)?.status == 200)
            #expect(client.response()?.text == "hello ")
        }
    }

    @Test("A long answer comes in pieces; where one fails, its end is missing")
    func pieces() async throws {
        try await ServerFixture.run([Endpoints.long]) { server in
            let whole = server.ask("GET /long/300/70000 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(whole?.header("transfer-encoding") == "chunked" && whole?.body.count == 300 * 70_000)
            let client = server.client()
            client.send("GET /long/3/7 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            let broken = client.rest()
            #expect(broken?.contains("aaaaaaa") == true && broken?.hasSuffix("0\r\n\r\n") == false)
            // HTTP/1.0 knows no pieces: there the end is that of the connection.
            let old = server.client()
            old.send("GET /long/2/4 HTTP/1.0\r\nHost: localhost\r\n\r\n")
            #expect(old.rest()?.hasSuffix("\r\n\r\nbbbbaaaa") == true)
        }
    }

    @Test("Who looks for something long lets others have the only worker, and is not given up for taking nothing")
    func turns() async throws {
        let pieces = Search()
        let search = WebEndpoint(.get, "/search", .api, needs: .nothing) { _ in
            WebAnswer(200, "text/plain", .pieces(pieces))
        }
        try await ServerFixture.run(
            [Endpoints.hello, search], workers: 1, { $0.stallTime = .seconds(1) }
        ) { server in
            let seeker = server.client()
            seeker.send("GET /search HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            // On a busy machine a worker comes late, and longer than that it is not to be taken for one that has stalled.
            let end = ContinuousClock.now + .milliseconds(1200)
            while ContinuousClock.now < end {
                #expect(server.ask("GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n")?.text == "hello ")
            }
            pieces.isReady.withLock { $0 = true }
            let answer = seeker.rest()
            #expect(answer?.contains("found") == true && answer?.hasSuffix("0\r\n\r\n") == true)
        }
    }

    @Test("A body comes with a length or in chunks, up to the limit of what is asked, and not a byte more")
    func bodies() async throws {
        try await ServerFixture.run([Endpoints.echo()]) { server in
            let body = String(repeating: "x", count: 1 << 20)
            let head = "POST /echo HTTP/1.1\r\nHost: localhost\r\n"
            #expect(server.ask("\(head)Content-Length: \(1 << 20)\r\n\r\n\(body)")?.body.count == 1 << 20)
            #expect(server.ask("\(head)Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n")?.text == "abcd")
            let declared = server.ask("\(head)Content-Length: \((1 << 20) + 1)\r\n\r\n\(body)y")
            #expect(declared?.status == 413 && declared?.header("connection") == "close")
            #expect(
                server.ask("\(head)Transfer-Encoding: chunked\r\n\r\n100000\r\n\(body)\r\n1\r\ny\r\n0\r\n\r\n")?.status
                    == 413)
        }
    }

    @Test("Whoever waits to be asked for a body is asked, unless it is not wanted")
    func expectation() async throws {
        try await ServerFixture.run([Endpoints.echo(4)]) { server in
            let client = server.client()
            let head = "POST /echo HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
            client.send("\(head)Content-Length: 3\r\n\r\n")
            #expect(client.response()?.status == 100)
            client.send("abc")
            #expect(client.response()?.text == "abc")
            client.send("\(head)Content-Length: 5\r\n\r\n")
            #expect(client.response()?.status == 413)
        }
    }

    @Test("A small body that nobody wants is thrown away, and the next request is answered")
    func unwanted() async throws {
        try await ServerFixture.run([Endpoints.hello]) { server in
            let client = server.client()
            client.send("POST /none HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello")
            client.send("GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(client.response()?.status == 404)
            #expect(client.response()?.status == 200)
        }
    }

    @Test(
        "What two could understand differently is refused, and nothing behind it is read",
        arguments: [
            "Content-Length: 3\r\nTransfer-Encoding: chunked", "Content-Length: 3\r\nContent-Length: 3",
            "Content-Length: 3\r\nContent-Length: 4", "Content-Length: 3, 3", "Content-Length: +3",
            "Content-Length: -3",
            "Transfer-Encoding: chunked, identity", "Transfer-Encoding: identity", "Transfer-Encoding: xchunked",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "Transfer-Encoding : chunked",
            "Content-Length: 3\r\n folded: x", "Content-Length: 99999999999999999999",
        ])
    func smuggling(headers: String) async throws {
        try await ServerFixture.run([Endpoints.echo(), Endpoints.hello]) { server in
            let client = server.client()
            client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\n\(headers)\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
            client.send("GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n")
            let answers = client.rest()
            #expect(
                answers?.hasPrefix("HTTP/1.1 400 ") == true || answers?.hasPrefix("HTTP/1.1 413 ") == true,
                "\(answers ?? "none")")
            #expect(answers?.contains("hello") == false)
        }
    }

    @Test(
        "What is no request of HTTP/1 is refused",
        arguments: [
            "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}", "GET /hello\r\n\r\n", "GET /hello HTTP/2.0\r\n\r\n",
            "GET /hello HTTP/1.1\nHost: localhost\n\n", "GET /hello HTTP/1.1\r\nHost: localhost\r\nA\0B: c\r\n\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET /hello HTTP/1.1\r\nHost: localhost\r\n: x\r\n\r\n",
        ])
    func noRequest(text: String) async throws {
        try await ServerFixture.run([Endpoints.hello]) { server in
            let client = server.client()
            client.send(text)
            let answer = client.rest()
            #expect(answer?.hasPrefix("HTTP/1.1 400 ") == true, "\(answer ?? "none")")
        }
    }

    @Test("A head may have 16 KiB and no more, in one header or in many, and in the address")
    func heads() async throws {
        try await ServerFixture.run([Endpoints.hello]) { server in
            func status(_ head: String) -> Int? { server.ask("\(head)\r\nHost: localhost\r\n\r\n")?.status }
            let long = String(repeating: "x", count: 15_000)
            #expect(status("GET /hello HTTP/1.1\r\nA: \(long)") == 200)
            #expect(status("GET /hello HTTP/1.1\r\nA: \(long)xxxxxxxxxx\(String(repeating: "y", count: 1500))") == 431)
            #expect(status("GET /hello?name=\(long)\(long) HTTP/1.1") == 431)
            #expect(status("GET /hello HTTP/1.1" + (0..<200).map { "\r\nA\($0): \(long.prefix(100))" }.joined()) == 431)
        }
    }

    @Test("A client that sends no more still gets its answer")
    func halfClosed() async throws {
        try await ServerFixture.run([Endpoints.hello, Endpoints.long]) { server in
            let client = server.client()
            client.send("GET /long/20/1000 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            client.endSending()
            #expect(client.rest()?.hasSuffix("0\r\n\r\n") == true)
            let hurried = server.client()
            for name in ["a", "b"] { hurried.send("GET /hello?name=\(name) HTTP/1.1\r\nHost: localhost\r\n\r\n") }
            hurried.endSending()
            #expect(hurried.response()?.text == "hello a")
            #expect(hurried.response()?.text == "hello b")
        }
    }

    @Test("An offer to speak another protocol is passed over")
    func upgrade() async throws {
        try await ServerFixture.run([Endpoints.hello]) { server in
            let answer = server.ask(
                "GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                    + "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n")
            #expect(answer?.status == 200)
        }
    }
}
