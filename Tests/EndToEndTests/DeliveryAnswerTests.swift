import Glibc
import TestSupport
import Testing

@Suite("Answers to newswire deliver --to that come late, broken or never", .serialized)
struct DeliveryAnswerTests: HookSuite {
    let desk = Desk()
    let hook = LoopbackServer(address: "127.0.0.2")

    init() { prepare() }

    private func start(_ options: String...) -> ChildProcess {
        desk.start(
            ["deliver", "--as", "x", "--to", hook.url("/hook"), "--config", desk.folder.file("newswire.toml")] + options
        )
    }

    @Test(
        "An answer that takes its time within --timeout is the only one that is asked for, and the cursor waits for it")
    func lateAnswer() async throws {
        try await publish(1...2)
        let gate = Gate()
        hook.on("/hook") { _, connection in
            gate.wait()
            connection.send(.init(status: 204))
        }
        let deliver = start("--once", "--timeout", "5m")
        await hook.received(1)
        #expect(await cursor() == "x\t0\t2\n")
        gate.open()
        #expect(await deliver.wait().status == 0)
        #expect(try hook.requests.map(ids) == [["1"], ["2"]])
        #expect(await cursor() == "x\t2\t0\n")
    }

    @Test("An answer that comes after --timeout is none: the article comes once more, by its id, before the next one")
    func answerTooLate() async throws {
        try await publish(1...2)
        hook.on("/hook") { request, connection in
            // The server has taken it by the time that nobody listens any more.
            if request.connection == 1 { connection.waitForClose() }
            connection.send(.init(status: 204))
        }
        let deliver = start("--timeout", "1s")
        await hook.received(3)
        deliver.send(SIGTERM)
        let ending = await deliver.wait()
        #expect(ending.status == 0 && ending.errors.contains("did not answer"), "\(ending.errors)")
        #expect(try hook.requests.map(ids) == [["1"], ["1"], ["2"]])
        #expect(Set(hook.requests.prefix(2).map { $0.header("webhook-id") }).count == 1)
        #expect(await cursor() == "x\t2\t0\n")
    }

    @Test("A good status counts whatever becomes of the answer behind it, unless --expect waits for its text")
    func answerBroken() async throws {
        try await publish(1...2)
        hook.on("/hook") { request, connection in
            connection.writeHead(200, [("Content-Length", "100")])
            connection.write("taken")
            // The first is hung up on, and the second left waiting.
            if request.connection == 1 { connection.close() } else { connection.waitForClose() }
        }
        #expect(await once("--timeout", "1s").status == 0)
        #expect(try hook.requests.map(ids) == [["1"], ["2"]])
        #expect(await cursor() == "x\t2\t0\n")
        await desk.run("ack", "x", "1")
        #expect(await once("--timeout", "1s", "--expect", "and kept").status == 69)
        #expect(await once("--timeout", "1s", "--expect", "taken").status == 0)
    }

    @Test(
        "Where a server breaks off in the middle, what it took stays taken, and nothing behind what it did not take comes"
    )
    func brokenOff() async throws {
        try await publish(1...3)
        hook.on("/hook") { request, connection in
            if String(decoding: request.body, as: UTF8.self).contains("\"id\":\"2\"") { return connection.reset() }
            connection.send(.init(status: 204))
        }
        #expect(await once().status == 69)
        #expect(await cursor().contains("x\t1\t2\tfailing since"))
        hook.on("/hook", .init(status: 204))
        #expect(await once().status == 0)
        // A connection that was kept may have been dead, so that it is tried through a new one at once.
        let came = try hook.requests.map(ids)
        #expect(came.first == ["1"] && came.last == ["3"] && (4...5).contains(came.count), "\(came)")
        #expect(came.dropFirst().dropLast().allSatisfy { $0 == ["2"] })
        #expect(Set(hook.requests.map { $0.header("webhook-id") }).count == 3)
    }
}
