import Glibc
import JSONText
import TestSupport
import Testing

@Suite("newswire run", .serialized)
struct ServiceTests {
    @Test("It polls, says READY, reloads, survives a bad configuration, and ends cleanly")
    func life() async throws {
        let desk = Desk()
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One")])))
        desk.server.on("/second", .init(body: Publisher.rss([("2", "Two")])))
        let socket = NotifySocket()
        let service = desk.service(environment: ["NOTIFY_SOCKET": socket.path])
        #expect(await socket.waits(for: "READY=1"))
        await desk.server.received(1)

        let good = desk.folder.text("newswire.toml") ?? ""
        desk.folder.write(good + "\n[[feed]]\nurl = 3\n", to: "newswire.toml")
        service.send(SIGHUP)
        #expect(await socket.waits(for: "RELOADING=1"))
        #expect(await socket.waits(for: "READY=1"))

        desk.configure(feeds: ["/feed", "/second"])
        service.send(SIGHUP)
        #expect(await socket.waits(for: "RELOADING=1"))
        await desk.server.received(2)

        service.send(SIGTERM)
        let ending = await service.wait()
        #expect(ending.status == 0)
        #expect(await socket.waits(for: "STOPPING=1"))
        #expect(ending.errors.contains("the old one stays in force"))
        #expect(ending.errors.contains("configuration read anew") && ending.errors.contains("added=1"))
        #expect(ending.errors.contains("removed=0") && ending.errors.contains("changed=0"))
        #expect(Set(try await desk.ids()).isSubset(of: ["1", "2"]))
        #expect(await desk.run("poll", "--all", "--force").status == 0)
        #expect(Set(try await desk.ids()) == ["1", "2"])
    }

    @Test("It feeds systemd's watchdog")
    func watchdog() async {
        let desk = Desk(feeds: [])
        let socket = NotifySocket()
        let service = desk.service(environment: ["NOTIFY_SOCKET": socket.path, "WATCHDOG_USEC": "30000"])
        #expect(await socket.waits(for: "READY=1"))
        #expect(await socket.waits(for: "WATCHDOG=1"))
        #expect(await socket.waits(for: "WATCHDOG=1"))
        service.send(SIGINT)
        #expect(await service.wait().status == 0)
    }

    @Test("While it makes the index again systemd is asked to wait, and told why")
    func takesLongToStart() async throws {
        let desk = Desk(feeds: [])
        try desk.store([StoredArticle("1")])
        unlink(desk.folder.file("store/index/known"))
        let socket = NotifySocket()
        let service = desk.service(environment: ["NOTIFY_SOCKET": socket.path, "WATCHDOG_USEC": "60000000"])
        let message = await socket.next()
        #expect(
            message == [
                "EXTEND_TIMEOUT_USEC=300000000", "WATCHDOG=1", "STATUS=making the index from the articles: 0 %",
            ])
        #expect(await socket.waits(for: "READY=1"))
        service.send(SIGTERM)
        #expect(await service.wait().status == 0)
    }

    @Test("A transfer in flight does not keep it from ending")
    func stopsInFlight() async {
        let desk = Desk()
        let gate = Gate()
        desk.server.on("/feed") { _, connection in
            gate.wait()
            connection.close()
        }
        let service = desk.service()
        await desk.server.received(1)
        service.send(SIGTERM)
        #expect(await service.wait().status == 0)
        gate.open()
        #expect(await desk.run("feeds", "--json").output.contains("\"state\":\"never\""))
    }

    @Test("A service that systemd starts waits for a poll that has the store, and says so")
    func waitsForTheStore() async throws {
        let desk = Desk(feeds: [])
        let first = NotifySocket()
        let other = desk.service(environment: ["NOTIFY_SOCKET": first.path])
        #expect(await first.waits(for: "READY=1"))
        let socket = NotifySocket()
        let service = desk.service(environment: ["NOTIFY_SOCKET": socket.path])
        #expect(await socket.waits(for: "STATUS=waiting for another newswire, which has the store"))
        other.send(SIGTERM)
        #expect(await other.wait().status == 0)
        #expect(await socket.waits(for: "READY=1"))
        service.send(SIGTERM)
        #expect(await service.wait().status == 0)
    }

    @Test("After a start the status line counts the feeds that fail as newswire status does")
    func statusLine() async throws {
        let desk = Desk(feeds: ["/feed", "/missing"])
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One")])))
        _ = await desk.run("poll", "--all")
        let socket = NotifySocket()
        let service = desk.service(environment: ["NOTIFY_SOCKET": socket.path])
        var message: [String]?
        repeat { message = await socket.next() } while message?.contains("READY=1") == false
        #expect(message?.contains("STATUS=2 feeds, 1 failing") == true, "\(message ?? [])")
        service.send(SIGHUP)
        #expect(await socket.waits(for: "RELOADING=1"))
        repeat { message = await socket.next() } while message?.contains("READY=1") == false
        #expect(message?.contains("STATUS=2 feeds, 1 failing") == true, "\(message ?? [])")
        service.send(SIGTERM)
        #expect(await service.wait().status == 0)
    }

    @Test("The store has one writer: another service ends with 75")
    func oneWriter() async {
        let desk = Desk()
        let gate = Gate()
        desk.server.on("/feed") { _, connection in
            gate.wait()
            connection.close()
        }
        let service = desk.service()
        await desk.server.received(1)
        let other = await desk.run("run")
        #expect(other.status == 75)
        #expect(other.errors.contains("another newswire"))
        service.send(SIGTERM)
        _ = await service.wait()
        gate.open()
    }
}

/// systemd's side of sd_notify.
final class NotifySocket: Sendable {
    private let socket = DatagramSocket()
    var path: String { socket.path }

    /// The lines of the next message; nil when none comes for 20 s.
    func next() async -> [String]? {
        await BlockingCall.run { [socket] in
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = recv(socket.descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            return String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n").map(String.init)
        }
    }

    /// Takes messages until one has that line; false when none comes for 20 s.
    func waits(for line: String) async -> Bool {
        while let message = await next() {
            if message.contains(line) { return true }
        }
        return false
    }
}
