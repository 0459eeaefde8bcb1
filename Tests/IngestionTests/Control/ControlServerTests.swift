import Dispatch
import FeedModel
import Glibc
import JSONText
import Locking
import TestSupport
import Testing

@testable import Ingestion

@Suite("The control socket answers commands")
struct ControlServerTests {
    private let folder = TemporaryDirectory()
    // Not nil: there is such a directory.
    private let store = StoreIdentity(directory: "/")!

    /// The lines of an answer, and what went wrong; nil where nobody who has the store listens.
    private func ask(_ path: String, _ request: ControlRequest, of store: StoreIdentity? = nil) async -> (
        lines: [JSONValue], failure: ControlClient.Failure?
    )? {
        let store = store ?? self.store
        return await BlockingCall.run {
            guard let client = try? ControlClient.connect([.init(path: path, isNamed: true)], store: store) else {
                return nil
            }
            var lines: [JSONValue] = []
            let failure = client.ask(request) { lines.append($0) }
            return (lines, failure)
        }
    }

    /// Whether bytes that need be no request were taken, and the first line of the answer to them; nil where there is
    /// none, or where it is longer than `limit`.
    private func send(_ bytes: [UInt8], to path: String, limit: Int) async -> (isTaken: Bool, line: [UInt8]?) {
        await BlockingCall.run {
            guard let descriptor = try? UnixSocket.connect(to: path) else { return (false, nil) }
            let socket = LineSocket(descriptor)
            let isTaken = socket.write(bytes)
            return (isTaken, socket.readLine(limit: limit))
        }
    }

    @Test("The control socket answers a request in lines, the last of which says that it is done")
    func answers() async throws {
        let path = folder.file("control")
        let server = try ControlServer(at: path, store: store) { request, reply in
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

    @Test("Only the owner and the group of the control socket get in, and the group is the folder's")
    func modes() throws {
        let path = folder.file("control")
        let server = try ControlServer(at: path, store: store) { _, reply in reply.done() }
        var status = stat()
        #expect(lstat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o660)
        server.stop()
    }

    @Test(
        "security.md §16: a user who is only in the group may ask the service and not remove articles",
        arguments: [0, geteuid(), 54_321, nil])
    func removing(_ user: uid_t?) async throws {
        let path = folder.file("control")
        let server = try ControlServer(at: path, store: store, peerUser: { _ in user }) { _, reply in reply.done() }
        defer { server.stop() }
        let time = Timestamp(seconds: 0)
        for isDryRun in [false, true] {
            let answer = try #require(
                await ask(path, .expire(before: time, isByClock: false, isForced: false, isDryRun: isDryRun)))
            #expect((answer.failure == nil) == (isDryRun || user == 0 || user == geteuid()))
        }
        #expect(try #require(await ask(path, .status)).failure == nil)
    }

    @Test("The system tells which user has connected to the control socket")
    func peers() {
        var pair: [Int32] = [0, 0]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
        #expect(pair.map { UnixSocket.peerUser($0) } == [getuid(), getuid()])
        for descriptor in pair { close(descriptor) }
    }

    @Test("A socket that a killed service left behind is replaced, as the store's lock keeps a second service away")
    func stale() async throws {
        let path = folder.file("control")
        #expect(symlink("/nonexistent/control", path) == 0)
        let server = try ControlServer(at: path, store: store) { _, reply in reply.done() }
        #expect(try #require(await ask(path, .reload)).failure == nil)
        server.stop()
    }

    @Test("A path longer than a socket address holds does no harm")
    func longPath() async throws {
        let long = folder.file(String(repeating: "d", count: 200))
        #expect(mkdir(long, 0o700) == 0)
        let server = try ControlServer(at: "\(long)/control", store: store) { _, reply in reply.done() }
        #expect(try #require(await ask("\(long)/control", .status)).failure == nil)
        server.stop()
    }

    @Test("A refusal of the service reaches the asker with its reason")
    func refusal() async throws {
        let path = folder.file("control")
        let server = try ControlServer(at: path, store: store) { _, reply in reply.fail("no such feed") }
        #expect(try #require(await ask(path, .status)).failure == .refused("no such feed"))
        server.stop()
    }

    @Test("The control socket refuses what is no request, and waits for no line without end")
    func garbage() async throws {
        let path = folder.file("control")
        let server = try ControlServer(at: path, store: store) { _, reply in
            Issue.record("asked")
            reply.done()
        }
        let (isTaken, line) = await send(Array("GET / HTTP/1.1\r\n\r\n".utf8), to: path, limit: 4096)
        #expect(isTaken)
        let answer = try JSONParser.parse(try #require(line)).value
        #expect(answer["error"]?.string?.contains("one line of JSON") == true)
        server.stop()
    }

    @Test("An asker that goes away is noticed, so that nothing more is prepared for it")
    func goesAway() async throws {
        let path = folder.file("control")
        let replies = Gate()
        let (stream, continuation) = AsyncStream.makeStream(of: ControlReply.self)
        let server = try ControlServer(at: path, store: store) { _, reply in
            continuation.yield(reply)
            replies.open()
        }
        await BlockingCall.run {
            guard let descriptor = try? UnixSocket.connect(to: path) else { return }
            let socket = LineSocket(descriptor)
            #expect(socket.write(ControlRequest.status.line(for: store)))
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

    @Test("Whoever asks for another store finds no service, and is refused where it asks all the same")
    func otherStore() async throws {
        let path = folder.file("control")
        let server = try ControlServer(at: path, store: store) { _, reply in
            Issue.record("asked")
            reply.done()
        }
        defer { server.stop() }
        let copy = try #require(StoreIdentity(directory: folder.path))
        #expect(await ask(path, .status, of: copy) == nil)
        let request = ControlRequest.expire(
            before: Timestamp(seconds: 0), isByClock: false, isForced: true, isDryRun: false)
        let (isTaken, line) = await send(request.line(for: copy), to: path, limit: 4096)
        #expect(isTaken)
        let answer = try JSONParser.parse(try #require(line)).value
        #expect(answer["other_store"]?.bool == true)
    }

    @Test("Askers that are slow keep nobody out: the first of them goes where another comes")
    func slowAskers() async throws {
        let path = folder.file("control")
        var limits = ControlAdmission.Limits()
        limits.unread = 4
        let server = try ControlServer(at: path, store: store, limits: limits, peerUser: \.peerUser) { _, reply in
            reply.done()
        }
        defer { server.stop() }
        let slow = try (0..<20).map { _ in LineSocket(try UnixSocket.connect(to: path)) }
        for socket in slow { _ = socket.write([UInt8(ascii: " ")]) }
        #expect(try #require(await ask(path, .status)).failure == nil)
    }

    @Test("Two hundred askers that wait for polls keep nobody from asking what is answered at once")
    func waitingAskers() async throws {
        let path = folder.file("control")
        let replies = Locked<[ControlReply]>([])
        let server = try ControlServer(at: path, store: store) { request, reply in
            if request.mayWait { replies.withLock { $0.append(reply) } } else { reply.done() }
        }
        let poll = ControlRequest.poll(feeds: [], selection: .force, isDryRun: false).line(for: store)
        var waiting: [LineSocket] = []
        for _ in 0..<200 {
            let socket = LineSocket(try UnixSocket.connect(to: path))
            let isSent = socket.write(poll)
            #expect(isSent)
            waiting.append(socket)
        }
        for request in [ControlRequest.status, .pause(feeds: [], until: nil), .reload] {
            #expect(try #require(await ask(path, request)).failure == nil)
        }
        // And each of them is answered in the end.
        try #require(replies.withLock { $0.count } == 200)
        for reply in replies.withLock({ $0 }) { reply.done() }
        let answers = await BlockingCall.run { [waiting] in waiting.map { $0.readLine(limit: 100) } }
        #expect(answers.allSatisfy { $0 == Array("{\"done\":true}".utf8) })
        server.stop()
    }

    @Test("One user's askers that wait are bounded, and told so; another user's get in")
    func bounded() async throws {
        let path = folder.file("control")
        let user = Locked<UInt32>(1000)
        var limits = ControlAdmission.Limits()
        limits.waitingOfUser = 2
        let server = try ControlServer(
            at: path, store: store, limits: limits, peerUser: { _ in user.withLock { $0 } }
        ) { request, reply in
            if !request.mayWait { reply.done() }
        }
        let poll = ControlRequest.poll(feeds: [], selection: .all, isDryRun: false)
        let first = try (0..<2).map { _ in LineSocket(try UnixSocket.connect(to: path)) }
        for socket in first { #expect(socket.write(poll.line(for: store))) }
        #expect(try #require(await ask(path, .status)).failure == nil)
        guard case .refused(let reason) = try #require(await ask(path, poll)).failure else {
            Issue.record("not refused")
            return
        }
        #expect(reason.contains("too many commands wait"))
        user.withLock { $0 = 1001 }
        let other = LineSocket(try UnixSocket.connect(to: path))
        #expect(other.write(poll.line(for: store)))
        #expect(try #require(await ask(path, .status)).failure == nil)
        server.stop()
    }

    @Test("A request longer than a megabyte is not read to its end")
    func longLine() async throws {
        let path = folder.file("control")
        let server = try ControlServer(at: path, store: store) { _, reply in
            Issue.record("asked")
            reply.done()
        }
        defer { server.stop() }
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: ControlRequest.maximumLength + 100_000)
        #expect(await send(long, to: path, limit: 100).line == nil)
        let names = (0..<100_000).map { FeedIdentifier("a-feed-with-a-name-\($0)") }
        guard case .refused(let reason) = try #require(await ask(path, .resume(feeds: names))).failure else {
            Issue.record("not refused")
            return
        }
        #expect(reason.contains("name fewer feeds"))
    }
}
