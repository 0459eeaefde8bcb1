import ArticleStore
import FeedModel
import JSONText
import TestSupport
import Testing

@testable import WebInterface

@Suite("The API lists articles as dump gives them")
struct ArticleListTests {
    private static func many(_ count: Int, feed: String = "example") -> [WebArticle] {
        (1...count).map { WebArticle("\($0)", feed: feed) }
    }

    private func seqs(_ answer: WebAnswer) throws -> [Int64] {
        try (answer.json()["articles"]?.array ?? []).compactMap { $0["_newswire"]?["seq"]?.integer }
    }

    private static let varied: [WebArticle] = [
        WebArticle("1", title: "Drones over the sea"),
        WebArticle("2", title: "Quiet day", feed: "other").with {
            $0.tags = ["naval"]
            $0.stored = WebFixture.moment.adding(seconds: 60)
        },
        WebArticle("1", title: "Drones over the coast").with {
            $0.kind = .update
            $0.version = 2
            $0.previous = 1
            $0.changed = ["title"]
            $0.stored = WebFixture.moment.adding(seconds: 120)
        },
        WebArticle("3", title: "A deal").with {
            $0.blockedBy = "no-deals"
            $0.stored = WebFixture.moment.adding(seconds: 180)
        },
        WebArticle("4", title: "Old news").with {
            $0.isInitial = true
            $0.article.contentHTML = "<p onclick=\"x()\">Old</p><script>1</script>"
            $0.stored = WebFixture.moment.adding(seconds: 240)
        },
        WebArticle("5", title: "Quiet day again", feed: "other").with {
            $0.kind = .duplicate
            $0.duplicateOf = 1
            $0.stored = WebFixture.moment.adding(seconds: 300)
        },
    ]

    @Test(
        "A dump over HTTP has the very bytes that the command prints",
        arguments: [
            [("after", "0")], [("updates", "true"), ("duplicates", "true"), ("blocked", "true")], [("feed", "other")],
            [("feed", "other"), ("feed", "example"), ("updates", "true")], [("tag", "Naval")], [("q", "drones")],
            [("q", "quiet -again"), ("duplicates", "true")], [("initial", "false")], [("sanitize", "true")],
            [("limit", "2")],
            [("since", "2026-11-22T08:02:00Z"), ("updates", "true")], [("until", "2026-11-22T08:01:00Z")],
            [("after", "2")],
        ])
    func sameBytes(_ options: [(String, String)]) async throws {
        let fixture = try WebFixture(Self.varied)
        for format in ["jsonl", "tsv", "text", "brief", "jsonfeed", "atom"] {
            var arguments: [String] = ["dump", "--format", format]
            for (name, value) in options {
                switch (name, value) {
                case ("initial", _): arguments.append("--no-initial")
                case ("q", _): arguments += ["--match", value]
                case (_, "true"): arguments.append("--\(name)")
                default: arguments += ["--\(name)", value]
                }
            }
            let answer = try fixture.call(.get, "/api/articles", options + [("format", format)])
            #expect(try answer.text() == (try await fixture.run(arguments)), "\(format)")
        }
    }

    @Test("Without a cursor the newest come first, and the pages behind one another give each article once")
    func newestFirst() throws {
        let fixture = try WebFixture(Self.many(250))
        var query = [("limit", "60")]
        var all: [Int64] = []
        for _ in 0..<10 {
            let answer = try fixture.call(.get, "/api/articles", query)
            all += try seqs(answer)
            guard let next = try answer.json()["next"]?.string else { break }
            query = next.dropFirst().split(separator: "&").map { field in
                let parts = field.split(separator: "=").map(String.init)
                return (parts[0], parts[1])
            }
        }
        #expect(all == (1...250).reversed())
    }

    @Test("A rare feed's articles are found behind many of another, and its pages give each once")
    func rareFeed() throws {
        var articles = Self.many(600)
        for place in [3, 200, 201, 590] { articles[place].feed = "rare" }
        let fixture = try WebFixture(articles)
        let first = try fixture.call(.get, "/api/articles", [("feed", "rare"), ("limit", "3")])
        #expect(try seqs(first) == [591, 202, 201])
        #expect(try first.json()["next"]?.string == "?feed=rare&limit=3&before=201")
        let second = try fixture.call(.get, "/api/articles", [("feed", "rare"), ("limit", "3"), ("before", "201")])
        #expect(try seqs(second) == [4])
        #expect(try second.json()["next"] == nil)
    }

    @Test("With a cursor the oldest come first, and the next cursor is behind all that was looked at")
    func cursor() throws {
        let fixture = try WebFixture(Self.many(5) + Self.many(3, feed: "other"))
        let first = try fixture.call(.get, "/api/articles", [("after", "1"), ("limit", "2")])
        #expect(try seqs(first) == [2, 3])
        #expect(try first.json()["next"]?.string == "?limit=2&after=3")
        #expect(try first.json()["more"]?.bool == true)
        let rest = try fixture.call(.get, "/api/articles", [("after", "3"), ("feed", "example")])
        #expect(try seqs(rest) == [4, 5])
        // The records of the other feed were looked at, too.
        #expect(try rest.json()["next"]?.string == "?feed=example&after=8")
        #expect(try rest.json()["more"]?.bool == false)
        #expect(try rest.json()["last_seq"]?.integer == 8)
        try fixture.store([WebArticle("new")])
        #expect(try seqs(fixture.call(.get, "/api/articles", [("feed", "example"), ("after", "8")])) == [9])
    }

    @Test("An article of the default form is the line of the store, byte for byte")
    func unparsed() throws {
        let fixture = try WebFixture(Self.many(2))
        let text = try fixture.call(.get, "/api/articles").text()
        let lines = try [2, 1].map { String(decoding: try fixture.line($0).dropLast(), as: UTF8.self) }
        #expect(text == #"{"articles":[\#(lines[0]),\#n\#(lines[1])],"last_seq":2}"#)
    }

    @Test("Who asks behind what retention has removed is told so, and where the store begins")
    func removed() throws {
        let fixture = try WebFixture(Self.many(30), segmentSize: 4096)
        let segments = try fixture.segments()
        try #require(segments.count > 2)
        fixture.remove(segment: segments[0])
        let first = try #require(Int64(segments[1].prefix(20)))
        for format in ["json", "jsonl"] {
            let answer = try fixture.call(.get, "/api/articles", [("after", "1"), ("format", format)])
            #expect(answer.status == 410)
            #expect(try answer.json()["first_seq"]?.integer == first)
            #expect(try answer.json()["error"]?.string?.contains("removed by retention") == true)
        }
        // Who has had all that was removed misses nothing, and who begins at the beginning takes what there is.
        #expect(try seqs(fixture.call(.get, "/api/articles", [("after", "\(first - 1)")])).first == first)
        #expect(try seqs(fixture.call(.get, "/api/articles", [("after", "0")])).first == first)
        #expect(try seqs(fixture.call(.get, "/api/articles")).last == first)
        #expect(throws: WebFailure.self) { try fixture.call(.get, "/api/articles/1") }
        do {
            _ = try fixture.call(.get, "/api/articles/1")
        } catch let failure as WebFailure {
            #expect(failure.status == 410)
        }
    }

    @Test("A cursor ahead of the store is no silent wait: an older copy was put in its place")
    func ahead() throws {
        let fixture = try WebFixture(Self.many(3))
        let answer = try fixture.call(.get, "/api/articles", [("after", "4")])
        #expect(answer.status == 410)
        #expect(try answer.json()["last_seq"]?.integer == 3)
        #expect(try fixture.call(.get, "/api/articles", [("after", "3")]).status == 200)
    }

    @Test("Who has an answer gets 304 until something is stored")
    func etag() throws {
        let fixture = try WebFixture(Self.many(3))
        let answer = try fixture.call(.get, "/api/articles", [("limit", "2")])
        let tag = try #require(answer.headers["ETag"])
        let again = try fixture.call(
            .get, "/api/articles", [("limit", "2")], headers: [("if-none-match", "\"x\", W/\(tag)")])
        #expect(again.status == 304)
        #expect(try again.bytes().isEmpty)
        #expect(
            try fixture.call(.get, "/api/articles", [("limit", "1")], headers: [("if-none-match", tag)]).status == 200)
        try fixture.store([WebArticle("new")])
        let later = try fixture.call(.get, "/api/articles", [("limit", "2")], headers: [("if-none-match", tag)])
        #expect(later.status == 200)
        #expect(try seqs(later) == [4, 3])
    }

    @Test("The name of a feed or tag that is empty is refused as such", arguments: ["feed", "tag"])
    func emptyName(_ name: String) throws {
        let fixture = try WebFixture([WebArticle("1")])
        let failure = #expect(throws: WebFailure.self) {
            try fixture.call(.get, "/api/articles", [(name, ""), ("q", "about")])
        }
        #expect(failure?.status == 400)
        #expect(failure?.message == "\(name)=: it is empty")
        let controlled = #expect(throws: WebFailure.self) {
            try fixture.call(.get, "/api/articles", [(name, "a\u{8c}"), ("q", "about")])
        }
        #expect(controlled?.status == 400)
        #expect(controlled?.message.hasSuffix("it holds a control character") == true)
    }

    @Test("What depends on the time has no ETag", arguments: [("since", "36h"), ("q", "age:<1d")])
    func noTag(_ parameter: (String, String)) throws {
        let fixture = try WebFixture(Self.many(1))
        #expect(try fixture.call(.get, "/api/articles", [parameter]).headers["ETag"] == nil)
    }

    @Test(
        "What cannot be asked is refused, and said where",
        arguments: [
            ("limit", "0"), ("limit", "1001"), ("limit", "ten"), ("after", "-1"), ("after", "1e3"), ("since", "soon"),
            ("updates", "yes"), ("format", "xml"), ("feeds", "example"), ("feed", "nobody"), ("q", "title:"),
            ("q", "a\u{0}b"),
        ])
    func refusals(_ parameter: (String, String)) throws {
        let fixture = try WebFixture(Self.many(1))
        do {
            _ = try fixture.call(.get, "/api/articles", [parameter])
            Issue.record("\(parameter) was answered")
        } catch let failure as WebFailure {
            #expect(failure.status == 400)
            #expect(!failure.message.isEmpty)
        }
    }

    @Test("A query that cannot be read is refused with its column")
    func queryPlace() throws {
        let fixture = try WebFixture(Self.many(1))
        let failure = #expect(throws: WebFailure.self) {
            try fixture.call(.get, "/api/articles", [("q", "drones (sea")])
        }
        #expect(failure?.message.contains("column") == true)
    }

    @Test("The records of a feed that had another id before are found by either")
    func formerIDs() throws {
        let fixture = try WebFixture(
            [WebArticle("1", feed: "old"), WebArticle("2", feed: "new"), WebArticle("3", feed: "else")],
            feeds: """
                [[feed]]
                url = "https://example.org/new.xml"
                id = "new"
                formerly = ["old"]
                """)
        for id in ["new", "old"] {
            #expect(try seqs(fixture.call(.get, "/api/articles", [("feed", id)])) == [2, 1])
            #expect(try seqs(fixture.call(.get, "/api/articles", [("feed", id), ("after", "0")])) == [1, 2])
            #expect(
                try seqs(fixture.call(.get, "/api/articles", [("q", "article feed:\(id)"), ("after", "0")])) == [1, 2])
        }
        // One that is not configured any more has articles all the same.
        #expect(try seqs(fixture.call(.get, "/api/articles", [("feed", "else")])) == [3])
    }

    @Test("A record is given as it is stored; one that never was is not found")
    func oneRecord() throws {
        let fixture = try WebFixture(Self.many(2))
        let answer = try fixture.call(.get, "/api/articles/2")
        #expect(try answer.bytes() == (try fixture.line(2)))
        #expect(answer.contentType == "application/json")
        for path in ["/api/articles/3", "/api/articles/0", "/api/articles/x"] {
            let failure = #expect(throws: WebFailure.self) { try fixture.call(.get, path) }
            #expect(failure?.status == 404)
        }
    }

    @Test("The versions of an article are what history prints")
    func versions() async throws {
        let fixture = try WebFixture(Self.varied)
        let printed = try await fixture.command("history", "3", "--json")
        let answer = try fixture.call(.get, "/api/articles/1/versions")
        let versions = try #require(answer.json()["versions"]?.array)
        #expect(versions.count == 2)
        #expect(try printed.split(separator: "\n").map { try JSONParser.parse(Array($0.utf8)).value } == versions)
        #expect(versions[1]["changes"]?["title"]?["added"]?.array?.compactMap(\.string) == ["Drones over the coast"])
    }

    @Test("Why a record is what it is says what explain prints")
    func explanation() async throws {
        let fixture = try WebFixture(Self.varied)
        let printed = try await fixture.command("explain", "3")
        let json = try fixture.call(.get, "/api/articles/3/explain").json()
        #expect(json["subject"]?.string == printed.split(separator: "\n").first.map(String.init))
        let texts = json["rows"]?.array?.compactMap { $0["text"]?.string } ?? []
        #expect(texts.count == printed.split(separator: "\n").count - 1)
        for text in texts { #expect(printed.contains(text)) }
    }
}
