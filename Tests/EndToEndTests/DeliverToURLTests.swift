import Digest
import Glibc
import JSONText
import TestSupport
import Testing
import Text

@Suite("newswire deliver --to", .serialized)
struct DeliverToURLTests: HookSuite {
    let desk = Desk()
    let hook = LoopbackServer(address: "127.0.0.2")

    init() { prepare() }

    @Test("Each article is posted as an object, in order, and moves the cursor")
    func objects() async throws {
        try await publish(1...3)
        #expect(await once().status == 0)
        #expect(try hook.requests.map(ids) == [["1"], ["2"], ["3"]])
        #expect(hook.requests.allSatisfy { $0.method == "POST" && $0.header("Content-Type") == "application/json" })
        #expect(hook.requests.allSatisfy { $0.header("User-Agent")?.hasPrefix("newswire/") == true })
        #expect(hook.connectionCount == 1)
        #expect(await cursor() == "x\t3\t0\n")
        #expect(await once().status == 0)
        #expect(hook.requests.count == 3)
    }

    @Test("A batch is an array or lines, and --gzip packs it")
    func batches() async throws {
        try await publish(1...3)
        #expect(await once("--batch", "2").status == 0)
        #expect(try hook.requests.map(ids) == [["1", "2"], ["3"]])
        await desk.run("ack", "x", "0")
        #expect(await once("--batch", "5", "--body", "lines", "--gzip").status == 0)
        let request = try #require(hook.requests.last)
        #expect(
            request.header("Content-Type") == "application/x-ndjson" && request.header("Content-Encoding") == "gzip")
        desk.folder.write(request.body, to: "packed.gz")
        let unpacked = await ChildProcess("/bin/gzip", ["-dc", desk.folder.file("packed.gz")]).wait().output
        #expect(unpacked == (await desk.run("dump").output))
    }

    @Test("Each attempt is signed anew for its time, and a batch keeps its id")
    func signatures() async throws {
        try await publish(1...2)
        desk.folder.write("a secret of many bytes\n", to: "one", mode: 0o600)
        hook.on("/hook", .init(status: 500))
        for _ in 0..<2 {
            #expect(await once("--secret", "file:\(desk.folder.file("one"))").status == 69)
        }
        hook.on("/hook", .init(status: 200))
        #expect(await once("--batch", "2", "--secret", "file:\(desk.folder.file("one"))").status == 0)
        let requests = hook.requests
        let identities = requests.compactMap { $0.header("webhook-id") }
        #expect(identities.count == 3 && identities[0] == identities[1] && identities[1] != identities[2])
        let article = try JSONParser.parse(requests[0].body).value["_newswire"]
        #expect(identities[0] == "\(article?["uid"]?.string ?? "")_1")
        for request in requests {
            let (id, time) = (request.header("webhook-id") ?? "", request.header("webhook-timestamp") ?? "")
            #expect(Int64(time).map { abs($0 - Int64(Glibc.time(nil))) < 600 } == true)
            let code = MessageAuthentication.sha256(
                key: Array("a secret of many bytes".utf8), Array("\(id).\(time).".utf8), request.body)
            #expect(request.header("webhook-signature") == "v1," + Base64.string(code))
        }
    }

    @Test("What a server does not take comes again, and the reason shows in consumers and status")
    func refusals() async throws {
        try await publish(1...2)
        hook.on("/hook", .init(status: 500, body: "no\n\u{1b}[31m room"))
        let ending = await once()
        #expect(
            ending.status == 69 && ending.errors.contains("answered 500: “no \\\\u{1b}[31m room”"), "\(ending.errors)")
        #expect(await cursor().contains("http://127.0.0.2:\(hook.port) answered 500"))
        #expect(await desk.run("status").output.contains("FAILING"))
        hook.on("/hook") { _, connection in connection.reset() }
        #expect(await once().errors.contains("was not reached"))
        hook.on("/hook") { _, connection in connection.waitForClose() }
        #expect(await once("--timeout", "1s").errors.contains("did not answer: too slow while waiting"))
        hook.on("/hook", .redirect(307, to: "https://elsewhere.example/hook"))
        let led = await once()
        #expect(
            led.status == 69 && led.errors.contains("leads to https://elsewhere.example/hook, which is not followed"))
        hook.on("/hook", .init(status: 200))
        #expect(await once().status == 0)
        #expect(await cursor() == "x\t2\t0\n")
    }

    @Test("A server that answers 410 ends the delivery with a status of its own, and the cursor stays")
    func gone() async throws {
        try await publish(1...1)
        hook.on("/hook", .init(status: 410, body: "unsubscribed"))
        let ending = await desk.run(["deliver", "--as", "x", "--to", hook.url("/hook")])
        #expect(ending.status == 77 && ending.errors.contains("answered 410: it wants no more of this: “unsubscribed”"))
        #expect(await cursor().contains("x\t0\t1\tfailing since"))
        #expect(hook.requests.count == 1)
    }

    @Test("Retry-After is heeded, for an hour at most", arguments: [("7", "7"), ("999999", "3600")])
    func retryAfter(_ asked: String, _ heeded: String) async throws {
        try await publish(1...1)
        hook.on("/hook", .init(status: 429, headers: [("Retry-After", asked)]))
        let deliver = desk.start(
            "deliver", "--as", "x", "--to", hook.url("/hook"), "--config", desk.folder.file("newswire.toml"))
        while !deliver.errors.contains("again in") { try await Task.sleep(for: .milliseconds(20)) }
        #expect(deliver.errors.contains("again in \(heeded) s"), "\(deliver.errors)")
        deliver.send(SIGTERM)
        #expect(await deliver.wait().status == 0)
    }

    @Test("security.md §2: a private address is refused unless [deliver] names it, whatever [fetch] says")
    func privateNetworks() async throws {
        try await publish(1...1)
        allow("\"127.0.0.3:\(hook.port)\"")
        let refused = await once()
        #expect(refused.status == 69 && hook.requests.isEmpty)
        let advice = "private_networks = [\\\"127.0.0.2:\(hook.port)\\\"] in [deliver]"
        #expect(refused.errors.contains(advice), "\(refused.errors)")
        allow("\"127.0.0.2:\(hook.port)\"")
        #expect(await once().status == 0)
    }

    @Test("security.md §12: secrets come from files and the environment, and no answer brings them into a log")
    func secrets() async throws {
        try await publish(1...1)
        desk.folder.write("hunter2hunter2\n", to: "token", mode: 0o600)
        desk.folder.write(hook.url("/hook?key=opensesame"), to: "url", mode: 0o600)
        hook.on("/hook") { request, connection in
            connection.send(.init(status: 400, body: request.rawHead + request.body.prefix(0)))
        }
        let ending = await desk.run(
            [
                "deliver", "--as", "x", "--once", "--to", "file:\(desk.folder.file("url"))", "--bearer",
                "file:\(desk.folder.file("token"))", "--header", "X-Key: env:KEY", "--header", "X-Room: attic",
            ], environment: ["KEY": "swordfish"])
        let request = try #require(hook.requests.first)
        #expect(request.header("Authorization") == "Bearer hunter2hunter2" && request.header("X-Key") == "swordfish")
        #expect(request.header("X-Room") == "attic" && request.query == "key=opensesame")
        #expect(ending.status == 69)
        for secret in ["hunter2", "swordfish", "opensesame"] {
            #expect(!ending.errors.contains(secret), "\(ending.errors)")
            #expect(!(await cursor()).contains(secret))
        }
    }

    @Test(
        "A secret on the command line is refused and not repeated, and where it belongs is said",
        arguments: [
            ["--secret", "hunter2"], ["--bearer=hunter2"], ["--header", "hunter2"], ["--smtp-password", "hunter2"],
        ])
    func secretOnCommandLine(options: [String]) async {
        let ending = await desk.run(["deliver", "--as", "x", "--once", "--to", hook.url("/hook")] + options)
        #expect(ending.status == 64 && ending.errors.contains("file:PATH, credential:NAME or env:NAME"))
        #expect(!(ending.errors + ending.output).contains("hunter2"), "\(ending.errors)")
    }

    @Test("security.md §14: what a server says of a secret path is not shown, and other words are")
    func echoes() async throws {
        try await publish(1...1)
        desk.folder.write(hook.url("/hook/sEcReT12345"), to: "url", mode: 0o600)
        let options = ["deliver", "--as", "x", "--once", "--to", "file:\(desk.folder.file("url"))"]
        hook.on("/hook/sEcReT12345", .init(status: 404, body: #"{"error":"no \/hook\/sEcReT12345"}"#))
        let ending = await desk.run(options)
        #expect(ending.status == 69 && ending.errors.contains("answered 404 (its words are not shown"))
        #expect(!(ending.errors + (await cursor())).contains("sEcReT"), "\(ending.errors)")
        hook.on("/hook/sEcReT12345", .redirect(302, to: "/login?next=%2Fhook%2FsEcReT12345"))
        #expect(await desk.run(options).errors.contains("leads elsewhere, which is not followed"))
        hook.on("/hook/sEcReT12345", .init(status: 400, body: "invalid_payload"))
        #expect(await desk.run(options).errors.contains("answered 400: “invalid_payload”"))
    }

    @Test("An answer of 200 that does not say what --expect wants is none")
    func expected() async throws {
        try await publish(1...1)
        hook.on("/hook", .init(body: #"{"took":1,"errors":true,"items":[]}"#))
        let ending = await once("--expect", "\"errors\":false")
        #expect(ending.status == 69 && ending.errors.contains("answered 200, but not with \\\"errors\\\":false"))
        hook.on("/hook", .init(body: #"{"took":1,"errors":false,"items":[]}"#))
        #expect(await once("--expect", "\"errors\":false").status == 0)
    }

    @Test("A template makes the body, and what stands in the URL is the article's")
    func template() async throws {
        let items = (1...2).map { ##"{"id":"\##($0)","title":"<!channel> \"now\" \##($0)"}"## }.joined(separator: ",")
        desk.server.on(
            "/feed",
            .init(body: ##"{"version":"https://jsonfeed.org/version/1.1","title":"Desk","items":[\##(items)]}"##))
        #expect(try await desk.poll()["failure"] == nil)
        desk.folder.write(#"{"text":"{{title:40|slack}}"}"#, to: "chat.json")
        hook.on("/rooms/1", .init(status: 200))
        hook.on("/rooms/2", .init(status: 200))
        let ending = await once(
            "--template", desk.folder.file("chat.json"), "--method", "PUT", to: "/rooms/{{seq}}")
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(hook.requests.map(\.target) == ["/rooms/1", "/rooms/2"] && hook.requests[0].method == "PUT")
        let text = try JSONParser.parse(hook.requests[0].body).value["text"]?.string
        #expect(text == "&lt;!channel&gt; \"now\" 1")
    }

    @Test("Killed between the request and the cursor, it repeats and never skips")
    func killed() async throws {
        try await publish(1...2)
        for _ in 0..<3 {
            let count = hook.requests.count
            hook.on("/hook") { _, connection in connection.waitForClose() }
            let deliver = desk.start(
                "deliver", "--as", "x", "--to", hook.url("/hook"), "--config", desk.folder.file("newswire.toml"))
            await hook.received(count + 1)
            deliver.send(SIGKILL)
            _ = await deliver.wait()
        }
        hook.on("/hook", .init(status: 200))
        #expect(await once().status == 0)
        #expect(try hook.requests.map(ids) == [["1"], ["1"], ["1"], ["1"], ["2"]])
        #expect(Set(hook.requests.prefix(4).map { $0.header("webhook-id") }).count == 1)
    }

    @Test("Wrong usage is 64, and says what would be right")
    func usage() async throws {
        try await publish(1...1)
        desk.folder.write("{\"a\": {{title}}}", to: "wrong.json")
        desk.folder.write("{{titel}}", to: "wrong.txt")
        desk.folder.write("{{title}}", to: "unknown.form")
        let url = hook.url("/hook")
        for (arguments, words) in [
            (["--to", "gopher://x/"], "--to takes a URL"),
            (["--to", url, "--", "true"], "one of a command, a URL and a mailbox"),
            (["--to", url, "--mail", "a@b.c"], "one of a command, a URL and a mailbox"),
            (["--body", "lines", "--", "true"], "--body needs --to"),
            (["--to", url, "--template", desk.folder.file("wrong.json")], "no JSON"),
            (["--to", url, "--template", desk.folder.file("wrong.txt")], "did you mean title?"),
            (["--to", url, "--template", desk.folder.file("unknown.form")], "--content-type"),
            (["--to", url, "--template", desk.folder.file("none.txt")], "No such file"),
            (["--to", url, "--header", "webhook-id: 1"], "--header"), (["--to", url, "--bearer", "plain"], "--bearer"),
            (["--to", url + "/{{uid}}", "--batch", "2"], "--batch 1"), (["--to", url, "--env", "HOME"], "--env"),
        ] {
            let ending = await desk.plain(
                ["deliver", "--as", "x", "--once", "--config", desk.folder.file("newswire.toml")] + arguments)
            #expect(ending.status == 64 && ending.errors.contains(words), "\(arguments): \(ending.errors)")
        }
        #expect(hook.requests.isEmpty)
    }
}
