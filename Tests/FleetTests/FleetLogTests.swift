import Fleet
import Testing

@Suite struct EngineFailureTests {
    @Test func `says what a person can do behind what went wrong`() {
        let failure = EngineFailure(.away, "reading the log of db1: no answer for 3 s", advice: "look whether db1 runs")
        #expect(failure.description == "reading the log of db1: no answer for 3 s; look whether db1 runs")
        let bare = EngineFailure(.away, "reading the log of db1: no answer")
        #expect(bare.description == "reading the log of db1: no answer")
    }
}
