import Dispatch
import Glibc
import Testing

@testable import newswire

@Suite("Work that may wait for a file system")
struct PatientWorkTests {
    @Test("What stands still is given up, and the message says that the file system does not answer")
    func standsStill() {
        let forever = DispatchSemaphore(value: 0)
        defer { forever.signal() }
        let failure = #expect(throws: CommandFailure.self) {
            try PatientWork.run("reading it", notice: 1, limit: 50) { forever.wait() }
        }
        #expect(failure?.message.contains("reading it: the file system has not answered") == true)
    }

    @Test("What works on is waited for, however long it takes")
    func worksOn() throws {
        let milliseconds = try PatientWork.run("counting", notice: 1, limit: 500) {
            var time = timespec()
            while time.tv_sec * 1000 + time.tv_nsec / 1_000_000 < 700 { clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) }
            return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
        }
        #expect(milliseconds >= 700)
    }
}
