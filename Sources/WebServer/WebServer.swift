internal import Glibc
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import ServiceLifecycle
package import WebInterface

/// `WebServer` listens, and gives what comes to the site: HTTP/1.1 on one event loop, and workers, as many as there are
/// processors, on which requests are answered.
package struct WebServer: Service {
    private let sockets: [ListeningSocket]
    private let site: WebSite
    private let house: WebHouse
    private let limits: WebLimits
    private let workers: Int
    private let started: @Sendable () -> Void
    private let alive: @Sendable () -> Void
    private let stopping: @Sendable () -> Void
    private let quiet: @Sendable () -> Void

    /// Makes a server that does nothing before `run`.
    ///
    /// - Parameters:
    ///   - sockets: taken over by `run`, which closes them.
    ///   - workers: threads that answer requests; nil for one a processor.
    ///   - started: called once connections are taken.
    ///   - stopping: called once it was told to stop.
    ///   - quiet: called on a worker's thread once nothing has been answered for a while, and again when that is so after more
    ///     answers.
    ///   - alive: called about once a second, on the event loop, as long as that turns.
    package init(
        _ sockets: [ListeningSocket], site: WebSite, house: WebHouse, limits: WebLimits = WebLimits(),
        workers: Int? = nil, started: @escaping @Sendable () -> Void = {},
        stopping: @escaping @Sendable () -> Void = {}, quiet: @escaping @Sendable () -> Void = {},
        alive: @escaping @Sendable () -> Void = {}
    ) {
        self.sockets = sockets
        self.site = site
        self.house = house
        self.limits = limits
        self.workers = workers ?? max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        self.started = started
        self.alive = alive
        self.stopping = stopping
        self.quiet = quiet
    }

    /// Returns when the server was told to stop, and nothing runs any more.
    package func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let pool = NIOThreadPool(numberOfThreads: workers)
        pool.start()
        let result: Result<Void, any Error>
        do { result = .success(try await serve(group, pool)) } catch { result = .failure(error) }
        try await pool.shutdownGracefully()
        try await group.shutdownGracefully()
        try result.get()
    }

    private func serve(_ group: MultiThreadedEventLoopGroup, _ pool: NIOThreadPool) async throws {
        let eventLoop = group.next()
        let (site, house, limits, alive, quiet) = (site, house, limits, alive, quiet)
        let state = try await eventLoop.submit {
            NIOLoopBound(ServerState(site, house, limits, pool, on: eventLoop), eventLoop: eventLoop)
        }.get()
        var listeners: [any Channel] = []
        for socket in sockets { listeners.append(try await listen(socket, group, state)) }
        let ticks = eventLoop.scheduleRepeatedTask(initialDelay: limits.newsInterval, delay: limits.newsInterval) { _ in
            alive()
            state.value.tick()
            if state.value.isQuietNow() { pool.submit { if $0 == .active { quiet() } } }
        }
        started()
        try? await gracefulShutdown()
        stopping()
        for listener in listeners { try? await listener.close() }
        for socket in sockets { socket.removeName() }
        let ended = eventLoop.makePromise(of: Void.self)
        eventLoop.execute { state.value.stop(ended) }
        let late = eventLoop.scheduleTask(in: limits.grace) { state.value.closeAll() }
        try? await ended.futureResult.get()
        late.cancel()
        ticks.cancel()
    }

    private func listen(
        _ socket: ListeningSocket, _ group: MultiThreadedEventLoopGroup, _ state: NIOLoopBound<ServerState>
    ) async throws -> any Channel {
        var decoding = NIOHTTPDecoderLimitConfiguration()
        decoding.maxHeaderFieldSize = limits.head
        decoding.maxHeaderListSize = limits.head
        let configuration = decoding
        return try await ServerBootstrap(group: group)
            .serverChannelOption(ChannelOptions.backlog, value: 256)
            .childChannelOption(ChannelOptions.autoRead, value: false)
            .childChannelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
            // A request's head and what follows it; what is longer comes in several reads.
            .childChannelOption(
                ChannelOptions.recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 4096, maximum: 65_536)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let state = state.value
                    guard !state.isOverrun else { throw ChannelError.operationUnsupported }
                    let isRefused = state.isFull
                    var writing = HTTPResponseEncoder.Configuration()
                    writing.automaticallySetFramingHeaders = false
                    try channel.pipeline.syncOperations.addHandlers([
                        ByteToMessageHandler(
                            HTTPRequestDecoder(
                                leftOverBytesStrategy: .dropBytes, limitConfiguration: configuration)),
                        HTTPResponseEncoder(configuration: writing), NIOHTTPResponseHeadersValidator(),
                        WebConnection(state, isRefused: isRefused),
                    ])
                }
            }
            .withBoundSocket(socket.descriptor).get()
    }
}

extension WebServer: CustomStringConvertible {
    /// The service group calls it by this name.
    package var description: String { "serving" }
}
