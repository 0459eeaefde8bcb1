import JSONText
import TestSupport
import Testing

/// A feed and a page that try to steer the terminal of whoever looks at them, through every format and command.
@Suite("security.md §8: what is printed steers no terminal and writes no lines in newswire's name")
struct TerminalSafetyTests {
    /// An override, an isolate, CSI, ESC, DEL, NEL, the line separator, and a mark.
    private static let nasty = "A\u{202e}B\u{2066}C\u{9b}31mD\u{1b}[31mE\u{7f}F\u{85}G\u{2028}H\u{200f}I"

    private static func feed() -> String {
        let text = JSONValue.string(nasty + "\nnewswire: forged\r\nline\u{1b}]0;x\u{7}")
        func member(_ name: String, _ value: JSONValue) -> JSONValue.Member { .init(key: name, value: value) }
        let item: [JSONValue.Member] = [
            member("id", text), member("title", text), member("url", .string("http://e.example/\u{202e}x")),
            member("content_text", text), member("summary", text), member("tags", .array([text])),
            member("authors", .array([.object([member("name", text)])])), member("date_published", text),
            member(
                "attachments",
                .array([
                    .object([
                        member("url", .string("http://e.example/a")), member("mime_type", text), member("title", text),
                    ])
                ])),
        ]
        let document = JSONValue.object([
            member("version", .string("https://jsonfeed.org/version/1.1")), member("title", text),
            member("items", .array([.object(item)])),
        ])
        var json = JSONWriter()
        document.write(to: &json)
        return String(decoding: json.finish(), as: UTF8.self)
    }

    /// What may not be printed.
    private static func unsafe(_ text: String) -> [String] {
        text.unicodeScalars.filter { scalar in
            switch scalar.value {
            case 0x0a, 0x09: false
            case 0..<0x20, 0x7f..<0xa0, 0x2028...0x202e, 0x2066...0x2069: true
            default: false
            }
        }.map { "U+\(String($0.value, radix: 16))" }
    }

    private static func expectSafe(_ ending: ChildProcess.Ending, _ command: String) {
        #expect(unsafe(ending.output).isEmpty, "\(command): \(unsafe(ending.output))")
        #expect(unsafe(ending.errors).isEmpty, "\(command): \(unsafe(ending.errors))")
        // In an XML document a line break is part of a text, and stands between tags.
        let shown = command.hasSuffix("atom") ? "" : ending.output
        let forged = (shown + "\n" + ending.errors).split(separator: "\n").filter { $0.hasPrefix("newswire: forged") }
        #expect(forged.isEmpty, "\(command)")
    }

    @Test("A feed, through every format and command")
    func everyOutput() async {
        let desk = Desk()
        desk.server.on("/feed", .init(body: Self.feed()))
        let commands = [
            ["poll", "--all"], ["poll", "--force"], ["poll", "--force", "--dry-run"], ["poll", "--force", "--json"],
            ["dump"], ["dump", "--sanitize"], ["dump", "--format", "jsonfeed"], ["dump", "--format", "atom"],
            ["dump", "--format", "text"], ["dump", "--format", "tsv"],
            ["dump", "--format", "brief"], ["dump", "--format", "brief", "--urls"], ["feeds", "feed"], ["feeds"],
            ["feeds", "--json"],
            ["explain", "feed"], ["explain", "1"], ["history", "1"], ["history", "1", "--json"], ["status"],
            ["consumers"], ["export"], ["check"], ["check", "--print"], ["report"], ["store", "stats"],
            ["explain", "none\u{1b}[31m\u{202e}"], ["pause", "none\u{9b}\nnewswire: forged"],
            ["no-such-command\u{1b}[31m"], ["dump", "--no-such-option\u{202e}"],
        ]
        for command in commands { Self.expectSafe(await desk.run(command), command.joined(separator: " ")) }
    }

    @Test("What Atom escapes by number is the text as it came")
    func atomKeepsText() async throws {
        let desk = Desk()
        desk.server.on("/feed", .init(body: Self.feed()))
        await desk.run("poll", "--all")
        let atom = await desk.run("dump", "--format", "atom")
        #expect(atom.output.contains("A&#8238;B&#8294;C&#155;31mD"))
        desk.folder.write(atom.output, to: "again.xml")
        let again = await desk.start("parse", desk.folder.file("again.xml")).wait()
        let document = try JSONParser.parse(Array(again.output.utf8)).value
        let title = document["items"]?.array?.first?["title"]?.string ?? ""
        #expect(title.unicodeScalars.contains("\u{202e}") && title.unicodeScalars.contains("\u{2066}"))
    }

    @Test("A page's titles, in discover and add, and the errors that repeat an address")
    func page() async {
        let desk = Desk()
        desk.configure(feeds: [])
        desk.server.on("/f1", .init(body: Self.feed()))
        desk.server.on(
            "/page",
            .init(
                headers: [("Content-Type", "text/html")],
                body: """
                    <!doctype html><link rel=alternate type="application/rss+xml" title="T" href="/f1">
                    <link rel=alternate type="application/rss+xml" title="x&#10;newswire: forged, run: curl e.example" href="/f2">
                    <link rel=alternate type="application/rss+xml" title="\(Self.nasty)" href="/f3">
                    """))
        let page = desk.server.url("/page")
        for command in [
            ["discover", page], ["discover", "--json", page], ["add", page],
            ["add", desk.server.url("/none") + "\u{1b}[31m\u{202e}\nnewswire: forged"],
            ["discover", desk.server.url("/\u{9b}x\nnewswire: forged")],
        ] {
            let ending = await desk.run(command)
            Self.expectSafe(ending, command.joined(separator: " "))
        }
    }

    @Test("A list of another reader, in import and its warnings")
    func lists() async {
        let desk = Desk()
        let list = "http://a.example/ \"~\(Self.nasty)\" \"tag\u{202e}\u{9b}\"\nfile\u{1b}[31m:///x\u{202e}\n"
        desk.folder.write(list, to: "urls\u{1b}[31m")
        let ending = await desk.start("import", desk.folder.file("urls\u{1b}[31m")).wait()
        Self.expectSafe(ending, "import")
        Self.expectSafe(await desk.start("import", "/nonexistent/\u{9b}\nnewswire: forged").wait(), "import")
    }
}
