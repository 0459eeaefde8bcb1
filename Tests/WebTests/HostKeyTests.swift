import Testing
import Web

@Suite("By what name a host is known (polling.md §7)")
struct HostKeyTests {
    @Test(
        "polling.md §7: all forms in which a URL writes one host have one key",
        arguments: [
            (
                "127.0.0.1",
                [
                    "http://127.0.0.1:8099/", "http://2130706433:8099/", "http://0x7f.1/", "http://127.0.0.1./",
                    "https://[::ffff:127.0.0.1]/", "http://[::FFFF:7f00:1]:8099/", "http://me:pw@127.1/",
                ]
            ),
            (
                "64:ff9b::102:304",
                ["http://[64:ff9b::1.2.3.4]/", "http://[64:ff9b::102:304]:81/", "http://[64:FF9B:0::102:0304]/"]
            ),
            ("1::2:0:0:3:4", ["http://[1:0:0:2::3:4]/", "http://[1::2:0:0:3:4]/"]),
            ("2001:db8:0:1:2:3:4:5", ["http://[2001:db8::1:2:3:4:5]/", "http://[2001:db8:0:1:2:3:4:5]/"]),
            (
                "example.org",
                [
                    "http://example.org", "https://example.org.:444/", "http://exa%6dple.org/", "HTTP://EXAMPLE.ORG/A",
                    "http://example\u{3002}org/", "http://\u{ff45}xample.org/", "http://example.org?a",
                    "http://example.org#b",
                ]
            ),
            (
                "xn--bcher-kva.example",
                [
                    "http://b\u{fc}cher.example/", "http://B\u{dc}CHER.example./", "http://xn--bcher-kva.example/",
                    "http://XN--BCHER-KVA.EXAMPLE/", "http://b%c3%bccher.example/",
                ]
            ), ("::1", ["http://[::1]/", "http://[0:0:0:0:0:0:0:1]:8080/"]),
        ])
    func forms(key: String, urls: [String]) {
        for url in urls { #expect(HostKey.of(url: url) == key, "\(url)") }
    }

    @Test("A host that is written alone has the key of its URLs, and an address needs no brackets")
    func alone() {
        #expect(HostKey.of(host: "Example.org.") == "example.org")
        #expect(HostKey.of(host: "b\u{fc}cher.example") == "xn--bcher-kva.example")
        #expect(HostKey.of(host: "2130706433") == "127.0.0.1")
        #expect(HostKey.of(host: "::0:1") == "::1" && HostKey.of(host: "[::1]") == "::1")
        for text in ["", "a:80", "[::1]:80", "a/b", "a?", "a#", "me@a", "a b", "[zz]", "a..b", "*.a"] {
            #expect(HostKey.of(host: text) == nil, "\(text)")
        }
    }

    @Test("A URL that no request could be made for has no host key")
    func none() {
        for url in [
            "", "file:///a", "http:///", "http://[zz]/", "http://a<b/", "example.org", "http://[fe80::1%25lo]/",
        ] {
            #expect(HostKey.of(url: url) == nil, "\(url)")
        }
    }
}
