import FeedModel
import Glibc
import NIOCore
import TestSupport
import Testing
import Web

@testable import WebInterface
@testable import WebServer

@Suite("Sockets, and the end of a server: web.md §1.4, §2")
struct ServerStopTests {
    @Test("Told to stop, a server ends streams and idle connections, and answers what is in flight")
    func stop() async throws {
        let gate = Gate()
        let (asks, ask) = AsyncStream.makeStream(of: Void.self)
        let endpoints = [
            Endpoints.hello, Endpoints.slow(gate) { ask.finish() },
            Endpoints.events(Events { Array("data: x\n\n".utf8) }),
        ]
        try await ServerFixture.conduct(endpoints) { server in
            let clients = await BlockingCall.run {
                let (idle, stream, slow) = (server.client(), server.client(), server.client())
                idle.send("GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n")
                #expect(idle.response()?.status == 200)
                stream.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
                #expect(stream.take(through: "data: x\n\n") != nil)
                slow.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n")
                return (idle, stream, slow)
            }
            for await _ in asks {}
            await server.stop()
            await BlockingCall.run {
                #expect(clients.0.rest() == "")
                #expect(clients.1.rest()?.hasSuffix("0\r\n\r\n") == true)
                gate.open()
                let answer = clients.2.response()
                #expect(answer?.text == "done" && answer?.header("connection") == "close")
            }
            try await server.ended.value
            #expect(access(server.path, F_OK) != 0)
        }
    }

    @Test("What is still in flight when the time is up is closed")
    func grace() async throws {
        let gate = Gate()
        let (asks, ask) = AsyncStream.makeStream(of: Void.self)
        try await ServerFixture.conduct(
            [Endpoints.slow(gate) { ask.finish() }], { $0.grace = .milliseconds(100) },
            { server in
                let slow = await BlockingCall.run {
                    let slow = server.client()
                    slow.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    return slow
                }
                for await _ in asks {}
                await server.stop()
                await BlockingCall.run { #expect(slow.rest() == "") }
                gate.open()
            })
    }

    @Test("A Unix socket is served, has its mode, and takes any host")
    func unixSocket() async throws {
        try await ServerFixture.run([Endpoints.hello]) { server in
            var status = stat()
            #expect(lstat(server.path, &status) == 0 && status.st_mode & 0o777 == 0o660)
            let client = RawClient(path: server.path)
            client.send("GET /hello HTTP/1.1\r\nHost: anything.example\r\n\r\n")
            #expect(client.response()?.status == 200)
            #expect(server.ask("GET /hello HTTP/1.1\r\nHost: anything.example\r\n\r\n")?.status == 421)
        }
    }

    @Test("A socket that was left behind is replaced; one that somebody listens on, and another file, are left alone")
    func stale() throws {
        let folder = TemporaryDirectory()
        let path = folder.file("s.sock")
        let first = try ListeningSocket(.path(path, mode: 0o600))
        _ = listen(first.descriptor, 1)
        let taken = #expect(throws: ListeningSocket.Failure.self) { try ListeningSocket(.path(path, mode: 0o600)) }
        #expect(taken?.isTaken == true)
        close(first.descriptor)
        let second = try ListeningSocket(.path(path, mode: 0o666))
        // The first is another: it takes nobody's name away.
        first.removeName()
        #expect(access(path, F_OK) == 0)
        second.removeName()
        #expect(access(path, F_OK) != 0)
        close(second.descriptor)
        folder.write("mine", to: "file")
        let other = #expect(throws: ListeningSocket.Failure.self) {
            try ListeningSocket(.path(folder.file("file"), mode: 0o600))
        }
        #expect(other?.isTaken == false && folder.text("file") == "mine")
    }

    @Test("A port that somebody has is said to be taken, and an address of another machine is refused")
    func taken() throws {
        let first = try ListeningSocket(.address(try #require(IPAddress("127.0.0.1")), port: 0))
        _ = listen(first.descriptor, 1)
        defer { close(first.descriptor) }
        let failure = #expect(throws: ListeningSocket.Failure.self) {
            try ListeningSocket(.address(try #require(IPAddress("127.0.0.1")), port: try #require(first.port)))
        }
        #expect(failure?.isTaken == true && failure?.description.contains("another program listens there") == true)
        let absent = #expect(throws: ListeningSocket.Failure.self) {
            try ListeningSocket(.address(try #require(IPAddress("192.0.2.1")), port: 8473))
        }
        #expect(absent?.isTaken == false)
    }
}
