import CCurl
import CShims
import Glibc

/// `MultiHandle` is libcurl's multi handle and the epoll instance that watches its sockets and one descriptor of the
/// engine's own. It knows nothing of requests: `TransferLoop` gives it easy handles and takes those that are done.
///
/// It stays on the engine's thread, and libcurl calls it back only from within its own methods. Its owner removes every
/// easy handle before it lets go of it.
final class MultiHandle {
    private let multi: UnsafeMutableRawPointer
    private let epoll: Int32
    private let wake: Int32
    /// What is ready, as epoll tells it; more of it waits for the next time.
    private let ready: UnsafeMutableBufferPointer<epoll_event>
    /// Monotonic milliseconds at which libcurl wants to be called; nil for not before a socket is ready.
    private var timer: Int?

    /// - Parameter wake: a descriptor that ends a wait when it becomes readable; its owner keeps it open.
    init(wake: Int32) throws(FetchEngine.StartError) {
        guard let multi = curl_multi_init() else { throw .init(call: "curl_multi_init", code: ENOMEM) }
        let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else {
            let code = errno
            curl_multi_cleanup(multi)
            throw .init(call: "epoll_create1", code: code)
        }
        self.multi = multi
        self.epoll = epoll
        self.wake = wake
        ready = .allocate(capacity: 256)
        ready.initialize(repeating: epoll_event())
        var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(fd: wake))
        guard epoll_ctl(epoll, EPOLL_CTL_ADD, wake, &event) == 0 else { throw .init(call: "epoll_ctl", code: errno) }
        let context = Unmanaged.passUnretained(self).toOpaque()
        newswire_curl_multi_set_socket(
            multi,
            { _, socket, what, context, known in
                MultiHandle.from(context!).watch(socket, what, isKnown: known != nil)
            }, context)
        newswire_curl_multi_set_timer(
            multi,
            { _, milliseconds, context in
                MultiHandle.from(context!).setTimer(milliseconds)
            }, context)
    }

    deinit {
        curl_multi_cleanup(multi)
        close(epoll)
        ready.deallocate()
    }

    private static func from(_ context: UnsafeMutableRawPointer) -> MultiHandle {
        Unmanaged<MultiHandle>.fromOpaque(context).takeUnretainedValue()
    }

    /// Lets so many connections be open, those in use and those kept for the next request counted together. libcurl closes
    /// an idle one when a transfer ends beyond that number, and before it opens another.
    func limit(connections: Int) {
        newswire_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, connections)
        newswire_curl_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, connections)
    }

    /// Begins the request that an easy handle is set up for, with the next call of `callTimer`.
    func add(_ handle: EasyHandle) { curl_multi_add_handle(multi, handle.curl) }

    /// Breaks off a request that has not ended. Afterwards libcurl calls nothing back for it.
    func remove(_ handle: EasyHandle) { curl_multi_remove_handle(multi, handle.curl) }

    /// Waits until a socket is ready, libcurl's time has come or `wake` is readable, and lets libcurl read and write.
    ///
    /// - Parameter mayRest: false looks at the sockets and waits for nothing.
    func wait(mayRest: Bool) {
        let longest = timer.map { Int32(clamping: max(0, $0 - SteadyClock.milliseconds())) } ?? -1
        let count = epoll_wait(epoll, ready.baseAddress, Int32(ready.count), mayRest ? longest : 0)
        var running: Int32 = 0
        for event in ready.prefix(max(0, Int(count))) where event.data.fd != wake {
            curl_multi_socket_action(multi, event.data.fd, Self.conditions(event.events), &running)
        }
    }

    /// Lets libcurl do what it wanted a timer for, where that is due: to begin requests and to end those that take too
    /// long.
    ///
    /// - Returns: whether it was due.
    func callTimer() -> Bool {
        guard let timer, timer <= SteadyClock.milliseconds() else { return false }
        self.timer = nil
        var running: Int32 = 0
        curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running)
        return true
    }

    /// Takes the next request that has ended: the context of its handle (`EasyHandle.setContext`) and libcurl's result.
    func takeEnded() -> (context: UnsafeMutableRawPointer, code: CURLcode)? {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let curl = message.pointee.easy_handle,
                let context = newswire_curl_get_private(curl)
            else { continue }
            // The message is gone once its handle is removed.
            return (context, newswire_curl_message_result(message))
        }
        return nil
    }

    private static func conditions(_ events: UInt32) -> Int32 {
        var conditions: Int32 = 0
        if events & (EPOLLIN.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 { conditions |= CURL_CSELECT_IN }
        if events & EPOLLOUT.rawValue != 0 { conditions |= CURL_CSELECT_OUT }
        return conditions
    }

    /// libcurl's callback: it begins to watch a socket, watches it for something else, or is done with it.
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

    /// libcurl's callback: it wants to be called in so many milliseconds, or, where that is negative, not at all.
    private func setTimer(_ milliseconds: Int) -> Int32 {
        timer = milliseconds < 0 ? nil : SteadyClock.milliseconds() + min(milliseconds, 86_400_000)
        return 0
    }
}
