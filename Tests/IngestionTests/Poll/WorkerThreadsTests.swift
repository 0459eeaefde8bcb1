import Glibc
import Locking
import Testing

@testable import Ingestion

@Suite("Parsing has threads of its own")
struct WorkerThreadsTests {
    /// Holds threads up until it is opened.
    private final class Barrier: Sendable {
        private let isOpen = Locked(false)
        let waiting = Locked(0)

        func wait() {
            waiting.withLock { $0 += 1 }
            while !isOpen.withLock({ $0 }) { usleep(1000) }
        }

        func open() { isOpen.withLock { $0 = true } }
    }

    @Test("Sixteen tasks that keep all of them busy leave Swift's pool to the others", .timeLimit(.minutes(5)))
    func poolIsFree() async {
        let workers = WorkerThreads(count: 2)
        let barrier = Barrier()
        let busy = (0..<16).map { _ in
            Task(executorPreference: workers) { barrier.wait() }
        }
        while barrier.waiting.withLock({ $0 }) < 2 { await Task.yield() }
        // Each of these would wait for ever behind the sixteen if it had to have one of their threads.
        var sum = 0
        for number in 0..<100 { sum += await Task.detached { number }.value }
        #expect(sum == 4950)
        #expect(barrier.waiting.withLock { $0 } == 2, "no more run at once than there are threads")
        barrier.open()
        for task in busy { await task.value }
        #expect(barrier.waiting.withLock { $0 } == 16)
    }

    @Test("Tasks on the parsing threads go on in the order in which they could, a thousand waits long")
    func order() async {
        let workers = WorkerThreads(count: 1)
        let order = Locked<[Int]>([])
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<3000 {
                group.addTask(executorPreference: workers) {
                    await Task.yield()
                    order.withLock { $0.append(number) }
                }
            }
        }
        #expect(order.withLock { $0 }.sorted() == Array(0..<3000))
    }
}
