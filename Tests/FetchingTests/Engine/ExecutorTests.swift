import FeedModel
import Glibc
import Locking
import TestSupport
import Testing

@testable import Fetching

@Suite("Tasks run on the engine's thread")
struct ExecutorTests {
    /// The thread that a task runs on.
    private func thread(_ engine: FetchEngine) async -> pthread_t {
        await Task(executorPreference: engine.executor) { pthread_self() }.value
    }

    @Test("Tasks run on the engine's thread, and go on elsewhere once that has ended")
    func runs() async throws {
        let engine = try FetchEngine()
        let first = await thread(engine)
        #expect(await thread(engine) == first)
        await engine.shutdown()
        // That it comes back at all is what counts.
        _ = await thread(engine)
    }

    @Test("A response resumes its task on the engine's thread, where it may start the next fetch")
    func fetches() async throws {
        let server = LoopbackServer()
        server.on("/feed", .init(body: "<rss/>"))
        let engine = try FetchEngine()
        let home = await thread(engine)
        let url = server.url("/feed")
        let threads = await withTaskGroup(of: [pthread_t].self) { group in
            for _ in 0..<8 {
                group.addTask(executorPreference: engine.executor) {
                    var threads: [pthread_t] = []
                    for _ in 0..<5 {
                        let fetched = await engine.fetch(request(url))
                        guard fetched.failure == nil else { continue }
                        threads.append(pthread_self())
                    }
                    return threads
                }
            }
            return await group.reduce([], +)
        }
        #expect(threads.count == 40)
        #expect(Set(threads) == [home])
        await engine.shutdown()
    }

    @Test("A task that waits for a response that does not come ends with the engine")
    func shutdown() async throws {
        let server = LoopbackServer()
        let asked = AsyncStream.makeStream(of: Void.self)
        server.on("/feed") { _, _ in asked.continuation.yield() }
        let engine = try FetchEngine()
        let url = server.url("/feed")
        let task = Task(executorPreference: engine.executor) { await engine.fetch(request(url)).failure?.kind }
        for await _ in asked.stream { break }
        await engine.shutdown()
        #expect(await task.value == .cancelled)
    }

    @Test("An engine that nobody has any more leaves no thread behind, nor what libraries give back when a thread ends")
    func letGo() async throws {
        let hasEnded = Locked(false)
        var engine: FetchEngine? = try FetchEngine()
        let executor = try #require(engine).executor
        await Task(executorPreference: executor) {
            var key = pthread_key_t()
            // As OpenSSL does, which has one of these for each thread.
            pthread_key_create(&key) {
                Unmanaged<Locked<Bool>>.fromOpaque($0!).takeRetainedValue().withLock { $0 = true }
            }
            pthread_setspecific(key, Unmanaged.passRetained(hasEnded).toOpaque())
        }.value
        engine = nil
        #expect(hasEnded.withLock { $0 })
    }
}
