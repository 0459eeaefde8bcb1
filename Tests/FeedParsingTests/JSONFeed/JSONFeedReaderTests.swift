import FeedModel
import Testing

@testable import FeedParsing

@Suite struct JSONFeedReaderTests {
    private let head = "\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"T\""

    private func read(_ text: String, url: String? = "https://h/dir/feed.json", limits: ParseLimits = ParseLimits())
        -> ParseResult
    {
        JSONFeedReader.read(Array(text.utf8), context: DocumentContext(url: url), limits: limits)
    }

    private func feed(
        _ text: String, url: String? = "https://h/dir/feed.json", limits: ParseLimits = ParseLimits()
    ) throws -> Feed {
        guard case .feed(let feed) = read(text, url: url, limits: limits) else {
            throw NotAFeed(.json)
        }
        return feed
    }

    private func item(_ members: String, limits: ParseLimits = ParseLimits()) throws -> Article {
        try #require(try feed("{\(head),\"items\":[{\(members)}]}", limits: limits).articles.first)
    }

    @Test("A whole JSON Feed is read, with every member in its place")
    func wholeFeed() throws {
        let feed = try feed(
            """
            {"version":"https://jsonfeed.org/version/1.1","title":" T ","home_page_url":"/","feed_url":"feed.json",
             "description":"D","icon":"i.png","favicon":"f.ico","language":"de","next_url":"?p=2","expired":true,
             "authors":[{"name":"A","url":"a","avatar":"a.png"}],"hubs":[{"type":"WebSub","url":"https://hub/"}],
             "items":[{"id":"1","url":"1.html","external_url":"https://x/","title":"Eins","content_html":"<a href='y'>z</a>",
               "content_text":"z","summary":"S","image":"i.jpg","banner_image":"b.jpg",
               "date_published":"2026-03-03T10:14:55+01:00","date_modified":"2026-03-04T10:14:55Z",
               "authors":[{"name":"B"}],"tags":["t","u","t"],"language":"en",
               "attachments":[{"url":"a.mp3","mime_type":"audio/mpeg","title":"M","size_in_bytes":12,"duration_in_seconds":3.5}]}]}
            """)
        #expect(feed.format == .json11)
        #expect(feed.title == "T")
        #expect(feed.homePageURL == "https://h/")
        #expect(feed.feedURL == "https://h/dir/feed.json")
        #expect(feed.description == "D")
        #expect(feed.icon == "https://h/dir/i.png")
        #expect(feed.favicon == "https://h/dir/f.ico")
        #expect(feed.language == "de")
        #expect(feed.nextURL == "https://h/dir/feed.json?p=2")
        #expect(feed.expired)
        #expect(feed.authors == [Author(name: "A", url: "https://h/dir/a", avatar: "https://h/dir/a.png")])
        #expect(feed.hubs == [Feed.Hub(type: "WebSub", url: "https://hub/")])
        #expect(feed.warnings.isEmpty)
        #expect(!feed.isTruncated)
        var expected = Article()
        expected.id = "1"
        expected.url = "https://h/dir/1.html"
        expected.externalURL = "https://x/"
        expected.title = "Eins"
        expected.contentHTML = "<a href='https://h/dir/y'>z</a>"
        expected.contentText = "z"
        expected.summary = "S"
        expected.contentSource = .content
        expected.image = "https://h/dir/i.jpg"
        expected.bannerImage = "https://h/dir/b.jpg"
        expected.published = Timestamp(year: 2026, month: 3, day: 3, hour: 9, minute: 14, second: 55)
        expected.modified = Timestamp(year: 2026, month: 3, day: 4, hour: 10, minute: 14, second: 55)
        expected.authors = [Author(name: "B")]
        expected.tags = ["t", "u"]
        expected.language = "en"
        expected.attachments = [
            Attachment(
                url: "https://h/dir/a.mp3", mimeType: "audio/mpeg", title: "M", sizeInBytes: 12, durationInSeconds: 3.5)
        ]
        #expect(feed.articles == [expected])
    }

    @Test("the version decides on the format, and an unknown one is read with a warning")
    func versions() throws {
        #expect(try feed("{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[]}").format == .json10)
        let unknown = try feed("{\"version\":\"https://jsonfeed.org/version/7\",\"items\":[]}")
        #expect(unknown.format == .json11)
        #expect(unknown.warnings.count == 1)
        let none = try feed("{\"title\":\"T\",\"items\":[{\"id\":1,\"content_text\":\"x\"}]}")
        #expect(none.format == .json11)
        #expect(none.warnings.count == 1)
        #expect(try feed("{\"version\":\"1.0\",\"items\":[{\"content_html\":\"x\"}]}").articles.count == 1)
        #expect(try feed("{\(head)}").warnings == ["The document has no list of items."])
    }

    @Test(
        "A JSON document that is no feed is not read as one",
        arguments: [
            "", "{}", "[]", "{\"items\":[]}", "{\"verion\":\"1.0\"}", "{\"version\":1.1,\"items\":[]}", "null", "12",
            "{",
            "not json", "{\"title\":\"T\",\"items\":[{\"id\":1}]}", "{\"openapi\":\"3.0\",\"version\":\"1\"}", "\u{0}",
        ])
    func notAFeed(text: String) {
        guard case .notAFeed(let reason) = read(text) else {
            Issue.record("taken for a feed: \(text)")
            return
        }
        #expect(reason.kind == .json)
    }

    @Test(
        "identity.md §1: whatever stands as id becomes text, whole",
        arguments: [
            ("12", "12"), ("1.50", "1.50"), ("\" x \"", "x"), ("true", "true"), ("{\"a\":[1]}", "{\"a\":[1]}"),
            ("\"a\\u0000b\"", "ab"),
        ])
    func identifiers(json: String, expected: String) throws {
        #expect(try item("\"id\":\(json),\"title\":\"x\"").id == expected)
    }

    @Test(
        "identity.md §1: an item of JSON Feed without url has its id for one, where that is an http or https URL",
        arguments: [
            ("\"id\":\"https://x/1\"", "https://x/1"), ("\"id\":\"https://x/1\",\"url\":\"/2\"", "https://h/2"),
            ("\"id\":\"https://x/1\",\"url\":\"\",\"external_url\":\"https://y/\"", "https://x/1"),
            ("\"id\":\"x/1\"", nil), ("\"id\":\"ftp://x/1\"", nil), ("\"id\":1", nil),
        ] as [(String, String?)])
    func idAsURL(members: String, url: String?) throws {
        #expect(try item(members + ",\"title\":\"t\"").url == url)
    }

    @Test("An id of JSON Feed is never cut, and null or an empty text is no id")
    func wholeIdentifiers() throws {
        let long = String(repeating: "i", count: 10_000)
        #expect(try item("\"id\":\"\(long)\"").id == long)
        #expect(try item("\"id\":null,\"title\":\"x\"").id == nil)
        #expect(try item("\"id\":\"  \",\"title\":\"x\"").id == nil)
    }

    @Test(
        "contract.md §3: references in titles of JSON Feed are decoded once, and tags stay",
        arguments: [
            ("Company&#8217;s &amp; others", "Company’s & others"), ("&#x26;amp; &quot;x&quot;", "&amp; \"x\""),
            ("Why <b> beats <strong>", "Why <b> beats <strong>"), ("<i>a</i> &lt;b&gt;", "<i>a</i> <b>"),
            ("AT&T & &nope; R&copy &#8217 &", "AT&T & &nope; R&copy &#8217 &"), ("&&amp;&#38;amp;", "&&&amp;"),
            (" &nbsp;x&hellip; ", "\u{a0}x…"),
        ])
    func references(title: String, expected: String) throws {
        let json = title.replacing("\"", with: "\\\"")
        let feed = try feed(
            "{\"version\":\"https://jsonfeed.org/version/1\",\"title\":\"\(json)\",\"items\":[{\"title\":\"\(json)\",\"content_html\":\"&#8217;\",\"content_text\":\"&amp;\"}]}"
        )
        #expect(feed.title == expected)
        #expect(feed.articles.first?.title == expected)
        #expect(feed.articles.first?.contentHTML == "&#8217;")
        #expect(feed.articles.first?.contentText == "&amp;")
        #expect(feed.warnings.isEmpty)
    }

    @Test(
        "contract.md §3: names of members count without regard to case, with a warning; one that stands as it should wins"
    )
    func namesInCapitals() throws {
        let feed = try feed(
            """
            {"Version":"https://jsonfeed.org/version/1.1","TITLE":"T","HUBS":[{"URL":"https://hub/","Type":"x"}],
             "Items":[{"ID":"1","Content_HTML":"<p>a</p>","Title":"wrong","title":"right","Authors":[{"Name":"Ann"}],
              "Attachments":[{"URL":"https://h/a.mp3","MIME_type":"audio/mpeg"}],"_Own":{"ID":"2"}},{"id":"2"}]}
            """)
        #expect(feed.title == "T")
        #expect(feed.hubs == [Feed.Hub(type: "x", url: "https://hub/")])
        #expect(feed.articles.map(\.id) == ["1", "2"])
        #expect(feed.articles.first?.title == "right")
        #expect(feed.articles.first?.contentHTML == "<p>a</p>")
        #expect(feed.articles.first?.authors == [Author(name: "Ann")])
        #expect(feed.articles.first?.attachments == [Attachment(url: "https://h/a.mp3", mimeType: "audio/mpeg")])
        #expect(feed.warnings.count == 1)
        #expect(feed.warningClasses == .markup)
        #expect(try self.feed("{\"Items\":[{\"Content_Text\":\"x\"}]}").articles.map(\.contentText) == ["x"])
    }

    @Test(
        "contract.md §3: items that are no list are read in their order, with a warning",
        arguments: [
            ("{\"9\":{\"id\":1},\"b\":{\"id\":2},\"a\":{\"id\":3,\"author\":{\"name\":\"n\"}}}", ["1", "2", "3"]),
            ("{\"id\":1,\"author\":{\"name\":\"n\"},\"title\":\"t\"}", ["1"]), ("{\"content_text\":\"x\"}", [nil]),
            ("{\"id\":{\"id\":1},\"title\":{\"id\":2}}", ["1", "2"]), ("{}", []), ("{\"a\":1}", []),
        ] as [(String, [String?])])
    func itemsAsObject(items: String, ids: [String?]) throws {
        let feed = try feed("{\(head),\"items\":\(items)}")
        #expect(feed.articles.map(\.id) == ids)
        #expect(feed.warnings.count == (feed.hasLostAllItems ? 2 : 1))
        #expect(feed.warningClasses == .markup)
    }

    @Test("contract.md §3: what is relative in an item's HTML is relative to its page, else to the document")
    func relativeToThePage() throws {
        let html = "\"content_html\":\"<a href='#n'><img src='i.png'>\""
        #expect(
            try item("\(html),\"url\":\"https://x/p/1\"").contentHTML
                == "<a href='https://x/p/1#n'><img src='https://x/p/i.png'>")
        #expect(try item(html).contentHTML == "<a href='https://h/dir/feed.json#n'><img src='https://h/dir/i.png'>")
        #expect(try item("\"url\":\"h.example/1\"").url == "https://h/dir/h.example/1")
        #expect(try item("\"url\":\"www.h.example/1\"").url == "https://www.h.example/1")
    }

    @Test("A banner is the picture of an item of JSON Feed that has no other")
    func banners() throws {
        let banner = try item("\"id\":1,\"banner_image\":\"b.jpg\"")
        #expect(banner.image == "https://h/dir/b.jpg" && banner.bannerImage == "https://h/dir/b.jpg")
        let both = try item("\"id\":1,\"banner_image\":\"b.jpg\",\"image\":\"i.jpg\"")
        #expect(both.image == "https://h/dir/i.jpg" && both.bannerImage == "https://h/dir/b.jpg")
        let unsafe = try item("\"id\":1,\"banner_image\":\"b.jpg\",\"image\":\"data:x\"")
        #expect(unsafe.image == "https://h/dir/b.jpg" && unsafe.unsafeURLs == ["data:x"])
    }

    @Test("The author for readers of 1.0 is not another one")
    func bothKindsOfAuthors() throws {
        let feed = try feed(
            """
            {"version":"https://jsonfeed.org/version/1.1","title":"T","items":[{"id":"1","content_text":"x",
             "author":{"name":"Ann"},"authors":[{"name":"Ann","url":"https://example.org/ann"}]},
             {"id":"2","content_text":"x","author":{"name":"Ann"},"authors":[]}]}
            """)
        #expect(feed.articles.first?.authors == [Author(name: "Ann", url: "https://example.org/ann")])
        #expect(feed.articles.last?.authors == [Author(name: "Ann")])
    }

    @Test("contract.md §3: a summary beside a body is a summary, alone it is the body")
    func bodies() throws {
        let both = try item("\"content_html\":\"<p>a</p>\",\"summary\":\"s\"")
        #expect(both.summary == "s" && both.contentSource == .content && both.contentHTML == "<p>a</p>")
        let alone = try item("\"summary\":\"s\"")
        #expect(alone.summary == nil && alone.contentSource == .summary && alone.contentText == "s")
        let blank = try item("\"content_html\":\" \",\"content_text\":\"\",\"summary\":\"s\"")
        #expect(blank.contentSource == .summary && blank.contentHTML == nil && blank.contentText == "s")
        let none = try item("\"title\":\"t\"")
        #expect(none.contentSource == nil && none.summary == nil)
    }

    @Test("security.md §10: a URL of another scheme is in no URL field, but told as text")
    func unsafeURLs() throws {
        let article = try item(
            """
            "url":"javascript:alert(1)","external_url":"feed:x","image":"data:image/png;base64,AA","title":"t",
            "attachments":[{"url":"file:///etc/passwd"},{"url":"ftp://h/x"}],"authors":[{"name":"n","url":"mailto:a@b"}]
            """)
        #expect(article.url == nil && article.externalURL == nil && article.image == nil && article.attachments.isEmpty)
        #expect(
            article.unsafeURLs == [
                "javascript:alert(1)", "feed:x", "data:image/png;base64,AA", "file:///etc/passwd", "ftp://h/x",
            ])
        #expect(article.authors == [Author(name: "n", url: "mailto:a@b")])
    }

    @Test("without a URL of its own the document is resolved by the one it names, or not at all")
    func baseURLs() throws {
        let item = "\"items\":[{\"url\":\"x\",\"title\":\"t\"}]"
        let named = try feed("{\(head),\"feed_url\":\"https://n/d/f\",\(item)}", url: nil)
        #expect(named.articles.first?.url == "https://n/d/x")
        let unnamed = try feed("{\(head),\(item)}", url: nil)
        #expect(unnamed.articles.first?.url == nil)
        #expect(unnamed.articles.first?.unsafeURLs == ["x"])
    }

    @Test("security.md §4: what is over its limit is cut and told")
    func limits() throws {
        var limits = ParseLimits()
        limits.titleBytes = 5
        limits.contentBytes = 8
        limits.categories = 2
        limits.enclosures = 1
        let article = try item(
            """
            "title":"abcdé","content_html":"<p>äää</p>","summary":"kurz","tags":["1","2","3"],
            "attachments":[{"url":"a"},{"url":"b"}]
            """, limits: limits)
        #expect(article.title == "abcd")
        #expect(article.contentHTML == "<p>ää")
        #expect(article.summary == "kurz")
        #expect(article.tags == ["1", "2"])
        #expect(article.attachments.count == 1)
        #expect(article.truncatedFields == ["title", "content_html", "tags", "attachments"])
    }

    @Test("security.md §4: items beyond the limit and items with nothing in them are counted")
    func counting() throws {
        var limits = ParseLimits()
        limits.items = 2
        let feed = try feed(
            "{\(head),\"items\":[{},{\"id\":1},null,3,{\"tags\":[\"x\"]},{\"id\":2},{\"id\":3},{\"id\":4}]}",
            limits: limits)
        #expect(feed.articles.map(\.id) == ["1", "2"])
        #expect(feed.droppedArticles == 6)
    }

    @Test("Values of the wrong type in JSON Feed are taken for what they were meant to be")
    func leniency() throws {
        let article = try item(
            """
            "id":1,"title":7,"tags":"one","author":{"name":"A"},"authors":"B","date_published":1772533695,
            "attachments":{"url":"a","size_in_bytes":"12","duration_in_seconds":"3"}
            """)
        #expect(article.title == "7")
        #expect(article.tags == ["one"])
        #expect(article.authors.map(\.name) == ["B", "A"])
        #expect(article.published?.description == "2026-03-03T10:28:15Z")
        #expect(article.attachments.first?.sizeInBytes == 12)
        #expect(article.attachments.first?.durationInSeconds == 3)
        #expect(
            try item("\"id\":1,\"attachments\":[{\"url\":\"a\",\"size_in_bytes\":1e99}]").attachments.first?.sizeInBytes
                == nil)
        #expect(
            try item("\"id\":1,\"attachments\":[{\"url\":\"a\",\"size_in_bytes\":-1}]").attachments.first?.sizeInBytes
                == nil)
    }

    @Test("identity.md §10: a date that cannot be read is kept as text, one without a zone is told")
    func dates() throws {
        #expect(
            try item("\"id\":1,\"date_published\":\"soon\"").rawDates == [.init(field: "date_published", text: "soon")])
        let zoneless = try feed("{\(head),\"items\":[{\"id\":1,\"date_published\":\"2026-03-03T10:00:00\"}]}")
        #expect(zoneless.articles.first?.published != nil)
        #expect(zoneless.warnings.count == 1)
    }

    @Test(
        "security.md §7: what JSON forbids and feeds do is read with a warning",
        arguments: [
            "\"title\":\"a\",\"title\":\"T\"", "\"x\":\"\\ud800\"", "\"x\":\"a\tb\"", "\"x\":[1,2,],\"y\":{\"z\":1,}",
            "\"x\":" + String(repeating: "[", count: 80) + String(repeating: "]", count: 80),
        ])
    func warnings(members: String) throws {
        let feed = try feed(
            "{\"version\":\"https://jsonfeed.org/version/1\",\(members),\"items\":[{\"id\":1}]}")
        #expect(feed.warnings.count == 1)
        #expect(feed.articles.count == 1)
        #expect(!feed.isTruncated)
    }

    @Test("invalid UTF-8 is replaced and told, another encoding of Unicode is read")
    func encodings() throws {
        let text = "{\(head),\"items\":[{\"id\":1,\"title\":\"é😀\"}]}"
        let little: [UInt8] = text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        let big: [UInt8] = text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
        let wide: [UInt8] = text.unicodeScalars.flatMap { scalar in
            (0..<4).map { UInt8(truncatingIfNeeded: scalar.value >> (8 * $0)) }
        }
        let cases: [(String, [UInt8])] = [
            ("utf-16le", little), ("utf-16be", [0xfe, 0xff] + big), ("utf-32le", wide),
            ("utf-8", [0xef, 0xbb, 0xbf] + Array(text.utf8)),
        ]
        for (encoding, bytes) in cases {
            guard case .feed(let feed) = JSONFeedReader.read(bytes, context: DocumentContext(), limits: ParseLimits())
            else {
                Issue.record("\(encoding) was not read")
                continue
            }
            #expect(feed.encoding == encoding)
            #expect(feed.articles.first?.title == "é😀")
        }
        let bytes = Array("{\(head),\"items\":[{\"id\":1,\"title\":\"".utf8) + [0xff] + Array("\"}]}".utf8)
        guard case .feed(let feed) = JSONFeedReader.read(bytes, context: DocumentContext(), limits: ParseLimits())
        else {
            Issue.record("not read")
            return
        }
        #expect(feed.articles.first?.title == "\u{fffd}")
        #expect(feed.warnings.count == 1)
    }

    @Test("security.md §5: a document that ends early keeps every item it has")
    func truncated() throws {
        let whole = "{\(head),\"items\":[{\"id\":1,\"title\":\"a\"},{\"id\":2,\"title\":\"b\",\"content_text\":\"c\"}]}"
        let text = Array(whole.utf8)
        for length in (whole.utf8.count - 40)..<whole.utf8.count {
            let feed = try feed(String(decoding: text[..<length], as: UTF8.self))
            #expect(feed.isTruncated)
            #expect(feed.warnings.count == 1)
            #expect(feed.articles.first?.title == "a")
            #expect(feed.articles.first?.isIncomplete == false)
            if feed.articles.count == 2 { #expect(feed.articles[1].id == "2") }
        }
        let inside = try feed(String(whole.dropLast(5)))
        #expect(inside.articles.map(\.isIncomplete) == [false, true])
        #expect(inside.articles[1].title == "b")
        #expect(inside.articles[1].contentText == nil)
        let inNumber = "{\(head),\"items\":[{\"title\":\"a\",\"id\":123"
        #expect(try feed(inNumber).articles.map(\.id) == [nil])
        let behind = try feed(String(whole.dropLast(2)))
        #expect(behind.articles.map(\.isIncomplete) == [false, false])
    }
}
