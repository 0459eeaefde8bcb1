import CCurl
import CShims
package import FeedModel
import Glibc
import Locking

/// `FetchEngine` fetches many feeds at a time on one thread of its own.
///
/// Connections, looked-up names and the parsed CA bundle are shared by all transfers. How many run at a time is up to
/// the caller; each costs the same, however many there are.
package final class FetchEngine: Sendable {
    /// `Options` are what an engine is started with; only `concurrency` can change later (`expect`).
    package struct Options: Sendable {
        /// The number of transfers that are to run at a time. Where the caller starts more, the others wait for a
        /// connection.
        package var concurrency = 256
        /// So many connections may be open beyond one for each transfer, kept for the next requests to the same hosts.
        /// The oldest goes where a new one is wanted: there are never more than both together.
        package var spareConnections = 40
        /// A parsed bundle of CA certificates is used for so many seconds before its file is read again.
        package var caLifetime = 86_400
        /// Gives the time of day, which tells the age of responses. Called on the engine's thread.
        package var now: @Sendable () -> Timestamp = FetchEngine.timeOfDay
        /// Tells whether something has said that the time of day is wrong (contract.md §6). Called as `now` is.
        package var isClockDoubtful: @Sendable () -> Bool = { false }

        /// The defaults are those of the service.
        package init() {}
    }

    /// `StartError` says why an engine could not be started: by a system call and its errno.
    package struct StartError: Error, Sendable, CustomStringConvertible {
        let call: String
        let code: Int32

        package var description: String { "cannot start fetching: \(call) failed with error \(code)" }
    }

    /// Tells which libcurl is in use: `7.88.1`.
    package static var libcurlVersion: String {
        String(cString: newswire_curl_version())
    }

    private let mailbox: Mailbox
    private let thread: Locked<Thread>
    /// These threads read what is in files: local documents, and what a request needs beside the configuration.
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

    /// Starts the engine's thread. Throws where the system does not give what that needs.
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

    /// Without `shutdown`, this ends all transfers and waits for the thread: what OpenSSL gives back when a thread ends must not
    /// be given back by the end of the process at the same time.
    deinit {
        mailbox.close()
        guard let handle = thread.withLock({ $0.takeHandle() }) else { return }
        // What runs on the thread itself may be the last that has the engine.
        if pthread_equal(handle, pthread_self()) != 0 { pthread_detach(handle) } else { pthread_join(handle, nil) }
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

    /// Takes in how many transfers are to run at a time from here on. Those under way are left alone.
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

    /// libcurl is made ready once, by whoever needs it first.
    static let globalStatus: CURLcode = curl_global_init(Int(CURL_GLOBAL_ALL))

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

/// `Mailbox` takes what is asked of the engine's thread: one value behind one lock, and an eventfd that wakes the thread
/// where it waits.
///
/// Tasks can run on that thread, too: a poll that only starts a transfer and takes in a short answer costs no change of
/// threads there. Nothing may block in them.
final class Mailbox: Sendable, TaskExecutor {
    enum Command: Sendable {
        case start(Transfer)
        /// The consumer has taken what waited.
        case resume(Transfer)
        /// The consumer has ended it.
        case drop(Transfer)
        /// The answer to a redirect that was asked about.
        case proceed(Transfer, RedirectDecision)
        /// So many transfers run at a time from here on.
        case expect(Int)
        /// A task goes on.
        case run(UnownedJob)
    }

    private struct Contents {
        var commands: [Command] = []
        /// The thread waits for its descriptors, or is about to.
        var isResting = true
        /// The eventfd has been written to since the thread last looked.
        var isSignalled = false
        var isClosed = false
    }

    let descriptor: Int32
    private let contents = Locked(Contents())

    init() throws(FetchEngine.StartError) {
        descriptor = newswire_eventfd()
        guard descriptor >= 0 else { throw .init(call: "eventfd", code: errno) }
    }

    deinit {
        close(descriptor)
    }

    /// - Returns: false once the mailbox is closed; nothing is done with the command then.
    @discardableResult
    func post(_ command: Command) -> Bool {
        contents.withLock { contents in
            if contents.isClosed { return false }
            contents.commands.append(command)
            signal(&contents)
            return true
        }
    }

    /// Tells the thread to end. What was posted before is still taken.
    func close() {
        contents.withLock { contents in
            contents.isClosed = true
            signal(&contents)
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // Without the thread it goes on elsewhere: a task has to come to its end.
        if !post(.run(job)) { globalConcurrentExecutor.enqueue(ExecutorJob(job)) }
    }

    /// The engine's thread wants to wait: false where something has come that it should see to first. From then on until
    /// it takes something it is woken.
    func mayRest() -> Bool {
        contents.withLock { contents in
            contents.isResting = contents.commands.isEmpty && !contents.isClosed
            return contents.isResting
        }
    }

    /// The engine's thread takes everything at once, in the order of posting.
    func take() -> (commands: [Command], isClosed: Bool) {
        contents.withLock { contents in
            contents.isResting = false
            if contents.isSignalled {
                var count: UInt64 = 0
                _ = read(descriptor, &count, 8)
                contents.isSignalled = false
            }
            let commands = contents.commands
            contents.commands = []
            return (commands, contents.isClosed)
        }
    }

    private func signal(_ contents: inout Contents) {
        if contents.isSignalled || !contents.isResting { return }
        contents.isSignalled = true
        var one: UInt64 = 1
        // Cannot fail: the counter is at most 1, and the descriptor is ours.
        _ = write(descriptor, &one, 8)
    }

    private func close(_ descriptor: Int32) {
        _ = Glibc.close(descriptor)
    }
}
