import Dispatch
import FeedModel
import Glibc
import JSONText
import TestSupport
import Testing

@testable import Ingestion

@Suite("The control socket")
struct ControlServerTests {
    private let folder = TemporaryDirectory()

    /// The lines of an answer, and what went wrong; nil where nobody listens.
    private func ask(_ path: String, _ request: ControlRequest) async -> (
        lines: [JSONValue], failure: ControlClient.Failure?
    )? {
        await BlockingCall.run {
            guard let client = try? ControlClient.connect([path]) else { return nil }
            var lines: [JSONValue] = []
            let failure = client.ask(request) { lines.append($0) }
            return (lines, failure)
        }
    }

    @Test("A request is answered in lines, the last of which says that it is done")
    func answers() async throws {
        let path = folder.file("control")
        let server = try ControlServer(at: path) { request, reply in
            #expect(request == .status)
            for number in 1...3 {
                reply.send { json in
                    json.beginObject()
                    json.member("n", number)
                    json.endObject()
                }
            }
            reply.done()
        }
        let answer = try #require(await ask(path, .status))
        #expect(answer.lines.map { $0["n"]?.integer } == [1, 2, 3])
        #expect(answer.failure == nil)
        server.stop()
        #expect(await ask(path, .status) == nil)
        #expect(access(path, F_OK) != 0)
    }

    @Test("Only owner and group get in, and the group is the folder's")
    func modes() throws {
        let path = folder.file("control")
        let server = try ControlServer(at: path) { _, reply in reply.done() }
        var status = stat()
        #expect(lstat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o660)
        server.stop()
    }

    @Test("security.md §16: who is only in the group may ask and not remove", arguments: [0, geteuid(), 54_321, nil])
    func removing(_ user: uid_t?) async throws {
        let path = folder.file("control")
        let server = try ControlServer(at: path, peerUser: { _ in user }) { _, reply in reply.done() }
        defer { server.stop() }
        let time = Timestamp(seconds: 0)
        for isDryRun in [false, true] {
            let answer = try #require(
                await ask(path, .expire(before: time, isByClock: false, isForced: false, isDryRun: isDryRun)))
            #expect((answer.failure == nil) == (isDryRun || user == 0 || user == geteuid()))
        }
        #expect(try #require(await ask(path, .status)).failure == nil)
    }

    @Test("The system tells who has connected")
    func peers() {
        var pair: [Int32] = [0, 0]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
        let sockets = pair.map { LineSocket($0) }
        #expect(sockets.map(\.peerUser) == [getuid(), getuid()])
    }

    @Test("What a killed service left behind is replaced; two cannot tell, the store's lock keeps them apart")
    func stale() async throws {
        let path = folder.file("control")
        #expect(symlink("/nonexistent/control", path) == 0)
        let server = try ControlServer(at: path) { _, reply in reply.done() }
        #expect(try #require(await ask(path, .reload)).failure == nil)
        server.stop()
    }

    @Test("A path longer than a socket address holds does no harm")
    func longPath() async throws {
        let long = folder.file(String(repeating: "d", count: 200))
        #expect(mkdir(long, 0o700) == 0)
        let server = try ControlServer(at: "\(long)/control") { _, reply in reply.done() }
        #expect(try #require(await ask("\(long)/control", .status)).failure == nil)
        server.stop()
    }

    @Test("A refusal reaches the asker as such")
    func refusal() async throws {
        let path = folder.file("control")
        let server = try ControlServer(at: path) { _, reply in reply.fail("no such feed") }
        #expect(try #require(await ask(path, .status)).failure == .refused("no such feed"))
        server.stop()
    }

    @Test("What is no request is refused, and a line without end is not waited for without limit")
    func garbage() async throws {
        let path = folder.file("control")
        let server = try ControlServer(at: path) { _, reply in
            Issue.record("asked")
            reply.done()
        }
        let line: [UInt8]? = await BlockingCall.run {
            guard let descriptor = try? UnixSocket.connect(to: path) else { return nil }
            let socket = LineSocket(descriptor)
            #expect(socket.write(Array("GET / HTTP/1.1\r\n\r\n".utf8)))
            return socket.readLine(limit: 4096)
        }
        let answer = try JSONParser.parse(try #require(line)).value
        #expect(answer["error"]?.string?.contains("one line of JSON") == true)
        server.stop()
    }

    @Test("An asker that goes away is noticed, so that nothing more is prepared for it")
    func goesAway() async throws {
        let path = folder.file("control")
        let replies = Gate()
        let (stream, continuation) = AsyncStream.makeStream(of: ControlReply.self)
        let server = try ControlServer(at: path) { _, reply in
            continuation.yield(reply)
            replies.open()
        }
        await BlockingCall.run {
            guard let descriptor = try? UnixSocket.connect(to: path) else { return }
            let socket = LineSocket(descriptor)
            #expect(socket.write(ControlRequest.status.line))
            replies.wait()
        }
        var iterator = stream.makeAsyncIterator()
        let reply = try #require(await iterator.next())
        await BlockingCall.run {
            // Woken by each line, it looks whether the asker is there.
            while !reply.isGone { reply.send { $0.null() } }
        }
        server.stop()
    }

    @Test("A service's socket is in its runtime directory, else in the store, where a link leads to it")
    func paths() async throws {
        let store = folder.file("store")
        let runtime = folder.file("run")
        #expect(mkdir(store, 0o700) == 0 && mkdir(runtime, 0o700) == 0)
        #expect(ControlPath.ofService(store: store, environment: [:]) == "\(store)/control")
        let path = ControlPath.ofService(store: store, environment: ["RUNTIME_DIRECTORY": "\(runtime):/other"])
        #expect(path == "\(runtime)/control")
        let server = try ControlServer(at: path) { _, reply in reply.done() }
        ControlPath.link(store: store, to: path)
        #expect(try #require(await ask(ControlPath.paths(store: store, environment: [:])[0], .status)).failure == nil)
        server.stop()
    }
}
