import CShims
import Glibc
import TestSupport
import Testing

@testable import newswire

@Suite("security.md §14: the command that articles are delivered to")
struct DeliveryCommandTests {
    private let folder = TemporaryDirectory()

    private func command(_ words: String..., environment: [String: String] = ["PATH": "/usr/bin:/bin"]) throws
        -> DeliveryCommand
    {
        var command = try #require(DeliveryCommand(words, environment: environment))
        command.lastGrace = 100
        return command
    }

    private func run(
        _ command: DeliveryCommand, input: String = "", adding: [String: String] = [:], timeout: Int64 = 60_000,
        stop: Int32 = -1
    ) async -> DeliveryCommand.Ending {
        await BlockingCall.run {
            command.run(input: Array(input.utf8), adding: adding, timeout: timeout, stop: stop)
        }
    }

    @Test("A delivery command gets the batch on its standard input, and its exit status says how it went")
    func ending() async throws {
        let file = folder.file("out")
        #expect(await run(try command("tee", file), input: "{}\n{}\n") == .exited(0))
        #expect(folder.text("out") == "{}\n{}\n")
        #expect(await run(try command("false")) == .exited(1))
        #expect(await run(try command("sh", "-c", "kill -9 $$")) == .killed(signal: 9))
        #expect(!DeliveryCommand.Ending.killed(signal: 9).isDone)
    }

    @Test("A delivery command that reads nothing, or stops reading, is no failure")
    func unread() async throws {
        let batch = String(repeating: "x", count: 1 << 20)
        #expect(await run(try command("true"), input: batch) == .exited(0))
        #expect(await run(try command("head", "-c", "1"), input: batch) == .exited(0))
    }

    @Test("A delivery command gets its arguments as they were written, without a shell")
    func noShell() async throws {
        let script = folder.write("#!/bin/sh\nprintf '%s\\n' \"$@\" >\(folder.file("out"))\n", to: "show", mode: 0o755)
        #expect(await run(try command(script, "$HOME", "`id`", "a b", "; ls", "*")) == .exited(0))
        #expect(folder.text("out") == "$HOME\n`id`\na b\n; ls\n*\n")
    }

    @Test(
        "A delivery command has the environment that it was given and nothing else, and no file of newswire's is open in it"
    )
    func environment() async throws {
        setenv("NEWSWIRE_TEST_SECRET", "hunter2", 1)
        let out = folder.file("out")
        let script = "env >\(out); readlink /proc/$$/fd/* >\(out).files || true"
        let command = try command("sh", "-c", script, environment: ["PATH": "/bin:/usr/bin"])
        #expect(await run(command, adding: ["NEWSWIRE_COUNT": "3"]) == .exited(0))
        let lines = Set((folder.text("out") ?? "").split(separator: "\n"))
        // PWD, SHLVL and _ are the shell's own.
        let own: Set<Substring> = ["PWD", "OLDPWD", "SHLVL", "_"]
        let given = lines.filter { line in !own.contains(line.prefix { $0 != "=" }) }
        #expect(given == ["PATH=/bin:/usr/bin", "NEWSWIRE_COUNT=3"])
        let files = (folder.text("out.files") ?? "").split(separator: "\n")
        #expect(files.count { $0.contains("newswire-batch") } == 1)
    }

    @Test("A delivery command, and what it starts, hold the lock open, under a number that no script takes for its own")
    func lock() async throws {
        let opened = open(folder.write("", to: "lock"), O_RDONLY | O_CLOEXEC)
        // A number that neither the shell nor ls takes for a file of its own.
        let lock = fcntl(opened, F_DUPFD_CLOEXEC, 40)
        close(opened)
        defer { close(lock) }
        let script =
            "sh -c 'readlink /proc/$$/fd/*' >\(folder.file("files")); ls /proc/$$/fd >\(folder.file("numbers"))"
        let command = try command("sh", "-c", script)
        let ending = await BlockingCall.run {
            command.run(input: [], adding: [:], timeout: 60_000, stop: -1, holding: lock)
        }
        #expect(ending == .exited(0))
        #expect(folder.text("files")?.contains(folder.file("lock")) == true)
        let numbers = (folder.text("numbers") ?? "").split(separator: "\n").compactMap { Int($0) }
        #expect(numbers.contains { $0 >= 64 } && !numbers.contains(Int(lock)))
    }

    @Test("A delivery command that takes too long is ended, with all that it has started")
    func timeout() async throws {
        let script = """
            sleep 1000 & echo $! >\(folder.file("pid"))
            trap '' TERM
            wait
            """
        #expect(await run(try command("sh", "-c", script), timeout: 300) == .timedOut)
        let pid = try #require(folder.text("pid").flatMap { Int32($0.dropLast()) })
        // Gone, or about to be reaped by whoever inherits it.
        let state = folder.read("../../proc/\(pid)/stat").map { String(decoding: $0, as: UTF8.self) }
        #expect(kill(pid, 0) != 0 || state?.contains(") Z ") == true)
    }

    @Test("A delivery command may finish when newswire is told to stop")
    func stop() async throws {
        let stop = newswire_eventfd()
        defer { close(stop) }
        _ = eventfd_write(stop, 1)
        #expect(await run(try command("sh", "-c", "sleep 0.1"), stop: stop) == .exited(0))
        #expect(await run(try command("sleep", "1000"), timeout: 200, stop: stop) == .stopped)
    }

    @Test("A program that is not there, or may not be run, is refused as a delivery command")
    func missing() {
        let path = folder.write("#!/bin/sh\n", to: "plain", mode: 0o644)
        for name in ["no-such-program", path, folder.path, "", "relative/none"] {
            #expect(DeliveryCommand([name], environment: ["PATH": "/usr/bin:/bin"]) == nil)
        }
        #expect(DeliveryCommand([], environment: [:]) == nil)
        #expect(DeliveryCommand(["plain"], environment: ["PATH": ".:\(folder.path):bin"]) == nil)
    }

    @Test("A failed delivery is tried again after 1 s, 2 s and so on, at most every 5 min")
    func backoff() {
        var backoff = DeliveryBackoff()
        let seconds = (0..<11).map { _ in backoff.failed() }
        #expect(seconds == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300])
        #expect(backoff.failures == 11)
    }
}
