import FeedModel
import TestSupport
import Testing

@testable import Configuration

@Suite("The file of a delivery: contract.md §2.13")
struct DeliveryFileTests {
    let fixture = ConfigurationFixture()

    /// Every key, with a value as it is printed.
    static let values: [(key: String, value: String)] = [
        ("to", "\"https://example.org/hook\""), ("to", "{ file = \"/hook.url\" }"),
        ("command", "[\"/usr/bin/load\", \"--quiet\"]"), ("command", "[\"load\"]"),
        ("mail", "[\"desk@example.org\", \"chief@example.org\"]"), ("env", "[\"API_HOST\"]"), ("from", "\"now\""),
        ("batch", "20"), ("wait", "\"5s\""), ("timeout", "\"1m\""), ("attempts", "3"),
        ("dead_letter", "\"/var/lib/x\""),
        ("feeds", "[\"a\", \"b\"]"), ("tags", "[\"Naval\"]"), ("match", "[\"drone*\", \"-toy\"]"), ("updates", "true"),
        ("duplicates", "true"), ("blocked", "true"), ("refilter", "true"), ("no_initial", "true"), ("events", "true"),
        ("fulltext", "\"both\""), ("wait_fulltext", "\"1m\""),
        ("method", "\"PUT\""), ("body", "\"lines\""), ("template", "\"/slack.json\""),
        ("content_type", "\"text/plain\""),
        ("gzip", "true"), ("headers", "{ X-Api-Key = { env = \"KEY\" }, X-Room = \"attic\" }"),
        ("bearer", "{ credential = \"token\" }"), ("secret", "[{ file = \"/new\" }, { file = \"/old\" }]"),
        ("expect", "\"ok\""), ("smtp", "\"smtps://mail.example.org\""), ("smtp_user", "\"news\""),
        ("smtp_password", "{ file = \"/password\" }"), ("smtp_ca", "\"/ca.pem\""), ("smtp_insecure", "true"),
        ("mail_from", "\"news@example.org\""), ("digest", "\"1h\""),
    ]

    private func read(_ text: String, name: String = "chat") throws(ConfigurationError) -> DeliveryFile {
        try DeliveryFile(fixture.write(text, to: "deliver.d/\(name).toml"), of: name)
    }

    private func errors(_ text: String) -> [String] {
        do {
            _ = try read(text)
            return []
        } catch {
            return fixture.shown(error.diagnostics)
        }
    }

    @Test("The rows of a delivery are those of the contract, and each has a field of its own")
    func complete() throws {
        let keys = Options.all.filter { $0.tables.contains(.delivery) }.map { "\($0.key)" }
        #expect(Set(keys) == Set(Self.values.map(\.key)) && Set(keys).count == keys.count)
        #expect(DeliverySettings.keysOfURL.union(DeliverySettings.keysOfMail).isSubset(of: keys))
        for (key, value) in Self.values {
            let settings = try read("\(key) = \(value)\n").settings
            #expect(settings.written == [key] && settings.text == "\(key) = \(value)\n", "\(settings.text)")
        }
    }

    @Test("Every key of a delivery refuses a value of another type, by its name and line")
    func otherType() {
        for key in Set(Self.values.map(\.key)) {
            let errors = errors("# mine\n\(key) = 1979-05-27\n")
            let start = "deliver.d/chat.toml:2: error: \(key): must be "
            #expect(errors.count == 1 && errors[0].hasPrefix(start), "\(start) \(errors)")
        }
    }

    @Test("A key that there is not is refused, and the nearest named, or the table to which it belongs")
    func unknown() {
        for (line, advice) in [
            ("batchs = 3", "\"batchs\": there is no such key; did you mean batch?"),
            ("smtp_pasword = 3", "\"smtp_pasword\": there is no such key; did you mean smtp_password?"),
            ("user_agent = \"x\"", "\"user_agent\": there is no such key; it belongs in [[feed]]"),
            ("once = true", "\"once\": there is no such key; the keys here are to, command, "),
        ] {
            let errors = errors("\n\(line)\n")
            #expect(errors.count == 1 && errors[0].hasPrefix("deliver.d/chat.toml:2: error: \(advice)"), "\(errors)")
        }
        let main = fixture.errors("smtp_user = \"x\"\n")
        #expect(main.count == 1 && main[0].hasSuffix("it belongs in deliver.d/NAME.toml"), "\(main)")
    }

    @Test("All that is wrong in the file of a delivery is said, each with its line")
    func values() {
        for (line, message) in [
            ("batch = 0", "batch: must be 1 to 100000, not 0"),
            ("timeout = \"0s\"", "timeout: must be 1s to 366d, not 0s"),
            ("bearer = \"open sesame\"", "bearer: a secret must not be written in the file; "),
            (
                "headers = { Authorization = \"x\" }",
                "headers.Authorization: a secret must not be written in the file; "
            ),
            ("headers = { webhook-id = \"x\" }", "headers.webhook-id: newswire sends this header itself"),
            ("headers = { Content-Type = \"x\" }", "headers.Content-Type: newswire sends this header itself"),
            ("secret = []", "secret: is empty; leave it out"), ("match = []", "match: is empty; leave it out"),
            ("mail = []", "mail: is empty; leave it out"),
            ("match = '(x'", "match: column 1, at \"(x\": the bracket "),
            ("feeds = []", "feeds: is empty; without it, articles of all feeds come"),
            ("tags = []", "tags: is empty; without it, articles of all feeds come"),
            (
                "feeds = [\"https://example.org/?token=x\"]",
                "feeds: \"https://example.org/?token=***\" is a URL; write the id of its feed"
            ),
            ("command = []", "command: names no program"),
            ("command = [\"a\\u0000\"]", "command: there is a NUL in it"),
            ("env = [\"A=B\"]", "env: \"A=B\" is no name of a variable"), ("template = \"\"", "template: is empty"),
            ("to = ", "is not TOML: a value is missing behind the equals sign"),
        ] {
            let errors = errors("#\n\(line)\n")
            #expect(errors.count == 1 && errors[0].hasPrefix("deliver.d/chat.toml:2: error: \(message)"), "\(errors)")
        }
        #expect(errors("batch = 0\nmethod = \"GET\"\n").count == 2)
    }

    @Test(
        "Paths, and secrets that are files, are relative to the file of the delivery; a bare name of a program is not")
    func paths() throws {
        let folder = fixture.folder.file("deliver.d")
        let settings = try read(
            """
            command = ["./load", "./x"]
            to = { file = "chat.url" }
            template = "chat.json"
            dead_letter = "../dead"
            smtp_ca = "/ca.pem"
            """
        ).settings
        #expect(settings.command == ["\(folder)/load", "./x"] && settings.to == .secret(.file("\(folder)/chat.url")))
        #expect(settings.template == "\(folder)/chat.json" && settings.deadLetter == "\(folder)/../dead")
        #expect(settings.smtpCA == "/ca.pem" && settings.secrets.map(\.key) == ["to"])
        #expect(try read("command = [\"load\"]\n").settings.command == ["load"])
        #expect(try read("from = 12\nmail = \"a@b.c\"\nmatch = 'x'\n").settings.from == "12")
    }

    @Test("A file is found by the name of its consumer, else a program is, and never one of two")
    func entries() throws {
        fixture.write("", to: "newswire.toml")
        let folder = DeliveryFolder(beside: fixture.folder.file("newswire.toml"))
        func failure(_ name: String) -> DeliveryFolder.Failure? {
            do throws(DeliveryFolder.Failure) {
                _ = try folder.entry(of: name)
                return nil
            } catch {
                return error
            }
        }
        guard case .missing(let file, let program)? = failure("chat") else {
            Issue.record("something was found where nothing is")
            return
        }
        #expect(file == fixture.folder.file("deliver.d/chat.toml") && program == fixture.folder.file("deliver.d/chat"))
        fixture.write("#!/bin/sh\n", to: "deliver.d/chat", mode: 0o755)
        guard case .program(let path) = try folder.entry(of: "chat") else {
            Issue.record("the program was not found")
            return
        }
        #expect(path == program)
        fixture.write("batch = 3\n", to: "deliver.d/chat.toml")
        guard case .wrong(let error)? = failure("chat") else {
            Issue.record("one of two was taken")
            return
        }
        #expect(error.first.hasPrefix("\(file): error: the program \(program) is there as well"), "\(error)")
        fixture.write("notes\n", to: "deliver.d/chat", mode: 0o644)
        guard case .file(let found) = try folder.entry(of: "chat") else {
            Issue.record("the file was not found")
            return
        }
        #expect(found.settings.batch == 3 && found.name == "chat")
        fixture.write("batch = 3\n", to: "deliver.d/run.toml", mode: 0o755)
        guard case .missing? = failure("run.toml") else {
            Issue.record("the file of a delivery was taken for a program")
            return
        }
        fixture.write("x", to: "deliver.d/broken.toml")
        guard case .wrong? = failure("broken") else {
            Issue.record("a broken file was passed over")
            return
        }
    }

    @Test(
        "All files of the folder are read, but for an editor's; a name that is no consumer's, and a program beside, are errors"
    )
    func folder() {
        let folder = DeliveryFolder(beside: fixture.folder.file("newswire.toml"))
        let isName = { (name: String) in !name.contains(" ") }
        #expect(folder.files(isName: isName).files.isEmpty && folder.files(isName: isName).diagnostics.isEmpty)
        for name in ["b.toml", "a.toml", "no name.toml", ".a.toml", "a.toml~", "two.toml"] {
            fixture.write("batch = 3\n", to: "deliver.d/\(name)")
        }
        fixture.write("batch = x\n", to: "deliver.d/wrong.toml")
        fixture.write("#!/bin/sh\n", to: "deliver.d/two", mode: 0o755)
        fixture.write("#!/bin/sh\n", to: "deliver.d/alone", mode: 0o755)
        let (files, diagnostics) = folder.files(isName: isName)
        #expect(files.map(\.name) == ["a", "b"])
        let shown = fixture.shown(diagnostics)
        #expect(
            shown.count == 3
                && shown[0].hasPrefix("deliver.d/no name.toml: error: a delivery is called as its consumer"))
        #expect(
            shown[1].contains("is there as well") && shown[2].hasPrefix("deliver.d/wrong.toml:1: error: is not TOML"))
        fixture.write("", to: "other/deliver.d")
        #expect(
            DeliveryFolder(beside: fixture.folder.file("other/newswire.toml")).files(isName: isName).diagnostics.count
                == 1)
    }

    @Test("A delivery changes nothing of the configuration that the service runs on, however wrong it is")
    func isNoPart() throws {
        fixture.write("nonsense\n", to: "deliver.d/chat.toml")
        let configuration = try fixture.load("")
        let plain = try ConfigurationFixture().load("")
        #expect(configuration.warnings.isEmpty && plain.warnings.isEmpty)
        #expect(configuration.fetch == plain.fetch && configuration.feeds == plain.feeds)
    }
}
