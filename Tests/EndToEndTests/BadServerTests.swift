import TestSupport
import Testing

@Suite("Servers that misbehave (polling.md, security.md)")
struct BadServerTests {
    @Test("Each server that misbehaves is reported for what it is, and makes newswire ask and tell nothing more")
    func everything() async {
        // Enough for all that does end on a machine with other things to do.
        let options = Sanitizer.isOn ? ["--patience", "120", "--no-memory"] : []
        let ending = await ChildProcess(
            "/usr/bin/env", ["python3", "\(Checkout.root)/.ci/bad-servers", "--newswire", Desk.binary] + options,
            environment: Desk.environment
        ).wait()
        #expect(ending.status == 0, "\(ending.output)\(ending.errors)")
    }
}
