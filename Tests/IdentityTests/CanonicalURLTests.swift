import Testing

@testable import Identity

@Suite("CanonicalURL gives links to one page one key (identity.md §7)")
struct CanonicalURLTests {
    @Test(
        "Links to the same page have one key as canonical URLs",
        arguments: [
            ("  https://Example.ORG/a  ", "//example.org/a"),
            ("HTTP://example.org:80/a", "//example.org/a"),
            ("https://example.org:443", "//example.org/"),
            ("https://example.org:/a", "//example.org/a"),
            ("https://example.org:8443/a", "//example.org:8443/a"),
            ("http:/example.org/a", "//example.org/a"),
            ("http://http://example.org/a", "//example.org/a"),
            ("//example.org/a", "//example.org/a"),
            ("https:\\\\example.org\\a", "//example.org/a"),
            ("https://me:secret@example.org/a", "//example.org/a"),
            ("https://example.org/a#part", "//example.org/a"),
            ("https://example.org/a#!/page", "//example.org/a#!/page"),
            ("https://example.org/a/./b/../c", "//example.org/a/c"),
            ("https://example.org/../..", "//example.org/"),
            ("https://example.org/a/..", "//example.org/"),
            ("https://example.org/%7euser/%c3%a4", "//example.org/~user/%C3%A4"),
            ("https://example.org/100%", "//example.org/100%"),
            ("https://example.org/a?utm_source=x&id=7&fbclid=y", "//example.org/a?id=7"),
            ("https://example.org/a?b=2&a=1", "//example.org/a?b=2&a=1"),
            ("https://example.org/a?utm_source=x", "//example.org/a"),
            ("https://bücher.example/a", "//xn--bcher-kva.example/a"),
            ("https://BÜCHER.example/a", "//xn--bcher-kva.example/a"),
            ("https://例え.テスト/", "//xn--r8jz45g.xn--zckzah/"),
        ])
    func key(link: String, expected: String) {
        #expect(CanonicalURL.key(link) == expected)
    }

    @Test(
        "A link that needs no mending has the key that a closer look would give it",
        arguments: [
            "https://example.org/a/b.html", "http://example.org", "http://example.org/", "https://example.org/a//b/",
            "https://example.org/.a", "https://example.org/./a", "https://example.org/a.", "https://example.org./a",
            "http://-/", "https://example.org/ä", "https://example.org/a@b:c", "http://https", "http://http/a",
            "https://example.org/a;b=1", "https://", "https:///", "https://Example.org/a", "https://exa_mple.org/a",
        ])
    func plainLink(link: String) {
        // White space around it means nothing, but is not plain.
        #expect(CanonicalURL.key(link) == CanonicalURL.key(" \(link)"))
    }

    @Test(
        "CanonicalURL gives no key to text that is no http link",
        arguments: [
            "", "mailto:a@example.org", "example.org/a", "ftp://example.org/", "http://", "http:///", "/a", "//",
        ])
    func noKey(link: String) {
        #expect(CanonicalURL.key(link) == nil)
    }

    @Test("CanonicalURL keeps differences between links that may lead to another page")
    func kept() {
        #expect(CanonicalURL.key("https://example.org/a") != CanonicalURL.key("https://example.org/a/"))
        #expect(CanonicalURL.key("https://example.org/A") != CanonicalURL.key("https://example.org/a"))
        #expect(CanonicalURL.key("https://m.example.org/a") != CanonicalURL.key("https://example.org/a"))
        #expect(CanonicalURL.key("https://example.org/?sid=1") != CanonicalURL.key("https://example.org/"))
    }

    @Test("CanonicalURL drops a parameter `ref` only where it names the feed's own host")
    func ownReference() {
        #expect(CanonicalURL.key("https://e.org/a?ref=site.example", ownHosts: ["site.example"]) == "//e.org/a")
        #expect(CanonicalURL.key("https://e.org/a?ref=main", ownHosts: ["site.example"]) == "//e.org/a?ref=main")
    }

    @Test("security.md §4: CanonicalURL gives no key to a link longer than 2048 bytes")
    func tooLong() {
        #expect(CanonicalURL.key("https://example.org/" + String(repeating: "a", count: 2028)) != nil)
        #expect(CanonicalURL.key("https://example.org/" + String(repeating: "a", count: 2029)) == nil)
    }
}
