import Glibc
import TestSupport
import Testing

@Suite(
    "A machine of a fleet that is killed in the middle of an entry (docs/spec/fleet.md F11, F12)",
    .enabled(if: PostgreSQLServer.isPossible, "PostgreSQL is not installed: apt install postgresql"),
    .enabled(if: Tools.isThere("cc"), "there is no C compiler: apt install gcc"), .serialized)
struct FleetKillTests {
    /// Makes what kills a program in one of its calls on files.
    private func injector(in folder: TemporaryDirectory) async throws -> String {
        let library = folder.file("failing_calls.so")
        let source = "\(Checkout.root)/Tests/Faults/failing_calls.c"
        let compiler = ChildProcess(
            "/usr/bin/env", ["cc", "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"],
            environment: Desk.environment)
        let ending = await compiler.wait()
        try #require(ending.status == 0, "\(ending.errors)")
        return library
    }

    /// How many entries of the log have that in the line about themselves.
    private func entries(of desk: FleetDesk, with words: String) -> Int {
        (desk.sql("SELECT convert_from(body, 'UTF8') FROM newswire.log") ?? []).count { $0.contains(words) }
    }

    @Test("What the log has of it and its own store has not is there when it starts again, and in every copy once")
    func killed() async throws {
        let (one, two) = try await FleetDesk.pair()
        let publisher = one.desk.server
        publisher.on("/feed", FleetDesk.document(3))
        let feed = FleetDesk.schedule + FleetDesk.feed(publisher.url("/feed"), id: "wire")
        one.configure(more: feed)
        two.configure(more: feed)
        let first = one.desk.service(environment: [
            "LD_PRELOAD": try await injector(in: one.desk.folder), "ASAN_OPTIONS": "verify_asan_link_order=0",
            "FAULT_BELOW": one.desk.folder.file("store/articles"), "FAULT_CALLS": "writes", "FAULT_NTH": "1",
            "FAULT_EFFECT": "KILL_BEFORE",
        ])
        let ending = await first.wait()
        #expect(ending.status == 128 + SIGKILL, "\(ending.errors)")
        #expect(entries(of: one, with: "\"records\":3,") == 1)
        #expect(await one.desk.run("dump").lines.count == 2)

        let again = await one.service()
        #expect(await one.has(5))
        let second = await two.service()
        #expect(await two.has(5))
        publisher.on("/feed", FleetDesk.document(4))
        #expect(await one.has(6))
        #expect(await two.has(6))
        for service in [second, again] { service.send(SIGTERM) }
        for service in [second, again] { #expect(await service.wait().status == 0) }
        let heads = [await one.desk.run("store", "verify"), await two.desk.run("store", "verify")]
        #expect(heads.allSatisfy { $0.status == 0 } && heads[0].lines.last == heads[1].lines.last)
        let same = await one.desk.shell("diff -r $DIR/store/articles \(two.desk.folder.path)/store/articles")
        #expect(same.status == 0, "\(same.output)")
        #expect(Set(try await one.desk.ids()).count == 6)
    }
}
