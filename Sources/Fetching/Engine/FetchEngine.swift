import CCurl
package import FeedModel
import Glibc
import Locking

/// Fetches many feeds at a time on one thread of its own.
///
/// Connections, looked-up names and the parsed CA bundle are shared by all transfers. How many run at a time is up to
/// the caller; each costs the same, however many there are.
package final class FetchEngine: Sendable {
    package struct Options: Sendable {
        /// How many transfers are to run at a time. Where the caller starts more, the others wait for a connection.
        package var concurrency = 256
        /// Connections beyond those that are kept open after their transfers, for the next ones to the same hosts. The
        /// oldest goes where a new one is wanted: there are never more than both together.
        package var spareConnections = 40
        /// Seconds for which a parsed bundle of CA certificates is used before its file is read again.
        package var caLifetime = 86_400
        /// The time of day: for the age of responses.
        package var now: @Sendable () -> Timestamp = FetchEngine.timeOfDay

        package init() {}
    }

    /// Why an engine could not be started: a system call and its errno.
    package struct StartError: Error, Sendable, CustomStringConvertible {
        let call: String
        let code: Int32

        package var description: String { "cannot start fetching: \(call) failed with error \(code)" }
    }

    /// Which libcurl is in use: `7.88.1`.
    package static var libcurlVersion: String {
        String(cString: newswire_curl_version())
    }

    private let mailbox: Mailbox
    private let thread: Locked<Thread>
    /// For what is read from files: local documents, and what a request needs beside the configuration.
    package let fileThreads = FileThreads()

    private struct Thread {
        var handle: pthread_t?
        var hasEnded = false
        var waiters: [CheckedContinuation<Void, Never>] = []

        mutating func takeHandle() -> pthread_t? {
            defer { handle = nil }
            return handle
        }
    }

    package init(options: Options = Options()) throws(StartError) {
        guard Self.globalStatus == CURLE_OK else { throw .init(call: "curl_global_init", code: 0) }
        mailbox = try Mailbox()
        thread = Locked(Thread())
        let start = Start(loop: try TransferLoop(mailbox: mailbox, options: options), thread: thread)
        let context = Unmanaged.passRetained(start)
        // The thread answers no signals: the main thread does.
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        var handle = pthread_t()
        let status = pthread_create(&handle, nil, { Start.run($0!) }, context.toOpaque())
        pthread_sigmask(SIG_SETMASK, &before, nil)
        guard status == 0 else {
            context.release()
            throw .init(call: "pthread_create", code: status)
        }
        thread.withLock { $0.handle = handle }
    }

    /// Without `shutdown`, the thread ends by itself.
    deinit {
        mailbox.close()
        if let handle = thread.withLock({ $0.takeHandle() }) { pthread_detach(handle) }
    }

    /// Runs tasks on the engine's thread, and elsewhere once that has ended. Whatever takes long, blocks or computes has to
    /// leave it: all transfers wait meanwhile.
    package var executor: any TaskExecutor { mailbox }

    /// Begins a fetch and returns at once; whatever is wrong with it shows in the outcome.
    package func start(_ request: FetchRequest) -> Transfer {
        if request.url.prefix(5).lowercased() == "file:" { return readFile(request) }
        let transfer = Transfer(request, mailbox: mailbox)
        if !mailbox.post(.start(transfer)) { transfer.finish(FetchOutcome(failure: .cancelled)) }
        return transfer
    }

    /// So many transfers are to run at a time from here on. Those under way are left alone.
    package func expect(concurrency: Int) { mailbox.post(.expect(concurrency)) }

    /// Ends all transfers as cancelled and waits until the thread is gone. Transfers started later are cancelled too.
    package func shutdown() async {
        mailbox.close()
        await withCheckedContinuation { continuation in
            let hasEnded = thread.withLock { thread in
                if !thread.hasEnded { thread.waiters.append(continuation) }
                return thread.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
        // The thread has nothing left to do but to return.
        if let handle = thread.withLock({ $0.takeHandle() }) { pthread_join(handle, nil) }
    }

    private func readFile(_ request: FetchRequest) -> Transfer {
        guard request.allowsLocalFile else {
            return .failed(
                request,
                .invalid("file: URLs are not fetched", "write it in a [[feed]] table or a list of URLs of your own"))
        }
        let head = ResponseHead(
            status: 200, effectiveURL: request.url, redirects: [], fields: HeaderFields(),
            receivedAt: Self.timeOfDay(),
            responseDelayMilliseconds: 0,
            requestSignature: RequestSignature(url: request.url, userAgent: "", accept: "", headers: []),
            wasConditional: false)
        return .reading(
            LocalDocument(url: request.url, limit: request.limits.maxBody, head: head, threads: fileThreads),
            for: request)
    }

    private static func timeOfDay() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    private static let globalStatus: CURLcode = curl_global_init(Int(CURL_GLOBAL_ALL))

    /// What the thread is given to begin with.
    private final class Start {
        let loop: TransferLoop
        let thread: Locked<Thread>

        init(loop: TransferLoop, thread: Locked<Thread>) {
            self.loop = loop
            self.thread = thread
        }

        static func run(_ context: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
            let thread = Unmanaged<Start>.fromOpaque(context).takeRetainedValue().runLoop()
            let waiters = thread.withLock { thread in
                thread.hasEnded = true
                defer { thread.waiters = [] }
                return thread.waiters
            }
            for waiter in waiters { waiter.resume() }
            return nil
        }

        /// The loop and all that it holds are gone when this returns.
        private consuming func runLoop() -> Locked<Thread> {
            loop.run()
            return thread
        }
    }
}
