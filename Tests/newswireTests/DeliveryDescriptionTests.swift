import Configuration
import FeedModel
import Fetching
import TestSupport
import Testing

@testable import newswire

@Suite("The description of a delivery: one set of rules for the command line and for deliver.d/NAME.toml")
struct DeliveryDescriptionTests {
    private let folder = TemporaryDirectory()

    private func file(_ text: String) throws -> DeliveryDescription {
        let file = try DeliveryFile(folder.write(text, to: "deliver.d/chat.toml"), of: "chat")
        return DeliveryDescription(settings: file.settings, source: .file(file))
    }

    private func problem(_ delivery: DeliveryDescription) -> DeliveryProblem? {
        do throws(DeliveryProblem) {
            try delivery.check()
            _ = try delivery.requestOptions()
            return nil
        } catch {
            return error
        }
    }

    /// What does not go together, as a file has it, with the key that is blamed and what is said there and on the command line.
    private static let rules: [(text: String, key: String, file: String, commandLine: String)] = [
        (
            "batch = 3", "to", "it is not said where articles go; write one of command, to or mail",
            "it is not said where articles go; write one of a command after --, --to or --mail"
        ),
        (
            "to = \"https://a.b/\"\nmail = \"a@b.c\"", "mail",
            "articles go to one of a command, a URL and a mailbox; use only one of command, to or mail",
            "articles go to one of a command, a URL and a mailbox; use only one of a command after --, --to or --mail"
        ),
        ("command = [\"cat\"]\ngzip = true", "gzip", "gzip needs to", "--gzip needs --to"),
        ("mail = \"a@b.c\"\nheaders = { A = \"b\" }", "headers", "headers needs to", "--header needs --to"),
        (
            "command = [\"cat\"]\nsmtp_insecure = true", "smtp_insecure", "smtp_insecure needs mail",
            "--smtp-insecure needs --mail"
        ),
        (
            "mail = \"a@b.c\"\nenv = [\"A\"]", "env", "env is for a command, and there is none",
            "--env is for a command, and there is none"
        ),
        (
            "command = [\"cat\"]\nattempts = 3", "attempts",
            "attempts and dead_letter need each other: no batch is given up that is kept nowhere",
            "--attempts and --dead-letter need each other: no batch is given up that is kept nowhere"
        ),
        (
            "mail = \"a@b.c\"\nevents = true", "events", "mail sends articles, and events has none",
            "--mail sends articles, and --events has none"
        ),
        (
            "command = [\"cat\"]\nevents = true\nrefilter = true", "refilter",
            "refilter and events cannot be used together: rules are asked of articles alone",
            "--refilter and --events cannot be used together: rules are asked of articles alone"
        ),
        (
            "mail = \"a@b.c\"\ndigest = \"1h\"\nwait = \"1h\"", "wait",
            "digest and wait both say how long to wait; use one",
            "--digest and --wait both say how long to wait; use one"
        ),
        (
            "mail = \"a@b.c\"\ndigest = \"1h\"\nbatch = 1001", "batch", "batch takes 1 to 1000 with digest",
            "--batch takes 1 to 1000 with --digest"
        ),
        (
            "mail = \"a@b.c\"\nsmtp_user = \"me\"", "smtp_user", "smtp_user and smtp_password need each other",
            "--smtp-user and --smtp-password need each other"
        ),
        (
            "mail = \"a@b.c\"\nsmtp = \"smtp://u:p@h\"", "smtp",
            "smtp takes no login, which everybody could read: use smtp_user and smtp_password",
            "--smtp takes no login, which everybody could read: use --smtp-user and --smtp-password"
        ),
        (
            "mail = \"desk\"", "mail", "mail: “desk” is no address such as desk@example.org",
            "--mail: “desk” is no address such as desk@example.org"
        ),
        (
            "mail = \"a@b.c\"\nmail_from = \"x\"", "mail_from", "mail_from: “x” is no address such as desk@example.org",
            "--mail-from: “x” is no address such as desk@example.org"
        ),
        (
            "command = [\"cat\"]\nfrom = \"soon\"", "from",
            "from takes now, beginning, the number of a record, or a time such as 2026-05-20 or 36h",
            "--from takes now, beginning, the number of a record, or a time such as 2026-05-20 or 36h"
        ),
        (
            "to = \"gopher://x/\"", "to",
            "to takes a URL such as https://example.org/hook, or { file = \"PATH\" }, { credential = \"NAME\" } or { env = \"NAME\" }",
            "--to takes a URL such as https://example.org/hook, or file:PATH, credential:NAME or env:NAME"
        ),
        (
            "to = \"https://me:hunter2@a.b/\"", "to",
            "to takes no login, which everybody could read: use bearer, or headers with the place of a secret for Authorization",
            "--to takes no login, which everybody could read: use --bearer, or --header with the place of a secret for Authorization"
        ),
        (
            "to = \"https://a.b/{{uid}}\"\nbatch = 2", "to",
            "to has a place for what an article says, and a batch has several; use batch = 1",
            "--to has a place for what an article says, and a batch has several; use --batch 1"
        ),
        (
            "to = \"https://a.b/\"\ncontent_type = \"text/plain\"", "content_type",
            "content_type says what template makes, and there is none",
            "--content-type says what --template makes, and there is none"
        ),
        (
            "to = \"https://a.b/\"\nbody = \"lines\"\ntemplate = \"/none.txt\"", "body",
            "body and template both say what is sent; use one", "--body and --template both say what is sent; use one"
        ),
    ]

    @Test("What does not go together is refused in the words of whoever wrote it, wherever that was", arguments: rules)
    func refusals(rule: (text: String, key: String, file: String, commandLine: String)) throws {
        var delivery = try file(rule.text)
        #expect(problem(delivery) == DeliveryProblem(rule.key, rule.file))
        delivery = DeliveryDescription(settings: delivery.settings, source: .commandLine)
        #expect(problem(delivery) == DeliveryProblem(rule.key, rule.commandLine))
    }

    @Test("A mistake in a file is a wrong configuration with its line, on the command line it is wrong usage")
    func errors() throws {
        let problem = DeliveryProblem("smtp", "smtp is wrong")
        let error = try file("mail = \"a@b.c\"\nsmtp = \"x\"\n").source.error(problem)
        let diagnostics = (error as? ConfigurationError)?.diagnostics.map(\.description)
        #expect(diagnostics == ["\(folder.file("deliver.d/chat.toml")):2: error: smtp is wrong"])
        let usage = DeliverySource.commandLine.error(problem) as? CommandFailure
        #expect(usage?.status == .usage && usage?.message == "delivering: smtp is wrong")
        let failure = try file("").source.error(CommandFailure(.usage, "looking for the feed x"))
        #expect(failure.status == .badConfiguration && failure.message.hasSuffix("chat.toml: looking for the feed x"))
        #expect(try file("").source.error(CommandFailure(.inUse, "busy")).message == "busy")
    }

    @Test("A header whose value is a secret is not written on the command line either")
    func secretHeader() {
        var settings = DeliverySettings()
        settings.to = .text("https://a.b/")
        settings.headers = [HeaderField(name: "X-Api-Key", value: .text("open sesame"))]
        let problem = problem(DeliveryDescription(settings: settings, source: .commandLine))
        #expect(problem?.message.contains("--header: what X-Api-Key holds is a secret") == true)
        #expect(problem?.message.contains("sesame") == false)
    }

    @Test("A record within the quotes of a JSON template is refused before anything is sent")
    func recordInQuotes() throws {
        folder.write(#"{"text":"{{json}}"}"#, to: "deliver.d/wrong.json")
        folder.write(#"{"article":{{json}}}"#, to: "deliver.d/right.json")
        let wrong = problem(try file("to = \"https://a.b/\"\ntemplate = \"wrong.json\""))
        #expect(wrong?.key == "template" && wrong?.message.contains("{{json}} alone stands outside of quotes") == true)
        #expect(problem(try file("to = \"https://a.b/\"\ntemplate = \"right.json\"")) == nil)
    }

    @Test("What an answer has to hold is not empty")
    func emptyExpectation() {
        var settings = DeliverySettings()
        settings.to = .text("https://a.b/")
        settings.expect = ""
        #expect(problem(DeliveryDescription(settings: settings, source: .commandLine))?.key == "expect")
    }

    @Test("A delivery is paced as it says, and as its target needs where it says nothing")
    func pace() throws {
        let plain = [
            "command = [\"cat\"]", "to = \"https://a.b/\"", "mail = \"a@b.c\"", "mail = \"a@b.c\"\ndigest = \"1h\"",
        ]
        let options = try plain.map { try file($0).options(once: false) }
        #expect(options.map(\.batch) == [100, 1, 1, 100] && options.map(\.wait) == [0, 0, 0, 3_600_000])
        #expect(options.map(\.timeout) == [300_000, 30_000, 300_000, 300_000])
        let full = try file(
            "command = [\"cat\"]\nbatch = 7\nwait = \"5s\"\ntimeout = \"9s\"\nattempts = 3\ndead_letter = \"/x\"\nevents = true"
        ).options(once: true)
        #expect(full.batch == 7 && full.wait == 5000 && full.timeout == 9000 && full.once && full.isOfEvents)
        #expect(full.deadLetters?.attempts == 3 && full.deadLetters?.directory == "/x")
    }

    @Test("Requests and messages are what the keys of a file say")
    func targets() throws {
        folder.write("{\"text\":\"{{title}}\"}", to: "deliver.d/chat.json")
        let request = try #require(
            try file(
                """
                to = { file = "chat.url" }
                method = "PUT"
                template = "chat.json"
                gzip = true
                headers = { X-Room = "attic" }
                bearer = { env = "TOKEN" }
                secret = [{ env = "A" }, { env = "B" }]
                expect = "ok"
                """
            ).requestOptions())
        #expect(request.url == .secret(.file(folder.file("deliver.d/chat.url"))) && request.method == .put)
        #expect(request.body.contentType == "application/json" && request.isPacked && request.expected == "ok")
        #expect(request.headers == [HeaderField(name: "X-Room", value: .text("attic"))])
        #expect(request.bearer == .environment("TOKEN") && request.signers == [.environment("A"), .environment("B")])
        let mail = try #require(
            try file(
                """
                mail = ["a@b.c", "d@e.f"]
                smtp = "smtps://mail.example.org"
                smtp_user = "news"
                smtp_password = { env = "P" }
                mail_from = "news@example.org"
                digest = "1h"
                """
            ).mailOptions())
        #expect(mail.composer.recipients.map(\.description) == ["a@b.c", "d@e.f"] && mail.isDigest)
        #expect(mail.server.host == "mail.example.org" && mail.user == "news" && mail.password == .environment("P"))
        #expect(mail.composer.sender.description == "news@example.org")
        let missing = try file("command = [\"./none\"]")
        #expect(throws: DeliveryProblem.self) { try missing.program(environment: [:]) }
        #expect(try file("command = [\"sh\"]").program(environment: ["PATH": "/bin"])?.path == "/bin/sh")
    }

    @Test(
        "Where a consumer begins is written down as it is read again",
        arguments: ["now", "beginning", "12", "36h", "2026-05-20"])
    func start(text: String) throws {
        let start = try #require(ConsumerStart(argument: text))
        let again = try #require(ConsumerStart(argument: "\(start)"))
        #expect("\(start)" == "\(again)")
        #expect("\(start)".hasPrefix(text == "36h" ? "36h" : text))
    }
}
