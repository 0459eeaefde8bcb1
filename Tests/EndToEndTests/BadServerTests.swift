import Glibc
import JSONText
import TestSupport
import Testing

@Suite(
    "Servers that misbehave (polling.md, security.md)", .serialized,
    .enabled(if: BadServer.script != nil, "../shared/faults/bad_server.py is not there"))
struct BadServerTests {
    /// How a poll ends: how many articles it stores, and the class of its error.
    struct End: Equatable {
        var new: Int64
        var error: String?
    }

    static let good = End(new: 3, error: nil)

    static func failing(_ error: String, new: Int64 = 0) -> End { End(new: new, error: error) }

    /// What is to come of each behaviour.
    static let expected: [String: End] = [
        "feed": good, "feed-grows": End(new: 4, error: nil), "late": good, "gzip": good, "deflate-zlib": good,
        "deflate-raw": good, "brotli": good, "redirect-chain": good, "redirect-relative": good, "301-permanent": good,
        "308-permanent": good, "302-temp": good, "307-temp": good, "etag": good, "etag-weak": good,
        "etag-changes-each-time": good, "etag-and-lastmod": good, "lastmod-only": good, "no-content-type": good,
        "charset-header-conflict": good, "charset-header-only": good, "xml-bomb": good, "xxe": good, "chunked": good,
        "100-continue": good, "keepalive-drop": good, "auth-basic": good, "auth-redirect-cross-host": good,
        "cache-max-age": good, "cache-expires": good,
        "slow-header": failing("timeout"), "slow-body": failing("timeout"), "stall-body": failing("timeout"),
        "never": failing("timeout"),
        "reset-mid-body": failing("truncated", new: 2), "truncated": failing("truncated", new: 3),
        "content-length-wrong": failing("truncated", new: 3), "gzip-truncated": failing("truncated", new: 3),
        "bad-chunk": failing("truncated", new: 2), "chunked-truncated": failing("truncated", new: 3),
        "content-length-two": failing("not_a_feed"), "html-instead": failing("not_a_feed"),
        "empty": failing("not_a_feed"),
        "gzip-bomb": failing("bomb"), "huge": failing("too_large"), "header-bomb": failing("too_large"),
        "encoding-unknown": failing("protocol"), "http09": failing("protocol"), "garbage": failing("protocol"),
        "redirect-loop": failing("redirect"), "redirect-to-file": failing("redirect"),
        "redirect-scheme": failing("redirect"), "redirect-empty": failing("redirect"),
        "cookies-required": failing("redirect"),
        "redirect-private": failing("refused_address"), "redirect-private?to=linklocal": failing("refused_address"),
        "redirect-private?to=private": failing("refused_address"),
        "redirect-private?to=mapped": failing("refused_address"),
        "redirect-private?to=decimal": failing("refused_address"),
        "redirect-private?to=zero": failing("refused_address"), "redirect-private?to=v6": failing("refused_address"),
        "400": failing("http_status"), "500": failing("http_status"), "502": failing("http_status"),
        "503": failing("http_status"), "503-after": failing("http_status"), "204": failing("http_status"),
        "flaky": failing("http_status"), "403": failing("forbidden"), "404": failing("not_found"),
        "301-to-404": failing("not_found"), "410": failing("gone"), "429": failing("rate_limited"),
        "429-date": failing("rate_limited"), "304-always": failing("unexpected_304"),
    ]

    static let expectedOfTLS: [String: End] = [
        "good": good, "expired": failing("tls"), "selfsigned": failing("tls"), "wronghost": failing("tls"),
    ]

    /// Behaviours that end only because newswire's patience does.
    static let slow: Set = ["slow-header", "slow-body", "stall-body", "never"]
    /// Seconds, enough for all others on a machine with other things to do.
    static let patience = Sanitizer.isOn ? 120 : 10
    /// Requests for one feed: one, and one more for each redirect that was followed on its own path.
    static let requestCounts = ["redirect-chain": 5]

    /// A desk whose feeds are all the behaviours, the id of each being its name.
    private func desk(_ server: BadServer) -> Desk {
        let desk = Desk(feeds: [])
        let mine = ([server.url, server.other] + server.tls.values).map { "\"\($0.drop { $0 != "/" }.dropFirst(2))\"" }
        var text = """
            contact = "https://example.org/bot"
            [fetch]
            private_networks = [\(mine.joined(separator: ", "))]
            host_delay = "0s"
            host_concurrency = 256
            connect_timeout = "5m"
            timeout = "5m"
            ca_file = "\(server.caFile)"
            [store]
            directory = "store"
            # Many of these feeds are the same one, come to in another way.
            duplicates = "keep"

            """
        func add(_ id: String, _ url: String, _ options: String = "") {
            text += "[[feed]]\nid = \"\(id)\"\nurl = \"\(url)\"\n\(options)\n"
        }
        for name in Self.expected.keys.sorted() {
            let parts = name.split(separator: "?", maxSplits: 1)
            let query = parts.count > 1 ? "?\(parts[1])" : ""
            var options = Self.slow.contains(name) ? "timeout = \"\(Self.patience)s\"" : ""
            if name.hasPrefix("auth-") {
                options = "basic_auth = { user = \"user\", password = { env = \"FEED_PASSWORD\" } }"
            }
            add(Self.id(name), "\(server.url)/\(parts[0])/t\(query)", options)
        }
        for (name, url) in server.tls.sorted(by: { $0.key < $1.key }) { add("tls-\(name)", "\(url)/feed/\(name)") }
        desk.folder.write(text, to: "newswire.toml")
        return desk
    }

    private static func id(_ name: String) -> String { name.replacing("?to=", with: "-") }

    @Test("Each is reported for what it is, what is whole is stored, and nothing is asked or told that should not be")
    func everything() async throws {
        let server = try await BadServer()
        let desk = desk(server)
        let ending = await desk.measured("poll", "--all", "--json")
        #expect(ending.status == 0)
        try reports(ending)
        try requests(server, after: 0)
        try await articles(desk, ending)
        let peak = try #require(ending.peakKilobytes)
        #expect(peak < 64 << 10 || Sanitizer.isOn, "the peak of its memory was \(peak) KiB")
        try await secondRound(desk, server)
    }

    private func reports(_ ending: Desk.Measured) throws {
        let reports = try ending.lines.map { try JSONParser.parse(Array($0.utf8)).value }
        var ends: [String: End] = [:]
        for report in reports {
            ends[report["feed"]?.string ?? ""] = End(
                new: report["new"]?.integer ?? -1, error: report["error_class"]?.string)
        }
        for (name, end) in Self.expected { #expect(ends[Self.id(name)] == end, "\(name)") }
        for (name, end) in Self.expectedOfTLS { #expect(ends["tls-\(name)"] == end, "tls-\(name)") }
        #expect(ends.count == Self.expected.count + Self.expectedOfTLS.count)
        #expect(reports.first { $0["feed"]?.string == "410" }?["outcome"]?.string == "gone")
        // Everybody else was done before newswire lost patience with those that hang.
        // A large body takes its time where the program is built for debugging.
        let order = reports.compactMap { $0["feed"]?.string }.filter { $0 != "huge" }
        let tail = order.suffix(Self.slow.count)
        #expect(Set(tail) == Self.slow)
        let expired = reports.first { $0["feed"]?.string == "tls-expired" }
        #expect(expired?["error"]?.string?.contains("Feb  1 00:00:00 2020") == true)
    }

    private func requests(_ server: BadServer, after start: Int) throws {
        let requests = try server.requests().dropFirst(start)
        for request in requests {
            #expect(request.method == "GET")
            #expect(request.header("user-agent")?.hasPrefix("newswire/") == true)
            #expect(request.header("user-agent")?.contains("(+https://example.org/bot)") == true)
            #expect(request.header("accept")?.hasPrefix("application/atom+xml, application/rss+xml") == true)
            #expect(request.header("accept-encoding")?.contains("gzip") == true)
            #expect(request.header("cookie") == nil && request.header("referer") == nil)
            #expect(request.header("if-none-match") == nil && request.header("if-modified-since") == nil)
            let names = request.headers.map { $0.name.lowercased() }.filter { $0 != "authorization" }
            #expect(names == ["host", "user-agent", "accept-encoding", "accept"])
            let word = request.path.split(separator: "/").first ?? ""
            let isOwner = request.base == server.url && (word == "auth-basic" || word == "auth-redirect-cross-host")
            #expect((request.header("authorization") != nil) == isOwner, "\(request.base)\(request.path)")
        }
        for name in Self.expected.keys where !name.contains("redirect-private") {
            let count = requests.count { $0.path == "/\(name)/t" }
            let wanted = Self.requestCounts[name] ?? 1
            // Each connection that was kept open and turns out to be dead costs a request, up to six; then a new one is
            // opened.
            #expect(count == wanted || name == "keepalive-drop" && 2...7 ~= count, "\(name): \(count) requests")
        }
        #expect(!requests.contains { $0.path == "/xxe-hit" || $0.path.contains("passwd") })
        #expect(requests.count { $0.base == server.other } == 1)
        // TLS that is not trusted carries no request.
        #expect(requests.count { request in server.tls.values.contains(request.base) } == 1)
    }

    private func articles(_ desk: Desk, _ ending: Desk.Measured) async throws {
        let articles = try await desk.dump()
        let wanted = (Array(Self.expected.values) + Array(Self.expectedOfTLS.values)).reduce(0) { $0 + $1.new }
        #expect(Int64(articles.count) == wanted)
        let titles = Dictionary(
            articles.compactMap { item -> (String, String)? in
                guard let own = item["_newswire"], let feed = own["feed"]?.string else { return nil }
                return (feed, own["feed_title"]?.string ?? "")
            }, uniquingKeysWith: { $1 })
        #expect(titles["charset-header-conflict"] == "Café" && titles["charset-header-only"] == "Café")
        #expect(titles["xxe"]?.contains("HIT") != true)
        let feeds = await desk.run("feeds", "--json")
        let everything =
            ending.output + ending.errors + feeds.output + (desk.folder.text("store/state/feeds.jsonl") ?? "")
            + (desk.folder.text("store/articles/00000000000000000001.jsonl") ?? "")
        // The password, the header it makes, a cookie, and a file that only a redirect and an entity have named.
        for secret in ["user:secret", "dXNlcjpzZWNyZXQ", "s3cret", "root:x:", "/bin/bash"] {
            #expect(!everything.contains(secret), "\(secret)")
        }
    }

    /// Validators go back as they came, and who asked to be left alone is.
    private func secondRound(_ desk: Desk, _ server: BadServer) async throws {
        let start = try server.requests().count
        let names = ["etag", "etag-weak", "etag-and-lastmod", "lastmod-only", "etag-changes-each-time", "feed"]
        let held = ["429", "429-date", "503-after", "cache-max-age", "cache-expires"]
        let ending = await desk.run(["poll", "--json"] + names + held)
        let outcomes = try Dictionary(
            ending.lines.map { line in
                let report = try JSONParser.parse(Array(line.utf8)).value
                return (report["feed"]?.string ?? "", report["outcome"]?.string ?? "")
            }, uniquingKeysWith: { $1 })
        for name in names.prefix(4) { #expect(outcomes[name] == "not_modified", "\(name)") }
        for name in names.suffix(2) { #expect(outcomes[name] == "unchanged", "\(name)") }
        for name in held { #expect(outcomes[name] == "skipped", "\(name)") }
        let requests = try server.requests().dropFirst(start)
        #expect(requests.count == names.count)
        func seen(_ name: String) -> BadServer.Seen? { requests.first { $0.path == "/\(name)/t" } }
        #expect(seen("etag-weak")?.header("if-none-match") == "W/\"v1\"")
        #expect(seen("etag-and-lastmod")?.header("if-none-match") == "\"v1\"")
        #expect(seen("etag-and-lastmod")?.header("if-modified-since") != nil)
        #expect(seen("lastmod-only")?.header("if-none-match") == nil)
        #expect(seen("lastmod-only")?.header("if-modified-since") != nil)
        #expect(seen("feed")?.header("if-none-match") == nil)
    }

    @Test("A host that hangs keeps no other waiting")
    func hangingHost() async throws {
        let server = try await BadServer()
        let desk = Desk(feeds: [])
        var text = """
            contact = "https://example.org/bot"
            [fetch]
            private_networks = "allow"
            concurrency = 2
            host_delay = "0s"
            timeout = "5m"
            [store]
            directory = "store"

            """
        for number in 1...3 {
            text += "[[feed]]\nid = \"hanging-\(number)\"\nurl = \"\(server.url)/never/\(number)\"\ntimeout = \"1s\"\n"
            text += "[[feed]]\nid = \"good-\(number)\"\nurl = \"\(server.other)/feed/\(number)\"\n"
        }
        desk.folder.write(text, to: "newswire.toml")
        let ending = await desk.run("poll", "--all", "--json")
        let order = try ending.lines.map { try JSONParser.parse(Array($0.utf8)).value["feed"]?.string ?? "" }
        #expect(Set(order.prefix(3)) == ["good-1", "good-2", "good-3"])
        #expect(order.count == 6)
    }
}
