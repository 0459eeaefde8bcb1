import Testing
import Web

@Suite("ProxyURL reads the proxies that can be named")
struct ProxyURLTests {
    @Test(
        "security.md §2: a proxy is told names, whichever version of SOCKS it is written with",
        arguments: [
            ("http://proxy.example:3128", "http://proxy.example:3128/"), ("https://p", "https://p/"),
            ("socks4://127.0.0.1:9", "socks4a://127.0.0.1:9/"), ("socks4a://p:1080", "socks4a://p:1080/"),
            ("socks5://[::1]:1080/", "socks5h://[::1]:1080/"), ("SOCKS5H://p:1", "socks5h://p:1/"),
            ("http://b\u{fc}cher.example:1", "http://xn--bcher-kva.example:1/"),
        ])
    func read(written: String, text: String) throws {
        let proxy = try ProxyURL(written)
        #expect(proxy.text == text && proxy.written == written)
    }

    @Test(
        "What libcurl could not ask is refused as a proxy, and so are a Unix socket and a password",
        arguments: [
            ("ftp://127.0.0.1:1", ProxyURL.Problem.scheme), ("127.0.0.1:3128", .scheme), ("", .scheme),
            ("socks5:127.0.0.1:1", .scheme), ("http://a b", .url(.host)), ("http://[zz]:1", .url(.host)),
            ("http://a<b:1", .url(.host)), ("socks5://:1", .url(.noHost)), ("http://a:0", .url(.port)),
            ("http://a:99999", .url(.port)), ("socks5h://localhost/run/tor.sock", .path), ("http://a/?b", .path),
            ("http://a#b", .path), ("http://[fe80::1%25lo]:1", .url(.zone)),
            ("http:///", .url(.noHost)), ("socks5:///127.0.0.1:1", .url(.noHost)),
            ("socks5://me:p%40w@127.0.0.1:9", .user), ("http://me@p:1", .user),
        ])
    func refused(text: String, problem: ProxyURL.Problem) {
        #expect(throws: problem) { try ProxyURL(text) }
    }
}
