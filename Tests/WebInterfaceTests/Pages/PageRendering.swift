import FeedModel
import Glibc
import JSONText
import TestSupport
import Testing

@testable import WebInterface

/// Writes pages into a folder for the browser's tests, where `NEWSWIRE_PAGES` names one: they are looked at there without a
/// server, by people too.
@Suite(.enabled(if: getenv("NEWSWIRE_PAGES") != nil)) struct PageRendering {
    @Test func `pages are written for a browser`() throws {
        let folder = try #require(getenv("NEWSWIRE_PAGES").map { String(cString: $0) })
        let small = try PageTests.fixture()
        let large = try Self.large()
        var entries: [(target: String, file: String, answer: WebAnswer)] = []
        func write(
            _ fixture: WebFixture, _ host: String, _ path: String, _ query: [(String, String)],
            right: WebRight = .manage
        ) throws {
            let answer = try fixture.call(.get, path, query, right: right, now: PageTests.now)
            let name = "\(entries.count).\(path.hasPrefix("/assets/") ? "asset" : "html")"
            try Self.write(try answer.bytes(), to: "\(folder)/\(name)")
            let target = PageLinks(basePath: host).to(
                path.split(separator: "/").map(String.init), query.map { ($0.0, $0.1) })
            entries.append((target, name, answer))
        }
        for (path, query) in PageTests.paths { try write(small, "/", path, query) }
        for asset in Asset.all { try write(small, "/", "/assets/\(asset.name)", []) }
        for (path, query) in [
            ("/", []), ("/feeds", []), ("/feeds", [("page", "2")]), ("/feeds/feed-1", []), ("/feeds/feed-7", []),
            ("/articles", []),
            ("/articles/2", []), ("/articles/3", []), ("/articles/5", []), ("/consumers", []), ("/filters", []),
        ] as [(String, [(String, String)])] {
            try write(large, "/large", path, query)
        }
        var index = JSONWriter()
        index.beginObject()
        for entry in entries {
            index.key(entry.target)
            index.beginObject()
            index.member("file", entry.file)
            index.member("type", entry.answer.contentType)
            index.member("policy", entry.answer.headers["Content-Security-Policy"] ?? "")
            index.endObject()
        }
        index.endObject()
        try Self.write(index.finish(), to: "\(folder)/index.json")
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        let file = try #require(fopen(path, "w"))
        defer { fclose(file) }
        try #require(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    }

    /// 800 feeds, some of which need somebody, with titles as the worst publishers have them.
    private static func large() throws -> WebFixture {
        let titles = [
            "Example Defence Notes", "وكالة الأنباء المركزية – أخبار الدفاع", "防衛省・自衛隊 報道発表資料",
            "<b>Hostile</b> \u{202e}lanruoj",
            String(repeating: "Averylongtitlewithoutanyblank", count: 12), "Süddeutsche Zeitung – Sicherheitspolitik",
        ]
        let kinds: [FailureKind] = [.dns, .httpStatus, .tls, .timeout, .notFound]
        var tables: [String] = []
        var states: [FeedState] = []
        for number in 0..<800 {
            let (id, url) = ("feed-\(number)", "https://example.org/f\(number).xml")
            tables.append(
                "[[feed]]\nurl = \"\(url)\"\nid = \"\(id)\"\ntags = [\"defence\", \"wire\"]\n"
                    + (number.isMultiple(of: 90) ? "tls_verify = false\n" : ""))
            var state = FeedState(feed: FeedIdentifier(id), url: url)
            state.title = titles[number % titles.count]
            state.lastPoll = PageTests.now.adding(seconds: -300 - number)
            state.lastSuccess = state.lastPoll
            state.status = 200
            state.nextPoll = PageTests.now.adding(seconds: 60 + number * 7)
            state.intervalSeconds = 1380
            state.schedule.reason = .adaptive
            state.articles = UInt64(number * 31)
            if number.isMultiple(of: 40) {
                state.failure = FeedState.Failure(
                    kind: kinds[number / 40 % kinds.count], message: "the server <answers> strangely")
                state.status = 503
                state.failures = 12
                state.schedule.failingSince = PageTests.now.adding(seconds: -200_000)
                state.schedule.reason = .backoff
            } else if number == 7 {
                state.move.adopted = "https://new.example/f7.xml"
                state.move.adoptedSince = PageTests.now.adding(seconds: -100_000)
            } else if number == 11 {
                state.failure = FeedState.Failure(kind: .gone, message: "the server says that it is gone")
                state.status = 410
                state.schedule.failingSince = PageTests.now.adding(seconds: -300_000)
            }
            states.append(state)
        }
        var articles: [WebArticle] = []
        for number in 0..<120 {
            let title = titles[number % titles.count] + " \(number)"
            articles.append(
                WebArticle("a\(number)", title: title, feed: "feed-\(number % 9)").with {
                    $0.article.contentHTML =
                        "<h2>Heading</h2><p>Body with <a href=\"https://example.com/\">a link</a>, <b>bold</b> and <code>code</code>.</p>"
                        + "<ul><li>one<li>two</ul><blockquote>quoted</blockquote><table><tr><td>"
                        + String(repeating: "wide ", count: 40) + "<td>2</table><pre>"
                        + String(repeating: "x", count: 300)
                        + "</pre><img src=\"https://img.example/a.png\" alt=\"a map of the region\"><svg onload=alert(1)>"
                    $0.article.language = number % titles.count == 1 ? "ar" : number % titles.count == 2 ? "ja" : "en"
                    $0.stored = WebFixture.moment.adding(seconds: number * 4 - 80_000 + number * 700)
                })
        }
        return try WebFixture(
            articles, states: states, feeds: tables.joined(separator: "\n"), options: "[web]\nbase_path = \"/large\"\n")
    }
}
