import Configuration
import FeedModel
import TestSupport
import Testing

@Suite("Lists of URLs and OPML: contract.md §2")
struct ListTests {
    let fixture = ConfigurationFixture()
    let main = "contact = \"https://example.org/\"\ninclude = [\"urls\"]"
    let opml = "contact = \"https://example.org/\"\ninclude = [\"subscriptions.opml\"]"

    @Test("A list of URLs is read as newsboat's urls file: URL, tags, a title after ~, comments")
    func urls() throws {
        fixture.write(
            """
            # my feeds

            https://example.org/a  news "two words" "~A \\"Title\\"" !
            http://example.org/b?x=1#frag # a comment
            file:///srv/c.xml
            file:///srv/d.xml
            \thttps://example.org/e\t"~Über"\r
            """, to: "urls")
        let feeds = try fixture.load(main).feeds
        #expect(feeds.map(\.url).prefix(2) == ["https://example.org/a", "http://example.org/b?x=1#frag"])
        #expect(feeds[0].title == "A \"Title\"" && feeds[0].tags == ["news", "two words"])
        #expect(feeds[2].localPath == "/srv/c.xml" && feeds[3].localPath == "/srv/d.xml")
        #expect(feeds[4].url == "https://example.org/e" && feeds[4].title == "Über")
        #expect(feeds.map(\.source.line) == [3, 4, 5, 6, 7])
    }

    @Test("A list of URLs may end its lines as old Macs do, and a second URL in a line is an error, not a tag")
    func lines() throws {
        fixture.write("https://a.example/f news\r# b\rhttps://c.example/f\r\nhttps://d.example/f", to: "urls")
        let feeds = try fixture.load(main).feeds
        #expect(feeds.map(\.url) == ["https://a.example/f", "https://c.example/f", "https://d.example/f"])
        #expect(feeds.map(\.source.line) == [1, 3, 4] && feeds[0].tags == ["news"])
        for second in ["https://b.example/f", "\thttp://b.example/f", "\"https://b.example/f\""] {
            fixture.write("https://a.example/f \(second)\n", to: "urls")
            #expect(fixture.errors(main).map { $0.contains("names a second URL") } == [true])
        }
    }

    @Test(
        "contract.md §2.10: a URL with a space in it is an error with its line, not a feed with a tag",
        arguments: [
            "http://exa mple/x", "http://exa mple.org/x", "https://example.org/my feed.xml",
            "https://example.org/x?a=1&b =2", "https://example.org/my blog/feed", "https://example.org/a b c.RSS",
        ])
    func spaces(line: String) throws {
        fixture.write("https://a.example/f\n\(line)\n", to: "urls")
        let errors = fixture.errors(main)
        #expect(errors.count == 1 && errors[0].hasPrefix("urls:2: error: has \""), "\(errors)")
        #expect(errors[0].contains("write %20 for the space, or quotes around a tag"))
        let imported = try FeedListImport.read(Array("https://a.example/f\n\(line)\n".utf8))
        #expect(imported.tables.count == 1 && imported.losses == 1)
    }

    @Test(
        "Tags as newsboat has them are no rest of a URL",
        arguments: [
            "http://intranet work", "http://localhost a/b", "http://intranet:80 a.b", "http://intranet/ a/b",
            "http://intranet \"a/b\"", "https://example.org/feed tech/linux", "https://example.org/ node.js R&D",
            "https://example.org/x \"a=b\" \"x.xml\" ~feed.xml", "example.org/x a/b",
        ])
    func tags(line: String) throws {
        fixture.write(line, to: "urls")
        #expect(try fixture.load(main).feeds.count == 1)
    }

    @Test("In a list of URLs a tilde begins a title and an exclamation mark is no tag, whatever accent follows")
    func accents() throws {
        fixture.write("https://example.org/a \"~\u{301}x\" ! !\u{301} a a\u{301} a\n", to: "urls")
        let feed = try #require(try fixture.load(main).feeds.first)
        #expect(feed.title == "\u{301}x" && feed.tags == ["!\u{301}", "a", "a\u{301}"])
    }

    @Test(
        "A list of URLs is refused, with the line, for what newswire will not run or fetch",
        arguments: [
            ("exec:~/bin/feed", "names a command"), ("filter:x:https://example.org/", "names a command"),
            ("\"query:Unread:unread = \\\"yes\\\"\"", "is a search of newsboat's"), ("gopher://x/", "scheme gopher:"),
            ("https://me:hunter2@example.org/", "use basic_auth"), ("https://example.org/\u{1}x", "control character"),
            ("http://[zz]/f", "has a host that cannot be asked"), ("http://a<b/f", "has a host that cannot be asked"),
            (#"http://a\b/f"#, "has a host that cannot be asked"),
            ("https://https://a.example/f", "begins with two schemes"),
            ("http://http://a.example/f", "begins with two schemes"),
        ])
    func refused(line: String, message: String) {
        fixture.write("https://example.org/\n\(line)\n", to: "urls")
        let errors = fixture.errors(main)
        #expect(errors.count == 1 && errors[0].hasPrefix("urls:2: error: the URL "), "\(errors)")
        #expect(errors[0].contains(message) && !errors[0].contains("hunter2"), "\(errors)")
    }

    @Test(
        "contract.md §2.5: a line or an xmlUrl that is a name alone is said with what it is taken for",
        arguments: ["Node.js", "setup.py", "www.x.de"])
    func nameAlone(name: String) throws {
        let said = "\"\(name)\" has no scheme and no path; it is taken for https://\(name.lowercased())/"
        fixture.write("https://example.org/\n\(name) tag", to: "urls")
        #expect(try fixture.warnings(main) == ["urls:2: warning: \(said)"])
        let outline = "<opml><body>\n<outline xmlUrl=\"\(name)\"/></body></opml>"
        fixture.write(outline, to: "subscriptions.opml")
        #expect(try fixture.warnings(opml) == ["subscriptions.opml:2: warning: \(said)"])
        for list in ["\n\(name)", outline] {
            let imported = try FeedListImport.read(Array(list.utf8))
            #expect(imported.tables.map(\.url) == ["https://\(name)"] && imported.losses == 0)
            #expect(imported.warnings.map(\.line) == [2] && imported.warnings.map(\.message) == [said])
        }
        for sure in ["\(name)/feed", "\(name):8080", "https://\(name)", "192.0.2.7", "[2001:db8::1]"] {
            fixture.write(sure, to: "urls")
            #expect(try fixture.warnings(main).isEmpty)
        }
    }

    @Test(
        "contract.md §2.5: a line or an xmlUrl without a scheme is https where its first part is a host",
        arguments: [
            "example.org/feed.xml", "www.x.de/", "Blog.Example.ORG:8443/?f=rss", "example.org?feed=rss2",
            "192.0.2.7/feed",
            "[2001:db8::1]:8080/feed", "müller.example/feed.json", "a.co/local/file.xml", "news.example.xn--p1ai/x",
        ])
    func withoutScheme(text: String) throws {
        fixture.write(text, to: "urls")
        let fromList = try fixture.load(main).feeds
        #expect(fromList.map(\.url) == ["https://\(text)"] && fromList.first?.host != nil)
        fixture.write("<opml><body><outline xmlUrl=\"\(text)\"/></body></opml>", to: "subscriptions.opml")
        let configuration = try fixture.load(opml)
        #expect(configuration.feeds.map(\.url) == ["https://\(text)"] && configuration.warnings.isEmpty)
        #expect(try FeedListImport.read(Array(text.utf8)).tables == [FeedTable(url: "https://\(text)")])
    }

    @Test(
        "contract.md §2.5: what is no URL is an error with its line in a list, left out of OPML, and never a path",
        arguments: [
            "feed.xml", "local/c.xml", "./example.org/feed.xml", "../x.rss", "/srv/d.xml", "my.feeds.rss",
            "index.html/x",
            "feeds.d/a.xml", "localhost/feed", "10/feed", "1.2/feed", "me@example.org", "~/feed.xml",
            "//example.org/feed",
            ".example.org/x", "a..org/x", "x", "C:\\feeds.xml", "example.org:port/feed", "*.example.org/feed",
        ])
    func noURL(text: String) throws {
        fixture.write(text, to: "example.org/feed.xml")
        fixture.write("https://a.org/\n\(text)\n", to: "urls")
        let errors = fixture.errors(main)
        #expect(errors.count == 1 && errors[0].hasPrefix("urls:2: error: the URL "), "\(errors)")
        fixture.write("<opml><body>\n<outline xmlUrl='\(text)'/></body></opml>", to: "subscriptions.opml")
        let configuration = try fixture.load(opml)
        let warnings = fixture.shown(configuration.warnings)
        #expect(configuration.feeds.isEmpty && warnings.count == 1, "\(warnings)")
        #expect(warnings.first?.hasPrefix("subscriptions.opml:2: warning: the feed is left out: its xmlUrl ") == true)
        let imported = try FeedListImport.read(Array(text.utf8))
        #expect(imported.tables.isEmpty && imported.losses == 1)
    }

    @Test("Bytes in a list of URLs that are no UTF-8 are an error with their line")
    func encoding() {
        fixture.folder.write(Array("https://a.org/\nhttps://b.org/ ".utf8) + [0xe4, 0x0a], to: "urls")
        #expect(fixture.errors(main) == ["urls:2: error: is not UTF-8"])
    }

    @Test("A URL that stands twice is read once, with a warning that names both places")
    func twice() throws {
        fixture.write("https://a.org/ x\nhttps://a.org/ y\n", to: "urls")
        let configuration = try fixture.load(main)
        #expect(configuration.feeds.count == 1 && configuration.feeds[0].tags == ["x", "y"])
        let path = fixture.folder.path
        #expect(
            fixture.shown(configuration.warnings) == ["urls:2: warning: https://a.org/ is already in \(path)/urls:1"])
    }

    @Test("Folders of OPML become tags, and attributes are found in any case")
    func outlines() throws {
        fixture.write(
            """
            <?xml version="1.0" encoding="ISO-8859-1"?>
            <opml version="2.0"><head><title>Mine</title></head><body>
            <outline text="Defence">
              <outline text="Europe &amp; Türkei">
                <outline type="rss" text="A" title="A &#228; &lt;b&gt;" xmlUrl="https://example.org/a?x=1&amp;y=2"/>
              </outline>
              <outline type="rss" text="B" xmlurl=" https://example.org/b " category="/x/y,z"/>
            </outline>
            <outline text="C" XMLURL="https://example.org/c"/>
            </body></opml>
            """, to: "latin.xml")
        let latin = (fixture.folder.text("latin.xml") ?? "").unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
        fixture.folder.write(latin, to: "subscriptions.opml")
        let configuration = try fixture.load(opml)
        #expect(configuration.warnings.isEmpty)
        let feeds = configuration.feeds
        #expect(
            feeds.map(\.url) == ["https://example.org/a?x=1&y=2", "https://example.org/b", "https://example.org/c"])
        #expect(feeds.map(\.title) == ["A ä <b>", "B", "C"])
        #expect(feeds.map(\.tags) == [["Defence", "Europe & Türkei"], ["Defence", "x", "y", "z"], []])
        #expect(feeds.map(\.source.line) == [5, 7, 9])
    }

    @Test("An OPML file reaches nothing but http and https")
    func schemes() throws {
        fixture.write(
            """
            <opml><body>
            <outline xmlUrl="file:///etc/passwd"/>
            <outline xmlUrl="feed.xml"/>
            <outline xmlUrl="|ls"/>
            <outline xmlUrl="https://me:hunter2@example.org/"/>
            <outline xmlUrl="http://[zz]/f"/>
            <outline xmlUrl="http://a&lt;b/f"/>
            <outline xmlUrl="https://example.org/"/>
            </body></opml>
            """, to: "subscriptions.opml")
        let configuration = try fixture.load(opml)
        #expect(configuration.feeds.map(\.url) == ["https://example.org/"])
        let warnings = fixture.shown(configuration.warnings)
        #expect(warnings.count == 6 && !warnings.joined().contains("hunter2"), "\(warnings)")
        for (line, warning) in zip(6..., warnings.dropFirst(4)) {
            #expect(
                warning.hasPrefix("subscriptions.opml:\(line): warning: the feed is left out: its xmlUrl has a host"))
        }
        #expect(warnings[0].hasPrefix("subscriptions.opml:2: warning: a local file is never read"))
    }

    @Test("A file that is included as OPML and is none is an error")
    func noOPML() {
        fixture.write("<rss/>", to: "subscriptions.opml")
        #expect(fixture.errors(opml).first?.contains("is no OPML") == true)
        fixture.write("", to: "subscriptions.opml")
        #expect(fixture.errors(opml).first?.contains("is no OPML") == true)
    }

    @Test("security.md §6: entities that an OPML document declares are not followed, and nesting is bounded")
    func hostile() throws {
        let secret = fixture.write("SECRET", to: "secret.txt")
        fixture.write(
            """
            <!DOCTYPE opml [<!ENTITY x SYSTEM "file://\(secret)"><!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
            <opml><body><outline text="&x;&b;" xmlUrl="https://example.org/a"/><p>&x;&b;</p></body></opml>
            """, to: "subscriptions.opml")
        #expect(fixture.errors(opml).contains { $0.hasPrefix("subscriptions.opml:2: error: uses entities") })
        let deep = String(repeating: "<outline text='x'>", count: 100_000)
        fixture.write("<opml><body>\(deep)", to: "subscriptions.opml")
        #expect(fixture.errors(opml).contains { $0.contains("nested too deeply") })
    }
}
