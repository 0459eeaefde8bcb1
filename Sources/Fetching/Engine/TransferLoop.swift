import CCurl
import CShims
import FeedModel
import Glibc
import Web

/// The engine's thread: epoll over libcurl's sockets and the mailbox. Everything in it belongs to that thread.
final class TransferLoop {
    private let multi: UnsafeMutableRawPointer
    private let epoll: Int32
    private let mailbox: Mailbox
    private let options: FetchEngine.Options
    private var active: [ObjectIdentifier: Exchange] = [:]
    private var idle: [EasyHandle] = []
    /// Exchanges to look at between two blocks of libcurl's, whether too much waits.
    private var restless: [Exchange] = []
    /// Monotonic milliseconds at which libcurl wants to be called.
    private var timer: Int?

    /// The most handles that are kept for the next requests.
    private static let idleHandles = 256

    init(mailbox: Mailbox, options: FetchEngine.Options) throws(FetchEngine.StartError) {
        self.mailbox = mailbox
        self.options = options
        guard let multi = curl_multi_init() else { throw .init(call: "curl_multi_init", code: ENOMEM) }
        let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else {
            let code = errno
            curl_multi_cleanup(multi)
            throw .init(call: "epoll_create1", code: code)
        }
        self.multi = multi
        self.epoll = epoll
        var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(fd: mailbox.descriptor))
        guard epoll_ctl(epoll, EPOLL_CTL_ADD, mailbox.descriptor, &event) == 0 else {
            throw .init(call: "epoll_ctl", code: errno)
        }
        let context = Unmanaged.passUnretained(self).toOpaque()
        newswire_curl_multi_set_socket(
            multi,
            { _, socket, what, context, known in
                TransferLoop.from(context!).watch(socket, what, isKnown: known != nil)
            }, context)
        newswire_curl_multi_set_timer(
            multi,
            { _, milliseconds, context in
                TransferLoop.from(context!).setTimer(milliseconds)
            }, context)
        // libcurl counts connections in use and idle ones together. The first bounds what is kept when a transfer ends,
        // the second closes an idle one before a new one is opened.
        expect(options.concurrency)
    }

    deinit {
        // No handle is left in it: `run` has removed them.
        curl_multi_cleanup(multi)
        close(epoll)
    }

    private static func from(_ context: UnsafeMutableRawPointer) -> TransferLoop {
        Unmanaged<TransferLoop>.fromOpaque(context).takeUnretainedValue()
    }

    /// Lets as many connections be open as so many transfers at a time need, and the spare ones.
    private func expect(_ concurrency: Int) {
        let connections = max(1, concurrency) + max(0, options.spareConnections)
        newswire_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, connections)
        newswire_curl_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, connections)
    }

    func now() -> Timestamp { options.now() }
    var caLifetime: Int { options.caLifetime }

    /// Monotonic milliseconds.
    static func clock() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }

    /// Works until the mailbox is closed, then ends what is under way.
    func run() {
        var running: Int32 = 0
        withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: 256) { events in
            var isClosed = false
            while !isClosed {
                let longest = timer.map { Int32(clamping: max(0, $0 - Self.clock())) } ?? -1
                let count = epoll_wait(epoll, events.baseAddress, Int32(events.count), mailbox.mayRest() ? longest : 0)
                for event in events.prefix(max(0, Int(count))) where event.data.fd != mailbox.descriptor {
                    curl_multi_socket_action(multi, event.data.fd, Self.conditions(event.events), &running)
                }
                readMessages()
                isClosed = obeyMailbox()
                // What was just started begins here.
                if let timer, timer <= Self.clock() {
                    self.timer = nil
                    curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running)
                    readMessages()
                }
                restFull()
            }
        }
        endEverything()
    }

    private static func conditions(_ events: UInt32) -> Int32 {
        var conditions: Int32 = 0
        if events & (EPOLLIN.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 { conditions |= CURL_CSELECT_IN }
        if events & EPOLLOUT.rawValue != 0 { conditions |= CURL_CSELECT_OUT }
        return conditions
    }

    /// libcurl wants to know of a socket, or no longer.
    private func watch(_ socket: Int32, _ what: Int32, isKnown: Bool) -> Int32 {
        var event = epoll_event(events: 0, data: epoll_data_t(fd: socket))
        if what == CURL_POLL_REMOVE {
            epoll_ctl(epoll, EPOLL_CTL_DEL, socket, &event)
            return 0
        }
        if what & CURL_POLL_IN != 0 { event.events |= EPOLLIN.rawValue }
        if what & CURL_POLL_OUT != 0 { event.events |= EPOLLOUT.rawValue }
        if !isKnown {
            // Any pointer that is not nil marks the socket as known.
            curl_multi_assign(multi, socket, Unmanaged.passUnretained(self).toOpaque())
        }
        if epoll_ctl(epoll, isKnown ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event) != 0 {
            epoll_ctl(epoll, isKnown ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, &event)
        }
        return 0
    }

    private func setTimer(_ milliseconds: Int) -> Int32 {
        timer = milliseconds < 0 ? nil : Self.clock() + min(milliseconds, 86_400_000)
        return 0
    }

    /// Does what was asked for, and what tasks that run because of it ask for in turn, but not without end.
    ///
    /// - Returns: whether the mailbox is closed.
    private func obeyMailbox() -> Bool {
        for _ in 0..<4 {
            let (commands, isClosed) = mailbox.take()
            if isClosed || commands.isEmpty { return obey(commands, isClosed) }
            _ = obey(commands, isClosed)
        }
        return false
    }

    private func obey(_ commands: [Mailbox.Command], _ isClosed: Bool) -> Bool {
        for command in commands {
            switch command {
            case .start(let transfer): start(transfer)
            case .resume(let transfer): resume(transfer)
            case .drop(let transfer): drop(transfer)
            case .proceed(let transfer, let leave): proceed(transfer, leave)
            case .expect(let concurrency): expect(concurrency)
            case .run(let job): job.runSynchronously(on: mailbox.asUnownedTaskExecutor())
            }
        }
        return isClosed
    }

    // MARK: Backpressure

    private func resume(_ transfer: Transfer) {
        guard let exchange = active[ObjectIdentifier(transfer)], let handle = exchange.handle else { return }
        // What libcurl holds is handed over before it returns. Where that goes wrong, libcurl does not end the transfer.
        let code = curl_easy_pause(handle.curl, Int32(CURLPAUSE_CONT))
        if code != CURLE_OK { finish(exchange, code) }
    }

    /// Called from within libcurl: the exchange may have to rest, but not before the block at hand is decoded.
    func mayRest(_ exchange: Exchange) {
        restless.append(exchange)
    }

    private func restFull() {
        if restless.isEmpty { return }
        for exchange in restless {
            guard let handle = exchange.handle, exchange.transfer.pauseIfFull() else { continue }
            curl_easy_pause(handle.curl, Int32(CURLPAUSE_RECV))
        }
        restless.removeAll(keepingCapacity: true)
    }

    // MARK: The life of a transfer

    private func start(_ transfer: Transfer) {
        let url: WebURL
        do {
            url = try WebURL(transfer.request.url)
        } catch {
            transfer.finish(FetchOutcome(failure: .url(error)))
            return
        }
        let exchange = Exchange(transfer, url: url, loop: self, now: Self.clock())
        active[ObjectIdentifier(transfer)] = exchange
        begin(exchange)
    }

    private func begin(_ exchange: Exchange) {
        exchange.beginRequest()
        exchange.sendsSecrets = exchange.trustedOrigin != nil
        do throws(FetchFailure) {
            let left = exchange.deadline - Self.clock()
            guard left > 0 else { throw FetchFailure.timeout("while following redirects") }
            try exchange.checkTarget()
            guard let handle = (exchange.hasSecrets ? nil : idle.popLast()) ?? EasyHandle() else {
                throw FetchFailure(
                    .resources, "not enough memory for another request", advice: "poll fewer feeds at a time")
            }
            exchange.handle = handle
            try handle.prepare(for: exchange, now: now(), timeout: left)
            curl_multi_add_handle(multi, handle.curl)
        } catch {
            conclude(exchange, error)
        }
    }

    private func readMessages() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let curl = message.pointee.easy_handle,
                let context = newswire_curl_get_private(curl)
            else { continue }
            // The message is gone once its handle is removed.
            let code = newswire_curl_message_result(message)
            finish(Exchange.from(context), code)
        }
    }

    private func finish(_ exchange: Exchange, _ code: CURLcode) {
        guard let handle = exchange.handle else { return }
        exchange.count(handle)
        if let failure = exchange.probedFailure {
            conclude(exchange, failure.with(certificateOf: handle))
            return
        }
        let failure = exchange.failure(code, handle)
        if failure == nil, RedirectRules.isRedirect(status: exchange.status) {
            follow(exchange)
        } else if exchange.lostKeptConnection(code, handle) {
            exchange.wantsNewConnection = true
            release(exchange)
            begin(exchange)
        } else if let failure, failure.kind == .tls, exchange.mayProbe {
            probe(exchange, failure)
        } else {
            conclude(exchange, failure)
        }
    }

    private func follow(_ exchange: Exchange) {
        let from = exchange.url
        exchange.noteGuide()
        do {
            exchange.url = try exchange.redirects.follow(
                from: from, status: exchange.status, location: exchange.fields.firstBytes("Location"),
                limit: exchange.request.limits.maxRedirects, isAmongPrivate: exchange.isAmongPrivate)
        } catch {
            conclude(exchange, error)
            return
        }
        release(exchange)
        if exchange.url.origin != exchange.trustedOrigin { exchange.trustedOrigin = nil }
        let isOtherHost = HostKey.of(exchange.url) != HostKey.of(from)
        if exchange.request.beforeHop != nil, isOtherHost, let hop = exchange.redirects.hops.last {
            exchange.askedAt = Self.clock()
            // It may wait for long, and what the redirect's header was is of no use any more.
            exchange.forgetAnswer()
            exchange.transfer.ask(hop)
        } else {
            begin(exchange)
        }
    }

    private func proceed(_ transfer: Transfer, _ leave: HopLeave) {
        guard let exchange = active[ObjectIdentifier(transfer)], let askedAt = exchange.askedAt else { return }
        exchange.askedAt = nil
        exchange.deadline += Self.clock() - askedAt
        if let failure = leave.failure(host: exchange.url.host) {
            conclude(exchange, failure)
        } else {
            begin(exchange)
        }
    }

    /// Connects once more, without trusting and without asking, to see the certificate that was refused.
    private func probe(_ exchange: Exchange, _ failure: FetchFailure) {
        let left = exchange.deadline - Self.clock()
        release(exchange)
        guard left > 0, let handle = EasyHandle() else {
            conclude(exchange, failure)
            return
        }
        exchange.probedFailure = failure
        exchange.beginRequest()
        exchange.handle = handle
        exchange.sendsSecrets = false
        do {
            try handle.prepare(for: exchange, now: now(), timeout: min(left, 5000))
        } catch {
            conclude(exchange, failure)
            return
        }
        handle.set(CURLOPT_SSL_VERIFYPEER, 0)
        handle.set(CURLOPT_SSL_VERIFYHOST, 0)
        handle.set(CURLOPT_CERTINFO, true)
        handle.set(CURLOPT_CONNECT_ONLY, true)
        handle.set(CURLOPT_FRESH_CONNECT, true)
        handle.set(CURLOPT_FORBID_REUSE, true)
        curl_multi_add_handle(multi, handle.curl)
    }

    private func conclude(_ exchange: Exchange, _ failure: FetchFailure?) {
        let head = exchange.takeHead()
        release(exchange)
        active[ObjectIdentifier(exchange.transfer)] = nil
        exchange.outcome.failure = failure
        exchange.outcome.durationMilliseconds = Self.clock() - exchange.startedAt
        exchange.transfer.finish(exchange.outcome, lastChunk: exchange.takeBody(), head: head)
    }

    private func drop(_ transfer: Transfer) {
        guard let exchange = active.removeValue(forKey: ObjectIdentifier(transfer)) else { return }
        release(exchange)
    }

    /// Takes the handle from the exchange; afterwards nothing in libcurl points to the exchange.
    private func release(_ exchange: Exchange) {
        guard let handle = exchange.handle else { return }
        exchange.handle = nil
        curl_multi_remove_handle(multi, handle.curl)
        if exchange.hasSecrets || exchange.probedFailure != nil || idle.count >= Self.idleHandles { return }
        handle.forgetRequest()
        idle.append(handle)
    }

    private func endEverything() {
        for exchange in Array(active.values) { conclude(exchange, .cancelled) }
        for command in mailbox.take().commands {
            switch command {
            case .start(let transfer): transfer.finish(FetchOutcome(failure: .cancelled))
            case .run(let job): globalConcurrentExecutor.enqueue(ExecutorJob(job))
            case .resume, .drop, .proceed, .expect: break
            }
        }
        idle = []
    }
}
