import TestSupport
import Testing

/// The short form of what `make check-deep` does for minutes (.ci/faults).
@Suite("Kills and readers beside a writer (contract.md §4, §5)", .serialized, .enabled(if: Tools.isThere("python3")))
struct KillTests {
    private static let script = "\(Checkout.root)/.ci/faults"

    private func run(_ arguments: String...) async -> ChildProcess.Ending {
        await ChildProcess(
            "/usr/bin/env", ["python3", Self.script, "--newswire", Desk.binary] + arguments,
            environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"]
        ).wait()
    }

    @Test("A poll that is killed at any moment loses nothing that it reported, and nothing comes twice")
    func kills() async {
        let ending = await run("--kills", "10")
        #expect(ending.status == 0, "\(ending.output)\(ending.errors)")
        #expect(ending.output.contains("kill -9 under load: 10 runs, 0 failed"))
    }

    @Test("Readers beside a writer see whole lines, in order, without a hole, and a follower sees all of them")
    func besideWriter() async {
        let ending = await run("--beside", "3")
        #expect(ending.status == 0, "\(ending.output)\(ending.errors)")
        #expect(ending.output.contains(", 0 failed"))
    }
}
