import Locking
import Testing

@Suite struct LockedTests {
    private struct Refusal: Error, Equatable {}

    @Test("no change is lost among many tasks")
    func exclusion() async {
        let counter = Locked(0)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<5_000 { counter.withLock { $0 += 1 } } }
            }
        }
        #expect(counter.withLock { $0 } == 40_000)
    }

    @Test("an error comes out as it was thrown, and the lock is free again")
    func errors() {
        let value = Locked("a")
        #expect(throws: Refusal()) {
            try value.withLock { text throws(Refusal) in
                text = "b"
                throw Refusal()
            }
        }
        #expect(value.withLock { $0 } == "b")
    }
}
