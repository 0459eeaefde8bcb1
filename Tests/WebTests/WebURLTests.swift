import Testing
import Web

@Suite("What libcurl's parser makes of a URL")
struct WebURLTests {
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

    @Test("Origins are compared with the default port filled in") func origins() throws {
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

    @Test("A server is the same by host and port, and by https on 443 of the host that is asked by http on 80")
    func servers()
        throws
    {
        let plain = try WebURL("http://example.org/a")
        for same in ["http://example.org:80/b", "https://example.org/", "https://EXAMPLE.org:443/c"] {
            #expect(try WebURL(same).isOnServer(of: plain))
        }
        for other in ["https://example.org:8443/", "http://example.org:8080/", "https://www.example.org/"] {
            #expect(try !WebURL(other).isOnServer(of: plain))
        }
        let secure = try WebURL("https://example.org/")
        #expect(!plain.isOnServer(of: secure) && secure.isOnServer(of: secure))
        #expect(try WebURL("https://example.org:8080/").isOnServer(of: WebURL("http://example.org:8080/")))
        #expect(try !WebURL("https://example.org/").isOnServer(of: WebURL("http://example.org:8080/")))
    }

    @Test("The user name and password of a URL are decoded") func userinfo() throws {
        let url = try WebURL("http://us%65r:p%3aw@h/")
        #expect(url.user == "user")
        #expect(url.password == "p:w")
    }

    @Test(
        "A Location is resolved against the URL that was asked",
        arguments: [
            ("../x", "http://a/x"), ("?q", "http://a/b/c?q"), ("//c/d", "http://c/d"), ("/é y", "http://a/%c3%a9%20y"),
            ("https://e:f@g/#h", "https://g/"), ("x/../../y", "http://a/y"),
        ])
    func locations(location: String, result: String) throws {
        let base = try WebURL("http://a/b/c?d")
        let target = try base.resolving(Array(location.utf8))
        #expect(target.text.lowercased() == result)
        #expect(target.user == nil)
    }

    @Test("A URL of another scheme than http and https is refused") func schemes() {
        #expect(throws: WebURL.Problem.scheme("file")) { try WebURL("file:///etc/passwd") }
        #expect(throws: WebURL.Problem.zone) { try WebURL("http://[fe80::1%25eth0]/") }
        for text in ["", "x", "http://", "http://a:b/", "http://a\u{7f}/", "http://[::1/"] {
            #expect(throws: WebURL.Problem.self) { try WebURL(text) }
        }
    }

    @Test(
        "A host's address is the same in each form, and the form that is asked is the one that was judged",
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

    @Test("A dot at the end of a host is sent as it was written, and is not part of its name")
    func rooted() throws {
        for host in ["LOCALHOST.", "localhost%2E", "localhost\u{3002}", "\u{ff4c}ocalhost."] {
            let url = try WebURL("http://\(host)/")
            #expect(url.host == "localhost" && url.text.lowercased() == "http://localhost./")
        }
    }

    @Test(
        "A URL is refused whose host ends in a number and is no address, or is what no name can be",
        arguments: [
            "127.0.0.08", "4294967297", "256.1.1.1", "127.0.0.1.5", "127.0.0.1..", ".127.0.0.1", "a..b", ".", "..",
            "0x",
            "127%252e0.0.1", "127.0.0.1%25", "a%20b", "127.0.0.1%00", "127.0.0.1%0a", "127.0.0.1\\x", "0x7f.0x",
            "1.2.3.4.0x5",
        ])
    func noHost(host: String) {
        #expect(throws: WebURL.Problem.host) { try WebURL("http://\(host)/") }
    }

    @Test(
        "polling.md §7: a name in another script is asked in its ASCII form, and what only looks like one as what it means",
        arguments: [
            ("b\u{fc}cher.example", "xn--bcher-kva.example"), ("b%C3%BCcher.example", "xn--bcher-kva.example"),
            ("B\u{dc}CHER.example", "xn--bcher-kva.example"), ("bu\u{308}cher.example", "xn--bcher-kva.example"),
            ("XN--bcher-kva.example", "xn--bcher-kva.example"), ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
            ("\u{2460}\u{2461}\u{2466}.0.0.1", "127.0.0.1"), ("\u{24db}ocalhost", "localhost"),
        ])
    func international(host: String, ascii: String) throws {
        let url = try WebURL("http://\(host)/f")
        #expect(url.host == ascii && url.text.lowercased() == "http://\(ascii)/f")
        #expect(try WebURL("http://a/").resolving(Array("//\(host)/f".utf8)).text.lowercased() == url.text.lowercased())
    }

    @Test(
        "A URL is refused whose host has no name in ASCII, or none that could be asked",
        arguments: [
            ("a\u{fffd}b.example", WebURL.Problem.international),
            (String(repeating: "\u{fc}", count: 80) + ".example", .international), ("\u{3002}", .host),
        ])
    func noInternationalName(host: String, problem: WebURL.Problem) {
        #expect(throws: problem) { try WebURL("http://\(host)/") }
    }

    @Test(
        "WebURL tells apart why libcurl refuses a URL",
        arguments: [
            ("http://[zz]/f", WebURL.Problem.host), ("http://a<b/f", .host), ("https://a\"b/f", .host),
            ("http://a\\b/f", .host), ("http://a:99999/", .port), ("http://a:0/", .port), ("http://a:x/", .port),
            ("http://", .noHost), ("http:a", .malformed),
        ])
    func problems(text: String, problem: WebURL.Problem) {
        #expect(throws: problem) { try WebURL(text) }
    }

    @Test("The target of a URL is its path and query")
    func target() throws {
        #expect(try WebURL("https://a:8443?b#c").target == "/?b")
        #expect(try WebURL("http://a/b/../c?d=/e").target == "/b/../c?d=/e")
    }
}
