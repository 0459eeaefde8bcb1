import Dispatch
import Glibc
import Locking
import NIOCore
import TestSupport
import Testing
import Web

@testable import WebInterface
@testable import WebServer

@Suite("What connections may take: web.md §3.7")
struct ServerLimitTests {
    private static let request = "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n"

    @Test("A head that does not come to its end in time is answered with 408, and others are answered meanwhile")
    func slowHead() async throws {
        try await ServerFixture.run([Endpoints.hello], { $0.sendTime = .milliseconds(300) }) { server in
            let slow = server.client()
            slow.send("GET /hello HTTP/1.1\r\nHo")
            #expect(server.ask(Self.request)?.status == 200)
            #expect(slow.response()?.status == 408)
            #expect(slow.rest() == "")
        }
    }

    @Test("A body that does not come to its end in time is answered with 408, however it trickles")
    func slowBody() async throws {
        try await ServerFixture.run([Endpoints.echo()], { $0.sendTime = .milliseconds(300) }) { server in
            let slow = server.client()
            slow.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n")
            TestTrickle.start(slow)
            #expect(slow.response()?.status == 408)
        }
    }

    @Test("A connection that says nothing is closed, at its start and after an answer")
    func idle() async throws {
        try await ServerFixture.run(
            [Endpoints.hello],
            {
                $0.sendTime = .milliseconds(200)
                $0.idleTime = .milliseconds(200)
            }
        ) { server in
            #expect(server.client().rest() == "")
            let client = server.client()
            client.send(Self.request)
            #expect(client.response()?.status == 200)
            #expect(client.rest() == "")
        }
    }

    @Test("What answers have taken is given back once nothing has been answered for a while, once for each such time")
    func quiet() async throws {
        let calls = Locked(0)
        let (quiet, called) = (DispatchSemaphore(value: 0), { @Sendable in calls.withLock { $0 } })
        try await ServerFixture.run(
            [Endpoints.hello],
            quiet: {
                calls.withLock { $0 += 1 }
                quiet.signal()
            },
            {
                $0.newsInterval = .milliseconds(20)
                $0.quietTime = .milliseconds(200)
                $0.sendTime = .milliseconds(400)
            }
        ) { server in
            quiet.wait()
            // Nobody asks for 400 ms, in which it is looked for quiet twenty times.
            #expect(server.client().rest() == "")
            #expect(called() == 1)
            let before = ContinuousClock.now
            #expect(server.ask(Self.request)?.status == 200)
            quiet.wait()
            #expect(ContinuousClock.now - before >= .milliseconds(200))
            #expect(called() == 2)
        }
    }

    @Test("Of 300 connections 256 are served, and the others are told to come again")
    func connections() async throws {
        try await ServerFixture.run([Endpoints.hello]) { server in
            // The server has taken a connection once it has answered on it.
            let clients = (0..<256).map { _ in server.client() }
            for client in clients {
                client.send(Self.request)
                #expect(client.response()?.status == 200)
            }
            let others = (256..<300).map { _ in server.client() }
            for other in others {
                let answer = other.response()
                #expect(answer?.status == 503 && answer?.header("retry-after") != nil)
            }
            for client in clients {
                client.send(Self.request)
                #expect(client.response()?.status == 200)
            }
        }
    }

    @Test("What comes while there is too much in work is told to come again, at once")
    func inWork() async throws {
        let (gate, all, asked) = (Gate(), Gate(), Locked(0))
        let slow = Endpoints.slow(gate) {
            let count = asked.withLock { asked in
                asked += 1
                return asked
            }
            if count == 3 { all.open() }
        }
        try await ServerFixture.run([Endpoints.hello, slow], workers: 4, { $0.inWork = 3 }) { server in
            let slow = (0..<3).map { _ in server.client() }
            for client in slow { client.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n") }
            all.wait()
            let busy = server.client()
            busy.send(Self.request)
            let answer = busy.response()
            #expect(answer?.status == 503 && answer?.header("retry-after") == "2")
            // What is refused anyway needs no worker.
            busy.send("GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(busy.response()?.status == 404)
            gate.open()
            for client in slow { #expect(client.response()?.text == "done") }
            #expect(server.ask(Self.request)?.status == 200)
        }
    }

    @Test("One stream too many is told to come again, and one that ends makes room")
    func streams() async throws {
        let events = Events { Array("data: x\n\n".utf8) }
        try await ServerFixture.run(
            [Endpoints.events(events)],
            {
                $0.streams = 2
                $0.newsInterval = .milliseconds(20)
            }
        ) { server in
            let request = "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n"
            var open = [server.client(), server.client()]
            for client in open {
                client.send(request)
                #expect(client.take(through: "data: x\n\n") != nil)
            }
            #expect(server.ask(request)?.status == 503)
            open.removeLast()
            var status = 503
            var last: RawClient?
            for _ in 0..<2000 where status == 503 {
                let client = server.client()
                client.send(request)
                status = client.take(through: "\r\n\r\n")?.contains(" 200 ") == true ? 200 : 503
                last = client
            }
            #expect(status == 200 && last != nil)
        }
    }

    @Test("A stream that nobody takes is given up, and the others go on")
    func slowReader() async throws {
        let line = Array("data: \(String(repeating: "x", count: 60_000))\n\n".utf8)
        try await ServerFixture.run(
            [Endpoints.events(Events { line })], { $0.newsInterval = .milliseconds(2) }
        ) { server in
            let request = "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n"
            let (slow, quick) = (server.client(), server.client())
            slow.narrow()
            slow.send(request)
            quick.send(request)
            // Far more than what the system holds for the slow one and the megabyte that the server does.
            for _ in 0..<150 { #expect(quick.take(through: "\n\n") != nil) }
            // It gets what was on its way, and the end.
            let taken = slow.rest()
            #expect(taken != nil && taken?.hasSuffix("0\r\n\r\n") == false)
            #expect(quick.take(through: "\n\n") != nil)
        }
    }

    @Test("A stream without news has a comment now and then, and what it cannot give ends it")
    func comments() async throws {
        let count = Locked(0)
        let events = Events {
            if count.withLock({ count in
                count += 1
                return count > 10
            }) {
                throw Pieces.Broken()
            }
            return []
        }
        try await ServerFixture.run(
            [Endpoints.events(events)],
            {
                $0.newsInterval = .milliseconds(20)
                $0.commentInterval = .milliseconds(50)
            }
        ) { server in
            let client = server.client()
            client.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            let answer = client.rest()
            #expect(answer?.contains("X-Accel-Buffering: no\r\n") == true)
            #expect(answer?.contains("\r\n:\n\n\r\n") == true)
        }
    }

    @Test("Whoever does not take an answer is given up")
    func stalled() async throws {
        let given = Gate()
        let long = WebEndpoint(.get, "/long", .api, needs: .nothing) { _ in
            WebAnswer(200, "text/plain", .pieces(Pieces(10_000, size: 70_000, given: given)))
        }
        try await ServerFixture.run([long], { $0.stallTime = .milliseconds(200) }) { server in
            let client = server.client()
            client.narrow()
            client.send("GET /long HTTP/1.1\r\nHost: localhost\r\n\r\n")
            given.wait()
            #expect(client.rest()?.hasSuffix("0\r\n\r\n") == false)
        }
    }
}

/// A client that sends a byte now and then, until nobody takes it.
enum TestTrickle {
    static func start(_ client: RawClient) {
        Task.detached {
            await BlockingCall.run { while client.send("x") { usleep(20_000) } }
        }
    }
}
