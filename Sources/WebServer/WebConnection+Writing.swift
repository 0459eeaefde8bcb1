internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import WebInterface

/// How answers go out.
extension WebConnection {
    /// Writes an answer, and calls `finished` behind it; a stream goes on by itself.
    func write(_ answer: WebAnswer, _ exchange: Exchange) {
        write(answer, version: exchange.version, isHead: exchange.reception.isHead, keepsAlive: exchange.keepsAlive) {
            connection in
            guard case .events(let events) = answer.body, !exchange.reception.isHead else {
                return connection.finished(exchange)
            }
            connection.begin(EventStream(events), exchange)
        }
    }

    /// - Parameter then: called once all of it has been handed on; of a stream, once its head has.
    func write(
        _ answer: WebAnswer, version: HTTPVersion, isHead: Bool, keepsAlive: Bool,
        then: @escaping (WebConnection) -> Void
    ) {
        guard let context else { return }
        var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: answer.status))
        head.headers.reserveCapacity(16)
        head.headers.add(name: "Date", value: state.dateText)
        let hasBody = answer.status != 204 && answer.status != 304
        if hasBody { head.headers.add(name: "Content-Type", value: answer.contentType) }
        for field in answer.headers.all { head.headers.add(name: field.name, value: field.value) }
        switch answer.body {
        case .bytes(let bytes) where hasBody: head.headers.add(name: "Content-Length", value: "\(bytes.count)")
        case .bytes: break
        case .pieces, .events:
            if version != .http1_0, !isHead { head.headers.add(name: "Transfer-Encoding", value: "chunked") }
        }
        if case .events = answer.body {
            // A proxy would collect what is to come at once.
            head.headers.add(name: "X-Accel-Buffering", value: "no")
        }
        if !keepsAlive {
            head.headers.add(name: "Connection", value: "close")
        } else if version == .http1_0 {
            head.headers.add(name: "Connection", value: "keep-alive")
        }
        context.write(wrap(.head(head)), promise: nil)
        watchProgress()
        switch answer.body {
        case .bytes(let bytes):
            if hasBody, !isHead, !bytes.isEmpty {
                context.write(wrap(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
            }
            flushEnd(context, then)
        case .pieces where isHead: flushEnd(context, then)
        case .events where isHead: flushEnd(context, then)
        case .pieces(let pieces):
            pump(pieces) { connection in
                guard let context = connection.context else { return }
                connection.flushEnd(context, then)
            }
        case .events:
            context.flush()
            then(self)
        }
    }

    private func flushEnd(_ context: ChannelHandlerContext, _ then: @escaping (WebConnection) -> Void) {
        context.writeAndFlush(wrap(.end(nil))).assumeIsolated().whenComplete { result in
            switch result {
            case .success: then(self)
            case .failure: self.close()
            }
        }
    }

    /// Asks for piece after piece, each once the one before has been taken.
    private func pump(_ pieces: any WebPieces, _ then: @escaping (WebConnection) -> Void) {
        onWorker({ Result { try pieces.next() } }) { connection, result in
            guard let context = connection.context else { return }
            switch result {
            case .success(let bytes?) where bytes.isEmpty:
                connection.progressed()
                // Whoever asked sees that he is being answered, and those who wait for a worker come first.
                context.flush()
                connection.pump(pieces, then)
            case .success(let bytes?):
                connection.progressed()
                let part = connection.wrap(.body(.byteBuffer(ByteBuffer(bytes: bytes))))
                context.writeAndFlush(part).assumeIsolated().whenComplete { result in
                    connection.progressed()
                    switch result {
                    case .success: connection.pump(pieces, then)
                    case .failure: connection.close()
                    }
                }
            case .success(nil): then(connection)
            case .failure(let error):
                // Without its end whoever asked sees that it is not whole.
                connection.state.house.logger.error("an answer was broken off: \(error)")
                connection.close()
            case nil: connection.close()
            }
        }
    }
}

extension WebAnswer {
    /// Whether its length is not known when it begins.
    var isOpen: Bool {
        if case .bytes = body { false } else { true }
    }
}
