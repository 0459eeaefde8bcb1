import FeedModel
import Testing
import Text
import Web

@testable import WebInterface

enum Base64Text {
    static func of(_ text: String) -> String { Base64.string(Array(text.utf8)) }
}

@Suite("Who may do what: web.md §3")
struct AccessTests {
    /// An account for each right, with a password and a token of its name.
    static let accounts = """
        [[web.account]]
        name = "reader"
        password = { env = "P" }
        token = { env = "P" }
        rights = "read"
        [[web.account]]
        name = "marker"
        password = { env = "P" }
        token = { env = "P" }
        [[web.account]]
        name = "manager"
        password = { env = "P" }
        token = { env = "P" }
        rights = "manage"

        """
    static let secrets: [String: WebAccess.Secrets] = [
        "reader": .init(password: "reader's", token: "token-r"),
        "marker": .init(password: "mark:er's", token: "token-m"),
        "manager": .init(password: "mänager's", token: "token-g"),
    ]
    static let folders = ["", "/api", "/out", "/greader/reader/api/0", "/v1"]
    static let rights: [WebRight] = [.nothing, .read, .mark, .manage]

    private func site(_ web: String = "") throws -> SiteFixture {
        try SiteFixture("\(web)\n\(Self.accounts)", secrets: Self.secrets)
    }

    @Test(
        "Each right opens what it includes, in each part of the site, to GET and to POST, and no more",
        arguments: folders)
    func table(folder: String) throws {
        let site = try site()
        for (token, right) in [("token-r", WebRight.read), ("token-m", .mark), ("token-g", .manage)] {
            for needed in Self.rights {
                for method in ["GET", "POST", "HEAD"] {
                    let answer = site.ask(method, "\(folder)/\(needed)", [("x-auth-token", token)])
                    #expect(answer.status == (right >= needed ? 200 : 403), "\(method) \(folder)/\(needed) \(right)")
                }
            }
        }
        // Who does not say who it is, where there are accounts.
        for needed in Self.rights {
            let answer = site.ask("GET", "\(folder)/\(needed)")
            #expect(answer.status == (needed == .nothing ? 200 : 401), "\(folder)/\(needed)")
            #expect((answer["WWW-Authenticate"] != nil) == (answer.status == 401 && !folder.hasPrefix("/greader")))
        }
    }

    @Test(
        "Without an account who does not say who it is reads, but in the dialects, which need one", arguments: folders)
    func anonymous(folder: String) throws {
        let site = try SiteFixture()
        let mayRead = ["", "/api", "/out"].contains(folder)
        #expect(site.ask("GET", "\(folder)/read").status == (mayRead ? 200 : 401))
        #expect(site.ask("POST", "\(folder)/mark").status == 401)
        #expect(site.ask("POST", "\(folder)/manage").status == 401)
        #expect(try SiteFixture("anonymous = \"none\"").ask("GET", "\(folder)/read").status == 401)
        #expect(try self.site("anonymous = \"read\"").ask("GET", "\(folder)/read").status == (mayRead ? 200 : 401))
    }

    @Test("Style, script and icon are given to everybody, so that a page that asks for a password can be read")
    func assets() throws {
        #expect(try site().ask("GET", "/assets/nothing").status == 200)
    }

    @Test("A password, a token in either header and a key of Google Reader's login each prove who it is")
    func ways() throws {
        let site = try site()
        let house = site.fixture.house
        let key = house.parts.readerKey.proof(account: "marker", password: "mark:er's")
        for headers in [
            [SiteFixture.basic("marker", "mark:er's")], [("authorization", "Bearer token-m")],
            [("authorization", "bearer  token-m")], [("x-auth-token", "token-m")],
        ] {
            #expect(try site.ask("GET", "/mark", headers).text() == "marker mark ")
            #expect(try site.ask("GET", "/v1/mark", headers).text() == "marker mark ")
        }
        let login = [("authorization", "GoogleLogin auth=\(key)")]
        #expect(try site.ask("GET", "/greader/reader/api/0/mark", login).text() == "marker mark ")
        #expect(try site.ask("POST", "/greader/reader/api/0/mark", login).text() == "marker mark ")
        #expect(site.ask("GET", "/mark", [SiteFixture.basic("manager", "mänager's")]).status == 200)
    }

    @Test(
        "What proves nothing is answered with 401, also where who says nothing may read",
        arguments: [
            SiteFixture.basic("reader", "wrong"), SiteFixture.basic("reader", ""),
            SiteFixture.basic("nobody", "reader's"),
            SiteFixture.basic("READER", "reader's"), SiteFixture.basic("", ""), ("authorization", "Basic !!!"),
            ("authorization", "Basic"), ("authorization", "Bearer token-x"),
            ("authorization", "Digest username=reader"),
            ("x-auth-token", "reader's"), ("authorization", "GoogleLogin auth=reader/AAAA"),
        ])
    func wrong(header: (String, String)) throws {
        let site = try site("anonymous = \"read\"")
        for folder in Self.folders {
            #expect(site.ask("GET", "\(folder)/read", [header]).status == 401, "\(folder)")
        }
    }

    @Test("An account without a password is not opened by an empty one, nor one without a token")
    func absentSecrets() throws {
        let site = try SiteFixture(
            Self.accounts, secrets: ["reader": .init(token: "t"), "marker": .init(password: "p")])
        #expect(site.ask("GET", "/read", [SiteFixture.basic("reader", "")]).status == 401)
        #expect(site.ask("GET", "/read", [("authorization", "Bearer ")]).status == 401)
        #expect(site.ask("GET", "/read", [("x-auth-token", "t")]).status == 200)
        #expect(site.ask("GET", "/read", [SiteFixture.basic("marker", "p")]).status == 200)
    }

    @Test("A token in the address of an output opens it for reading, and nothing else anywhere")
    func outputToken() throws {
        let site = try site()
        #expect(try site.ask("GET", "/out/read?token=token-g").text() == "manager read ")
        #expect(site.ask("GET", "/out/mark?token=token-g").status == 403)
        #expect(site.ask("GET", "/out/read?token=wrong").status == 401)
        #expect(site.ask("GET", "/read?token=token-g").status == 401)
        #expect(site.ask("GET", "/api/read?token=token-g").status == 401)
    }

    @Test("A login of Google Reader's interface comes in a form, and is answered with its key")
    func clientLogin() throws {
        let login = WebEndpoint(.post, "/accounts/ClientLogin", .googleReader, needs: .read, bodyLimit: 1000) { call in
            WebAnswer(200, "text/plain", .bytes(Array((call.caller.proof ?? "").utf8)))
        }
        let site = try SiteFixture(Self.accounts, secrets: Self.secrets, endpoints: [login])
        let proof = site.fixture.house.parts.readerKey.proof(account: "reader", password: "reader's")
        let form = [("content-type", "application/x-www-form-urlencoded")]
        #expect(
            try site.ask("POST", "/accounts/ClientLogin", form, body: "Email=reader&Passwd=reader%27s").text() == proof)
        #expect(site.ask("POST", "/accounts/ClientLogin", form, body: "Email=reader&Passwd=x").status == 401)
        #expect(site.ask("POST", "/accounts/ClientLogin", form).status == 401)
    }

    @Test("In the dialects what a browser sends by itself changes nothing: a proxy's word is for reading")
    func browsersWord() throws {
        let site = try site("proxy_header = \"X-Remote-User\"\ntrusted_proxies = [\"127.0.0.1\"]")
        let proxy = [("x-remote-user", "manager")]
        #expect(try site.ask("GET", "/v1/read", proxy).text() == "manager read ")
        #expect(site.ask("POST", "/v1/mark", proxy).status == 403)
        #expect(site.ask("POST", "/greader/reader/api/0/mark", proxy).status == 403)
        #expect(try site.ask("POST", "/api/manage", proxy).text() == "manager manage ")
        #expect(try site.ask("POST", "/v1/mark", proxy + [("x-auth-token", "token-m")]).text() == "marker mark ")
    }

    @Test("A proxy is believed when it says who asks; from anybody else the header is taken out")
    func proxyHeader() throws {
        let web = "proxy_header = \"X-Remote-User\"\ntrusted_proxies = [\"10.0.0.0/8\", \"unix\"]"
        let echo = WebEndpoint(.get, "/echo", .page, needs: .nothing) { call in
            let shown =
                "\(call.caller.account ?? "-") \(call.caller.right) \(call.request.headers["x-remote-user"] ?? "-")"
            return WebAnswer(200, "text/plain", .bytes(Array(shown.utf8)))
        }
        let site = try SiteFixture("\(web)\n\(Self.accounts)", secrets: Self.secrets, endpoints: [echo])
        let headers = [("x-remote-user", "marker")]
        let proxy = WebRequest.Peer.address(try #require(IPAddress("10.1.2.3")))
        #expect(try site.ask("GET", "/echo", headers, from: proxy).text() == "marker mark marker")
        #expect(try site.ask("GET", "/echo", headers, from: .unixSocket).text() == "marker mark marker")
        #expect(try site.ask("GET", "/echo", headers).text() == "- nothing -")
        #expect(
            try site.ask("GET", "/echo", headers, from: .address(try #require(IPAddress("::1")))).text()
                == "- nothing -")
        // Whom the proxy knows and no account does may read.
        #expect(try site.ask("GET", "/echo", [("x-remote-user", "guest")], from: proxy).text() == "- read guest")
        #expect(try site.ask("GET", "/echo", [("x-remote-user", "")], from: proxy).text() == "- nothing ")
        #expect(site.ask("GET", "/echo", headers + [("x-remote-user", "manager")], from: proxy).status == 400)
        // Without the option the header is one like any other.
        let plain = try SiteFixture(Self.accounts, secrets: Self.secrets, endpoints: [echo])
        #expect(try plain.ask("GET", "/echo", headers, from: proxy).text() == "- nothing marker")
    }

    @Test("After five wrong answers one is looked at each ten seconds, for the name wherever they come from")
    func throttleByName() throws {
        let site = try site()
        let moment = SiteFixture.moment
        func ask(_ password: String, _ seconds: Int64, from: String) throws -> WebAnswer {
            site.ask(
                "GET", "/read", [SiteFixture.basic("reader", password)], from: .address(try #require(IPAddress(from))),
                at: Timestamp(milliseconds: moment.milliseconds + seconds * 1000))
        }
        for number in 0..<5 { #expect(try ask("wrong", 0, from: "10.0.0.\(number)").status == 401) }
        let refused = try ask("reader's", 1, from: "10.0.0.9")
        #expect(refused.status == 429 && refused["Retry-After"] == "9")
        #expect(try ask("wrong", 10, from: "10.0.0.9").status == 401)
        #expect(try ask("reader's", 19, from: "10.0.0.9").status == 429)
        #expect(try ask("reader's", 20, from: "10.0.0.9").status == 200)
        // The right one has made it good.
        #expect(try ask("reader's", 20, from: "10.0.0.9").status == 200)
    }

    @Test("After five wrong answers one is looked at each ten seconds, from the address whatever the name")
    func throttleByAddress() throws {
        let site = try site("trusted_proxies = [\"10.9.9.9\"]")
        let moment = SiteFixture.moment
        func status(_ from: String, _ header: (String, String), _ seconds: Int64 = 0) throws -> Int {
            site.ask(
                "GET", "/read", [header], from: .address(try #require(IPAddress(from))),
                at: Timestamp(milliseconds: moment.milliseconds + seconds * 1000)
            ).status
        }
        for number in 0..<5 { #expect(try status("2001:db8::\(number)", ("x-auth-token", "guess\(number)")) == 401) }
        // Of IPv6 somebody has a whole network.
        #expect(try status("2001:db8::ffff", ("x-auth-token", "token-r"), 5) == 429)
        #expect(try status("2001:db8:0:1::1", ("x-auth-token", "token-r"), 5) == 200)
        #expect(try status("2001:db8::1", ("x-auth-token", "token-r"), 10) == 200)
        #expect(try status("2001:db8::1", ("x-auth-token", "token-r"), 11) == 429)
        #expect(try status("2001:db8::1", ("x-auth-token", "token-r"), 61) == 200)
        // Behind a proxy is everybody: one who guesses holds off nobody else.
        for number in 0..<9 { #expect(try status("10.9.9.9", ("x-auth-token", "guess\(number)")) == 401) }
        #expect(try status("10.9.9.9", ("x-auth-token", "token-r")) == 200)
    }

    @Test("What is thrown at it from very many addresses is forgotten, and a clock that is put back holds off nobody")
    func throttleBounds() {
        var throttle = WebThrottle()
        let moment = SiteFixture.moment
        for number in 0..<20_000 { throttle.wasWrong([.address(.v4(UInt32(number)))], at: moment) }
        #expect(throttle.count <= 4096)
        let key = WebThrottle.Key.name("x")
        for _ in 0..<5 { throttle.wasWrong([key], at: moment) }
        #expect(throttle.delay(for: [key], at: moment) == 10)
        #expect(throttle.delay(for: [key], at: Timestamp(milliseconds: moment.milliseconds - 1)) == nil)
    }
}
