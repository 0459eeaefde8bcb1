import JSONText
import TestSupport
import Testing

@Suite("Secrets stay where they belong (security.md §12)", .serialized)
struct CredentialTests {
    private let secret = "hunter2-of-the-feed"

    private func configure(_ desk: Desk, url: String, options: String, fetch: String = "") {
        desk.folder.write(
            """
            contact = "https://example.org/bot"
            [fetch]
            private_networks = "allow"
            host_delay = "0s"
            connect_timeout = "5m"
            timeout = "5m"
            \(fetch)
            [store]
            directory = "store"
            [[feed]]
            id = "feed"
            url = "\(url)"
            \(options)
            """, to: "newswire.toml")
    }

    /// Everything that newswire has said and kept.
    private func everything(_ desk: Desk, _ ending: ChildProcess.Ending) async -> String {
        let commands = [
            ["feeds"], ["feeds", "--json"], ["check", "--print"], ["dump"], ["poll", "--dry-run", "--force"],
        ]
        var text = ending.output + ending.errors
        for command in commands {
            let ending = await desk.run(command, environment: ["SECRET": secret])
            text += ending.output + ending.errors
        }
        for file in ["state/feeds.jsonl", "articles/00000000000000000001.jsonl"] {
            text += desk.folder.text("store/\(file)") ?? ""
        }
        return text
    }

    @Test(
        "A secret goes to its own origin alone, and shows nowhere",
        arguments: [
            "basic_auth = { user = \"me\", password = { env = \"SECRET\" } }", "bearer = { env = \"SECRET\" }",
            "headers = { X-Api-Key = { env = \"SECRET\" }, X-Plain = \"hunter2-of-the-feed\" }",
        ])
    func redirect(options: String) async throws {
        let desk = Desk()
        let other = LoopbackServer(address: "127.0.0.2")
        desk.server.on("/feed", .redirect(301, to: "\(other.url("/away"))"))
        other.on("/away", .redirect(302, to: desk.server.url("/back")))
        desk.server.on("/back", .init(body: Publisher.rss([("1", "One")])))
        configure(desk, url: desk.server.url("/feed"), options: options)
        let ending = await desk.run(["poll", "--json"], environment: ["SECRET": secret])
        #expect(ending.status == 0)
        func holdsSecret(_ request: LoopbackRequest) -> Bool {
            let head = String(decoding: request.rawHead, as: UTF8.self)
            return head.contains("Authorization:") || head.contains("X-Api-Key:") || head.contains("X-Plain:")
        }
        #expect(desk.server.requests(to: "/feed").allSatisfy(holdsSecret))
        #expect(other.requests.count == 1 && !other.requests.contains(where: holdsSecret))
        // A server that was trusted before the detour is not trusted after it.
        #expect(desk.server.requests(to: "/back").count == 1)
        #expect(!desk.server.requests(to: "/back").contains(where: holdsSecret))
        if options.contains("X-Plain") { return }
        #expect(await !everything(desk, ending).contains(secret))
    }

    @Test("A secret in the query is sent, and shown and stored as ***")
    func query() async throws {
        let desk = Desk()
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One")])))
        configure(desk, url: desk.server.url("/feed?token=\(secret)&page=1"), options: "")
        let ending = await desk.run("poll", "--json")
        #expect(desk.server.requests.first?.query == "token=\(secret)&page=1")
        #expect(ending.output.contains("token=***&page=1"))
        let dump = try await desk.dump()
        #expect(dump.first?["_newswire"]?["feed_url"]?.string?.hasSuffix("/feed?token=***&page=1") == true)
        let kept = (desk.folder.text("store/state/feeds.jsonl") ?? "") + ending.output + ending.errors
        #expect(!kept.contains(secret))
        let feeds = await desk.run("feeds")
        #expect(!(feeds.output + feeds.errors).contains(secret))
    }

    @Test("A secret that cannot be read is a failure of the feed that names the secret, and nothing is sent")
    func missing() async throws {
        let desk = Desk()
        configure(desk, url: desk.server.url("/feed"), options: "bearer = { env = \"SECRET\" }")
        let ending = await desk.run("poll", "--json")
        #expect(ending.status == 69)
        let report = try JSONParser.parse(Array((ending.lines.first ?? "").utf8)).value
        #expect(report["error_class"]?.string == "configuration")
        #expect(report["error"]?.string?.contains("SECRET") == true)
        #expect(desk.server.requests.isEmpty)
    }

    @Test("A proxy is asked for the feed, and its password shows nowhere")
    func proxy() async throws {
        let desk = Desk()
        let proxy = LoopbackServer(address: "127.0.0.3")
        proxy.on("http://feeds.example/feed", .init(body: Publisher.rss([("1", "One")])))
        configure(
            desk, url: "http://feeds.example/feed", options: "",
            fetch: "proxy = \"\(proxy.url("").replacing("http://", with: "http://me:\(secret)@"))\"")
        let ending = await desk.run("poll", "--json")
        if ending.status == 78 {
            // A configuration that refuses to hold the password must not show it either.
            #expect(!ending.errors.contains(secret))
            return
        }
        #expect(proxy.requests.first?.header("Proxy-Authorization") != nil)
        #expect(await !everything(desk, ending).contains(secret))
    }

    @Test("feeds and poll say of a failure what it is and what can be done")
    func advice() async throws {
        let desk = Desk()
        desk.server.on("/feed", .init(status: 401))
        #expect(try await desk.poll()["error_class"]?.string == "unauthorized")
        let feeds = await desk.run("feeds", "--failing")
        #expect(feeds.output.contains("unauthorized: status 401: credentials are needed; check the feed's credentials"))
        let poll = await desk.run("poll", "--force")
        #expect(poll.errors.contains("check the feed's credentials"))
    }
}
