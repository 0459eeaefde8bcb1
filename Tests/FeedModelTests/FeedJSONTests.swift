import Digest
import FeedModel
import JSONText
import Testing

@Suite struct FeedJSONTests {
    private func read(_ json: [UInt8]) -> FeedState? {
        json.withUnsafeBytes { bytes in JSONMembers(bytes).flatMap { FeedState($0) } }
    }

    private func written(_ article: Article) -> String {
        var json = JSONWriter()
        json.beginObject()
        article.writeItemMembers(to: &json, id: article.id ?? "uid")
        json.key("_newswire")
        json.beginObject()
        article.writeExtensionMembers(to: &json)
        json.endObject()
        json.endObject()
        return String(decoding: json.finish(), as: UTF8.self)
    }

    @Test("contract.md §3: an empty article has an id and nothing else")
    func emptyArticle() {
        #expect(written(Article()) == #"{"id":"uid","_newswire":{}}"#)
        #expect(!Article().hasExtensionMembers)
    }

    @Test("contract.md §3: every field has its place")
    func wholeArticle() {
        var article = Article()
        article.id = "i"
        article.url = "https://h/"
        article.title = "T"
        article.contentHTML = "<p>"
        article.contentSource = .description
        article.published = Timestamp(year: 2026, month: 3, day: 3)
        article.authors = [Author(name: "N", email: "a@b"), Author(email: "c@d"), Author(name: "O")]
        article.tags = ["t"]
        article.attachments = [Attachment(url: "https://h/a", sizeInBytes: 3, durationInSeconds: 90)]
        article.commentsURL = "https://h/c"
        article.source = .init(title: "S", url: "https://s/")
        article.location = .init(latitude: 45.5, longitude: -71)
        article.links = [Link(rel: "related", href: "https://r/")]
        article.rawDates = [.init(field: "date_modified", text: "soon")]
        article.assumedUTC = ["date_published"]
        article.unsafeURLs = ["javascript:x"]
        article.truncatedFields = ["title"]
        article.isIncomplete = true
        #expect(
            written(article)
                == #"{"id":"i","url":"https://h/","title":"T","content_html":"<p>","date_published":"2026-03-03T00:00:00Z","#
                + #""authors":[{"name":"N"},{"name":"c@d"},{"name":"O"}],"tags":["t"],"#
                + #""attachments":[{"url":"https://h/a","mime_type":"application/octet-stream","size_in_bytes":3,"#
                + #""duration_in_seconds":90}],"_newswire":{"content_from":"description","#
                + #""author_emails":["a@b","c@d",null],"comments_url":"https://h/c","#
                + #""source":{"title":"S","url":"https://s/"},"location":{"latitude":45.5,"longitude":-71.0},"links":[{"rel":"related","href":"https://r/"}],"#
                + #""raw_dates":{"date_modified":"soon"},"assumed_utc":["date_published"],"unsafe_urls":["javascript:x"],"truncated":["title"],"#
                + #""incomplete":true}}"#)
        #expect(article.hasExtensionMembers)
    }

    @Test("An article comes back from its record as it was written")
    func recordRoundTrip() throws {
        var article = Article()
        article.id = "i"
        article.durationInSeconds = 1.5
        article.rawTitleType = "xhtml"
        article.license = "l"
        article.location = .init(latitude: 45.256, longitude: -71.92)
        article.podcast.set("episode", to: .object([.init(key: "number", value: .number("100.5"))]))
        article.podcast.set("explicit", to: .bool(false))
        _ = article.podcast.append(.object([.init(key: "name", value: .string("Ann \u{1}"))]), to: "person", limit: 1)
        let record = written(article)
        #expect(StoredRecord(line: record.utf8)?.article == article)
    }

    @Test("contract.md §3: of what a podcast says each name and each entry stands once, and the first counts")
    func podcast() {
        func object(_ key: String, _ value: String) -> JSONValue { .object([.init(key: key, value: .string(value))]) }
        var podcast = Podcast()
        podcast.set("season", to: object("name", "a"))
        podcast.set(
            "season", to: .object([.init(key: "name", value: .null), .init(key: "number", value: .number("1"))]))
        podcast.set("season", to: .bool(true))
        let fits = ["a", "b", "a", "c"].map { podcast.append(object("name", $0), to: "person", limit: 2) }
        #expect(fits == [true, true, true, false])
        #expect(podcast["season"]?["name"]?.string == "a" && podcast["season"]?["number"]?.integer == 1)
        #expect(podcast["person"]?.array?.count == 2)
        #expect(podcast.members.map(\.key) == ["season", "person"])
        #expect(podcast.readableURLs.isEmpty)
        podcast.set("chapters", to: object("url", "https://h/c"))
        _ = podcast.append(object("url", "https://h/t"), to: "transcript", limit: 2)
        #expect(podcast.readableURLs == ["https://h/t", "https://h/c"])
        var article = Article()
        article.podcast = podcast
        #expect(article.hasExtensionMembers)
        #expect(StoredRecord(line: #"{"id":"1","_newswire":{"podcast":[1]}}"#.utf8)?.article.podcast.isEmpty == true)
    }

    @Test("contract.md §3: a feed is a JSON Feed 1.1 document")
    func feed() throws {
        var feed = Feed(format: .atom10)
        feed.hubs = [Feed.Hub(type: "WebSub", url: "https://hub/")]
        feed.hints.skipHours = [1, 2]
        feed.warnings = ["w"]
        feed.articles = [Article()]
        feed.isTruncated = true
        var json = JSONWriter()
        feed.write(to: &json) { _ in "made" }
        let value = try JSONParser.parse(json.finish()).value
        #expect(value["version"]?.string == "https://jsonfeed.org/version/1.1")
        #expect(value["title"]?.string == "")
        #expect(value["hubs"]?.array?.first?["url"]?.string == "https://hub/")
        #expect(value["_newswire"]?["format"]?.string == "atom-1.0")
        #expect(value["_newswire"]?["skip_hours"]?.array?.map(\.integer) == [1, 2])
        #expect(value["_newswire"]?["truncated"]?.bool == true)
        #expect(value["items"]?.array?.first?["id"]?.string == "made")
    }

    @Test("A kind of failure that a newer newswire has written is kept as it is, in the file and in memory")
    func unknownFailure() throws {
        let line = #"{"feed":"f","url":"https://h/","error_class":"eaten_by_dog","error":"it was hungry"}"#
        let state = try #require(read(Array(line.utf8)))
        #expect(state.failure?.kind == .unknown && state.failure?.word == "eaten_by_dog")
        let packed = PackedFeedState(state).state(of: state.feed)
        #expect(packed == state)
        var json = JSONWriter()
        packed.write(to: &json)
        #expect(String(decoding: json.finish(), as: UTF8.self) == line)
        #expect(FeedState.Failure(word: "not_a_feed", message: "").kind == .notAFeed)
    }

    @Test("A feed's state comes back from JSON as it was written")
    func stateRoundTrip() throws {
        var state = FeedState(feed: FeedIdentifier("f"), url: "https://h/")
        state.title = "T"
        state.validators = .init(etag: "\"x\"", lastModified: nil, request: Hash128(high: 1, low: 2))
        state.bodyHash = Hash128(high: 3, low: .max)
        state.hints.ttlSeconds = 60
        state.hints.skipHours = [0, 23]
        state.hints.skipDays = ["Monday"]
        state.lastPoll = Timestamp(seconds: 1)
        state.lastSuccess = Timestamp(milliseconds: 1500)
        state.status = 304
        state.failures = 2
        state.failure = .init(kind: .dns, message: "no such host")
        state.nextPoll = Timestamp(seconds: 9)
        state.intervalSeconds = 3600
        state.notBefore = Timestamp(seconds: 8)
        state.articles = 12
        state.move.candidate = "https://h/new"
        state.move.polls = 3
        state.move.since = Timestamp(seconds: 4)
        state.move.adopted = "https://h/old"
        state.move.adoptedSince = Timestamp(seconds: 2)
        state.tagRepeats.count = 2
        state.tagRepeats.since = Timestamp(seconds: 5)
        state.schedule.rhythm = Rhythm(latest: Timestamp(seconds: 1_000_000_000), gaps: [600, 3600, 86_400])
        state.schedule.adaptive = 1200
        state.schedule.items = 10
        state.schedule.itemsInSkippedTime = 1
        state.schedule.isExpired = true
        state.schedule.heldUntil = FeedState.Schedule.forGood
        state.schedule.failureQuarters = 3
        state.schedule.refusals = 2
        state.schedule.failingSince = Timestamp(seconds: 6)
        state.schedule.goneSince = Timestamp(seconds: 7)
        state.schedule.isGoneForGood = true
        state.schedule.pause = .init(
            until: Timestamp(seconds: 20), incidents: 3, since: Timestamp(seconds: 10), coversHost: true)
        state.schedule.reason = .retryAfter
        state.schedule.polls = 77
        state.schedule.historyBlock = 5
        var json = JSONWriter()
        state.write(to: &json)
        #expect(read(json.finish()) == state)
        var empty = JSONWriter()
        FeedState(feed: FeedIdentifier("f"), url: "u").write(to: &empty)
        #expect(read(empty.finish()) == FeedState(feed: FeedIdentifier("f"), url: "u"))
    }

    @Test("A state with anything malformed in it keeps the rest; without feed or URL there is none")
    func stateLeniency() {
        func state(_ text: String) -> FeedState? { read(Array(text.utf8)) }
        let damaged = state(
            #"{"feed":"f","url":"u","last_poll":"never","status":1e99,"articles":-1,"body_hash":"x","failures":"y","skip_hours":3,"pause":{},"history_block":4294967295,"reason":"?","item_gaps":[-1,"x"]}"#
        )
        #expect(damaged == FeedState(feed: FeedIdentifier("f"), url: "u"))
        #expect(state(#"{"feed":"f"}"#) == nil)
        #expect(state("[]") == nil)
    }
}
