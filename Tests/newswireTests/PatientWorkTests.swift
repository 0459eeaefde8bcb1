import Dispatch
import Glibc
import TestSupport
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

    @Test("A service that is asked and does nothing is given up, with what a person can do")
    func idleService() async {
        let service = ChildProcess("/bin/sleep", ["1000"])
        let load = Workload()
        let forever = DispatchSemaphore(value: 0)
        let failure = #expect(throws: CommandFailure.self) {
            try PatientWork.run("asking the service", load, notice: 1, limit: 50) {
                load.follow(process: service.pid)
                forever.wait()
            }
        }
        #expect(failure?.message.contains("`systemctl restart newswire`") == true)
        forever.signal()
        service.send(SIGKILL)
        _ = await service.wait()
    }

    @Test("A service that is asked is waited for as long as it works")
    func service() throws {
        let ended = DispatchSemaphore(value: 0)
        let load = Workload()
        // This process is the one that works, on another thread than the one that waits.
        load.follow(process: getpid())
        DispatchQueue(label: "service").async {
            Self.work(milliseconds: 300)
            ended.signal()
        }
        try PatientWork.run("asking the service", load, notice: 1, limit: 100) { ended.wait() }
        #expect(load.milliseconds >= 300)
        #expect(load.notice(after: 300)?.contains("it is at work") == true)
        #expect(Workload().notice(after: 300)?.contains("file system") == true)
    }

    @Test("What works on is waited for, however long it takes")
    func worksOn() throws {
        let hasWorked = try PatientWork.run("counting", notice: 1, limit: 500) {
            Self.work(milliseconds: 700)
            return true
        }
        #expect(hasWorked)
    }

    /// Uses the processor for so long. The thread may have worked for others before.
    private static func work(milliseconds: Int) {
        func used() -> Int {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
        }
        let begun = used()
        while used() - begun < milliseconds {}
    }
}
