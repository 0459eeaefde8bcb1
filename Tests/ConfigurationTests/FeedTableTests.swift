import Configuration
import FeedModel
import TestSupport
import Testing
import Web

@Suite("[[feed]]: contract.md §2")
struct FeedTableTests {
    let fixture = ConfigurationFixture()

    @Test("A feed needs only a URL, and takes everything else from [fetch], [schedule] and [store]")
    func defaults() throws {
        let configuration = try fixture.load(
            feed("") + "[fetch]\ntimeout = \"5s\"\nproxy = \"http://p:1\"\n[store]\nupdates = \"ignore\"\n"
                + "[host.\"example.org\"]\nmax_age_cap = \"1h\"")
        let feed = try #require(configuration.feeds.first)
        #expect(feed.id.text == "example.org-feed" && !feed.hasExplicitID && !feed.isLocalFile)
        #expect(feed.title == nil && feed.tags.isEmpty && feed.interval == nil && feed.userAgent == nil)
        #expect(feed.headers.isEmpty && feed.basicAuth == nil && feed.bearer == nil && feed.clientCert == nil)
        #expect(
            feed.timeout == .seconds(5) && feed.connectTimeout == .seconds(10) && feed.proxy?.written == "http://p:1")
        #expect(feed.maxAgeCap == .seconds(3600) && feed.privateNetworks == .deny && feed.caFile == nil)
        #expect(feed.tlsVerify && feed.http2 && feed.keepAlive && feed.aliases && feed.enabled)
        #expect(feed.updates == .ignore)
        #expect(feed.source == SourcePlace(file: fixture.folder.file("newswire.toml"), line: 2))
    }

    @Test("Every key of a feed's table is read")
    func everyKey() throws {
        let configuration = try fixture.load(
            feed(
                """
                id = "example"
                title = "Ein „Titel“"
                tags = ["defence", "Türkei", "defence", "Defence", "TÜRKEI"]
                interval = "30m"
                user_agent = "other/1.0"
                headers = { X-Api-Key = { file = "secrets/example.key" }, Accept-Language = "de" }
                basic_auth = { user = "me", password = { credential = "example-password" } }
                client_cert = { cert = "c.pem", key = { file = "/k.pem" } }
                proxy = ""
                timeout = "1m"
                connect_timeout = "2s"
                max_age_cap = "2h"
                private_networks = "allow"
                ca_file = "ca.pem"
                tls_verify = false
                http2 = false
                keep_alive = false
                aliases = false
                updates = "ignore"
                enabled = false
                [[feed]]
                url = "https://example.org/b"
                bearer = { env = "EXAMPLE_TOKEN" }
                """) + "\n[fetch]\nproxy = \"http://p:1\"\n")
        let folder = fixture.folder.path
        let feed = configuration.feeds[0]
        #expect(feed.id.text == "example" && feed.hasExplicitID && feed.title == "Ein „Titel“")
        #expect(feed.tags == ["defence", "Türkei"] && feed.interval == .seconds(1800) && feed.userAgent == "other/1.0")
        #expect(feed.headers.map(\.name) == ["X-Api-Key", "Accept-Language"])
        #expect(feed.headers.map(\.value) == [.secret(.file("\(folder)/secrets/example.key")), .text("de")])
        #expect(feed.basicAuth?.user == "me" && feed.basicAuth?.password == .credential("example-password"))
        #expect(feed.clientCert?.cert == "\(folder)/c.pem" && feed.clientCert?.key == .file("/k.pem"))
        #expect(feed.proxy == nil && feed.timeout == .seconds(60) && feed.connectTimeout == .seconds(2))
        #expect(feed.maxAgeCap == .seconds(7200) && feed.privateNetworks == .allow)
        #expect(feed.caFile == "\(folder)/ca.pem" && !feed.tlsVerify && !feed.http2 && !feed.keepAlive)
        #expect(!feed.aliases && feed.updates == .ignore && !feed.enabled)
        #expect(configuration.feeds[1].bearer == .environment("EXAMPLE_TOKEN"))
        #expect(feed.secrets.map(\.key) == ["headers.X-Api-Key", "basic_auth.password", "client_cert.key"])
    }

    @Test(
        "An impossible value of a feed is an error",
        arguments: [
            ("interval = \"0s\"", "[[feed]] interval: must be 1s to 31d"),
            ("id = \"a b\"", "[[feed]] id: may hold letters, digits"),
            ("id = \"a/b\"", "may hold letters"),
            ("id = \"\"", "is empty"),
            ("id = \"-x\"", "begins with a hyphen"),
            ("title = \"a\\u001bb\"", "[[feed]] title: holds a control character"),
            ("tags = \"defence\"", "[[feed]] tags: must be a list such as"),
            ("tags = [\"\"]", "holds an empty tag"),
            ("tags = [3]", "here is a number"),
            ("user_agent = \"a\\r\\nX: y\"", "printable ASCII"),
            ("headers = { \"X Y\" = \"1\" }", "\"X Y\" is no name of a header"),
            ("headers = { X-A = \"a\\r\\nb\" }", "holds a control character"),
            ("headers = { User-Agent = \"a\" }", "write user_agent"),
            ("headers = { If-None-Match = \"a\" }", "sends this header itself"),
            ("headers = { X-A = \"1\", x-a = \"2\" }", "stands here twice"),
            ("basic_auth = { user = \"a:b\", password = { env = \"P\" } }", "without a colon"),
            ("basic_auth = { user = \"a\" }", "must be { user = \"NAME\", password = SECRET }"),
            ("basic_auth = { usr = \"a\", user = \"b\", password = { env = \"P\" } }", "did you mean user?"),
            ("bearer = { evn = \"T\" }", "did you mean env?"),
            ("bearer = { env = \"T\", file = \"t\" }", "must be one of"),
            ("bearer = {}", "must be one of"),
            ("bearer = { credential = \"../x\" }", "credential must be a name"),
            ("bearer = { env = \"A=B\" }", "env must name a variable"),
            ("client_cert = { key = { file = \"k\" } }", "must be { cert = \"PATH\""),
            ("tls_verify = \"no\"", "must be true or false, not text"),
            ("enabled = 1", "must be true or false, not a number"),
            (
                "bearer = { env = \"T\" }\nbasic_auth = { user = \"a\", password = { env = \"P\" } }",
                "only one of basic_auth, digest_auth, bearer"
            ),
        ])
    func impossible(lines: String, message: String) throws {
        let errors = fixture.errors(feed(lines))
        try #require(errors.count == 1, "\(errors)")
        #expect(errors[0].contains(message), "\(errors[0])")
    }

    @Test(
        "A secret that is written in the configuration is refused, and not repeated",
        arguments: [
            "bearer = \"hunter2\"", "basic_auth = { user = \"me\", password = \"hunter2\" }",
            "client_cert = { cert = \"c\", key = \"hunter2\" }", "headers = { Authorization = \"hunter2\" }",
            "headers = { cookie = \"hunter2\" }", "headers = { Proxy-Authorization = \"hunter2\" }",
            "headers = { X-Api-Key = \"hunter2\" }", "headers = { X-TOKEN = \"hunter2\" }",
            "headers = { My-Secret = \"hunter2\" }", "proxy = \"http://me:hunter2@proxy.example.org:3128\"",
            "bearer = hunter2", "basic_auth = { user = \"me\", password = 99999999999999999999hunter2 }",
        ])
    func literalSecret(lines: String) throws {
        let errors = fixture.errors(feed(lines))
        try #require(errors.count == 1, "\(errors)")
        #expect(!errors[0].contains("hunter2") && !errors[0].contains("9999"), "\(errors[0])")
    }

    @Test(
        "The URL of a feed is http, https or a local file, and holds no password",
        arguments: [
            ("", "is empty"), ("ftp://example.org/", "has the scheme ftp: which is not fetched"),
            ("exec:ls", "newswire runs none"), ("|ls", "newswire runs none"), ("feed:https://x.org/", "scheme feed:"),
            ("https://", "has no host"), ("https:///path", "has no host"), ("https:example.org", "is not complete"),
            ("https://me:hunter2@example.org/", "use basic_auth"),
            ("https://example.org:99999/", "has a port that is none"),
            ("http://[zz]/f", "has a host that cannot be asked"), ("http://a<b/f", "has a host that cannot be asked"),
            (#"https://a\"b/f"#, "has a host that cannot be asked"),
            (#"http://a\\b/f"#, "has a host that cannot be asked"),
            ("http://127.0.0.08/", "has a host that cannot be asked"),
            ("http://[fe80::1%25eth0]/", "has an address of one network interface"),
            ("http:/example.org/", "is not complete"),
            ("https://example.org/a b", "holds a space"), ("https://example.org/\\u0007", "control character"),
            ("https://example.org/\\u202e", "invisible"), ("example.org:8080/feed", "has no scheme; write https://"),
            ("file://server/share", "is no file of this machine"), ("file:///a%zz", "is not a readable path"),
            ("file:///a%00b", "is not a readable path"),
        ])
    func url(url: String, message: String) throws {
        let errors = fixture.errors("contact = \"https://example.org/\"\n[[feed]]\nurl = \"\(url)\"")
        try #require(errors.count == 1, "\(errors)")
        #expect(
            errors[0].contains("newswire.toml:3: error: [[feed]] url: ") && errors[0].contains(message), "\(errors)")
        #expect(!errors[0].contains("hunter2"))
    }

    @Test("A local document is named by a file URL or a path relative to the file, and needs no contact")
    func local() throws {
        let configuration = try fixture.load(
            """
            [[feed]]
            url = "samples/a b.xml"
            [[feed]]
            url = "file:///srv/b%20c.xml"
            [[feed]]
            url = "/srv/d.xml"
            """)
        let folder = fixture.folder.path
        #expect(configuration.feeds.map(\.localPath) == ["\(folder)/samples/a b.xml", "/srv/b c.xml", "/srv/d.xml"])
        #expect(configuration.feeds[0].url == "file://\(folder)/samples/a%20b.xml")
        #expect(configuration.feeds[1].url == "file:///srv/b%20c.xml")
        #expect(configuration.feeds.map(\.id.text) == ["a-b", "b-c", "d"])
        #expect(configuration.feeds.map(\.isLocalFile) == [true, true, true])
    }

    @Test("A contact is needed as soon as a feed is fetched over the network")
    func contact() {
        let fetched = "[[feed]]\nurl = \"https://example.org/\"\n"
        #expect(fixture.errors(fetched).first?.contains("1: error: contact: is missing") == true)
        #expect(fixture.errors(fetched + "enabled = false").isEmpty)
        // One that is refused is not missing, too.
        #expect(fixture.errors("contact = \"example.org\"\n" + fetched).count == 1)
    }

    @Test("A feed without a URL, and a feed table with one bracket, are errors")
    func shape() {
        #expect(
            fixture.errors("[[feed]]\nid = \"x\"") == [
                "newswire.toml:1: error: [[feed]] url: is missing; each feed needs one"
            ])
        #expect(fixture.errors("[feed]\nurl = \"x\"").first?.contains("write [[feed]]") == true)
        #expect(fixture.errors("feed = [3]").first?.contains("must be a table") == true)
    }

    @Test("Two feeds of one id, or with other options of one URL without ids, are an error that names both places")
    func twice() {
        let one = "contact = \"https://example.org/\"\n[[feed]]\nurl = \"https://example.org/a\"\nid = \"a\"\n"
        #expect(
            fixture.errors(one + "[[feed]]\nurl = \"https://example.org/b\"\nid = \"a\"").first
                == "newswire.toml:5: error: [[feed]] id: \"a\" is already in \(fixture.folder.path)/newswire.toml:2")
        #expect(
            fixture.errors(one + "interval = \"1h\"\n[[feed]]\nurl = \"https://example.org/a\"\ntimeout = \"9s\"")
                .first?
                .contains("is already in") == true)
        #expect(fixture.errors(one + "[[feed]]\nurl = \"https://example.org/a\"\nid = \"b\"").isEmpty)
    }

    @Test("An interval outside the bounds of the schedule gives a warning")
    func intervalBounds() throws {
        #expect(
            try fixture.warnings(feed("interval = \"1m\"")).first?.contains("below [schedule] min_interval") == true)
        #expect(
            try fixture.warnings(feed("interval = \"3d\"")).first?.contains("above [schedule] max_interval") == true)
        #expect(try fixture.warnings(feed("interval = \"30m\"")).isEmpty)
    }

    @Test("A secret that would travel over http gives a warning")
    func secretOverHTTP() throws {
        let text =
            "contact = \"https://example.org/\"\n[[feed]]\nurl = \"http://example.org/\"\nbearer = { env = \"T\" }"
        #expect(try fixture.warnings(text).first?.contains("over http everybody") == true)
        #expect(try fixture.warnings(text.replacing("http://", with: "https://")).isEmpty)
    }
}
