import Glibc
import JSONText
import TestSupport
import Testing

@Suite("newswire-web: web.md §1, §3.2")
struct WebProgramTests {
    /// The real program with a configuration and a store, and its own folder and socket beside them.
    struct WebDesk {
        let desk = Desk(feeds: [])

        var socket: String { desk.folder.file("http.sock") }

        func configure(_ web: String) {
            desk.folder.write(
                """
                [store]
                directory = "store"
                [web]
                state_directory = "web"
                search = false
                \(web)
                """, to: "newswire.toml")
        }

        func start(_ arguments: [String], environment: [String: String] = [:]) -> ChildProcess {
            ChildProcess(
                "\(Desk.binary)-web", arguments + ["--config", desk.folder.file("newswire.toml")],
                environment: Desk.environment.merging(environment) { $1 })
        }

        func run(_ arguments: String...) async -> ChildProcess.Ending { await start(arguments).wait() }

        func ask(_ target: String, _ headers: String = "") async -> RawClient.Response? {
            await BlockingCall.run { [socket] in
                let client = RawClient(path: socket)
                client.send("GET \(target) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\(headers)\r\n")
                return client.response()
            }
        }
    }

    @Test("It serves, says READY, takes another configuration as a whole or not at all, and ends cleanly")
    func life() async throws {
        let web = WebDesk()
        try web.desk.store([StoredArticle("1")])
        let listen = "listen = [\"http.sock\"]".replacing("http.sock", with: web.socket)
        web.configure(listen)
        let notify = NotifySocket()
        let service = web.start(["run"], environment: ["NOTIFY_SOCKET": notify.path, "WATCHDOG_USEC": "6000000"])
        #expect(await notify.waits(for: "READY=1"))
        #expect(await web.ask("/none")?.status == 404)
        #expect(await notify.waits(for: "WATCHDOG=1"))

        // An account: now nobody reads without.
        let secret = web.desk.folder.write("geheim\n", to: "secret", mode: 0o600)
        let account = "\n[[web.account]]\nname = \"desk\"\ntoken = { file = \"\(secret)\" }\n"
        web.configure(listen + account)
        service.send(SIGHUP)
        #expect(await notify.waits(for: "RELOADING=1"))
        #expect(await notify.waits(for: "READY=1"))
        #expect(await web.ask("/none")?.status == 401)
        #expect(await web.ask("/none", "Authorization: Bearer geheim\r\n")?.status == 404)

        // Of one that is wrong nothing counts: neither the account that is gone, nor what it opens.
        web.configure(listen + "\nanonymous = \"read\"\nnonsense = 1")
        service.send(SIGHUP)
        #expect(await notify.waits(for: "RELOADING=1"))
        #expect(await notify.waits(for: "READY=1"))
        #expect(await web.ask("/none")?.status == 401)

        service.send(SIGTERM)
        let ending = await service.wait()
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(ending.errors.contains("going on with what it was") && ending.errors.contains("nonsense"))
        #expect(!ending.errors.contains("geheim"))
        #expect(access(web.socket, F_OK) != 0)
    }

    @Test("Its folder is one process's: another ends with 75, and makes nothing of what is there unsafe")
    func oneAtATime() async throws {
        let web = WebDesk()
        web.configure("listen = [\"\(web.socket)\"]")
        let notify = NotifySocket()
        let service = web.start(["run"], environment: ["NOTIFY_SOCKET": notify.path])
        #expect(await notify.waits(for: "READY=1"))
        let other = await web.run("run")
        #expect(other.status == 75 && other.errors.contains("another newswire-web has it"), "\(other.errors)")
        // With a folder of its own it still finds the socket taken.
        web.desk.folder.write(
            (web.desk.folder.text("newswire.toml") ?? "").replacing("\"web\"", with: "\"web2\""), to: "newswire.toml")
        let taken = await web.run("run")
        #expect(taken.status == 75 && taken.errors.contains("another program listens there"), "\(taken.errors)")
        #expect(await web.ask("/none")?.status == 404)
        service.send(SIGINT)
        #expect(await service.wait().status == 0)
    }

    @Test("What would be open to other machines without a word does not start, and check says why")
    func openness() async throws {
        let web = WebDesk()
        web.configure("listen = [\"0.0.0.0:1\"]")
        for command in ["run", "check"] {
            let ending = await web.run(command)
            #expect(ending.status == 78 && ending.errors.contains("nothing says who may ask"), "\(ending.errors)")
        }
        #expect(access(web.desk.folder.file("web"), F_OK) != 0)
        // It is no business of the poller's.
        #expect(await web.desk.run("check").status == 0)
    }

    @Test("A secret that cannot be read is said with its line, and nothing is started without it")
    func secrets() async {
        let web = WebDesk()
        web.configure("[[web.account]]\nname = \"desk\"\npassword = { file = \"/none/there\" }")
        let ending = await web.run("run")
        #expect(
            ending.status == 78 && ending.errors.contains(":6: error: [[web.account]] password:"), "\(ending.errors)")
        #expect(await web.desk.run("check").status == 0)
    }

    @Test("check says who may do what from where")
    func check() async {
        let web = WebDesk()
        web.configure("")
        var ending = await web.run("check")
        #expect(ending.status == 0)
        #expect(ending.lines.first == "127.0.0.1:8473, everybody on this machine: who does not say who it is may read")
        #expect(
            ending.errors.contains("note: [web] listen: everybody who may log in to this machine reads all articles"))
        let secret = web.desk.folder.write("geheim\n", to: "secret", mode: 0o600)
        web.configure(
            "listen = [\"/run/x.sock\"]\n[[web.account]]\nname = \"desk\"\npassword = { file = \"\(secret)\" }\n"
                + "rights = \"manage\"")
        ending = await web.run("check")
        #expect(
            ending.lines.prefix(2) == [
                "/run/x.sock, the socket's group (mode 660): who does not say who it is may do nothing",
                "account desk, by password: may read, mark for itself, and manage feeds",
            ], "\(ending.output)")
        #expect(ending.errors.isEmpty)
    }

    @Test("A token is another each time, and long enough")
    func tokens() async {
        let web = WebDesk()
        let first = await ChildProcess("\(Desk.binary)-web", ["token"], environment: Desk.environment).wait()
        let second = await ChildProcess("\(Desk.binary)-web", ["token"], environment: Desk.environment).wait()
        #expect(first.status == 0 && first.lines.first?.utf8.count == 43 && first.output != second.output)
        let wrong = await web.run("serve")
        #expect(
            wrong.status == 64 && wrong.errors.contains("newswire-web: there is no command serve"), "\(wrong.errors)")
        // The file of a disk that is full has no token, and nobody is told that it has.
        let full = await ChildProcess(
            "/bin/sh", ["-c", "exec \"$0\" token >/dev/full", "\(Desk.binary)-web"], environment: Desk.environment
        ).wait()
        #expect(full.status != 0 && full.errors.contains("No space left on device"), "\(full.errors)")
        let version = await ChildProcess("\(Desk.binary)-web", ["--version"], environment: Desk.environment).wait()
        #expect(version.output.hasPrefix("newswire-web "))
    }

    @Test("Without an index there is none to bring up to the store")
    func index() async {
        let web = WebDesk()
        web.configure("")
        let ending = await web.run("index")
        #expect(ending.status == 78 && ending.errors.contains("search is false"), "\(ending.errors)")
    }
}
