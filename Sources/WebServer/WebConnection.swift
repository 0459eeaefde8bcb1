internal import NIOCore
internal import NIOHTTP1
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
    var stage = Stage.idle
    var context: ChannelHandlerContext?
    var waiting = CircularBuffer<HTTPServerRequestPart>(initialCapacity: 4)
    var isTaking = false
    /// When `timeIsUp` is due; nil where nothing is waited for.
    private var deadline: NIODeadline?
    /// Looks at `deadline` then or before.
    private var timer: (task: Scheduled<Void>, at: NIODeadline)?
    /// Whether bytes of a request have come, and not all of it.
    var isSending = false
    /// Whether parts of requests have come with what was read last.
    private var hasTaken = false
    private(set) var inputIsClosed = false
    private(set) var peer = WebRequest.Peer.unixSocket
    /// One more than may be served.
    private let isRefused: Bool
    /// What an answer that is being taken had not gone out of at the last look.
    private var unsentAtLook = 0
    private var hasProgressed = false

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

    // MARK: The connection

    private func begin(_ context: ChannelHandlerContext) {
        if let address = context.channel.remoteAddress { peer = Self.peer(address) }
        if isRefused { return refuse(WebSite.busy) }
        if state.isStopping { return close() }
        schedule(state.limits.sendTime)
        context.read()
    }

    // MARK: Time

    /// Has `timeIsUp` called after a while, and not when it would have been before.
    ///
    /// Each request moves that several times, and hardly ever does it come: the loop is told only where it would look too late.
    func schedule(_ time: TimeAmount) {
        let deadline = NIODeadline.now() + time
        self.deadline = deadline
        if let timer, timer.at <= deadline { return }
        timer?.task.cancel()
        look(at: deadline)
    }

    /// Has `timeIsUp` not called.
    func unschedule() { deadline = nil }

    private func look(at time: NIODeadline) {
        let task = state.eventLoop.assumeIsolated().scheduleTask(deadline: time) { [weak self] () -> Void in
            self?.lookAtTime()
        }
        timer = (task, time)
    }

    private func lookAtTime() {
        timer = nil
        guard let deadline else { return }
        if deadline > .now() { return look(at: deadline) }
        self.deadline = nil
        timeIsUp()
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

    func readMore() {
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
        timer?.task.cancel()
        timer = nil
        waiting.removeAll()
        context = nil
        state.remove(self)
    }

    func wrap(_ part: HTTPServerResponsePart) -> NIOAny { Self.wrapOutboundOut(part) }
}
