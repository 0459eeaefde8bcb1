import FeedModel
import Glibc
import Locking
import TestSupport
import Testing

@testable import Fetching

@Suite("Local files are read on threads of their own") struct FileThreadsTests {
    private let gate = Gate()

    @Test(
        "Work that its file system does not answer is given up in time, in line or under way, and holds a thread alone")
    func noAnswer() async {
        let threads = FileThreads(limit: 2, patience: .milliseconds(20), look: 5)
        let begun = Locked(0)
        await withDiscardingTaskGroup { group in
            for _ in 0..<5 {
                group.addTask { [gate] in
                    await #expect(throws: FileThreads.NoAnswer.self) {
                        try await threads.run {
                            begun.withLock { $0 += 1 }
                            gate.wait()
                        }
                    }
                }
            }
        }
        // No more than there are threads; what stood in line is never begun.
        #expect(begun.withLock { $0 } <= 2)
        gate.open()
        let patient = FileThreads(limit: 2)
        #expect(try! await patient.run { 7 } == 7)
    }

    @Test("A thread that is free again takes what stands in line, in its order")
    func line() async throws {
        let threads = FileThreads(limit: 1)
        let order = Locked<[Int]>([])
        let last = Gate()
        for number in 0..<4 {
            threads.run { [gate] in
                if number == 0 { gate.wait() }
                order.withLock { $0.append(number) }
                if number == 3 { last.open() }
            } noAnswer: {
            }
        }
        gate.open()
        await BlockingCall.run { last.wait() }
        #expect(order.withLock { $0 } == [0, 1, 2, 3])
    }

    @Test("A transfer of a local file that its file system does not answer fails, and can be cancelled meanwhile")
    func transfer() async throws {
        let threads = FileThreads(limit: 1, patience: .milliseconds(20), look: 5)
        threads.run { [gate] in
            gate.wait()
        } noAnswer: {
        }
        let head = ResponseHead(
            status: 200, effectiveURL: "file:///x", redirects: [], fields: HeaderFields(),
            receivedAt: .init(milliseconds: 0), responseDelayMilliseconds: 0,
            requestSignature: RequestSignature(url: "file:///x", userAgent: "", accept: "", headers: []),
            wasConditional: false)
        func start() -> Transfer {
            .reading(
                LocalDocument(url: "file:///x", limit: 100, head: head, threads: threads),
                for: FetchRequest(url: "file:///x", userAgent: ""))
        }
        let late = start()
        #expect(await late.response() == nil)
        #expect(await late.outcome().failure?.message.contains("has not answered in time") == true)
        let cancelled = start()
        cancelled.cancel()
        #expect(await cancelled.outcome().failure?.kind == .cancelled)
        gate.open()
    }
}
