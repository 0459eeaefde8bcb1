import Glibc
import JSONText
import TestSupport
import Testing

@Suite("newswire deliver", .serialized)
struct DeliverTests {
    private let desk = Desk()

    private func publish(_ numbers: ClosedRange<Int>) async throws {
        desk.server.on("/feed", .init(body: Publisher.rss(numbers.map { ("\($0)", "Article \($0)") })))
        #expect(try await desk.poll()["failure"] == nil)
    }

    /// A command that appends what it gets to a file and ends as another file says.
    private func script(_ text: String) -> String {
        desk.folder.write("#!/bin/sh\ncd \(desk.folder.path) || exit 9\n\(text)\n", to: "command", mode: 0o755)
    }

    private func delivered() throws -> [String] {
        try (desk.folder.text("got") ?? "").split(separator: "\n")
            .map { try JSONParser.parse(Array($0.utf8)).value["id"]?.string ?? "" }
    }

    private func once(_ options: String..., command: String) async -> ChildProcess.Ending {
        await desk.run(
            ["deliver", "--as", "x", "--once"] + options + [
                "--config", desk.folder.file("newswire.toml"), "--", command,
            ])
    }

    /// Until a file of the desk holds that.
    private func waits(_ file: String, for isThere: (String) -> Bool) async -> Bool {
        for _ in 0..<600 {
            if isThere(desk.folder.text(file) ?? "") { return true }
            try? await Task.sleep(for: .milliseconds(50))
        }
        return false
    }

    @Test("In batches, in order, each article once, with what the command needs to know")
    func batches() async throws {
        try await publish(1...5)
        let command = script("cat >>got; env | grep ^NEWSWIRE_ | sort >>env; echo >>env")
        #expect(await once("--batch", "2", command: command).status == 0)
        #expect(try delivered() == ["1", "2", "3", "4", "5"])
        let environments = (desk.folder.text("env") ?? "").split(separator: "\n\n")
        #expect(environments.count == 3)
        let last = """
            NEWSWIRE_ATTEMPT=1
            NEWSWIRE_CONFIG=\(desk.folder.file("newswire.toml"))
            NEWSWIRE_CONSUMER=x
            NEWSWIRE_COUNT=1
            NEWSWIRE_FIRST_SEQ=5
            NEWSWIRE_LAST_SEQ=5
            NEWSWIRE_STORE=\(desk.folder.file("store"))
            """
        #expect(environments.last.map { $0.split(separator: "\n").joined(separator: "\n") } == last)
        #expect(await once(command: command).status == 0)
        #expect(try delivered().count == 5)
        #expect(await desk.run("consumers").output == "x\t5\t0\n")
    }

    @Test("A command that fails gets the same articles again: at least once, none skipped")
    func failure() async throws {
        try await publish(1...3)
        let command = script("cat >>got; exit $(cat status)")
        desk.folder.write("1", to: "status")
        let failed = await once("--batch", "2", command: command)
        #expect(failed.status == 69 && failed.errors.contains("the command ended with status 1"))
        #expect(await desk.run("consumers").output.hasPrefix("x\t0\t3\tfailing since 20"))
        desk.folder.write("0", to: "status")
        #expect(await once("--batch", "2", command: command).status == 0)
        #expect(try delivered() == ["1", "2", "1", "2", "3"])
    }

    @Test("A delivery that fails shows in consumers, status and the metrics until the command takes the batch")
    func shown() async throws {
        try await publish(1...2)
        let command = script("cat >/dev/null; exit $(cat status)")
        desk.folder.write("0", to: "status")
        #expect(await once(command: command).status == 0)
        try await publish(1...3)
        desk.folder.write("3", to: "status")
        for _ in 0..<2 { #expect(await once(command: command).status == 69) }
        let line = await desk.run("consumers").output
        #expect(line.hasPrefix("x\t2\t1\tfailing since 20"))
        #expect(line.hasSuffix(": the command ended with status 3, 2 times, with 3 to 3\n"))
        #expect(await desk.run("status").output.contains("FAILING for "))
        let status = try JSONParser.parse(Array(await desk.run("status", "--json").output.utf8)).value
        let failing = try #require(status["consumers"]?.array?.first?["failing"])
        #expect(failing["attempts"]?.integer == 2 && failing["first_seq"]?.integer == 3)
        let metrics = await desk.run("status", "--format", "prometheus").output
        #expect(metrics.contains("newswire_consumer_failed_attempts{consumer=\"x\"} 2\n"))
        desk.folder.write("0", to: "status")
        #expect(await once(command: command).status == 0)
        #expect(await desk.run("consumers").output == "x\t3\t0\n")
    }

    @Test("A batch that fails for the last time is kept in a file, and the consumer goes on behind it")
    func deadLetter() async throws {
        try await publish(1...3)
        mkdir(desk.folder.file("dead"), 0o755)
        let command = script("[ $NEWSWIRE_FIRST_SEQ -gt 2 ] || exit 5; cat >>got")
        let options = ["--batch", "2", "--attempts", "2", "--dead-letter", desk.folder.file("dead")]
        func run() async -> ChildProcess.Ending {
            await desk.run(
                ["deliver", "--as", "x", "--once"] + options + [
                    "--config", desk.folder.file("newswire.toml"), "--", command,
                ])
        }
        #expect(await run().status == 69)
        #expect(desk.folder.text("dead/x-1-2.jsonl") == nil)
        let last = await run()
        #expect(last.status == 0 && last.errors.contains("the batch is given up and kept in"))
        #expect(desk.folder.text("dead/x-1-2.jsonl")?.split(separator: "\n").count == 2)
        #expect(try delivered() == ["3"])
        #expect(await desk.run("consumers").output == "x\t3\t0\n")
        // What is there is not written over: the same again needs no other file, anything else gets one.
        #expect(await desk.run("ack", "x", "0").status == 0)
        let again = await desk.run([
            "deliver", "--as", "x", "--once", "--batch", "2", "--attempts", "1", "--dead-letter",
            desk.folder.file("dead"), "--config", desk.folder.file("newswire.toml"), "--", command,
        ])
        #expect(again.status == 0 && again.errors.contains("dead/x-1-2.jsonl"), "\(again.errors)")
        #expect(desk.folder.text("dead/x-1-2.2.jsonl") == nil)
        desk.folder.write("precious\n", to: "dead/x-1-2.jsonl")
        #expect(await desk.run("ack", "x", "0").status == 0)
        let other = await desk.run([
            "deliver", "--as", "x", "--once", "--batch", "2", "--attempts", "1", "--dead-letter",
            desk.folder.file("dead"), "--config", desk.folder.file("newswire.toml"), "--", command,
        ])
        #expect(other.status == 0 && other.errors.contains("dead/x-1-2.2.jsonl"), "\(other.errors)")
        #expect(desk.folder.text("dead/x-1-2.jsonl") == "precious\n")
        #expect(desk.folder.text("dead/x-1-2.2.jsonl")?.split(separator: "\n").count == 2)
        #expect(desk.folder.text("dead/x-1-2.jsonl.new") == nil)
        // A folder that does not take it gives nothing up.
        let nowhere = await desk.run([
            "deliver", "--as", "x", "--once", "--attempts", "1", "--dead-letter", desk.folder.file("none"), "--config",
            desk.folder.file("newswire.toml"), "--", command,
        ])
        #expect(nowhere.status == 64)
        #expect(await once("--attempts", "1", command: command).status == 64)
    }

    @Test("systemd is told when it is ready, how far it is, and since when it fails")
    func notifies() async throws {
        try await publish(1...2)
        let socket = NotifySocket()
        let command = script("[ $NEWSWIRE_ATTEMPT -gt 1 ] || exit 7; cat >>got")
        let deliver = desk.start(
            ["deliver", "--as", "x", "--config", desk.folder.file("newswire.toml"), "--", command],
            environment: ["NOTIFY_SOCKET": socket.path])
        #expect(await socket.waits(for: "READY=1"))
        let failing = await socket.next()?.first ?? ""
        #expect(failing.hasPrefix("STATUS=FAILING since 20") && failing.contains("status 7, 1 times"), "\(failing)")
        #expect(await socket.waits(for: "STATUS=has had all up to 2"))
        deliver.send(SIGTERM)
        #expect(await deliver.wait().status == 0)
    }

    @Test("It follows the store, tries again after a failure, and ends on SIGTERM with its cursor right")
    func follows() async throws {
        try await publish(1...2)
        desk.folder.write("", to: "got")
        let command = script("[ $NEWSWIRE_ATTEMPT -gt 1 ] || [ $NEWSWIRE_FIRST_SEQ -gt 1 ] || exit 7; cat >>got")
        let deliver = desk.start(
            "deliver", "--as", "x", "--config", desk.folder.file("newswire.toml"), "--", command)
        #expect(await waits("got") { $0.split(separator: "\n").count == 2 })
        #expect(deliver.errors.contains("ended with status 7; it gets the batch again in 1 s"))
        try await publish(1...4)
        #expect(await waits("got") { $0.split(separator: "\n").count == 4 })
        // One at a time for a consumer.
        #expect(await desk.run("dump", "--new", "--as", "x").status == 75)
        deliver.send(SIGTERM)
        #expect(await deliver.wait().status == 0)
        #expect(try delivered() == ["1", "2", "3", "4"])
        #expect(await desk.run("consumers").output == "x\t4\t0\n")
    }

    @Test("Killed at any point it repeats and never skips")
    func killed() async throws {
        try await publish(1...3)
        let command = script("echo $$ >pid; cat >>got; [ -e go ] || exec sleep 1000")
        let deliver = desk.start(
            "deliver", "--as", "x", "--config", desk.folder.file("newswire.toml"), "--", command)
        #expect(await waits("got") { $0.split(separator: "\n").count == 3 })
        deliver.send(SIGKILL)
        _ = await deliver.wait()
        // The command ends with it.
        let pid = try #require(desk.folder.text("pid").flatMap { Int32($0.dropLast()) })
        #expect(await waits("got") { _ in kill(pid, 0) != 0 })
        desk.folder.write("", to: "go")
        #expect(await once(command: command).status == 0)
        #expect(try delivered() == ["1", "2", "3", "1", "2", "3"])
    }

    @Test("A command that outlives a killed delivery has its consumer alone until it has ended")
    func outlived() async throws {
        try await publish(1...1)
        let command = script(
            "trap '' TERM; echo begin >>work; cat >>got; while [ ! -e go ]; do sleep 0.05; done; echo end >>work")
        let killed = desk.start(
            "deliver", "--as", "x", "--config", desk.folder.file("newswire.toml"), "--", command)
        #expect(await waits("got") { !$0.isEmpty })
        killed.send(SIGKILL)
        _ = await killed.wait()
        let next = desk.start(
            "deliver", "--as", "x", "--once", "--config", desk.folder.file("newswire.toml"), "--", command)
        while !next.errors.contains("its command is still at work") { try await Task.sleep(for: .milliseconds(20)) }
        #expect(desk.folder.text("work") == "begin\n")
        desk.folder.write("", to: "go")
        #expect(await next.wait().status == 0)
        #expect(desk.folder.text("work") == "begin\nend\nbegin\nend\n")
    }

    @Test("Of a batch that is refused again the log says how to give it up")
    func wayOut() async throws {
        try await publish(1...2)
        let command = script("exit 1")
        #expect(await once(command: command).errors.contains("ended with status 1"))
        let second = await once(command: command)
        #expect(second.errors.contains("newswire ack x 2") && second.errors.contains("--dead-letter DIR"))
    }

    @Test("Filters leave articles out, and the cursor moves past them")
    func filters() async throws {
        try await publish(1...2)
        let command = script("cat >>got")
        #expect(await once("--no-initial", command: command).status == 0)
        try await publish(1...3)
        #expect(await once("--no-initial", command: command).status == 0)
        #expect(try delivered() == ["3"])
        #expect(await desk.run("consumers").output == "x\t3\t0\n")
    }

    @Test("security.md §14: the command gets a clean environment, but for what --env names")
    func environment() async throws {
        try await publish(1...1)
        let command = script("env >env")
        let secrets = ["EXAMPLE_TOKEN": "hunter2", "CREDENTIALS_DIRECTORY": "/run/x", "MINE": "yes", "TZ": "UTC"]
        let ending = await desk.run(
            [
                "deliver", "--as", "x", "--once", "--env", "MINE", "--config", desk.folder.file("newswire.toml"), "--",
                command,
            ], environment: secrets)
        #expect(ending.status == 0)
        let text = desk.folder.text("env") ?? ""
        #expect(!text.contains("hunter2") && !text.contains("CREDENTIALS_DIRECTORY"))
        #expect(text.contains("MINE=yes\n") && text.contains("TZ=UTC\n") && text.contains("PATH="))
    }

    @Test("A folder that systemd has made for the command is not taken for the store")
    func stateDirectory() async throws {
        desk.folder.write(
            "contact = \"https://example.org/\"\n[fetch]\nprivate_networks = \"allow\"\n[[feed]]\nurl = \"\(desk.server.url("/feed"))\"",
            to: "newswire.toml")
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One")])))
        var environment = ["XDG_STATE_HOME": desk.folder.file("state")]
        #expect(await desk.run(["poll"], environment: environment).status == 0)
        environment["STATE_DIRECTORY"] = desk.folder.file("other")
        let ending = await desk.run(
            [
                "deliver", "--as", "x", "--once", "--config", desk.folder.file("newswire.toml"), "--",
                script("cat >>got"),
            ],
            environment: environment)
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(try delivered() == ["1"])
    }

    @Test("Wrong usage is 64: no command, none that can be run, no consumer, no such name of one")
    func usage() async throws {
        try await publish(1...1)
        let config = desk.folder.file("newswire.toml")
        for arguments in [
            ["--as", "x"], ["--as", "x", "--", "/no/such/program"], ["--", "true"], ["--as", "../x", "--", "true"],
            ["--as", "x", "--batch", "0", "--", "true"], ["--as", "x", "--timeout", "soon", "--", "true"],
        ] {
            let ending = await desk.plain(["deliver", "--config", config, "--once"] + arguments)
            #expect(ending.status == 64, "\(arguments): \(ending.errors)")
        }
    }
}
