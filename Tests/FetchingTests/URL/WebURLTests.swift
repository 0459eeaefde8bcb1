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
}
