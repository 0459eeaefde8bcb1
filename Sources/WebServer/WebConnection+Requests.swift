internal import FeedModel
internal import Glibc
internal import Ingestion
internal import NIOCore
internal import NIOHTTP1
internal import Web
internal import WebInterface

/// How requests come in.
extension WebConnection {
    /// So much of a body is read only to be thrown away; of more the connection is closed.
    private static let mostSkipped = 64 << 10

    static func peer(_ address: SocketAddress) -> WebRequest.Peer {
        if case .unixDomainSocket = address { return .unixSocket }
        return address.withSockAddr { pointer, size in
            let known = IPAddress.fromSocket(pointer, family: Int32(pointer.pointee.sa_family), length: size)
            // An address of one link is nobody's that could be trusted.
            return .address(known?.address ?? .v6(high: 0, low: 0))
        }
    }

    /// Takes the parts that wait, as far as that goes now.
    func take() {
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
    func sent() {
        isSending = false
        unschedule()
    }
}
