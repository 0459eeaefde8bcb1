import FeedModel
import Testing

@testable import Querying

/// An article that most tests ask about, stored at noon of 2026-11-20 and looked at a day later.
func queried(_ change: (inout QueriedArticle) -> Void = { _ in }) -> QueriedArticle {
    var article = Article()
    article.title = "Drone strike on Łódź depot"
    article.url = "https://news.example.org/world/2026/air-defence"
    article.contentHTML =
        "<p>Air <b>def</b>ence downed 12&nbsp;UAVs.</p><p>The S-400 was hit.<script>hidden()</script></p>"
    article.summary = "Short &amp; <i>sharp</i>"
    article.authors = [Author(name: "J. Doe", email: "doe@example.org"), Author(name: "Ann Lee")]
    article.tags = ["Politics", "Air Force"]
    article.language = "en-GB"
    article.published = Timestamp(rfc3339: "2026-11-20T00:00:00Z")
    var queried = QueriedArticle(
        article, feed: FeedIdentifier("example"), tags: [TagKey("Defence"), TagKey("europe")], feedLanguage: "ru",
        storedAt: Timestamp(rfc3339: "2026-11-20T12:00:00Z")!, now: Timestamp(rfc3339: "2026-11-21T12:00:00Z")!)
    change(&queried)
    return queried
}

func matches(_ query: String, _ article: QueriedArticle = queried()) throws -> Bool? {
    QueryMatcher([try Query(query)]).evaluation(of: article).matches(0)
}

@Suite("A query is asked of an article: filters.md §1")
struct QueryEvaluationTests {
    @Test(
        "An article is matched",
        arguments: [
            "drone", "DRONE strike", "drone uavs", "\"drone strike\"", "\"air defence\"", "s-400", "s400 OR s-400",
            "lodz", "Łódź", "dron*", "\"air defence downed\"", "uav*", "sharp", "12", "depot (uavs OR tanks)",
            "title:strike", "title:dron*", "body:uavs", "body:hit", "author:doe", "author:\"j. doe\"",
            "author:\"ann lee\"",
            "author:example", "url:world", "url:\"air defence\"", "url:2026/air-def*", "-tanks", "drone -tanks",
            "-\"defence air\"", "-(drone tanks)", "tanks OR -title:tanks", "-(-drone)",
            "host:example.org", "host:news.example.org", "host:org", "feed:example", "tag:defence", "tag:EUROPE",
            "category:politics", "category:\"air force\"", "lang:en", "lang:en-gb", "-lang:ru",
            "age:>1d", "age:<2d", "since:2026-11-20", "until:2026-11-21", "since:1d", "-until:1d",
            "has:body", "-has:image", "-has:attachment", "-is:update",
            "/DR.NE/", "title:/^drone/", "title:/depot$/", "body:/12.UAVs/", "body:/s-\\d+ was/", "url:/\\/world\\//",
            "author:/^ann/",
            "author:/doe@/", "host:/^news\\./", "category:/^air/", "/strike|nothing/", "-/hidden/",
        ])
    func found(query: String) throws {
        #expect(try matches(query) == true)
    }

    @Test(
        "Characters that show nothing make no difference, whether they stand in the query or in the text",
        arguments: ["\u{ad}", "\u{200c}", "\u{200d}", "\u{2060}", "\u{feff}"])
    func invisible(character: String) throws {
        let (plain, broken) = ("dronestrike", "drone\(character)strike")
        for (query, text) in [(plain, broken), (broken, plain), (broken, broken)] {
            let article = queried { $0.article.title = text }
            #expect(try matches("title:\(query)", article) == true)
            #expect(try matches("title:drone", article) == false)
        }
    }

    @Test("A zero width space parts words in a query as it does in a text")
    func zeroWidthSpace() throws {
        let article = queried { $0.article.title = "drone\u{200b}strike" }
        #expect(try matches("title:drone title:\"drone strike\"", article) == true)
        #expect(try matches("title:dronestrike", article) == false)
        #expect(try matches("title:drone\u{200b}strike", queried { $0.article.title = "drone strike" }) == true)
    }

    @Test(
        "The text of its page that is given beside an article is a part of its body, and joins none of the feed's words"
    )
    func pageBeside() throws {
        let article = queried {
            $0.article.contentHTML = "<p>In short</p>"
            $0.pageHTML = "<p>The whole <b>story</b></p>"
            $0.pageText = "not asked"
        }
        #expect(try matches("body:story short", article) == true)
        #expect(try matches("\"short the\"", article) == false)
        #expect(try matches("-story", article) == false)
        #expect(try matches("body:/whole story/ -asked -title:story", article) == true)
        let plain = queried {
            ($0.article.contentHTML, $0.article.contentText) = (nil, nil)
            $0.pageText = "Plain story"
        }
        #expect(try matches("\"plain story\" has:body", plain) == true)
    }

    @Test("Words and beginnings of any length are told apart, and so are those of one length and one first letter")
    func lengths() throws {
        let long = String(repeating: "m", count: 62)
        for length in 60...70 {
            let word = String(repeating: "m", count: length - 1) + "x"
            let article = queried { $0.article.title = "drone \(word) depot" }
            #expect(try matches(word, article) == true)
            #expect(try matches("tanks OR \(word)", article) == true)
            #expect(try matches("\(word)y", article) == false)
            #expect(try matches("\(word.dropLast())y OR \(word.dropLast())", article) == false)
            #expect(try matches("\(word.dropLast())*", article) == true)
            #expect(try matches("\(word)*", article) == true)
            #expect(try matches("\(word)y*", article) == false)
            #expect(try matches("\(long)* OR drove", article) == (length > 62))
        }
        #expect(try matches("drove OR drons OR depots OR depo") == false)
        #expect(try matches("drove* OR drons* OR depots* OR epot*") == false)
        #expect(try matches("title:drove OR title:depot") == true)
        #expect(try matches("title:uavs OR body:drone") == false)
        #expect(try matches("author:drone OR author:lee") == true)
        #expect(try matches("url:lee OR url:world") == true)
        #expect(try matches("body:drone OR body:hit") == true)
    }

    @Test(
        "An article is not matched",
        arguments: [
            "tanks", "drone tanks", "\"strike drone\"", "\"depot air\"", "\"hit short\"", "dron", "dro* tanks",
            "hidden", "b", "nbsp",
            "title:uavs", "body:drone", "author:strike", "url:drone", "\"doe ann\"", "author:\"doe ann\"", "-drone",
            "drone -uavs", "-(drone uavs)",
            "host:example.com", "host:ample.org", "host:www.news.example.org", "feed:Example", "feed:exam",
            "tag:defenc",
            "category:air", "category:defence", "lang:ru", "lang:e", "lang:en-us", "lang:en-g",
            "age:<1d", "age:>2d", "since:2026-11-21", "until:2026-11-20", "until:2026-11-20T12:00:00Z",
            "has:image", "is:update", "is:initial", "is:backfill", "is:blocked",
            "title:/^strike/", "body:/drone/", "/<b>/", "/hidden/", "author:/doe.*ann/", "host:/world/",
            "category:/^force/", "url:/^example/",
        ])
    func absent(query: String) throws {
        #expect(try matches(query) == false)
    }

    @Test("Many queries over one article are answered as each of them alone")
    func together() throws {
        let texts = [
            "drone", "tanks", "\"air defence\"", "dron*", "title:uavs", "-tanks", "/uavs/", "\"defence downed 12\"",
            "air",
        ]
        let evaluation = QueryMatcher(try texts.map { try Query($0) }).evaluation(of: queried())
        for (number, text) in texts.enumerated() {
            #expect(evaluation.matches(number) == (try matches(text)), "\(text)")
        }
    }

    @Test("A language that the article does not name is that of its feed")
    func feedLanguage() throws {
        let article = queried { $0.article.language = nil }
        #expect(try matches("lang:ru", article) == true)
        #expect(
            try matches(
                "lang:ru",
                queried {
                    $0.article.language = nil; $0.feedLanguage = nil
                }) == false)
    }

    @Test("A date that is missing or not believed is that of the record")
    func age() throws {
        #expect(try matches("age:>1d", queried { $0.article.published = nil }) == false)
        #expect(try matches("age:>23h", queried { $0.article.published = nil }) == true)
        #expect(try matches("age:>1d", queried { $0.hasFlaggedDate = true }) == false)
        let early = queried { $0.article.published = Timestamp(milliseconds: .min) }
        #expect(try matches("age:>30d", early) == true)
        let late = queried { $0.article.published = Timestamp(milliseconds: .max) }
        #expect(try matches("age:<1s", late) == true)
    }

    @Test("A record is what is:… and has:… say")
    func states() throws {
        for state in ArticleState.allCases {
            #expect(try matches("is:\(state.rawValue)", queried { $0.states = [state] }) == true)
        }
        #expect(try matches("has:image", queried { $0.article.bannerImage = "https://e.example/i" }) == true)
        #expect(
            try matches("has:attachment", queried { $0.article.attachments = [Attachment(url: "https://e.example/a")] })
                == true)
        #expect(try matches("has:body", queried { $0.article.contentHTML = nil }) == false)
        #expect(
            try matches(
                "has:body",
                queried {
                    $0.article.contentHTML = nil; $0.article.contentText = "x"
                }) == true)
    }

    @Test("The body is plain text where there is no HTML, and a tag in it is text")
    func plainText() throws {
        let article = queried {
            $0.article.contentHTML = nil; $0.article.contentText = "a <b>bold</b> word"
        }
        #expect(try matches("body:b", article) == true)
        #expect(try matches("body:/<b>/", article) == true)
    }

    @Test("An article without URL, authors and texts is asked all the same")
    func emptyArticle() throws {
        let article = queried { $0.article = Article() }
        for query in [
            "a", "title:a", "author:a", "url:a", "host:a.example", "category:a", "/a/", "url:/a/", "host:/a/",
        ] {
            #expect(try matches(query, article) == false, "\(query)")
            #expect(try matches("-\(query)", article) == true, "\(query)")
        }
        #expect(
            try matches(
                "url:page",
                queried {
                    $0.article = Article(); $0.article.externalURL = "https://e.example/page"
                }) == true)
    }

    @Test(
        "A query that looks at title, URL and author alone touches no body",
        arguments: [
            "title:a", "url:a author:b", "host:example.org", "/x/ feed:other", "drone", "tanks feed:other", "title:/x/",
            "body:a feed:other",
            "(body:a OR title:drone) OR tag:defence",
        ])
    func lazyBody(query: String) throws {
        let evaluation = QueryMatcher([try Query(query)]).evaluation(of: queried())
        _ = evaluation.matches(0)
        #expect(!evaluation.hasReadBody)
    }

    @Test(
        "The words by which a query matches are those of the article",
        arguments: [
            ("drone", ["Drone"]), ("lodz uav*", ["Łódź", "UAVs"]), ("\"air defence\"", ["Air defence"]),
            ("s-400", ["S-400"]),
            ("drone -tanks", ["Drone"]), ("tanks OR strike OR depot", ["strike", "depot"]),
            ("author:\"j. doe\"", ["J. Doe"]),
            ("url:air-def*", ["air-defence"]), ("tag:defence drone", ["tag:defence", "Drone"]),
            ("/s.4\\d+/ age:>1h", ["age:>1h", "S-400"]),
            ("tanks", []), ("category:/air f/", ["Air F"]), ("drone drone", ["Drone"]), ("host:/^news/", ["news"]),
        ] as [(String, [String])])
    func words(query: String, expected: [String]) throws {
        #expect(QueryMatcher([try Query(query)]).evaluation(of: queried()).words(of: 0) == expected)
    }

    @Test("A long match is shown cut between characters")
    func longWords() throws {
        let article = queried { $0.article.title = "x" + String(repeating: "ж", count: 100) }
        let words = QueryMatcher([try Query("title:/ж+/")]).evaluation(of: article).words(of: 0)
        #expect(words == [String(repeating: "ж", count: 60) + "…"])
    }
}
