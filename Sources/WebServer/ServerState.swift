internal import FeedModel
internal import Ingestion
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import WebInterface

/// What all connections of a server share. All of it belongs to the one event loop that they are on.
final class ServerState {
    let site: WebSite
    let house: WebHouse
    let limits: WebLimits
    let pool: NIOThreadPool
    let eventLoop: any EventLoop
    private(set) var isStopping = false
    var inWork = 0
    /// When something was answered last; nil where nothing was since it was found to be quiet.
    private var lastAnswer: NIODeadline? = .now()
    private(set) var streams = 0
    private var connections: [ObjectIdentifier: WebConnection] = [:]
    private var hasEnded: EventLoopPromise<Void>?
    /// The header for the second that it was made in.
    private var date: (second: Int64, text: String) = (.min, "")

    init(_ site: WebSite, _ house: WebHouse, _ limits: WebLimits, _ pool: NIOThreadPool, on eventLoop: any EventLoop) {
        self.site = site
        self.house = house
        self.limits = limits
        self.pool = pool
        self.eventLoop = eventLoop
    }

    /// Whether one more is too many to be served. What is said to it takes a connection too, for a moment.
    var isFull: Bool { connections.count >= limits.connections }
    /// Whether one more is too many to be told so.
    var isOverrun: Bool { connections.count >= limits.connections + limits.connections / 4 }

    func add(_ connection: WebConnection) { connections[ObjectIdentifier(connection)] = connection }

    func remove(_ connection: WebConnection) {
        connections[ObjectIdentifier(connection)] = nil
        if isStopping, connections.isEmpty { endNow() }
    }

    /// False where there are too many.
    func takeStream() -> Bool {
        guard streams < limits.streams, !isStopping else { return false }
        streams += 1
        house.metrics.countStream(1)
        return true
    }

    func giveStreamBack() {
        streams -= 1
        house.metrics.countStream(-1)
    }

    /// Asks every stream for news.
    func tick() {
        for connection in connections.values { connection.tick() }
    }

    /// To be called once an answer has gone out.
    func hasAnswered() { lastAnswer = .now() }

    /// Whether nothing has been answered for a while. True once, until something is.
    func isQuietNow() -> Bool {
        guard let last = lastAnswer, inWork == 0, NIODeadline.now() - last >= limits.quietTime else { return false }
        lastAnswer = nil
        return true
    }

    /// Lets idle connections and streams end at once, and the others when they have been answered.
    func stop(_ promise: EventLoopPromise<Void>) {
        isStopping = true
        hasEnded = promise
        for connection in Array(connections.values) { connection.stop() }
        if connections.isEmpty { endNow() }
    }

    /// Closes what is still open.
    func closeAll() {
        if !connections.isEmpty {
            house.logger.notice(
                "closing connections that were not done in time", metadata: ["connections": "\(connections.count)"])
        }
        for connection in Array(connections.values) { connection.close() }
    }

    private func endNow() {
        hasEnded?.succeed(())
        hasEnded = nil
    }

    /// The time for the Date header.
    var dateText: String {
        let now = SystemClock.now()
        if now.seconds != date.second { date = (now.seconds, HTTPDate.text(now)) }
        return date.text
    }
}
