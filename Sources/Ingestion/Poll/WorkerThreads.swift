private import Dispatch
private import Glibc
private import Locking

/// `WorkerThreads` are threads of their own for tasks that compute, so that they never take all threads of Swift's
/// pool: the poll loop, the control socket and the timers find one whatever documents come.
///
/// The threads are made when the first task comes, and last as long as the process. Tasks go on in the order in which they
/// could; each wait is a chance for the others.
final class WorkerThreads: TaskExecutor {
    /// Where documents are parsed and told apart: a thread for each processor.
    static let parsing = WorkerThreads(count: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))

    private struct Queue {
        var jobs: [UnownedJob] = []
        /// Those before it have been taken.
        var first = 0
        var hasThreads = false

        mutating func next() -> UnownedJob? {
            guard first < jobs.count else { return nil }
            let job = jobs[first]
            first += 1
            // What has been taken is given back now and then: each job is moved once on average.
            if first == jobs.count || first > 1024 && first * 2 > jobs.count {
                jobs.removeFirst(first)
                first = 0
            }
            return job
        }
    }

    private let count: Int
    private let queue = Locked(Queue())
    /// Counts the jobs that wait.
    private let waiting: Semaphore

    /// - Parameter count: how many tasks run at once.
    init(count: Int) {
        self.count = count
        waiting = Semaphore()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let needsThreads = queue.withLock { queue in
            queue.jobs.append(job)
            defer { queue.hasThreads = true }
            return !queue.hasThreads
        }
        if needsThreads { start() }
        waiting.signal()
    }

    private func start() {
        // They answer no signals: the main thread does.
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        var started = 0
        for _ in 0..<count {
            var handle = pthread_t()
            let context = Unmanaged.passRetained(self)
            let status = pthread_create(&handle, nil, { WorkerThreads.run($0) }, context.toOpaque())
            guard status == 0 else {
                context.release()
                continue
            }
            pthread_detach(handle)
            started += 1
        }
        precondition(started > 0, "the system gives no thread to parse documents with")
    }

    private static func run(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let context else { return nil }
        let workers = Unmanaged<WorkerThreads>.fromOpaque(context).takeRetainedValue()
        while true {
            workers.waiting.wait()
            guard let job = workers.queue.withLock({ $0.next() }) else { continue }
            job.runSynchronously(on: workers.asUnownedTaskExecutor())
        }
    }
}

/// A count that threads wait for.
// Sendable because sem_t is made for several threads, and its address never changes.
private final class Semaphore: @unchecked Sendable {
    private let semaphore: UnsafeMutablePointer<sem_t>

    init() {
        semaphore = .allocate(capacity: 1)
        semaphore.initialize(to: sem_t())
        let status = sem_init(semaphore, 0, 0)
        precondition(status == 0, "sem_init: \(errno)")
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func signal() { sem_post(semaphore) }

    func wait() {
        while sem_wait(semaphore) != 0, errno == EINTR {}
    }
}

/// `BlockingWork` does work that waits in the kernel, for a task, on a thread that no other task needs.
package enum BlockingWork {
    /// Returns what the work returns, and throws what it throws. The work goes on where the task is cancelled.
    package static func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        let result: Result<Value, any Error> = await withCheckedContinuation { continuation in
            DispatchQueue(label: "newswire.blocking").async { continuation.resume(returning: Result { try work() }) }
        }
        return try result.get()
    }
}
