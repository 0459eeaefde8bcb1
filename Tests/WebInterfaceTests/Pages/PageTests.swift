import ArticleStore
import FeedModel
import TestSupport
import Testing

@testable import WebInterface

@Suite struct PageTests {
    static let now = WebFixture.moment.adding(seconds: 600)

    /// A store with something of all that pages show.
    static func fixture() throws -> WebFixture {
        var articles: [WebArticle] = []
        for number in 0..<60 {
            articles.append(
                WebArticle("a\(number)", title: "Turkey received the first parts of system number \(number)").with {
                    $0.article.contentHTML =
                        "<p>Deliveries of the system would go on through the autumn, number \(number).</p>"
                })
        }
        articles.append(
            WebArticle("hostile", title: "<script>alert(1)</script>\u{202e}\"'", feed: "rtl").with {
                $0.article.contentHTML =
                    "<h1 style='color:red' onclick=x>x</h1><script>alert(1)</script><img src=https://img.example/a.png alt=map>"
                $0.article.url = "javascript:alert(1)"
                $0.article.language = "ar"
            })
        articles.append(
            WebArticle("a0", title: "Turkey gets the first parts of system number 0").with {
                $0.kind = .update
                $0.version = 2
                $0.previous = 1
                $0.changed = ["title"]
            })
        articles.append(WebArticle("deal", title: "A deal").with { $0.blockedBy = "no-deals" })
        return try WebFixture(
            articles,
            options: """
                [[filter]]
                name = "no-deals"
                action = "block"
                match = "deal"

                """)
    }

    static let paths: [(String, [(String, String)])] = [
        ("/", []), ("/feeds", []), ("/feeds", [("state", "never"), ("text", "exa"), ("sort", "title")]),
        ("/feeds/example", []), ("/articles", []), ("/articles", [("q", "turkey")]), ("/articles", [("feed", "rtl")]),
        ("/articles", [("before", "40"), ("since", "30d")]), ("/articles/1", []), ("/articles/61", []),
        ("/articles/61", [("images", "1")]), ("/articles/62", []), ("/articles/63", []), ("/consumers", []),
        ("/filters", []), ("/filters", [("q", "deal OR turkey")]), ("/opml", []), ("/help", []),
    ]

    private func text(_ fixture: WebFixture, _ path: String, _ query: [(String, String)] = []) throws -> String {
        try fixture.call(.get, path, query, now: Self.now).text()
    }

    @Test func `every page has one heading, the navigation, and nothing inline that runs or styles`() throws {
        let fixture = try Self.fixture()
        for (path, query) in Self.paths {
            let answer = try fixture.call(.get, path, query, now: Self.now)
            let html = try answer.text()
            let name = Comment(rawValue: "\(path) \(query)")
            #expect(answer.status == 200, name)
            #expect(answer.contentType == "text/html; charset=utf-8", name)
            #expect(html.matches(of: /<h1[ >]/).count == 1, name)
            #expect(html.contains("<nav aria-label=\"Pages\">") && html.contains("href=\"#main\""), name)
            #expect(html.matches(of: /<script(?![^>]* src=)/).isEmpty, name)
            #expect(html.matches(of: /<[^>]*\s(style|on[a-z]+)\s*=/).isEmpty, name)
            #expect(!html.contains("<style") && !html.contains("javascript:") && !html.contains("\u{202e}"), name)
            #expect(html.matches(of: /<th(?![^>]* scope=)[ >]/).isEmpty, name)
            #expect(html.matches(of: /<table/).count == html.matches(of: /<caption/).count, name)
        }
    }

    @Test func `images are let in by the policy of the one page that was asked for them`() throws {
        let fixture = try Self.fixture()
        for (path, query) in Self.paths {
            let answer = try fixture.call(.get, path, query, now: Self.now)
            let policy = try #require(answer.headers["Content-Security-Policy"])
            #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe"))
            #expect(policy.contains("img-src 'self' https:;") == query.contains { $0.0 == "images" }, "\(path)")
            #expect(try answer.text().contains("<img") == query.contains { $0.0 == "images" }, "\(path)")
        }
    }

    @Test func `every link into the site leads to something that can be asked`() throws {
        let fixture = try Self.fixture()
        var checked: Set<String> = []
        for (path, query) in Self.paths {
            let html = try text(fixture, path, query)
            for match in html.matches(of: /(?:href|src|action|data-stream)="(\/[^"]*)"/) {
                let target = String(match.1).replacing("&amp;", with: "&")
                guard checked.insert(target).inserted else { continue }
                let asked = target.split(separator: "?", maxSplits: 1)[0]
                let isPost =
                    html.contains("method=\"post\" action=\"\(match.1)\"")
                    || html.contains("action=\"\(match.1)\" method")
                #expect(Self.answers(String(asked), isPost ? .post : .get), "\(target) on \(path)")
            }
        }
        #expect(checked.count > 30)
    }

    private static func answers(_ path: String, _ method: WebRequest.Method) -> Bool {
        let segments = path.split(separator: "/")
        return WebSite.endpoints.contains { endpoint in
            let parts = endpoint.pattern.split(separator: "/")
            if endpoint.method != method { return false }
            if parts.last?.hasSuffix("...}") == true { return segments.count >= parts.count - 1 }
            return parts.count == segments.count
                && zip(parts, segments).allSatisfy { $0.0.hasPrefix("{") || $0.0 == $0.1 }
        }
    }

    @Test func `links are below the base path`() throws {
        let fixture = try WebFixture([WebArticle("a")], options: "[web]\nbase_path = \"/news\"\n")
        for path in [
            "/", "/feeds", "/feeds/example", "/articles", "/articles/1", "/consumers", "/filters", "/opml", "/help",
        ] {
            let html = try text(fixture, path)
            for match in html.matches(of: /(?:href|src|action|data-stream)="(\/[^"]*)"/) {
                #expect(match.1.hasPrefix("/news/"), "\(match.1) on \(path)")
            }
        }
    }

    @Test func `a page of fifty rows has no more than thirty kilobytes`() throws {
        let articles = try text(Self.fixture(), "/articles")
        #expect(articles.matches(of: /<tr data-row>/).count == 50)
        #expect(articles.utf8.count <= 30_000, "\(articles.utf8.count)")
        let tables = (0..<60).map { number in
            "[[feed]]\nurl = \"https://example.org/f\(number).xml\"\nid = \"example-defence-\(number)\"\n"
                + "title = \"Example Defence Notes number \(number)\"\ntags = [\"defence\", \"wire\"]\n"
        }
        let states = (0..<60).map { number -> FeedState in
            var state = FeedState(
                feed: FeedIdentifier("example-defence-\(number)"), url: "https://example.org/f\(number).xml")
            state.lastPoll = Self.now.adding(seconds: -300)
            state.lastSuccess = number.isMultiple(of: 5) ? nil : state.lastPoll
            state.status = number.isMultiple(of: 5) ? 503 : 200
            state.nextPoll = Self.now.adding(seconds: 1380)
            state.intervalSeconds = 1680
            state.schedule.reason = .adaptive
            if number.isMultiple(of: 5) {
                state.failure = FeedState.Failure(kind: .httpStatus, message: "the server answers with 503")
                state.failures = 3
                state.schedule.failingSince = Self.now.adding(seconds: -9000)
            }
            return state
        }
        let feeds = try text(WebFixture([], states: states, feeds: tables.joined(separator: "\n")), "/feeds")
        #expect(feeds.matches(of: /<tr data-row>/).count == 50)
        #expect(feeds.utf8.count <= 30_000, "\(feeds.utf8.count)")
        #expect(feeds.contains("HTTP 503 since"))
    }

    @Test func `style, script and icon have less than twelve kilobytes together, and names that change with them`()
        throws
    {
        #expect(Asset.all.reduce(0) { $0 + $1.bytes.count } < 12_000)
        #expect(Set(Asset.all.map(\.name)).count == 3)
        let fixture = try WebFixture([WebArticle("a")])
        for asset in Asset.all {
            let answer = try fixture.call(.get, "/assets/\(asset.name)")
            #expect(answer.headers["Cache-Control"] == "max-age=86400")
            #expect(try answer.bytes() == asset.bytes)
        }
        #expect(throws: WebFailure.self) { try fixture.call(.get, "/assets/style.css") }
    }

    @Test func `an article shows its versions word by word, and where it came from`() throws {
        let html = try text(Self.fixture(), "/articles/62")
        #expect(html.contains("<del>received</del><ins>gets</ins>"))
        #expect(html.contains("<a href=\"/articles/1\">Version 1</a>"))
        #expect(html.matches(of: /<span class="ok">holds<\/span>/).count == 2, "checksum and chain")
        let first = try text(Self.fixture(), "/articles/1")
        #expect(first.contains("There is a newer version of this: <a href=\"/articles/62\">record 62</a>"))
    }

    @Test func `a list says what was blocked and what was edited`() throws {
        let html = try text(Self.fixture(), "/articles")
        #expect(html.contains("blocked by no-deals"))
        let older = try text(Self.fixture(), "/articles", [("before", "20")])
        #expect(older.contains("<a href=\"/articles/62\"") && older.contains("edited"))
    }

    @Test func `what was looked for is marked`() throws {
        let html = try text(Self.fixture(), "/articles", [("q", "autumn")])
        #expect(html.contains("<mark>autumn</mark>"))
    }

    @Test func `a query that cannot be read says where`() throws {
        let fixture = try Self.fixture()
        let failure = #expect(throws: WebFailure.self) { try fixture.call(.get, "/articles", [("q", "(turkey")]) }
        #expect(failure?.status == 400)
        #expect(failure?.message.contains("column") == true)
    }

    @Test func `what there is not is said with the navigation`() throws {
        let fixture = try Self.fixture()
        for path in ["/feeds/none", "/articles/9999", "/articles/x"] {
            let failure = #expect(throws: WebFailure.self) { try fixture.call(.get, path) }
            #expect(failure?.status == 404, "\(path)")
        }
        let failure = WebFailure(404, "there is no feed <b>", hint: "All feeds are there.")
        let answer = ErrorPage.answer(to: failure, asked: "/feeds/<b>", links: PageLinks(), now: Self.now)
        let html = try answer.text()
        #expect(answer.status == 404)
        #expect(html.contains("There is no feed &lt;b&gt;.") && html.contains("<nav") && !html.contains("<b>"))
    }

    @Test func `pages are shown without a store`() throws {
        let fixture = try WebFixture([WebArticle("a")], feeds: "")
        for path in ["/", "/feeds", "/articles", "/consumers", "/filters", "/opml", "/help"] {
            #expect(try fixture.call(.get, path).status == 200, "\(path)")
        }
    }

    @Test func `of each feed what needs somebody is said once, however often the page is asked for`() throws {
        var states: [FeedState] = []
        for name in ["gone", "moved"] {
            var state = FeedState(feed: FeedIdentifier(name), url: "https://example.org/\(name).xml")
            state.lastPoll = WebFixture.moment
            states.append(state)
        }
        states[0].failure = FeedState.Failure(kind: .gone, message: "410")
        states[1].move.adopted = "https://new.example/feed.xml"
        states[1].move.adoptedSince = WebFixture.moment
        let fixture = try WebFixture(
            [WebArticle("a", feed: "gone"), WebArticle("b", feed: "moved")], states: states)
        for _ in 0..<2 {
            let html = try text(fixture, "/")
            #expect(html.matches(of: /is gone/).count == 1)
            #expect(html.matches(of: /has moved/).count == 1)
        }
    }

    @Test func `a feed that fails needs somebody once that has lasted a day, though nothing of it has changed`() throws
    {
        let since = WebFixture.moment.adding(seconds: -86_000)
        var state = FeedState(feed: FeedIdentifier("example"), url: "https://example.org/example.xml")
        (state.lastPoll, state.failures, state.schedule.failingSince) = (WebFixture.moment, 1, since)
        state.failure = FeedState.Failure(kind: .dns, message: "there is no such host")
        let fixture = try WebFixture([WebArticle("a")], states: [state])
        func needs(at now: Timestamp) throws -> Bool {
            try fixture.call(.get, "/", [], now: now).text().contains("there is no such host")
        }
        #expect(try !needs(at: since.adding(seconds: 86_399)))
        #expect(try needs(at: since.adding(seconds: 86_400)))
        // Of a clock that was put back as well.
        #expect(try !needs(at: since.adding(seconds: 86_399)))
    }

    @Test func `of feeds that rules block whole no more is said once a week is over`() throws {
        var state = FeedState(feed: FeedIdentifier("example"), url: "https://example.org/example.xml")
        state.lastPoll = WebFixture.moment
        state.recentBlocks = FeedState.RecentBlocks.counting(
            nil, passed: 0, blocked: Array(repeating: "no-deals", count: 20), at: WebFixture.moment)
        let fixture = try WebFixture([WebArticle("a")], states: [state])
        func needs(after days: Int) throws -> (Bool, Bool) {
            let now = WebFixture.moment.adding(seconds: days * 86_400)
            let list = try fixture.call(.get, "/feeds", [("mark", "blocked")], now: now).text()
            return (
                try fixture.call(.get, "/", [], now: now).text().contains("is blocked whole by rules"),
                list.contains("/feeds/example")
            )
        }
        #expect(try needs(after: 1) == (true, true))
        #expect(try needs(after: 6) == (true, true))
        #expect(try needs(after: 7) == (false, false))
    }

    @Test func `buttons are for who may manage, and without a service they say so`() throws {
        let fixture = try Self.fixture()
        #expect(try text(fixture, "/feeds/example").contains("action=\"/feeds/example/poll\""))
        let read = try fixture.call(.get, "/feeds/example", right: .read, now: Self.now).text()
        #expect(!read.contains("method=\"post\""))
        for action in ["poll", "pause", "resume"] {
            let endpoint = WebSite.endpoints.first { $0.method == .post && $0.pattern == "/feeds/{id}/\(action)" }
            #expect(endpoint?.needs == .manage)
            let failure = #expect(throws: WebFailure.self) { try fixture.call(.post, "/feeds/example/\(action)") }
            #expect(failure?.status == 409)
        }
    }

    @Test func `an uploaded list says of each feed how it stands`() throws {
        let fixture = try Self.fixture()
        let list = "https://example.org/example.xml\nhttps://new.example/feed\n"
        let body =
            "--b\r\nContent-Disposition: form-data; name=\"list\"; filename=\"urls\"\r\n\r\n\(list)\r\n--b--\r\n"
        let answer = try fixture.call(
            .post, "/opml", headers: [("content-type", "multipart/form-data; boundary=b")], body: Array(body.utf8))
        let html = try answer.text()
        #expect(html.contains("known as <a href=\"/feeds/example\">example</a>"))
        #expect(html.contains("<span class=\"ok\">new</span>"))
        #expect(throws: WebFailure.self) { try fixture.call(.post, "/opml", body: Array("x".utf8)) }
    }

    @Test func `articles are counted by hour and by feed, and what was counted is not read again`() throws {
        let fixture = try Self.fixture()
        let activity = ArticleActivity()
        let reader = try fixture.house.reader()
        let figures = try activity.figures(in: reader, now: Self.now)
        #expect(figures.hours.map(\.count).reduce(0, +) == 61, "what is new and not blocked")
        #expect(figures.hours.last?.count == 61)
        #expect(figures.lastDay(FeedIdentifier("rtl")) == 1)
        #expect(figures.lastWeek(FeedIdentifier("example")) == 60)
        #expect(figures.countedSince == nil)
        #expect((figures.bytesOfWeek ?? 0) > 10_000)
        try fixture.store([WebArticle("later")])
        let later = try activity.figures(in: reader, now: Self.now)
        #expect(later.lastDay(FeedIdentifier("example")) == 61)
        let nextDay = try activity.figures(in: reader, now: Self.now.adding(seconds: 2 * 86_400))
        #expect(nextDay.lastDay(FeedIdentifier("example")) == 0)
        #expect(nextDay.lastWeek(FeedIdentifier("example")) == 61)
        let nextMonth = try activity.figures(in: reader, now: Self.now.adding(seconds: 30 * 86_400))
        #expect(nextMonth.lastWeek(FeedIdentifier("example")) == 0)
    }
}
