import TestSupport
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
        "A URL is resolved in spite of the mistakes that browsers forgive",
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

    @Test("An absolute URL needs no base, and is not changed")
    func absolute() {
        #expect(URLResolution.resolve("http://h/a/../b", base: nil) == "http://h/a/../b")
        #expect(URLResolution.resolve("urn:x:y", base: "http://h/") == "urn:x:y")
        #expect(URLResolution.resolve("javascript:alert(1)", base: nil) == "javascript:alert(1)")
    }

    @Test(
        "A reference that cannot be resolved gives no URL",
        arguments: [
            ("x", nil), ("//h/x", nil), ("x", "mailto:a@b"), ("x", "urn:a:b"), ("x", "/relative"), ("http://", nil),
            ("http:///", nil), ("http://?q", "http://h/"), ("///x", "http://h/"), ("x", "http:///p"), ("x", ""),
        ] as [(String, String?)])
    func unresolvable(reference: String, base: String?) {
        #expect(URLResolution.resolve(reference, base: base) == nil)
    }

    @Test("A base with a path and no host resolves relative URLs too")
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

    @Test(
        "RFC 3986 §5.2.4: dot segments are taken out of a path, and everything else of it stays",
        arguments: [
            ("/", "/"), ("//", "//"), ("//a", "//a"), ("/a//b", "/a//b"), ("/a/", "/a/"), ("/a//", "/a//"),
            ("/.", "/"), ("/./", "/"), ("/..", "/"), ("/../", "/"), ("/a/.", "/a/"), ("/a/..", "/"),
            ("/a/b/..", "/a/"), ("/a/./b", "/a/b"), ("/a/../b", "/b"), ("/a/b/../../c", "/c"), ("/a//../b", "/a/b"),
            ("/a/..//b", "//b"), ("/../../a", "/a"), ("/a/../../../b/", "/b/"), ("/...", "/..."), ("/.../a", "/.../a"),
            ("/.a", "/.a"), ("/a.", "/a."), ("/..a/b", "/..a/b"), ("/a/%2e/b", "/a/b"), ("/a/%2E%2e", "/"),
            ("/a/.%2e/b", "/b"), ("/a/%2e.", "/"), ("/%2e", "/"), ("/%2e%2e%2e", "/%2e%2e%2e"), ("/%2", "/%2"),
            ("/%2/e", "/%2/e"), ("/%2f/%", "/%2f/%"), ("/a/%/./b", "/a/%/b"), ("/a/b/.././", "/a/"),
        ])
    func dotSegments(path: String, expected: String) {
        // In front of a path with two slashes stands a host, so that the second is no part of one.
        let base = "http://h/" + path.dropFirst() + (path.hasSuffix("/") ? "" : "/")
        let inBase = expected + (expected.hasSuffix("/") ? "" : "/")
        #expect(URLResolution.resolve("g", base: base) == "http://h\(inBase)g")
        if !path.hasPrefix("//") { #expect(URLResolution.resolve(path, base: "http://h/x") == "http://h\(expected)") }
    }

    @Test("RFC 3986 §5.2.4: any path comes out as its segments say one by one")
    func anyPath() {
        var state: UInt64 = 1
        let pieces = ["/", "/", "/", ".", ".", "%2e", "%2E", "a", "%", "%2", "bc", "é"]
        func next(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        for _ in 0..<5000 {
            let path = "/x" + (0..<next(16)).map { _ in pieces[next(pieces.count)] }.joined()
            #expect(
                URLResolution.resolve(path, base: "http://h/") == "http://h" + Self.withoutDotSegments(path), "\(path)")
        }
    }

    /// The same, segment by segment.
    private static func withoutDotSegments(_ path: String) -> String {
        let segments = path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        var kept: [String] = []
        for (index, segment) in segments.map({ String(decoding: $0, as: UTF8.self) }).enumerated() {
            let dots = segment.lowercased().replacing("%2e", with: ".")
            guard dots == "." || dots == ".." else {
                kept.append(segment)
                continue
            }
            if dots == "..", !kept.isEmpty { kept.removeLast() }
            if index == segments.count - 1 { kept.append("") }
        }
        return "/" + kept.joined(separator: "/")
    }

    @Test("A scheme that is written again and again is a path behind the first one")
    func schemesAgain() {
        let resolved = URLResolution.resolve(String(repeating: "http:", count: 13_000) + "x", base: "http://h/a/b")
        #expect(resolved?.hasPrefix("http://h/a/http:http:") == true)
        #expect(URLResolution.resolve("http:mailto:x", base: "http://h/a/b") == "http://h/a/x")
    }

    @Test("Only what needs the base takes from the budget, and what does not needs no budget")
    func budget() {
        let base = "http://h/" + String(repeating: "b", count: 1000) + "/"
        for whole in ["HTTP://x/y", " http:\\\\x/y", "ht\ttp://x/y", "mailto:x", "http://x/../y"] {
            var budget = ResolutionBudget(document: 0)
            for _ in 0..<100 { #expect(URLResolution.resolve(whole, base: base, &budget) != nil) }
            #expect(URLResolution.resolve("c", base: base, &budget) == base + "c", "\(whole)")
        }
        var budget = ResolutionBudget(document: 0)
        for _ in 0..<100 { _ = URLResolution.resolve("c", base: base, &budget) }
        for relative in ["c", "/c", "//c/d", "http:c"] {
            #expect(URLResolution.resolve(relative, base: base, &budget) == nil)
        }
        #expect(URLResolution.resolve("http://x/y", base: base, &budget) == "http://x/y")
        #expect(URLResolution.resolve("https:x/y", base: base, &budget) == "https://x/y")
    }

    @Test("A base of hundreds of folders costs what one of the same length with a single one does")
    func manyFolders() {
        func resolves(_ folder: String) -> () -> Void {
            let base = "http://h" + String(repeating: folder, count: 4000 / folder.utf8.count) + "/"
            return { for _ in 0..<50 { _ = URLResolution.resolve("x", base: base) } }
        }
        let long = resolves("/" + String(repeating: "b", count: 3999))
        for folder in ["/b", "//", "/b/b/b/b;x=b"] {
            let ratio = ProcessorTime.ratio(of: resolves(folder), to: long)
            #expect(ratio < 4, "\(folder): \(ratio)")
        }
    }

    @Test("The scheme of a URL is told in lower case, and only where there is one")
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
