import Glibc
import JSONText
import TestSupport
import Testing

@Suite("newswire deliver --mail", .serialized)
struct DeliverByMailTests {
    private let desk = Desk()

    private func publish(_ numbers: ClosedRange<Int>, title: String = "Article") async throws {
        desk.server.on("/feed", .init(body: Publisher.rss(numbers.map { ("\($0)", "\(title) \($0)") })))
        #expect(try await desk.poll()["failure"] == nil)
    }

    private func once(_ server: MailServerDouble, _ options: String...) async -> ChildProcess.Ending {
        await desk.run(
            [
                "deliver", "--as", "x", "--once", "--mail", "desk@example.org", "--mail-from", "news@example.org",
                "--smtp",
                "smtp://127.0.0.1:\(server.port)",
            ] + options)
    }

    private func subjects(_ server: MailServerDouble) -> [String] {
        server.messages.compactMap { message in
            message.split(separator: "\r\n").first { $0.hasPrefix("Subject: ") }.map { String($0.dropFirst(9)) }
        }
    }

    private func cursor() async -> String { await desk.run("consumers").output }

    @Test("Each article is a message, in order, over one connection, and moves the cursor")
    func articles() async throws {
        try await publish(1...3)
        let server = MailServerDouble()
        #expect(await once(server).status == 0)
        #expect(subjects(server) == ["Article 1", "Article 2", "Article 3"])
        #expect(server.log.connections == 1)
        #expect(await cursor() == "x\t3\t0\n")
        #expect(await once(server).status == 0)
        #expect(server.messages.count == 3)
    }

    @Test("An article that is refused stays, with those behind it, and the server's words are said")
    func refused() async throws {
        try await publish(1...3)
        let server = MailServerDouble { asked, log in
            asked == "." && log.messages.count == 1 ? .say("552 too large for us") : nil
        }
        let failed = await once(server)
        #expect(failed.status == 69)
        #expect(
            failed.errors.contains("mailing article 2: 127.0.0.1:\(server.port) answered 552: “too large for us”"),
            "\(failed.errors)")
        #expect(await cursor().hasPrefix("x\t1\t2\tfailing since"))
    }

    @Test("What a server has of a batch before a failure is not sent again by the same process")
    func partOfBatch() async throws {
        try await publish(1...3)
        let server = MailServerDouble { asked, log in
            // The second message is put off once.
            asked.hasPrefix("MAIL") && log.messages.count == 1 && log.commands.count { $0.hasPrefix("MAIL") } == 2
                ? .say("451 greylisted") : nil
        }
        let deliver = desk.start(
            "deliver", "--as", "x", "--mail", "desk@example.org", "--mail-from", "news@example.org", "--batch", "3",
            "--smtp", "smtp://127.0.0.1:\(server.port)", "--config", desk.folder.file("newswire.toml"))
        for _ in 0..<600 where server.messages.count < 3 { try await Task.sleep(for: .milliseconds(50)) }
        deliver.send(SIGTERM)
        let ending = await deliver.wait()
        #expect(ending.status == 0 && ending.errors.contains("answered 451: “greylisted”"), "\(ending.errors)")
        #expect(subjects(server) == ["Article 1", "Article 2", "Article 3"])
        #expect(await cursor() == "x\t3\t0\n")
    }

    @Test("A message that is refused too often goes to the folder of --dead-letter")
    func deadLetter() async throws {
        try await publish(1...2)
        mkdir(desk.folder.file("dead"), 0o755)
        let server = MailServerDouble { asked, log in
            asked.hasPrefix("RCPT") && log.commands.count { $0 == "." } == 0 && log.connections == 1
                ? .say("550 unknown") : nil
        }
        #expect(await once(server, "--attempts", "1", "--dead-letter", desk.folder.file("dead")).status == 0)
        #expect(subjects(server) == ["Article 2"])
        #expect(desk.folder.text("dead/x-1-1.jsonl")?.contains("Article 1") == true)
    }

    @Test("A digest is one message for a batch")
    func digest() async throws {
        try await publish(1...5)
        let server = MailServerDouble()
        #expect(await once(server, "--digest", "1h", "--batch", "3").status == 0)
        #expect(subjects(server) == ["3 articles: Desk", "2 articles: Desk"])
        #expect(server.messages[0].contains("Article 3") && !server.messages[0].contains("Article 4"))
    }

    @Test("Edits thread under the first version")
    func edits() async throws {
        try await publish(1...1)
        try await publish(1...1, title: "Changed")
        let server = MailServerDouble()
        #expect(await once(server, "--updates").status == 0)
        #expect(subjects(server).count == 2)
        func value(_ field: String, _ message: String) -> Substring? {
            message.split(separator: "\r\n").first { $0.hasPrefix("\(field): ") }?.dropFirst(field.count + 2)
        }
        let first = try #require(value("Message-ID", server.messages[0]))
        #expect(value("In-Reply-To", server.messages[1]) == first)
        #expect(value("Message-ID", server.messages[1]) != first)
    }

    @Test("Wrong addresses, servers and options end with 64 and say what is wrong")
    func wrongUsage() async {
        for (options, words) in [
            (["--mail", "desk@bücher.example"], "characters beyond ASCII"),
            (["--mail", "desk"], "“desk” is no address"),
            (["--mail", "a@b.c", "--smtp", "mail.example.org"], "--smtp takes a URL"),
            (["--mail", "a@b.c", "--smtp", "smtp://u:p@h"], "takes no login"),
            (["--mail", "a@b.c", "--smtp-user", "me"], "need each other"),
            (["--mail", "a@b.c", "--events"], "--events has none"),
            (["--mail", "a@b.c", "--digest", "1h", "--wait", "1h"], "use one"),
            (["--mail", "a@b.c", "--", "cat"], "one of a command, a URL and a mailbox"),
            (
                [
                    "--mail", "a@b.c", "--smtp", "smtp://h", "--smtp-insecure", "--smtp-user", "me", "--smtp-password",
                    "env:X",
                ], "for everybody on the way to read"
            ),
            (["--digest", "1h", "--", "cat"], "--digest needs --mail"),
        ] {
            let ending = await desk.plain(
                ["deliver", "--as", "x", "--config", desk.folder.file("newswire.toml")] + options)
            #expect(ending.status == 64 && ending.errors.contains(words), "\(options): \(ending.errors)")
        }
    }
}
