import Testing

@testable import FeedParsing

@Suite struct URLResolutionTests {
    /// The examples of RFC 3986 §5.4, normal and abnormal.
    @Test(
        "RFC 3986 §5.4: references are resolved as its examples say",
        arguments: [
            ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"), ("/g", "http://a/g"),
            ("//g", "http://g"), ("?y", "http://a/b/c/d;p?y"), ("g?y", "http://a/b/c/g?y"),
            ("#s", "http://a/b/c/d;p?q#s"), ("g#s", "http://a/b/c/g#s"), ("g?y#s", "http://a/b/c/g?y#s"),
            (";x", "http://a/b/c/;x"), ("g;x?y#s", "http://a/b/c/g;x?y#s"), ("", "http://a/b/c/d;p?q"),
            (".", "http://a/b/c/"), ("./", "http://a/b/c/"), ("..", "http://a/b/"), ("../", "http://a/b/"),
            ("../g", "http://a/b/g"), ("../..", "http://a/"), ("../../g", "http://a/g"),
            ("../../../g", "http://a/g"), ("/./g", "http://a/g"), ("/../g", "http://a/g"), ("g.", "http://a/b/c/g."),
            (".g", "http://a/b/c/.g"), ("..g", "http://a/b/c/..g"), ("./../g", "http://a/b/g"),
            ("./g/.", "http://a/b/c/g/"), ("g/./h", "http://a/b/c/g/h"), ("g/../h", "http://a/b/c/h"),
            ("g?y/../x", "http://a/b/c/g?y/../x"), ("http:g", "http://a/b/c/g"), ("mailto:x@y", "mailto:x@y"),
        ])
    func standardExamples(reference: String, expected: String) {
        #expect(URLResolution.resolve(reference, base: "http://a/b/c/d;p?q") == expected)
    }

    @Test(
        "what browsers forgive is forgiven",
        arguments: [
            (" \n/x\t", "https://h/x"), ("/a\n\tb", "https://h/ab"), ("a b c", "https://h/p/a%20b%20c"),
            ("\\x\\y", "https://h/x/y"), ("\\\\other\\x", "https://other/x"), ("x?a\\b", "https://h/p/x?a\\b"),
            ("https:/host/x", "https://host/x"), ("http:\\\\host\\x?\\", "http://host/x?\\"),
            ("https:y", "https://h/p/y"), ("http:host", "http://host"), ("HTTP://Host/A", "HTTP://Host/A"),
            ("%2e%2E/z", "https://h/z"), ("http://münchen.example/ä", "http://münchen.example/ä"),
        ])
    func leniency(reference: String, expected: String) {
        #expect(URLResolution.resolve(reference, base: "https://h/p/d") == expected)
    }

    @Test("an absolute URL needs no base, and is not changed")
    func absolute() {
        #expect(URLResolution.resolve("http://h/a/../b", base: nil) == "http://h/a/../b")
        #expect(URLResolution.resolve("urn:x:y", base: "http://h/") == "urn:x:y")
        #expect(URLResolution.resolve("javascript:alert(1)", base: nil) == "javascript:alert(1)")
    }

    @Test(
        "what cannot be resolved is nil",
        arguments: [
            ("x", nil), ("//h/x", nil), ("x", "mailto:a@b"), ("x", "urn:a:b"), ("x", "/relative"), ("http://", nil),
            ("http:///", nil), ("http://?q", "http://h/"), ("///x", "http://h/"), ("x", "http:///p"), ("x", ""),
        ] as [(String, String?)])
    func unresolvable(reference: String, base: String?) {
        #expect(URLResolution.resolve(reference, base: base) == nil)
    }

    @Test("a base with a path and no host resolves too")
    func hostless() {
        #expect(URLResolution.resolve("b", base: "file:///tmp/a") == "file:///tmp/b")
        #expect(URLResolution.resolve("x", base: "http://host") == "http://host/x")
        #expect(URLResolution.resolve("?q", base: "http://host") == "http://host?q")
    }

    @Test("security.md §4: a URL of more than 64 KiB is not resolved")
    func tooLong() {
        let long = String(repeating: "x", count: URLResolution.maximumLength + 1)
        #expect(URLResolution.resolve(long, base: "http://h/") == nil)
        #expect(URLResolution.resolve("http://h/" + long, base: nil) == nil)
        #expect(URLResolution.resolve("x", base: "http://h/" + long) == nil)
    }

    @Test("a path of nothing but dots and slashes is read in one go")
    func manyDots() {
        let dots = String(repeating: "a/../", count: 10_000)
        #expect(URLResolution.resolve("/" + dots + "x", base: "http://h/") == "http://h/x")
    }

    @Test("schemes are told in lower case, and only where there is one")
    func schemes() {
        #expect(URLResolution.scheme(of: "HTTPS://x") == "https")
        #expect(URLResolution.scheme(of: "svn+ssh:x") == "svn+ssh")
        #expect(URLResolution.scheme(of: "a/b:c") == nil)
        #expect(URLResolution.scheme(of: ":x") == nil)
        #expect(URLResolution.scheme(of: "1a:x") == nil)
        #expect(URLResolution.isWeb("HTTP://h"))
        #expect(!URLResolution.isWeb("http:///x"))
        #expect(!URLResolution.isWeb("ftp://h"))
        #expect(!URLResolution.isWeb("httpx://h"))
        #expect(URLResolution.isPublishable("MailTo:a@b"))
        #expect(!URLResolution.isPublishable("javascript:1"))
        #expect(!URLResolution.isPublishable("x"))
    }
}
