internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import WebInterface

/// One stream of Server-Sent Events: it is asked for news now and then, and given up where these are not taken. It belongs
/// to the event loop.
final class EventStream {
    private let events: any WebEvents
    private var isAsking = false
    /// Bytes that were written and have not gone out.
    private var unsent = 0
    private var lastWrite = NIODeadline.now()

    init(_ events: any WebEvents) {
        self.events = events
    }

    /// Asks for news, unless it is being asked.
    func tick(_ connection: WebConnection) {
        if NIODeadline.now() - lastWrite >= connection.state.limits.commentInterval {
            send(Array(":\n\n".utf8), connection)
        }
        guard !isAsking else { return }
        isAsking = true
        let events = events
        connection.onWorker({ Result { try events.news() } }) { [self] connection, result in
            isAsking = false
            switch result {
            case .success(let news):
                // Others have the workers in between, and who takes little is not asked for before that is gone.
                let more = { [weak connection] in if news.hasMore { connection?.tick() } }
                if news.bytes.isEmpty { more() } else { send(news.bytes, connection, then: more) }
            case .failure(let error):
                connection.state.house.logger.notice("a stream has ended: \(error)")
                connection.close()
            case nil: connection.close()
            }
        }
    }

    private func send(_ bytes: [UInt8], _ connection: WebConnection, then: @escaping () -> Void = {}) {
        // It may have ended while it was being asked.
        guard case .streaming = connection.stage, let context = connection.context else { return }
        guard unsent + bytes.count <= connection.state.limits.unsent || unsent == 0 else {
            connection.state.house.logger.notice(
                "a stream is given up: nobody takes it", metadata: ["unsent": "\(unsent)"])
            return connection.close()
        }
        unsent += bytes.count
        lastWrite = .now()
        let part = connection.wrap(.body(.byteBuffer(ByteBuffer(bytes: bytes))))
        context.writeAndFlush(part).assumeIsolated().whenComplete { result in
            self.unsent -= bytes.count
            if case .success = result { then() }
        }
    }
}
