import FeedModel
import JSONText
import Locking
import Logging
import Testing
import Web

@testable import WebInterface

@Suite("What answers to a request, and how: web.md §3.8, §4.4, §5")
struct SiteTests {
    private static func echo(_ method: WebRequest.Method, _ pattern: String, _ section: WebSection = .page)
        -> WebEndpoint
    {
        WebEndpoint(method, pattern, section, needs: .nothing, bodyLimit: method == .get ? 0 : 10) { call in
            let parameters = call.parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            let shown = "\(pattern) \(parameters.joined(separator: "&"))"
            return WebAnswer(200, "text/plain", .bytes(Array(shown.utf8)))
        }
    }

    private static let endpoints = [
        echo(.get, "/"), echo(.get, "/feeds"), echo(.get, "/feeds/{id}"), echo(.get, "/feeds/{id}/polls"),
        echo(.post, "/feeds/{id}/poll"), echo(.put, "/feeds/{id}/poll"), echo(.get, "/feeds/new"),
        echo(.get, "/stream/{name...}"), echo(.get, "/stream/ids"), echo(.get, "/{any}/end"),
    ]

    @Test(
        "The most exact pattern answers, with what stands in the path decoded",
        arguments: [
            ("/", "/ "), ("/?x=1", "/ "), ("/feeds", "/feeds "), ("/feeds/", "/feeds "),
            ("//feeds", "/feeds "),
            ("/feeds/a%20b", "/feeds/{id} id=a b"), ("/feeds/a+b", "/feeds/{id} id=a+b"), ("/feeds/new", "/feeds/new "),
            ("/feeds/a%2Fb/polls", "/feeds/{id}/polls id=a/b"), ("/feeds/%E2%82%AC", "/feeds/{id} id=€"),
            ("/feeds/..", "/feeds/{id} id=.."), ("/stream", "/stream/{name...} name="),
            ("/stream/ids", "/stream/ids "), ("/stream/feed/http://a/b", "/stream/{name...} name=feed/http://a/b"),
            ("/stream/feed%2Fhttp%3A%2F%2Fa", "/stream/{name...} name=feed/http://a"), ("/x/end", "/{any}/end any=x"),
            ("http://localhost:8473/feeds?a", "/feeds "), ("http://localhost:8473", "/ "),
        ])
    func routing(target: String, answer: String) throws {
        let site = try SiteFixture("", endpoints: Self.endpoints)
        #expect(try site.ask("GET", target).text() == answer)
    }

    @Test(
        "What cannot be read, and what is not there, is said",
        arguments: [
            ("GET", "/feeds/%zz", 400), ("GET", "/feeds/%00", 400), ("GET", "/feeds/%ff", 400), ("GET", "*", 400),
            ("GET", "ftp://localhost/", 400), ("GET", "/none", 404), ("GET", "/feeds/a/b/c", 404),
            ("DELETE", "/feeds", 405),
            ("OPTIONS", "/feeds", 405), ("POST", "/feeds", 405), ("BREW", "/feeds/a/poll", 405), ("PUT", "/none", 404),
            ("HEAD", "/feeds/a/poll", 405),
        ])
    func refusals(method: String, target: String, status: Int) throws {
        let site = try SiteFixture("", endpoints: Self.endpoints)
        #expect(site.ask(method, target).status == status)
    }

    @Test("What does not answer to a method says to which it does")
    func allow() throws {
        let site = try SiteFixture("", endpoints: Self.endpoints)
        #expect(site.ask("DELETE", "/feeds")["Allow"] == "GET, HEAD")
        #expect(site.ask("GET", "/feeds/a/poll")["Allow"] == "POST, PUT")
    }

    @Test("Below a path of a proxy all is below it, and nothing beside it")
    func basePath() throws {
        let site = try SiteFixture("base_path = \"/news\"", endpoints: Self.endpoints)
        for (target, status) in [
            ("/news", 200), ("/news/", 200), ("/news/feeds", 200), ("/news?x=/", 200), ("/feeds", 404),
            ("/newsfeeds", 404),
            ("/", 404),
        ] {
            #expect(site.ask("GET", target).status == status, "\(target)")
        }
    }

    @Test("Each part of the site says in its own form what went wrong")
    func forms() throws {
        let failing = { (pattern: String, section: WebSection) in
            WebEndpoint(.get, pattern, section, needs: .nothing) { _ in
                throw WebFailure(409, "no <b>service</b>", hint: "Start \"it\".")
            }
        }
        let site = try SiteFixture(
            "",
            endpoints: [
                failing("/p", .page), failing("/api/p", .api), failing("/v1/p", .miniflux),
                failing("/reader/p", .googleReader),
                failing("/out/p", .output),
            ])
        let page = site.ask("GET", "/p")
        #expect(page.status == 409 && page.contentType.hasPrefix("text/html"))
        #expect(try page.text().contains("No &lt;b&gt;service&lt;/b&gt;."))
        let api = try site.ask("GET", "/api/p").json()
        #expect(api["error"]?.string == "no <b>service</b>" && api["hint"]?.string == "Start \"it\".")
        #expect(try site.ask("GET", "/v1/p").json()["error_message"]?.string?.contains("no <b>service</b>") == true)
        #expect(site.ask("GET", "/reader/p").contentType.hasPrefix("text/plain"))
        #expect(site.ask("GET", "/out/p")["Cache-Control"] == "no-store")
        // What is not there is said in the form of where it was looked for.
        #expect(try site.ask("GET", "/api/none").json()["error"] != nil)
        #expect(site.ask("GET", "/v1/none").status == 401)
    }

    @Test("What an endpoint did not foresee is an answer without a word of it, and is in the log")
    func unforeseen() throws {
        struct Secret: Error { let text = "inner" }
        let site = try SiteFixture(
            "", endpoints: [WebEndpoint(.get, "/x", .api, needs: .nothing) { _ in throw Secret() }])
        let answer = site.ask("GET", "/x")
        #expect(answer.status == 500)
        #expect(try !answer.text().contains("inner"))
    }

    @Test("Every answer has the headers that keep other pages out, and an endpoint may set its own")
    func headers() throws {
        let own = WebEndpoint(.get, "/own", .page, needs: .nothing) { _ in
            WebAnswer(
                200, "text/html; charset=utf-8", .bytes([]),
                headers: WebFields([.init("content-security-policy", "img-src https:")]))
        }
        let html = WebEndpoint(.get, "/html", .page, needs: .nothing) { _ in
            WebAnswer(200, "text/html; charset=utf-8", .bytes([]))
        }
        let site = try SiteFixture("", endpoints: SiteFixture.endpoints + [own, html])
        for target in ["/html", "/api/read", "/out/read", "/none", "/assets/nothing"] {
            let answer = site.ask("GET", target)
            #expect(answer["X-Content-Type-Options"] == "nosniff")
            // The forms of a page with no-referrer come with `Origin: null`, which is refused.
            let isPage = answer.contentType.hasPrefix("text/html")
            #expect(answer["Referrer-Policy"] == (isPage ? "same-origin" : "no-referrer"))
            #expect(answer["Cross-Origin-Opener-Policy"] == "same-origin")
            #expect(answer["Cross-Origin-Resource-Policy"] == "same-origin")
            #expect(answer["Content-Security-Policy"]?.hasPrefix("default-src 'none'") == true)
            #expect(answer["Access-Control-Allow-Origin"] == nil)
        }
        #expect(site.ask("GET", "/html")["Cache-Control"] == "no-store")
        #expect(site.ask("GET", "/html")["Content-Security-Policy"]?.contains("form-action 'self'") == true)
        #expect(site.ask("GET", "/out/read")["Cache-Control"] == "private, max-age=60")
        #expect(site.ask("GET", "/assets/nothing")["Cache-Control"] == "max-age=86400")
        let answer = site.ask("GET", "/own")
        #expect(
            answer.headers.all.filter { $0.name.lowercased() == "content-security-policy" }.map(\.value) == [
                "img-src https:"
            ])
    }

    @Test("The log has a line for a request, failures louder, and never a secret")
    func log() throws {
        let lines = Locked<[String]>([])
        var logger = Logger(label: "test") { _ in LineHandler(lines) }
        logger.logLevel = .debug
        let full = WebEndpoint(.get, "/full", .page, needs: .nothing) { _ in
            throw WebFailure(503, "writing marks: No space left on device")
        }
        let site = try SiteFixture(
            AccessTests.accounts, secrets: AccessTests.secrets, endpoints: SiteFixture.endpoints + [full])
        let house = WebHouse(
            configuration: site.fixture.house.configuration, parts: site.fixture.house.parts, logger: logger)
        func ask(_ target: String, _ headers: [(String, String)]) {
            let fields = WebFields(headers.map { WebFields.Field($0.0, $0.1) } + [.init("host", "localhost")])
            let head = WebSite.Head(
                method: "GET", target: target, headers: fields, peer: SiteFixture.loopback,
                receivedAt: SiteFixture.moment)
            _ = site.site.answer(site.site.reception(of: head, house), body: [], house)
        }
        ask("/out/read?token=token-g&q=drone", [])
        ask("/read", [SiteFixture.basic("reader", "reader's")])
        ask("/read", [SiteFixture.basic("reader", "guess-of-one")])
        ask("/accounts/ClientLogin?Email=reader&Passwd=guess-of-two", [])
        ask("/full", [SiteFixture.basic("reader", "reader's")])
        let all = lines.withLock { $0 }
        #expect(all.count == 5)
        #expect(
            all[0].contains("debug GET /out/read") && all[0].contains("q=drone") && all[0].contains("account=manager"))
        #expect(all[2].contains("notice GET /read") && all[2].contains("status=401"))
        #expect(all[4].contains("notice GET /full") && all[4].contains("reason=writing marks: No space left on device"))
        for secret in ["token-g", "reader's", "guess-of-one", "guess-of-two", "Basic"] {
            #expect(!all.joined().contains(secret), "\(secret)")
        }
    }

    @Test("A form and a query are read as browsers write them")
    func fields() {
        let fields = WebFields(encoded: "a=1&b=x+y&a=2&&c&d=%e2%82%ac%zz&=e&f=%ff".utf8)
        #expect(fields.values(of: "a") == ["1", "2"] && fields["b"] == "x y" && fields["c"] == "")
        #expect(fields["d"] == "€%zz" && fields[""] == "e" && fields["f"] == "\u{fffd}" && fields["g"] == nil)
        #expect(WebFields(encoded: "".utf8).all.isEmpty)
    }
}

/// Keeps each line with its level and fields.
private struct LineHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.debug
    private let lines: Locked<[String]>

    init(_ lines: Locked<[String]>) { self.lines = lines }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = (event.metadata ?? [:]).map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " ")
        lines.withLock { $0.append("\(event.level) \(event.message) \(fields)") }
    }
}
