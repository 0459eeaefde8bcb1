import Configuration
import FeedModel
import Ingestion
import Locking
import Logging
import NIOCore
import ServiceLifecycle
import TestSupport
import Web

@testable import WebInterface
@testable import WebServer

/// A server on the loopback with endpoints of the test, which runs as long as `run`'s body does.
struct ServerFixture: Sendable {
    let port: UInt16
    let folder: TemporaryDirectory
    private let group: ServiceGroup
    /// Ends once the server has.
    let ended: Task<Void, any Error>

    var path: String { folder.file("http.sock") }

    /// Asks the server to stop, as SIGTERM does.
    func stop() async { await group.triggerGracefulShutdown() }

    func client() -> RawClient { RawClient(port: port) }

    /// One request with one answer.
    func ask(_ request: String) -> RawClient.Response? {
        let client = client()
        client.send(request)
        return client.response(isHead: request.hasPrefix("HEAD "))
    }

    static func house(_ folder: TemporaryDirectory, _ web: String = "") throws -> WebHouse {
        folder.write("\(web)\n[store]\ndirectory = \"store\"\n", to: "newswire.toml")
        let configuration = try ConfigurationLoader.load(path: folder.file("newswire.toml"), environment: [:])
        let parts = WebHouse.Parts(
            catalogue: FeedCatalogue(configuration), service: ServiceLink(environment: [:]), search: nil,
            marks: AccountMarks(stateDirectory: folder.file("web")) { _ in },
            numbers: try FeedNumbers(stateDirectory: folder.file("web")) { _ in },
            access: WebAccess(configuration.web))
        return WebHouse(
            configuration: configuration, parts: parts, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// - Parameter body: runs on a thread of its own, and may block.
    static func run<Value: Sendable>(
        _ endpoints: [WebEndpoint], workers: Int = 2, quiet: @escaping @Sendable () -> Void = {},
        _ change: (inout WebLimits) -> Void = { _ in }, _ body: @escaping @Sendable (ServerFixture) -> Value
    ) async throws -> Value {
        try await conduct(endpoints, workers: workers, quiet: quiet, change) { fixture in
            await BlockingCall.run { body(fixture) }
        }
    }

    static func conduct<Value: Sendable>(
        _ endpoints: [WebEndpoint], workers: Int = 2, quiet: @escaping @Sendable () -> Void = {},
        _ change: (inout WebLimits) -> Void = { _ in }, _ body: (ServerFixture) async throws -> Value
    ) async throws -> Value {
        let folder = TemporaryDirectory()
        var limits = WebLimits()
        change(&limits)
        let (starts, start) = AsyncStream.makeStream(of: Void.self)
        let sockets = [
            try ListeningSocket(.address(IPAddress("127.0.0.1")!, port: 0)),
            try ListeningSocket(.path(folder.file("http.sock"), mode: 0o660)),
        ]
        let server = WebServer(
            sockets, site: WebSite(endpoints), house: try house(folder), limits: limits, workers: workers,
            started: { start.finish() }, quiet: quiet)
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: server)], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        let ended = Task { try await group.run() }
        for await _ in starts {}
        let fixture = ServerFixture(port: sockets[0].port ?? 0, folder: folder, group: group, ended: ended)
        let value = try await body(fixture)
        await fixture.stop()
        try await ended.value
        return value
    }
}

/// Endpoints that tests ask.
enum Endpoints {
    static let hello = WebEndpoint(.get, "/hello", .api, needs: .nothing) { call in
        WebAnswer(200, "text/plain", .bytes(Array("hello \(call.request.query["name"] ?? "")".utf8)))
    }

    static func echo(_ limit: Int = 1 << 20) -> WebEndpoint {
        WebEndpoint(.post, "/echo", .api, needs: .nothing, bodyLimit: limit) { call in
            WebAnswer(200, "application/octet-stream", .bytes(call.request.body))
        }
    }

    /// Waits until the gate is open.
    static func slow(_ gate: Gate, _ asked: @escaping @Sendable () -> Void = {}) -> WebEndpoint {
        WebEndpoint(.get, "/slow", .api, needs: .nothing) { _ in
            asked()
            gate.wait()
            return WebAnswer(200, "text/plain", .bytes(Array("done".utf8)))
        }
    }

    /// Pieces of that size, so many; the one of a negative number throws.
    static let long = WebEndpoint(.get, "/long/{count}/{size}", .api, needs: .nothing) { call in
        WebAnswer(
            200, "text/plain",
            .pieces(Pieces(Int(call.parameters["count"]!)!, size: Int(call.parameters["size"]!)!)))
    }

    static func events(_ source: Events) -> WebEndpoint {
        WebEndpoint(.get, "/events", .api, needs: .nothing) { _ in WebAnswer(200, "text/event-stream", .events(source))
        }
    }
}

final class Pieces: WebPieces {
    struct Broken: Error {}

    private let left: Locked<Int>
    private let size: Int
    private let given: Gate

    /// - Parameter given: opened once nobody asks for pieces any more.
    init(_ count: Int, size: Int, given: Gate = Gate()) {
        left = Locked(count)
        self.size = size
        self.given = given
    }

    deinit { given.open() }

    func next() throws -> [UInt8]? {
        let number = left.withLock { left in
            left -= 1
            return left
        }
        if number < 0, size % 2 == 1 { throw Broken() }
        return number < 0 ? nil : [UInt8](repeating: UInt8(ascii: "a") + UInt8(number % 26), count: size)
    }
}

/// Nothing before the test says so, and then a word.
final class Search: WebPieces {
    let isReady = Locked(false)
    private let isDone = Locked(false)

    func next() throws -> [UInt8]? {
        guard isReady.withLock({ $0 }) else { return [] }
        let wasDone = isDone.withLock { isDone in
            defer { isDone = true }
            return isDone
        }
        return wasDone ? nil : Array("found".utf8)
    }
}

/// News that a test gives, the same to each stream.
final class Events: WebEvents {
    private let take: @Sendable () throws -> [UInt8]

    init(_ news: @escaping @Sendable () throws -> [UInt8]) { take = news }

    func news() throws -> WebNews { WebNews(try take()) }
}
