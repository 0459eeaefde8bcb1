import ArticleStore
import Configuration
import FeedModel
import Locking
import Logging
import TestSupport
import Testing

@testable import Ingestion

/// What the service does beside its loop, on file systems that may not answer: a gate stands in for one.
@Suite("Work that waits for a file system stops nothing else") struct DiskWorkTests {
    private let gate = Gate()
    private let answers = Locked<[Int]>([])

    @Test("Work that takes too long says for how long, and no more when it is over")
    func watch() async {
        let watch = DiskWatch(patience: .zero)
        #expect(watch.delay == nil)
        let begun = Gate()
        let work = Task {
            await BlockingCall.run { [gate] in
                watch.during("reading x") {
                    begun.open()
                    gate.wait()
                }
            }
        }
        await BlockingCall.run { begun.wait() }
        #expect(watch.delay?.description.hasPrefix("reading x: the file system has not answered for ") == true)
        gate.open()
        await work.value
        #expect(watch.delay == nil)
    }

    @Test("Work that takes long because there is much to do waits for nobody, and is told once it does")
    func atWork() async {
        let watch = DiskWatch(patience: .zero)
        let begun = Gate()
        let work = Task {
            await BlockingCall.run { [gate] in
                watch.during("reading x") {
                    let clock = ProcessorClock.ofThisThread
                    let start = clock?.milliseconds ?? 0
                    while (clock?.milliseconds ?? .max) - start < 100 {}
                    begun.open()
                    gate.wait()
                }
            }
        }
        await BlockingCall.run { begun.wait() }
        // It has worked for a while, and does not any more.
        #expect(watch.delay == nil)
        #expect(watch.delay?.action == "reading x")
        gate.open()
        await work.value
    }

    @Test("A delay of a file system is told once when it begins and once when it is over")
    func telling() {
        var telling = DelayTelling()
        let (a, b) = (DiskDelay(action: "a", seconds: 10), DiskDelay(action: "b", seconds: 12))
        #expect(telling.lines(for: [a]) == [.begins(a)])
        #expect(telling.lines(for: [DiskDelay(action: "a", seconds: 11), b]) == [.begins(b)])
        #expect(telling.lines(for: [b]) == [.isOver(action: "a")])
        #expect(telling.lines(for: [a]) == [.isOver(action: "b"), .begins(a)])
        #expect(telling.lines(for: []) == [.isOver(action: "a")])
    }

    @Test("A status is given though the store does not answer: with what was seen the last time, and what it waits for")
    func survey() async {
        let isHanging = Locked(false)
        let survey = DiskSurvey(store: "/s", patience: .milliseconds(1), watch: DiskWatch(patience: .zero)) {
            [gate] in
            if isHanging.withLock({ $0 }) { gate.wait() }
            var figures = StatusFigures()
            figures.store.segments = 7
            return figures
        }
        // The first may be given up as well: it is looked at all the same.
        while await figures(of: survey).store.segments != 7 {}
        isHanging.withLock { $0 = true }
        for _ in 0..<3 { #expect(await figures(of: survey).store.segments == 7) }
        #expect(survey.watch.delay?.action == "looking at the store /s")
        gate.open()
    }

    private func figures(of survey: DiskSurvey) async -> StatusFigures {
        await withCheckedContinuation { continuation in survey.ask { continuation.resume(returning: $0) } }
    }

    @Test("Whoever asks for a status while the disk is being looked at gets what is seen afterwards")
    func surveyIsFresh() async {
        let looks = Locked(0)
        let (begun, second) = (Gate(), Gate())
        let survey = DiskSurvey(store: "/s", patience: .seconds(60)) { [gate] in
            var figures = StatusFigures()
            figures.store.segments = looks.withLock { looks in
                looks += 1
                return looks
            }
            begun.open()
            gate.wait()
            return figures
        }
        survey.ask { [answers] figures in answers.withLock { $0.append(figures.store.segments) } }
        await BlockingCall.run { begun.wait() }
        survey.ask { [answers] figures in
            answers.withLock { $0.append(figures.store.segments) }
            second.open()
        }
        gate.open()
        await BlockingCall.run { second.wait() }
        #expect(answers.withLock { $0 } == [1, 2])
    }

    @Test("The configuration is read beside the loop, and again where it was asked for meanwhile")
    func reload() async throws {
        let reads = Locked(0)
        let (begun, ended) = (Gate(), Gate())
        let reload = ConfigurationReload(
            path: "/c", watch: DiskWatch(patience: .zero),
            read: { [gate] () throws(ConfigurationError) in
                reads.withLock { $0 += 1 }
                begun.open()
                gate.wait()
                throw ConfigurationError(diagnostics: [])
            }, hasEnded: { ended.open() })
        reload.begin()
        await BlockingCall.run { begun.wait() }
        #expect(reload.isReading && reload.take() == nil)
        #expect(reload.watch.delay?.action == "reading the configuration /c")
        reload.begin()
        reload.begin()
        gate.open()
        await BlockingCall.run { ended.wait() }
        #expect(reads.withLock { $0 } == 2)
        #expect(!reload.isReading)
        #expect(throws: ConfigurationError.self) { try #require(reload.take()).get() }
        #expect(reload.take() == nil)
    }

    @Test("A poll is told before its request that the store does not answer, and nothing is fetched")
    func writer() async throws {
        let folder = TemporaryDirectory()
        let store = try ArticleStore.open(
            at: folder.file("s"), options: StoreOptions { Timestamp(milliseconds: 0) }, report: { _ in })
        let writer = StoreWriter(store, watch: DiskWatch(patience: .zero))
        try await writer.checkDisk()
        let begun = Gate()
        writer.afterFlush { [gate] in
            begun.open()
            gate.wait()
        }
        await BlockingCall.run { begun.wait() }
        #expect(writer.watch.delay == nil)
        let waiting = Task {
            await BlockingCall.run { [gate] in
                writer.watch.during("writing") { gate.wait() }
            }
        }
        while writer.watch.delay == nil { await Task.yield() }
        let error = await #expect(throws: StoreError.self) { try await writer.checkDisk() }
        #expect(error?.reason.hasPrefix("the file system has not answered for ") == true)
        gate.open()
        await waiting.value
        store.close()
    }

    @Test("While a version of the metrics is being written no other is begun")
    func metrics() async {
        let folder = TemporaryDirectory()
        let metrics = MetricsJob(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        #expect(metrics.write("one\n", to: folder.file("a.prom")))
        metrics.removeNow(folder.file("nothing"))
        #expect(folder.text("a.prom") == "one\n")
        #expect(metrics.write("two\n", to: folder.file("a.prom")))
        metrics.removeNow(folder.file("a.prom"))
        #expect(folder.text("a.prom") == nil)
    }

    @Test("The loop's thread goes on where no thread that tasks share is free")
    func executor() async {
        let executor = LoopExecutor()
        let steps = Locked(0)
        // More than the pool has threads, whatever the machine.
        for _ in 0..<64 {
            Task.detached { [gate] in gate.wait() }
        }
        await withCheckedContinuation { continuation in
            Task.detached(executorPreference: executor) {
                for _ in 0..<3 {
                    await Task.yield()
                    steps.withLock { $0 += 1 }
                }
                // Also in a child, as polls and sleepers are.
                await withDiscardingTaskGroup { group in
                    group.addTask { steps.withLock { $0 += 1 } }
                }
                continuation.resume()
                gate.open()
            }
        }
        #expect(steps.withLock { $0 } == 4)
    }
}
