internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import WebInterface

/// What becomes of a request: who answers it, and what follows its answer. How an answer goes out is in
/// `WebConnection+Writing.swift`.
extension WebConnection {
    /// Has a request answered: at once where the answer is known, else on a worker's thread.
    func work(_ exchange: Exchange, _ body: [UInt8]) {
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
    func refuse(_ failure: WebFailure) {
        guard let context else { return }
        sent()
        waiting.removeAll()
        stage = .lingering
        write(WebSite.answer(to: failure), version: .http1_1, isHead: false, keepsAlive: false) { connection in
            connection.linger(context)
        }
    }

    /// Answers a request without waiting for its end, and closes.
    func respondAndClose(_ reception: WebSite.Reception, _ exchange: Exchange) {
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
        state.hasAnswered()
        guard let context else { return }
        if case .closed = stage { return }
        unschedule()
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
}
