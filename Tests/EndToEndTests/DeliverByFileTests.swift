import Glibc
import JSONText
import TestSupport
import Testing

@Suite("newswire deliver by deliver.d/NAME.toml: contract.md §2.13", .serialized)
struct DeliverByFileTests {
    private let desk = Desk()
    private let hook = LoopbackServer(address: "127.0.0.2")

    init() {
        hook.on("/hook", .init(status: 204))
        desk.configure(feeds: ["/feed", "/other"], options: "tags = [\"naval\"]")
        let text = desk.folder.text("newswire.toml") ?? ""
        desk.folder.write("\(text)[deliver]\nprivate_networks = [\"127.0.0.2:\(hook.port)\"]\n", to: "newswire.toml")
        desk.server.on("/other", .init(body: Publisher.rss([("other", "Another")])))
    }

    private func publish(_ numbers: ClosedRange<Int>) async throws {
        desk.server.on("/feed", .init(body: Publisher.rss(numbers.map { ("\($0)", "Article \($0)") })))
        #expect(try await desk.poll()["failure"] == nil)
    }

    private func describe(_ text: String, _ name: String = "chat") {
        desk.folder.write(text, to: "deliver.d/\(name).toml")
    }

    private func once(_ options: String..., name: String = "chat") async -> ChildProcess.Ending {
        await desk.run(["deliver", "--as", name, "--once"] + options)
    }

    private func ids(_ request: LoopbackRequest) throws -> [String] {
        let json = try JSONParser.parse(request.body).value
        return (json.array ?? [json]).compactMap { $0["id"]?.string }
    }

    @Test("A file says where articles go, which, and how, and the consumer has its name")
    func toURL() async throws {
        try await publish(1...3)
        desk.folder.write("\(hook.url("/hook"))\n", to: "deliver.d/chat.url", mode: 0o600)
        desk.folder.write("hunter2hunter2\n", to: "deliver.d/chat.token", mode: 0o600)
        describe(
            """
            to = { file = "chat.url" }
            batch = 2
            body = "array"
            headers = { X-Room = "attic" }
            bearer = { file = "chat.token" }
            feeds = ["feed"]
            from = "beginning"
            """)
        let ending = await once()
        #expect(ending.status == 0 && ending.errors.isEmpty, "\(ending.errors)")
        #expect(try hook.requests.map(ids) == [["1", "2"], ["3"]])
        #expect(hook.requests.allSatisfy { $0.header("X-Room") == "attic" })
        #expect(hook.requests.allSatisfy { $0.header("Authorization") == "Bearer hunter2hunter2" })
        #expect(await desk.run("consumers").output == "chat\t4\t0\n")
    }

    @Test("A file names a command, which it finds beside itself")
    func toCommand() async throws {
        try await publish(1...2)
        desk.folder.write("#!/bin/sh\ncat >\(desk.folder.file("got"))\n", to: "deliver.d/load", mode: 0o755)
        describe("command = [\"./load\"]\nmatch = 'title:2'\nfrom = \"beginning\"\n")
        let ending = await once()
        #expect(ending.status == 0, "\(ending.errors)")
        let lines = (desk.folder.text("got") ?? "").split(separator: "\n")
        #expect(try lines.map { try JSONParser.parse(Array($0.utf8)).value["id"]?.string } == ["2"])
        describe("command = [\"./load\"]\nfrom = \"now\"\n", "late")
        #expect(await once(name: "late").status == 0)
        #expect(await desk.run("consumers").lines.contains("late\t3\t0"))
    }

    @Test("A program of that name is the command, with the options of the command line")
    func program() async throws {
        try await publish(1...3)
        desk.folder.write(
            "#!/bin/sh\necho \"$NEWSWIRE_COUNT\" >>\(desk.folder.file("got"))\n", to: "deliver.d/chat", mode: 0o755)
        #expect(await once("--batch", "2", "--feed", "feed").status == 0)
        #expect(desk.folder.text("got") == "2\n1\n")
        let wrong = await once("--gzip")
        #expect(wrong.status == 64 && wrong.errors.contains("--gzip needs --to"), "\(wrong.errors)")
    }

    @Test(
        "Without a target, a file and a program are both named as what is missing, and one beside the other is refused")
    func whichOne() async throws {
        try await publish(1...1)
        let (file, program) = (desk.folder.file("deliver.d/chat.toml"), desk.folder.file("deliver.d/chat"))
        let missing = await once()
        #expect(
            missing.status == 64 && missing.errors.contains("neither \(file), ") && missing.errors.contains(program))
        describe("to = \"\(hook.url("/hook"))\"\n")
        desk.folder.write("#!/bin/sh\nexit 1\n", to: "deliver.d/chat", mode: 0o755)
        let both = await once()
        #expect(both.status == 78 && both.errors.contains("\(file): error: the program \(program) is there as well"))
        let check = await desk.run("check")
        #expect(check.status == 78 && check.errors.contains("\(file): error: the program \(program) is there as well"))
        #expect(hook.requests.isEmpty)
        #expect(await desk.run("consumers").output.isEmpty)
        let named = await once("--config", desk.folder.file("newswire.toml"), "--", "/bin/true")
        #expect(
            named.status == 0
                && named.errors.contains("the command line says where articles go, and \(file) is not used"))
        let escaping = await once(name: "../chat")
        #expect(escaping.status == 64 && escaping.errors.contains("is no name for a consumer"), "\(escaping.errors)")
    }

    @Test("An option that the file could have is not taken from the command line beside it")
    func options() async throws {
        try await publish(1...1)
        describe("to = \"\(hook.url("/hook"))\"\n")
        for options in [
            ["--batch", "2"], ["--tag", "naval"], ["--from", "now"], ["--updates"], ["--header", "A: b"],
        ] {
            let ending = await desk.run(["deliver", "--as", "chat", "--once"] + options)
            #expect(
                ending.status == 64 && ending.errors.contains("says how, and \(options[0]) here"), "\(ending.errors)")
        }
        #expect(hook.requests.isEmpty)
        #expect(await once("--log-level", "debug").status == 0)
    }

    @Test("A file with a mistake stops that delivery alone, and says where: not the poller, nor another delivery")
    func mistakes() async throws {
        try await publish(1...1)
        describe("to = \"\(hook.url("/hook"))\"\n", "good")
        let file = desk.folder.file("deliver.d/chat.toml")
        for (text, message) in [
            ("to = \"x\"\nbatchs = 3\n", ":2: error: \"batchs\": there is no such key; did you mean batch?"),
            ("to = \"gopher://x/\"\n", ":1: error: to takes a URL such as"),
            ("\nmail = \"a@b.c\"\nsmtp_user = \"me\"\n", ":3: error: smtp_user and smtp_password need each other"),
            ("to = \"\(hook.url("/hook"))\"\ntemplate = \"none.json\"\n", ":2: error: the template "),
            ("command = [\"/no/such/program\"]\n", ":1: error: there is no program /no/such/program"),
            ("to = \n", ":1: error: is not TOML"), ("", ": error: it is not said where articles go"),
        ] {
            describe(text)
            let ending = await once()
            #expect(ending.status == 78 && ending.errors.contains("\(file)\(message)"), "\(ending.errors)")
            let check = await desk.run("check")
            #expect(check.status == 78 && check.errors.contains("\(file)\(message)"), "\(check.errors)")
            #expect(!check.errors.contains("good.toml"))
        }
        for text in ["feeds = [\"fee\"]\n", "feeds = [\"none\"]\n", "tags = [\"none\"]\n", "match = 'feed:none'\n"] {
            describe("to = \"\(hook.url("/hook"))\"\n\(text)")
            let ending = await once()
            #expect(ending.status == 78 && ending.errors.contains("\(file): "), "\(ending.errors)")
        }
        #expect(await desk.run("consumers").output.isEmpty)
        #expect(hook.requests.isEmpty)
        #expect(await once(name: "good").status == 0)
        #expect(hook.requests.count == 2)
        try await publish(1...2)
        #expect(try await desk.ids().count == 3)
    }

    @Test("check counts the files of deliveries, and says what they name and the configuration has not")
    func check() async {
        #expect(await desk.run("check").output.hasSuffix("ok, 2 feeds\n"))
        describe("to = \"https://example.org/\"\nfeeds = [\"fed\"]\ntags = [\"navel\"]\nmatch = 'feed:x'\n")
        let one = await desk.run("check")
        #expect(one.status == 0 && one.output.hasSuffix("ok, 2 feeds, 1 delivery\n"), "\(one.output)")
        let file = desk.folder.file("deliver.d/chat.toml")
        for said in [
            ":2: warning: feeds: there is no feed fed; did you mean feed?",
            ":3: warning: tags: no feed has the tag navel",
            ":4: warning: match: its query asks for feed:x",
        ] {
            #expect(one.errors.contains("\(file)\(said)"), "\(one.errors)")
        }
        describe("mail = \"desk@example.org\"\n", "desk")
        #expect(await desk.run("check").output.hasSuffix("ok, 2 feeds, 2 deliveries\n"))
        describe("mail = \"desk@example.org\"\n", "no name")
        let wrong = await desk.run("check")
        #expect(
            wrong.status == 78 && wrong.errors.contains("no name.toml: error: a delivery is called as its consumer"))
    }

    @Test("A service starts and reloads whatever is wrong with a delivery")
    func service() async throws {
        describe("nonsense\n")
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One")])))
        let service = desk.service()
        var reload = await desk.run("reload")
        // Until it listens there is none that could be asked.
        while reload.status == 69 { reload = await desk.run("reload") }
        #expect(reload.status == 0 && !reload.errors.contains("chat.toml"), "\(reload.errors)")
        service.send(SIGTERM)
        #expect(await service.wait().status == 0)
    }

    @Test("A wrong configuration stops no delivery that a file describes, as long as it tells where the store is")
    func wrongConfiguration() async throws {
        try await publish(1...1)
        describe("to = \"\(hook.url("/hook"))\"\nfeeds = [\"feed\"]\n")
        desk.folder.write("\(desk.folder.text("newswire.toml") ?? "")[[feed]]\nurl = 3\n", to: "newswire.toml")
        let ending = await once()
        #expect(ending.status == 0 && ending.errors.contains("the configuration is wrong"), "\(ending.errors)")
        #expect(try hook.requests.map(ids) == [["1"]])
    }

    @Test(
        "rename writes the new id into the feeds of a delivery, a query goes on to mean the feed, and remove says who names it"
    )
    func edits() async throws {
        try await publish(1...1)
        describe("to = \"\(hook.url("/hook"))\"\nfeeds = [\"feed\"]\n")
        describe("to = \"\(hook.url("/hook"))\"\nmatch = 'feed:feed'\n", "asks")
        let renamed = await desk.run("rename", "feed", "desk")
        #expect(renamed.status == 0 && renamed.errors.contains("the delivery chat in "), "\(renamed.errors)")
        #expect(renamed.errors.contains("asks for feed:feed in its match"), "\(renamed.errors)")
        #expect(desk.folder.text("deliver.d/chat.toml")?.contains("feeds = [\"desk\"]") == true)
        for name in ["chat", "asks"] { #expect(await once(name: name).status == 0) }
        #expect(try hook.requests.map(ids) == [["1"], ["1"]])
        #expect(await desk.run("check").errors.contains("match: \"feed\" is a former id of the feed \"desk\""))
        let removed = await desk.run("remove", "desk")
        let named = "deliver.d/chat.toml:2 still names desk"
        #expect(removed.status == 0 && removed.errors.contains(named), "\(removed.errors)")
    }

    @Test("Every option of deliver is a key of the file, but for those that are about the run")
    func complete() async throws {
        let help = await desk.plain("--experimental-dump-help").output
        let commands = try #require(JSONParser.parse(Array(help.utf8)).value["command"]?["subcommands"]?.array)
        let deliver = try #require(commands.first { $0["commandName"]?.string == "deliver" })
        let options = (deliver["arguments"]?.array ?? []).compactMap { $0["preferredName"]?["name"]?.string }
        let aboutTheRun: Set = ["as", "once", "config", "log-level", "help", "version"]
        let lists = ["feed": "feeds", "tag": "tags", "header": "headers"]
        let page = try #require(Checkout.text("docs/man/newswire.toml.5"))
        let section = try #require(page.split(separator: ".Ss ").first { $0.hasPrefix("deliver.d/NAME.toml\n") })
        let keys = section.split(separator: "\n").filter { $0.hasPrefix(".It Ic ") }.map { String($0.dropFirst(7)) }
        let expected =
            Set(options).subtracting(aboutTheRun).map { lists[$0] ?? $0.replacing("-", with: "_") } + ["command"]
        #expect(Set(keys) == Set(expected) && keys.count > 30, "\(Set(keys).symmetricDifference(expected))")
    }
}
