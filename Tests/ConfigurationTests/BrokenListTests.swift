import Configuration
import FeedModel
import TestSupport
import Testing

@Suite("Broken lists: contract.md §2.10")
struct BrokenListTests {
    let fixture = ConfigurationFixture()

    private func list(_ body: String) -> String {
        "<opml version=\"2.0\">\n<head/>\n<body>\n\(body)\n</body>\n</opml>\n"
    }

    private func load(_ text: String, as name: String = "list.opml") throws -> Configuration {
        fixture.write(text, to: name)
        return try fixture.load("contact = \"https://example.org/\"\ninclude = [\"\(name)\"]")
    }

    private func errors(_ bytes: [UInt8], as name: String = "list.opml") -> [String] {
        fixture.folder.write(bytes, to: name)
        return fixture.errors("contact = \"https://example.org/\"\ninclude = [\"\(name)\"]")
    }

    @Test("Ampersands as they are leave URLs and titles what they were meant to be, and are worth no warning")
    func ampersands() throws {
        let configuration = try load(
            list(
                """
                <outline text="One" xmlUrl="https://example.org/1.xml"/>
                <outline text="Sales & more" xmlUrl="https://example.org/rss?tab=82&mod=79&copy=1&lt=2&amp=3&#x"/>
                <outline text="R&D &amp; &lt;b&gt; &eacute;" xmlUrl="https://example.org/3?a=1&amp;b=2"/>
                """))
        #expect(
            configuration.feeds.map(\.url) == [
                "https://example.org/1.xml", "https://example.org/rss?tab=82&mod=79&copy=1&lt=2&amp=3&#x",
                "https://example.org/3?a=1&b=2",
            ])
        #expect(configuration.feeds.map(\.title) == ["One", "Sales & more", "R&D & <b> é"])
        #expect(configuration.warnings.isEmpty)
    }

    @Test("Tags that are mended with one meaning are feeds, with a warning")
    func mended() throws {
        let configuration = try load(
            "\n"
                + list(
                    """
                    <outline text=One xmlUrl='https://example.org/1'>
                    <outline text="a < b"xmlUrl="https://example.org/2" />
                    <outline text="Folder"><outline text="C" xmlUrl="https://example.org/3"></outline></outline>
                    <outline text="D" xmlUrl="https://example.org/4"
                    <outline text="E" xmlUrl="https://example.org/5"/>
                    """
                ).replacing("</body>\n", with: ""))
        #expect(configuration.feeds.map(\.url) == (1...5).map { "https://example.org/\($0)" })
        #expect(configuration.feeds.map(\.title) == ["One", "a < b", "C", "D", "E"])
        #expect(configuration.feeds.map(\.tags) == [[], [], ["Folder"], [], []])
        #expect(configuration.feeds.map(\.source.line) == [5, 6, 7, 8, 9])
        let warnings = fixture.shown(configuration.warnings)
        #expect(
            warnings.map { $0.prefix(23) } == ["list.opml:5: warning: h", "list.opml:10: warning: "], "\(warnings)")
    }

    @Test(
        "OPML that is not read whole is an error with the line, whatever of it could be read",
        arguments: [
            ("<outline text='A' xmlUrl='https://a.org/'/>\n<outline text='B' xmlUrl='htt", 6, "ends inside <outline>"),
            ("<outline text='F'><outline xmlUrl='https://a.org/'/>", 5, "ends inside <outline>"),
            ("<outline text='A' xmlUrl='https://a.org/'/>\n", 5, "ends inside <body>"),
        ])
    func cut(body: String, line: Int, message: String) {
        let whole = list(body)
        let end = whole.firstRange(of: body)?.upperBound ?? whole.endIndex
        let errors = errors(Array("\n\(whole[..<end])".utf8))
        #expect(errors.count == 1 && errors[0].hasPrefix("list.opml:\(line): error: \(message)"), "\(errors)")
    }

    @Test(
        "OPML of which a part cannot be read for sure is an error with the line",
        arguments: [
            (#"<outline text="The "Best" of" xmlUrl="https://a.org/"/>"#, "an outline cannot be read for sure"),
            (#"<outline text="A xmlUrl="https://a.org/" type="rss"/>"#, "an outline cannot be read for sure"),
            (#"<outline xmlUrl="https://a.org/" xmlUrl="https://b.org/"/>"#, "an outline cannot be read for sure"),
            (#"< outline xmlUrl="https://a.org/"/>"#, "a < begins no tag"),
            (#"outline xmlUrl="https://a.org/"/>"#, "a part of a tag stands between"),
            (#"<outline text="A" > xmlUrl='https://a.org/'/>"#, "a part of a tag stands between"),
            (#"outline text=A XMLURL=feed.xml />"#, "text between the outlines holds the address"),
            ("https://a.org/", "text between the outlines holds the address"),
            (#"<out line xmlUrl="https://a.org/"/>"#, "a tag <out> has an xmlUrl"),
            (#"<outl<ine text="A" xmlUrl="https://a.org/"/>"#, "a tag <ine> has an xmlUrl"),
            (#"<outline text=A" xmlUrl="https://a.org/"/>"#, "an outline cannot be read for sure"),
            (#"<outline text="A" xmlUrl=https://a.org/"/>"#, "an outline cannot be read for sure"),
            (#"<outline text="A" xml Url="https://a.org/"/>"#, "an outline cannot be read for sure"),
            (#"<outline text="A" xm/lUrl="https://a.org/"/>"#, "an outline cannot be read for sure"),
            (
                #"<outline text="F"><outline xmlUrl="https://a.org/"/></outline></outline>"#,
                "an </outline> closes nothing"
            ),
            ("<outline xmlUrl=\"https://a.org/\u{1}x\"/>", "has characters that XML forbids"),
            ("<outline xmlUrl=\"https://a.org/&#2;x\"/>", "has references to characters that XML forbids"),
        ])
    func doubtful(line: String, message: String) {
        let errors = errors(Array(list(line).utf8))
        #expect(errors.contains { $0.hasPrefix("list.opml:4: error: \(message)") }, "\(errors)")
    }

    @Test("A folder that is closed by the end of the body alone is an error: feeds may have the tags of others")
    func openFolder() {
        let errors = errors(Array(list("<outline text='F'>\n<outline xmlUrl='https://a.org/'/>").utf8))
        #expect(
            errors.count == 1 && errors[0].hasPrefix("list.opml:6: error: the folder of line 4 is not"), "\(errors)")
    }

    @Test("Bytes that are not of the encoding are an error with their line, and a label that is right is none")
    func encodings() throws {
        let bytes = Array("<opml><body>\n<outline text='ä ".utf8) + [0xe4] + Array("'/></body></opml>".utf8)
        #expect(errors(bytes).first?.hasPrefix("list.opml:2: error: has bytes that are not UTF-8 (1)") == true)
        let label = "<?xml version='1.0' encoding='ISO-8859-1'?>\n<opml><body><outline text='"
        fixture.folder.write(
            Array(label.utf8) + [0x93, 0xe4] + Array("' xmlUrl='https://a.org/'/></body></opml>".utf8), to: "l.opml")
        let configuration = try fixture.load("contact = \"https://example.org/\"\ninclude = [\"l.opml\"]")
        #expect(configuration.feeds.map(\.title) == ["\u{201c}ä"] && configuration.warnings.isEmpty)
    }

    @Test("security.md §6: what uses entities that it declares is an error, and they are not followed")
    func entities() {
        let text = "<!DOCTYPE opml [<!ENTITY h \"https://b.org\">]>\n" + list("<outline xmlUrl=\"&h;/feed\"/>")
        let errors = errors(Array(text.utf8))
        #expect(errors.contains { $0.hasPrefix("list.opml:5: error: uses entities") }, "\(errors)")
    }

    @Test("Two documents in one OPML file are an error: the second is not read")
    func joined() {
        let text = list("<outline xmlUrl=\"https://a.org/\"/>")
        let errors = errors(Array((text + text).utf8))
        #expect(errors.count == 1 && errors[0].hasPrefix("list.opml:7: error: goes on behind its end"), "\(errors)")
    }

    @Test(
        "contract.md §2.10: an outline without its < is a loss behind the end of OPML, too, and other text there is none"
    )
    func behindTheEnd() throws {
        let comment = list("<outline xmlUrl=\"https://a.org/\"/>") + "<!-- https://made.by -->"
        #expect(try load(comment).warnings.isEmpty)
        let whole = list("<outline xmlUrl=\"https://a.org/\"/>")
        let lost = errors(Array((whole + "outline text=B xmlUrl=https://b.org/>").utf8))
        #expect(lost.count == 1 && lost[0].hasPrefix("list.opml:7: error: text between the outlines"), "\(lost)")
        let warnings = fixture.shown(try load(whole + "made by me").warnings)
        #expect(warnings == ["list.opml:7: warning: has something behind its end"])
    }

    @Test("Addresses in the head of OPML are no feeds")
    func head() throws {
        let text = list("").replacing("<head/>", with: "<head><docs>http://opml.org/spec2</docs></head>")
        #expect(try load(text).warnings.isEmpty)
    }

    @Test("A list of URLs with a quotation mark that is not closed is an error with the line")
    func quotes() {
        let text = "https://a.org/ \"one\" # \"\nhttps://b.org/ \"two\n\"https://c.org/\n"
        #expect(
            errors(Array(text.utf8), as: "urls") == [
                "urls:2: error: has a quotation mark that is not closed",
                "urls:3: error: has a quotation mark that is not closed",
            ])
    }

    @Test(
        "TOML that is cut off inside of a table is an error",
        arguments: ["[[feed", "[[feed]]\n", "[[feed]]\nurl", "url =", "url = \"https://b.o", "tags = [\"a\","])
    func tables(end: String) {
        let errors = errors(Array("[[feed]]\nurl = \"https://a.org/\"\n\(end)".utf8), as: "cut.toml")
        let line = end.hasSuffix("\nurl") ? 4 : 3
        #expect(errors.count == 1 && errors[0].hasPrefix("cut.toml:\(line): error: "), "\(errors)")
    }

    @Test("What stands in an outline beside wrong quotation marks is read, and what may be cut by them is not")
    func quotationMarks() throws {
        let text = list(
            """
            <outline text="The "Best" of" title="Best" xmlUrl="https://a.org/" category="x"/>
            <outline text="The "Best" of" title="The "Best" of" xmlUrl="https://b.org/"/>
            <outline text="C" xmlUrl="https://c.org/?q="x"&y=1"/>
            <outline text="D" xmlUrl="https://d.org/" xmlUrl="https://e.org/"/>
            <outline text="The "Best"><outline text="F" xmlUrl="https://f.org/"/></outline>
            """)
        let imported = try FeedListImport.read(Array(text.utf8))
        #expect(imported.tables.map(\.url) == ["https://a.org/", "https://b.org/", "https://f.org/"])
        #expect(imported.tables.map(\.title) == ["Best", nil, "F"] && imported.tables.map(\.tags) == [["x"], [], []])
        let lost = imported.warnings.filter { $0.kind == .lost }
        #expect(lost.map(\.line) == [4, 5, 6, 7, 8])
        #expect(lost.map { $0.message.hasSuffix("; it was left out") } == [false, false, true, true, false])
    }

    @Test(
        "An outline that has the address of a page, but none of a feed, is left out by name",
        arguments: ["htmlUrl", "url", "type='rss' url", "xmlUlr"])
    func withoutAddress(attribute: String) throws {
        let text = list("<outline text='A' \(attribute)='https://a.org/'/><outline text='Empty'/>")
        let imported = try FeedListImport.read(Array(text.utf8))
        #expect(imported.warnings.map(\.message) == ["\"A\" was left out: it is a feed without an xmlUrl"])
        let folder = list("<outline text='A' htmlUrl='https://a.org/'><outline xmlUrl='https://b.org/'/></outline>")
        #expect(try FeedListImport.read(Array(folder.utf8)).warnings.isEmpty)
        let link = list("<outline type='link' text='A' url='https://a.org/'/>")
        #expect(try FeedListImport.read(Array(link.utf8)).warnings.isEmpty)
    }

    @Test("newswire import gives what it got, and names each feed and each part that is missing")
    func importing() throws {
        func read(_ text: String) throws -> FeedListImport {
            try FeedListImport.read(Array(text.utf8))
        }
        let broken = try read(
            list(
                """
                <outline text="A & B" xmlUrl="https://a.org/?x=1&y=2"/>
                <outline text="P" xmlUrl="https://me:secret@b.org/"/>
                <outline type="rss" text="No address"/>
                <outline type="rss" text="Folder"><outline xmlUrl="https://c.org/"/></outline>
                <outline type="include" text="More" url="https://d.org/more.opml"/>
                """
            ).replacing("</opml>", with: ""))
        #expect(broken.tables.map(\.url) == ["https://a.org/?x=1&y=2", "https://c.org/"])
        #expect(broken.tables.map(\.tags) == [[], ["Folder"]])
        #expect(Set(broken.warnings.map(\.line)) == [5, 6, 8, 9] && broken.losses == 4, "\(broken.warnings)")
        #expect(broken.warnings.contains { $0.message.hasPrefix("\"P\" was left out: its xmlUrl ") })
        #expect(broken.warnings.contains { $0.message.hasPrefix("\"No address\" was left out: ") })
        let mended = try read(list("<outline text=A xmlUrl='https://a.org/'>"))
        #expect(mended.losses == 0 && mended.warnings.count == 2, "\(mended.warnings)")
        let urls = try read("https://a.org/\nexec:ls\n\"query:x:unread = \\\"yes\\\"\"\nhttps://b.org/ \"x\n")
        #expect(urls.tables.count == 1 && urls.warnings.map(\.line) == [2, 3, 4] && urls.losses == 2)
    }
}
