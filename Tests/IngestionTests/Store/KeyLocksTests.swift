import Digest
import Locking
import Testing

@testable import Ingestion

@Suite("Keys are locked while their articles are judged and stored")
struct KeyLocksTests {
    private func keys(_ numbers: UInt64...) -> [Hash128] { numbers.map { Hash128(high: 0, low: $0) } }

    @Test("A poll that wants a locked key waits until it is released; others do not")
    func waiting() async {
        let locks = KeyLocks()
        let order = Locked<[String]>([])
        await locks.take(keys(1, 2))
        // Two items of a document may have one link.
        await locks.take(keys(3, 3))
        let wanted = keys(2, 4)
        let second = Task {
            await locks.take(wanted)
            order.withLock { $0.append("second") }
        }
        // Nothing that waits holds anything: 4 is still free.
        for _ in 0..<100 { await Task.yield() }
        await locks.take(keys(4))
        locks.release(keys(4))
        order.withLock { $0.append("first") }
        locks.release(keys(1, 2))
        await second.value
        #expect(order.withLock { $0 } == ["first", "second"])
    }

    @Test("A poll without keys locks nothing and waits for nobody")
    func nothing() async {
        let locks = KeyLocks()
        await locks.take([])
        await locks.take([])
        locks.release([])
    }
}
