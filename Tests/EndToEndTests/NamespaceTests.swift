import Glibc
import JSONText
import TestSupport
import Testing

private enum Namespace {
    static let script = "\(Checkout.root)/Tests/Network/namespace.py"

    /// Settled once, by trying.
    static let isPossible: Bool = {
        var pid = pid_t()
        let command =
            "unshare --map-root-user --net --mount python3 -c 'import fcntl' && [ -e /etc/resolv.conf ]"
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sh"), strdup("-c"), strdup(command), nil]
        defer { arguments.forEach { free($0) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        guard posix_spawn(&pid, "/bin/sh", &actions, nil, &arguments, environ) == 0 else { return false }
        var status: Int32 = 0
        return waitpid(pid, &status, 0) == pid && status == 0
    }()
}

/// newswire in a network namespace with addresses, a name server and a web server of its own: `Tests/Network`.
@Suite(
    "A network of its own", .serialized,
    .enabled(if: Namespace.isPossible, "this machine lets nobody make a network namespace, or has no python3"))
struct NamespaceTests {
    private func run(_ part: String) async throws -> JSONValue {
        let folder = TemporaryDirectory()
        let ending = await ChildProcess(
            "/usr/bin/env",
            [
                "unshare", "--map-root-user", "--net", "--mount", "python3", Namespace.script, part, Desk.binary,
                folder.path,
            ],
            environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"]
        ).wait()
        try #require(ending.status == 0, "\(ending.errors)")
        return try JSONParser.parse(Array(ending.output.utf8)).value
    }

    private func texts(_ value: JSONValue?) -> [String] { value?.array?.compactMap(\.string) ?? [] }

    @Test("security.md §2: by no address, redirect, name or rebound name is a private address ever connected to")
    func canary() async throws {
        let result = try await run("guard")
        #expect(texts(result["touched"]).isEmpty)
        #expect(texts(result["reached"]) == ["both", "named", "public", "rebind"])
        #expect(texts(result["classes"]) == ["refused_address"])
        #expect(result["refused"]?.integer == 74)
        // The name led to a public address, and to a private one the next time that it was asked for.
        #expect(result["rebound"]?.string == "refused_address")
        #expect(result["both"]?.string == "unchanged")
        // Where private networks are allowed the canary is there on all of them.
        #expect(texts(result["sung"]).count == 19)
        // Where they are allowed for all feeds, a public server cannot lead there; where a feed allows them, it can.
        #expect(texts(result["led"]).isEmpty)
        #expect(texts(result["advice"]) == ["tell the publisher, or look for another URL of the feed"])
        #expect(result["own"]?.integer == 0)
    }

    @Test("Articles that go to a public host over http are warned of, once a run, and those to a private one are not")
    func unencrypted() async throws {
        let result = try await run("hook")
        for (host, warnings) in [("93.184.216.34", 1), ("hooks.example", 1), ("10.0.0.1", 0)] {
            let ending = result[host]
            #expect(ending?["status"]?.integer == 0 && ending?["taken"]?.integer == 2, "\(host): \(result)")
            #expect(ending?["warnings"]?.integer == Int64(warnings), "\(host): \(result)")
        }
        #expect(
            result["hooks.example"]?["said"]?.string?.contains("articles and secrets go to http://hooks.example")
                == true)
    }

    @Test("A name server that never answers delays no other feed")
    func silentNameServer() async throws {
        let result = try await run("silent")
        #expect(result["good"]?.integer == 30)
        #expect(texts(result["classes"]) == ["timeout"])
        #expect(texts(result["errors"]).count == 1)
        #expect(texts(result["errors"]).first?.contains("while looking up the name; check the name server") == true)
        // All were done while the names of the others, which stand before them, were still being looked up.
        let order = texts(result["order"])
        #expect(order.count == 60 && order.prefix(30).allSatisfy { $0.hasPrefix("good-") })
    }
}
