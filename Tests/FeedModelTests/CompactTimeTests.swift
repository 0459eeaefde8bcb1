import FeedModel
import Testing

@Suite("Times in four bytes")
struct CompactTimeTests {
    private func kept(_ time: Timestamp?) -> Timestamp? { CompactTime(wrappedValue: time).wrappedValue }

    @Test("A time in four bytes is kept to the second, rounded up, and none stays none")
    func rounded() {
        #expect(kept(nil) == nil)
        #expect(kept(Timestamp(seconds: 1_790_000_000)) == Timestamp(seconds: 1_790_000_000))
        #expect(kept(Timestamp(milliseconds: 1_790_000_000_001)) == Timestamp(seconds: 1_790_000_001))
        #expect(MemoryLayout<CompactTime>.size == 4)
    }

    @Test("A time outside of what four bytes hold becomes the nearest that they can, and not none")
    func bounds() {
        #expect(kept(Timestamp(seconds: 0)) == Timestamp(seconds: 1))
        #expect(kept(Timestamp(milliseconds: .min)) == Timestamp(seconds: 1))
        #expect(kept(Timestamp(milliseconds: .max)) == FeedState.Schedule.forGood)
    }
}
