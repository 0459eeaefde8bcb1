import Testing

@testable import Fetching

@Suite struct WebURLTests {
    @Test(
        "A URL is sent as it was written, but for userinfo and fragment",
        arguments: [
            ("http://Example.org", "http://Example.org/"),
            ("https://example.org:8443/a/../b/./c?x=%7e&y=a+b#frag", "https://example.org:8443/a/../b/./c?x=%7e&y=a+b"),
            ("http://user:p%40ss@example.org/feed", "http://example.org/feed"),
            ("http://example.org/a b", "http://example.org/a%20b"),
            ("http://example.org/\u{e9}?q=\u{e9}", "http://example.org/%c3%a9?q=%c3%a9"),
        ])
    func text(written: String, sent: String) throws {
        #expect(try WebURL(written).text.lowercased() == sent.lowercased())
    }

    @Test func originsAreComparedWithTheDefaultPortFilledIn() throws {
        let plain = try WebURL("http://example.org/a").origin
        #expect(plain == (try WebURL("HTTP://EXAMPLE.ORG:80/b").origin))
        for other in [
            "https://example.org/", "http://example.org:81/", "http://www.example.org/", "http://example.org./",
        ] {
            #expect(try WebURL(other).origin != plain)
        }
        #expect(try WebURL("http://[::1]:8080/").host == "::1")
        #expect(try WebURL("http://0x7f.1/").host == "127.0.0.1")
    }

    @Test func userinfoIsDecoded() throws {
        let url = try WebURL("http://us%65r:p%3aw@h/")
        #expect(url.user == "user")
        #expect(url.password == "p:w")
    }

    @Test(arguments: [
        ("../x", "http://a/x"), ("?q", "http://a/b/c?q"), ("//c/d", "http://c/d"), ("/é y", "http://a/%c3%a9%20y"),
        ("https://e:f@g/#h", "https://g/"), ("x/../../y", "http://a/y"),
    ])
    func locationsAreResolved(location: String, result: String) throws {
        let base = try WebURL("http://a/b/c?d")
        let target = try base.resolving(Array(location.utf8))
        #expect(target.text.lowercased() == result)
        #expect(target.user == nil)
    }

    @Test func onlyWebSchemesAreRead() {
        #expect(throws: WebURL.Problem.scheme("file")) { try WebURL("file:///etc/passwd") }
        #expect(throws: WebURL.Problem.zone) { try WebURL("http://[fe80::1%25eth0]/") }
        for text in ["", "x", "http://", "http://a:b/", "http://a\u{7f}/", "http://[::1/"] {
            #expect(throws: WebURL.Problem.self) { try WebURL(text) }
        }
    }

    @Test(
        "An address is the same in each form, and the form that is asked is the one that was judged",
        arguments: [
            "127.0.0.1.", "127%2e0.0.1", "127.0.0.1%2e", "%31%32%37.0.0.1", "0x7f.1.", "2130706433.", "0177.0.0.01",
            "127.1",
            "127\u{3002}0\u{3002}0\u{3002}1", "127\u{ff0e}0.0\u{ff61}1", "\u{ff11}\u{ff12}\u{ff17}.0.0.1",
            "127.0.0.1%e3%80%82", "\u{ff10}\u{ff58}7f.1\u{3002}",
        ])
    func address(host: String) throws {
        let url = try WebURL("http://\(host):8080/a/../b")
        #expect(url.host == "127.0.0.1" && url.service == "127.0.0.1:8080")
        #expect(url.text == "http://127.0.0.1:8080/a/../b")
        #expect(try WebURL("http://example.org/").resolving(Array("//\(host)/x".utf8)).text == "http://127.0.0.1/x")
    }

    @Test("A dot at the end of a name is sent as it was written, and is not part of the name")
    func rooted() throws {
        for host in ["LOCALHOST.", "localhost%2E", "localhost\u{3002}", "\u{ff4c}ocalhost."] {
            let url = try WebURL("http://\(host)/")
            #expect(url.host == "localhost" && url.text.lowercased() == "http://localhost./")
        }
    }

    @Test(
        "What ends in a number and is no address, and what no name can be, is asked of nobody",
        arguments: [
            "127.0.0.08", "4294967297", "256.1.1.1", "127.0.0.1.5", "127.0.0.1..", ".127.0.0.1", "a..b", ".", "..",
            "0x",
            "127%252e0.0.1", "127.0.0.1%25", "a%20b", "127.0.0.1%00", "127.0.0.1%0a", "127.0.0.1\\x", "0x7f.0x",
            "1.2.3.4.0x5",
        ])
    func noHost(host: String) {
        #expect(throws: WebURL.Problem.malformed) { try WebURL("http://\(host)/") }
    }

    @Test("A name in another script is asked in its ASCII form alone, and the reason says so")
    func international() throws {
        for host in [
            "b\u{fc}cher.example", "b%C3%BCcher.example", "\u{2460}\u{2461}\u{2466}.0.0.1", "\u{24db}ocalhost",
        ] {
            #expect(throws: WebURL.Problem.international) { try WebURL("http://\(host)/") }
        }
        #expect(try WebURL("http://XN--bcher-kva.example/").host == "xn--bcher-kva.example")
        #expect(FetchFailure.url(.international).advice.contains("xn--"))
    }

    @Test("A URL that can be asked is kept only where it would be asked just as it is")
    func askable() {
        for url in ["http://a.example/b?c", "https://[::1]:8080/", "http://a.example./"] {
            #expect(FetchRequest.canAsk(url))
        }
        for url in [
            "http://127.1/", "http://a.example/#b", "http://a.example", "http://a b/", "ftp://a/", "http://127.0.0.1./",
        ] {
            #expect(!FetchRequest.canAsk(url))
        }
    }
}
