import TestSupport
import Testing

@Suite("Programs that tests start")
struct ChildProcessTests {
    @Test("One that does not end is killed, and its test fails with what it has printed")
    func endless() async {
        let child = ChildProcess("/bin/sh", ["-c", "echo said; while :; do sleep 1; done"])
        while child.output.isEmpty { await Task.yield() }
        await withKnownIssue {
            let ending = await child.wait(limit: 0)
            #expect(ending.status == 137)
        } matching: { issue in
            issue.comments.contains { $0.rawValue.contains("did not end in 0 s") && $0.rawValue.contains("said\n") }
        }
    }
}
