internal import FeedModel
internal import Ingestion
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Web
internal import WebInterface

/// One connection: it takes requests one after the other, has each answered on a worker's thread, and gives up whoever is
/// too slow.
///
/// It reads nothing while it answers, so that what waits is bounded by one read. All of it belongs to the event loop.
final class WebConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// What is being done. Parts of further requests wait in `waiting`.
    enum Stage {
        /// No head has come.
        case idle
        case body(Exchange, ByteBuffer)
        /// The answer is known, and the rest of the request is read so that another may follow.
        case skipping(Exchange, left: Int)
        case working(Exchange)
        case answering(Exchange)
        case streaming(Exchange, EventStream)
        /// All was said, and the other side has a moment to take it.
        case lingering
        case closed
    }

    /// One request, and how it has to be answered.
    struct Exchange {
        var reception: WebSite.Reception
        var version: HTTPVersion
        var keepsAlive: Bool
    }

    let state: ServerState
    private(set) var stage = Stage.idle
    var context: ChannelHandlerContext?
    private var waiting = CircularBuffer<HTTPServerRequestPart>(initialCapacity: 4)
    private var isTaking = false
    private var timer: Scheduled<Void>?
    /// Whether bytes of a request have come, and not all of it.
    private var isSending = false
    /// Whether parts of requests have come with what was read last.
    private var hasTaken = false
    private var inputIsClosed = false
    private var peer = WebRequest.Peer.unixSocket
    /// One more than may be served.
    private let isRefused: Bool
    /// What an answer that is being taken had not gone out of at the last look.
    private var unsentAtLook = 0
    private var hasProgressed = false

    /// So much of a body is read only to be thrown away; of more the connection is closed.
    private static let mostSkipped = 64 << 10

    init(_ state: ServerState, isRefused: Bool) {
        self.state = state
        self.isRefused = isRefused
    }

    // MARK: What NIO calls

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        state.add(self)
        if context.channel.isActive { begin(context) }
    }

    func channelActive(context: ChannelHandlerContext) { begin(context) }

    func channelInactive(context: ChannelHandlerContext) {
        ended()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { ended() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        hasTaken = true
        switch stage {
        case .lingering, .closed: return
        default: waiting.append(Self.unwrapInboundIn(data))
        }
        take()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if case .idle = stage, !hasTaken, !isSending {
            // Bytes came that are no head yet.
            isSending = true
            schedule(state.limits.sendTime)
        }
        hasTaken = false
        readMore()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed {
            inputIsClosed = true
            switch stage {
            case .idle, .body, .skipping, .streaming, .lingering: close()
            case .working, .answering, .closed: break
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else { return close() }
        // What cannot be read cannot be told from what follows it.
        waiting.removeAll()
        switch stage {
        case .idle, .body, .skipping:
            refuse(
                error == .headerOverflow
                    ? WebFailure(431, "the head of the request is too large", hint: "It may have 16 KiB.")
                    : WebFailure(400, "this is no request of HTTP/1.1"))
        case .working, .answering: inputIsClosed = true
        case .streaming: close()
        // What comes behind an answer that is the last says nothing.
        case .lingering, .closed: break
        }
    }

    // MARK: Requests

    private func begin(_ context: ChannelHandlerContext) {
        if let address = context.channel.remoteAddress { peer = Self.peer(address) }
        if isRefused { return refuse(WebSite.busy) }
        if state.isStopping { return close() }
        schedule(state.limits.sendTime)
        context.read()
    }

    private static func peer(_ address: SocketAddress) -> WebRequest.Peer {
        if case .unixDomainSocket = address { return .unixSocket }
        return address.withSockAddr { pointer, size in
            let known = IPAddress.fromSocket(pointer, family: Int32(pointer.pointee.sa_family), length: size)
            // An address of one link is nobody's that could be trusted.
            return .address(known?.address ?? .v6(high: 0, low: 0))
        }
    }

    /// Takes the parts that wait, as far as that goes now.
    private func take() {
        // An answer that is there at once calls this again.
        guard !isTaking else { return }
        isTaking = true
        defer { isTaking = false }
        while let part = waiting.first {
            switch (stage, part) {
            case (.idle, .head(let head)):
                waiting.removeFirst()
                received(head)
            case (.body(let exchange, var bytes), .body(var more)):
                waiting.removeFirst()
                guard bytes.readableBytes + more.readableBytes <= exchange.reception.bodyLimit else {
                    respondAndClose(state.site.tooLarge(exchange.reception), exchange)
                    break
                }
                // No copy of what is held twice.
                stage = .closed
                bytes.writeBuffer(&more)
                stage = .body(exchange, bytes)
            case (.body(let exchange, let bytes), .end):
                waiting.removeFirst()
                sent()
                work(exchange, Array(bytes.readableBytesView))
            case (.skipping(let exchange, let left), .body(let more)):
                waiting.removeFirst()
                guard more.readableBytes <= left else {
                    let reception = exchange.reception
                    respondAndClose(reception.isRefused ? reception : state.site.tooLarge(reception), exchange)
                    break
                }
                stage = .skipping(exchange, left: left - more.readableBytes)
            case (.skipping(let exchange, _), .end):
                waiting.removeFirst()
                sent()
                work(exchange, [])
            case (.lingering, _), (.closed, _): waiting.removeAll()
            case (.idle, _): waiting.removeFirst()
            case (.body, .head), (.skipping, .head), (.working, _), (.answering, _), (.streaming, _): return
            }
        }
    }

    private func received(_ head: HTTPRequestHead) {
        if !isSending {
            isSending = true
            schedule(state.limits.sendTime)
        }
        let lengths = head.headers["content-length"]
        let codings = head.headers["transfer-encoding"]
        // Two who understand them differently would disagree where the next request begins (RFC 9112 §6.1).
        let isAmbiguous =
            !lengths.isEmpty && !codings.isEmpty || lengths.count > 1 || codings.count > 1
            || codings.contains { $0.lowercased() != "chunked" } || !codings.isEmpty && head.version == .http1_0
        if isAmbiguous {
            return refuse(WebFailure(400, "the length of the request is not certain", hint: "Send one Content-Length."))
        }
        var exchange = Exchange(
            reception: state.site.reception(of: siteHead(head), state.house), version: head.version,
            // Nothing is read any more behind a request to speak another protocol.
            keepsAlive: head.isKeepAlive && !head.headers.contains(name: "upgrade") && head.method != .CONNECT)
        let length = lengths.first.flatMap { Int($0) }
        if !lengths.isEmpty, length == nil || length ?? 0 < 0 {
            return refuse(WebFailure(400, "the length of the request cannot be read"))
        }
        let hasBody = length ?? 0 > 0 || !codings.isEmpty
        let waits = hasBody && head.headers["expect"].contains { $0.lowercased() == "100-continue" }
        let limit = exchange.reception.bodyLimit
        if !exchange.reception.isRefused, limit > 0, length ?? 0 > limit {
            exchange.reception = state.site.tooLarge(exchange.reception)
        }
        guard !exchange.reception.isRefused, limit > 0 else {
            // Whoever waits to be asked for the body is not asked, and might send it all the same.
            if hasBody, waits || length ?? 0 > Self.mostSkipped {
                let reception = exchange.reception
                return respondAndClose(reception.isRefused ? reception : state.site.tooLarge(reception), exchange)
            }
            stage = .skipping(exchange, left: Self.mostSkipped)
            return
        }
        if waits { context?.writeAndFlush(wrap(.head(.init(version: head.version, status: .continue))), promise: nil) }
        stage = .body(exchange, ByteBuffer())
    }

    private func siteHead(_ head: HTTPRequestHead) -> WebSite.Head {
        WebSite.Head(
            method: head.method.rawValue, target: head.uri,
            headers: WebFields(head.headers.map { WebFields.Field($0.name.lowercased(), $0.value) }), peer: peer,
            receivedAt: SystemClock.now())
    }

    /// A request is there as a whole.
    private func sent() {
        isSending = false
        timer?.cancel()
        timer = nil
    }

    // MARK: Answers

    /// Has a request answered: at once where the answer is known, else on a worker's thread.
    private func work(_ exchange: Exchange, _ body: [UInt8]) {
        var exchange = exchange
        if !exchange.reception.isRefused, state.inWork >= state.limits.inWork {
            exchange.reception = state.site.busy(exchange.reception)
        }
        let (site, house, reception) = (state.site, state.house, exchange.reception)
        if reception.isRefused { return answer(site.answer(reception, body: [], house), exchange) }
        stage = .working(exchange)
        state.inWork += 1
        onWorker({ site.answer(reception, body: body, house) }) { connection, answer in
            connection.state.inWork -= 1
            if let answer { connection.answer(answer, exchange) } else { connection.close() }
        }
    }

    /// Runs something on a worker's thread, and then something here; with nil where the workers have ended.
    func onWorker<Value: Sendable>(
        _ work: @escaping @Sendable () -> Value, then: @escaping (WebConnection, Value?) -> Void
    ) {
        let bound = NIOLoopBound((self, then), eventLoop: state.eventLoop)
        let eventLoop = state.eventLoop
        state.pool.submit { status in
            let value: Value? = status == .active ? work() : nil
            eventLoop.execute {
                let (connection, then) = bound.value
                then(connection, value)
            }
        }
    }

    func answer(_ answer: WebAnswer, _ exchange: Exchange) {
        if case .closed = stage { return }
        var exchange = exchange
        if isLast { exchange.keepsAlive = false }
        var answer = answer
        if case .events = answer.body, !exchange.reception.isHead, !state.takeStream() {
            answer = WebSite.answer(to: WebSite.busy)
        }
        if exchange.version == .http1_0, answer.isOpen {
            // Its end is that of the connection.
            exchange.keepsAlive = false
        }
        stage = .answering(exchange)
        write(answer, exchange)
    }

    /// Whether no further request is answered: none can come, or the server is to stop.
    private var isLast: Bool { inputIsClosed && waiting.isEmpty || state.isStopping }

    /// Answers what cannot be read, and closes.
    private func refuse(_ failure: WebFailure) {
        guard let context else { return }
        sent()
        waiting.removeAll()
        stage = .lingering
        write(WebSite.answer(to: failure), version: .http1_1, isHead: false, keepsAlive: false) { connection in
            connection.linger(context)
        }
    }

    /// Answers a request without waiting for its end, and closes.
    private func respondAndClose(_ reception: WebSite.Reception, _ exchange: Exchange) {
        guard let context else { return }
        sent()
        waiting.removeAll()
        stage = .lingering
        let answer = state.site.answer(reception, body: [], state.house)
        write(answer, version: exchange.version, isHead: reception.isHead, keepsAlive: false) { connection in
            connection.linger(context)
        }
    }

    /// An answer has gone out.
    func finished(_ exchange: Exchange) {
        guard let context else { return }
        if case .closed = stage { return }
        timer?.cancel()
        timer = nil
        guard exchange.keepsAlive, !isLast else { return linger(context) }
        stage = .idle
        isSending = false
        schedule(state.limits.idleTime)
        take()
        readMore()
    }

    /// Closes this direction, and waits a moment for the other side: what it still sends would let the system throw away
    /// what it has not read yet of the answer.
    private func linger(_ context: ChannelHandlerContext) {
        if case .closed = stage { return }
        stage = .lingering
        if inputIsClosed { return close() }
        context.close(mode: .output, promise: nil)
        schedule(state.limits.lingerTime)
        context.read()
    }

    func begin(_ stream: EventStream, _ exchange: Exchange) {
        stage = .streaming(exchange, stream)
        if state.isStopping { return end(exchange) }
        if inputIsClosed { return close() }
        readMore()
        tick()
    }

    /// Ends a stream in order.
    private func end(_ exchange: Exchange) {
        guard let context else { return }
        stage = .lingering
        state.giveStreamBack()
        context.writeAndFlush(wrap(.end(nil)), promise: nil)
        linger(context)
    }

    /// Looks for news of a stream.
    func tick() {
        if case .streaming(_, let stream) = stage { stream.tick(self) }
    }

    func stop() {
        switch stage {
        case .idle: close()
        case .streaming(let exchange, _): end(exchange)
        case .body, .skipping, .working, .answering, .lingering, .closed: break
        }
    }

    // MARK: Time

    /// Has `timeIsUp` called after a while, and not when it would have been before.
    private func schedule(_ time: TimeAmount) {
        timer?.cancel()
        timer = state.eventLoop.assumeIsolated().scheduleTask(in: time) { [weak self] in self?.timeIsUp() }
    }

    /// Watches whether an answer is taken, until `finished`.
    func watchProgress() {
        unsentAtLook = 0
        hasProgressed = true
        schedule(state.limits.stallTime)
    }

    /// Something of an answer was taken.
    func progressed() { hasProgressed = true }

    private func timeIsUp() {
        switch stage {
        case .idle where !isSending: close()
        case .idle, .body, .skipping:
            refuse(WebFailure(408, "the request did not come to its end in time", hint: "Send it again."))
        case .answering:
            let unsent = (try? context?.channel.syncOptions?.getOption(ChannelOptions.bufferedWritableBytes)) ?? 0
            guard hasProgressed || unsent != unsentAtLook else { return close() }
            hasProgressed = false
            unsentAtLook = unsent
            schedule(state.limits.stallTime)
        case .working, .streaming, .closed: break
        case .lingering: close()
        }
    }

    // MARK: Ends

    private func readMore() {
        switch stage {
        case .idle, .body, .skipping, .lingering:
            if waiting.isEmpty { context?.read() }
        case .working, .answering, .streaming, .closed: break
        }
    }

    func close() { context?.close(promise: nil) }

    private func ended() {
        if case .closed = stage, context == nil { return }
        if case .streaming = stage { state.giveStreamBack() }
        stage = .closed
        timer?.cancel()
        timer = nil
        waiting.removeAll()
        context = nil
        state.remove(self)
    }

    func wrap(_ part: HTTPServerResponsePart) -> NIOAny { Self.wrapOutboundOut(part) }
}
