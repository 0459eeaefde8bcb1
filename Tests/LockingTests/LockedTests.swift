import Locking
import Testing

@Suite struct LockedTests {
    private struct Refusal: Error, Equatable {}

    @Test("Locked loses no change among many tasks")
    func exclusion() async {
        let counter = Locked(0)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<5_000 { counter.withLock { $0 += 1 } } }
            }
        }
        #expect(counter.withLock { $0 } == 40_000)
    }

    @Test("Locked throws the error of its body as it is, and is free again")
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
