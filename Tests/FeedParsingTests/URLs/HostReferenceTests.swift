import Testing

@testable import FeedParsing

@Suite struct HostReferenceTests {
    @Test(
        "contract.md §3: a reference that begins with a host of the feed's, or with www., is that host",
        arguments: [
            ("example.org/a", "https://example.org/a"), ("EXAMPLE.org", "https://EXAMPLE.org"),
            ("www.example.org?x", "https://www.example.org?x"), ("example.org:8080/a", "https://example.org:8080/a"),
            ("www.other.example/a#b", "https://www.other.example/a#b"),
            ("www.b\u{fc}cher.de", "https://www.b\u{fc}cher.de"),
            ("blog.example.org/", "https://blog.example.org/"), ("127.0.0.1:80/x", "https://127.0.0.1:80/x"),
        ])
    func hosts(reference: String, url: String) {
        let places = ["https://u:p@example.org:8080/feed", nil, "http://Blog.example.org", "https://127.0.0.1:80/"]
        #expect(HostReference.url(reference, beside: places) == url)
    }

    @Test(
        "A reference that may be a path is one",
        arguments: [
            "other.example/a", "www.html", "www", "www./x", "www..example.org", "www.-x.org", "wwwx.example.org",
            "/example.org", "//example.org", "#example.org", "?example.org", "", ".", "..", "./www.example.org",
            "example.org.", "example.org:", "example.org:80a/x", "example.orgx", "a.example.org/x", "index.html",
            "www.example.org:x", "www.exa mple.org", "www.example.org@evil.example", "www.a_b.org", "example",
            "www.\(String(repeating: "a.", count: 200))org",
        ])
    func paths(reference: String) {
        #expect(HostReference.url(reference, beside: ["https://example.org/feed"]) == nil)
    }

    @Test("The scheme is the document's, and https where there is none")
    func schemes() {
        #expect(HostReference.url("www.a.example", beside: ["http://h/", "https://a/"]) == "http://www.a.example")
        #expect(HostReference.url("www.a.example", beside: [nil, "https://a/"]) == "https://www.a.example")
        #expect(HostReference.url("www.a.example", beside: []) == "https://www.a.example")
        #expect(HostReference.url("h/x", beside: ["file:///h/"]) == nil)
    }
}
