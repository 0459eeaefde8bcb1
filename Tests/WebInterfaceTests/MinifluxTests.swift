import FeedModel
import JSONText
import Testing

@testable import WebInterface

@Suite struct MinifluxTests {
    private let fixture: DialectFixture

    init() throws {
        fixture = try DialectFixture()
    }

    // MARK: - Who and what

    @Test(
        arguments: ["/v1", "/miniflux/v1"], [("authorization", "Basic ZGVzazpzZWNyZXQ="), ("x-auth-token", "tok-123")])
    func `both folders and both ways to say who asks lead to the account`(prefix: String, header: (String, String))
        throws
    {
        let answer = try fixture.send(.get, "\(prefix)/me", headers: [header])
        #expect(answer.json["username"]?.string == "desk")
        #expect(answer.json["is_admin"]?.bool == false)
        #expect((answer.json["id"]?.integer ?? 0) > 0)
    }

    @Test func `without an account there is an error in Miniflux's form`() throws {
        let answer = try fixture.send(.get, "/v1/me", headers: [])
        #expect(answer.status == 401)
        #expect(answer.json["error_message"]?.string != nil)
    }

    @Test func `the version is the one whose shapes these are`() throws {
        #expect(try fixture.miniflux(.get, "/version").json["version"]?.string == "2.2.0")
        #expect(try fixture.miniflux(.get, "/integrations/status").text == #"{"has_integrations":false}"#)
    }

    @Test(
        arguments: [
            (.post, "/feeds"), (.put, "/feeds/1"), (.delete, "/feeds/1"), (.post, "/categories"), (.post, "/discover"),
            (.post, "/import"), (.get, "/users"), (.put, "/flush-history"), (.get, "/nothing/at/all"),
        ] as [(WebRequest.Method, String)]) func `all else is refused with the place where it is configured`(
            method: WebRequest.Method, path: String
        ) throws
    {
        let answer = try fixture.miniflux(method, path, body: "{}")
        #expect(answer.status == 403)
        #expect(answer.json["error_message"]?.string?.contains("configured in newswire.toml") == true)
    }

    @Test(arguments: ["/feeds/1/icon", "/icons/1"]) func `icons are not there`(path: String) throws {
        #expect(try fixture.miniflux(.get, path).status == 404)
    }

    // MARK: - Feeds and categories

    @Test func `categories are the first tags of feeds, by numbers that stay`() throws {
        let user = try fixture.house.parts.numbers.number(ofAccount: "desk")
        let numbers = try ["defence", "world", "newswire"].map { try fixture.number(ofTag: $0) }
        #expect(
            try fixture.miniflux(.get, "/categories").text == """
                [{"id":\(numbers[0]),"title":"defence","user_id":\(user),"hide_globally":false},\
                {"id":\(numbers[1]),"title":"world","user_id":\(user),"hide_globally":false},\
                {"id":\(numbers[2]),"title":"newswire","user_id":\(user),"hide_globally":false}]
                """)
        let counted = try fixture.miniflux(.get, "/categories?counts=true").json.array ?? []
        #expect(counted.map { $0["feed_count"]?.integer } == [1, 1, 1])
        #expect(counted.map { $0["total_unread"]?.integer } == [3, 4, 4])
    }

    @Test func `a feed has all members that a client reads, whole numbers where Miniflux has them, and no secret`()
        throws
    {
        let feeds = try fixture.miniflux(.get, "/feeds").json.array ?? []
        #expect(feeds.count == 3)
        let wire = feeds[1]
        #expect(wire["id"]?.integer == Int64(try fixture.number("wire")))
        #expect(wire["title"]?.string == "World Wire")
        #expect(wire["feed_url"]?.string == "https://example.org/wire.xml?token=***")
        #expect(wire["category"]?["title"]?.string == "world")
        #expect(wire["category"]?["id"]?.integer == Int64(try fixture.number(ofTag: "world")))
        for key in ["parsing_error_count", "user_id"] { #expect(wire[key]?.integer != nil, "\(key)") }
        for key in ["checked_at", "next_check_at"] {
            #expect(wire[key]?.string.flatMap(Timestamp.init(rfc3339:)) != nil, "\(key)")
        }
        let number = try fixture.number("wire")
        #expect(try fixture.miniflux(.get, "/feeds/\(number)").json == wire)
        #expect(try fixture.miniflux(.get, "/feeds/7").status == 404)
        #expect(
            try fixture.miniflux(.get, "/categories/\(try fixture.number(ofTag: "world"))/feeds").json == .array([wire])
        )
        #expect(try fixture.miniflux(.get, "/categories/7/feeds").status == 404)
    }

    @Test func `counters count what is read and unread of each feed`() throws {
        let counters = try fixture.miniflux(.get, "/feeds/counters").json
        let (notes, wire) = (String(try fixture.number("notes")), String(try fixture.number("wire")))
        #expect(counters["reads"]?[notes]?.integer == 1)
        #expect(counters["unreads"]?[notes]?.integer == 3)
        #expect(counters["reads"]?[wire]?.integer == 0)
        #expect(counters["unreads"]?[wire]?.integer == 4)
        #expect(counters["reads"]?.object?.count == 3)
        #expect(counters["unreads"]?.object?.count == 3)
    }

    @Test func `the export is OPML of the configured feeds without secrets`() throws {
        let answer = try fixture.miniflux(.get, "/export")
        #expect(answer.contentType.hasPrefix("text/xml"))
        #expect(answer.text.contains("https://example.org/notes.xml"))
        #expect(answer.text.contains("Defence Notes"))
        #expect(!answer.text.contains("s3cret"))
    }

    // MARK: - Entries

    @Test func `an entry has all members of Miniflux's, sanitised`() throws {
        let entry = try fixture.miniflux(.get, "/entries/3").json
        let stored = WebFixture.moment.adding(seconds: 180)
        let user = Int64(try fixture.house.parts.numbers.number(ofAccount: "desk"))
        #expect(entry["id"]?.integer == 3)
        #expect(entry["user_id"]?.integer == user)
        #expect(entry["feed_id"]?.integer == Int64(try fixture.number("news")))
        #expect(entry["status"]?.string == "unread")
        #expect(entry["hash"]?.string == "00000000000000010000000000000001")
        #expect(entry["title"]?.string == "Story 3")
        #expect(entry["url"]?.string == "https://example.org/3")
        #expect(entry["comments_url"]?.string == "")
        #expect(entry["published_at"]?.string == stored.adding(seconds: -30).description)
        #expect(entry["created_at"]?.string == stored.description)
        #expect(entry["changed_at"]?.string == stored.description)
        #expect(entry["content"]?.string == "<p>Body of <b>3</b> 土耳其</p>")
        #expect(entry["author"]?.string == "Desk")
        #expect(entry["share_code"]?.string == "")
        #expect(entry["starred"]?.bool == false)
        #expect(entry["reading_time"]?.integer == 1)
        #expect(entry["tags"]?.array == [])
        #expect(entry["feed"]?["title"]?.string == "news")
        let enclosure = entry["enclosures"]?.array?.first
        #expect(enclosure?["url"]?.string == "https://example.org/3.mp3")
        #expect(enclosure?["mime_type"]?.string == "audio/mpeg")
        #expect(enclosure?["size"]?.integer == 1234)
        #expect(enclosure?["entry_id"]?.integer == 3)
    }

    @Test
    func `an entry keeps its number and its time, is shown with its newest version, and changed_at moves with it`()
        throws
    {
        let entry = try fixture.miniflux(.get, "/entries/2").json
        #expect(entry["title"]?.string == "Story 2, corrected")
        #expect(entry["created_at"]?.string == WebFixture.moment.adding(seconds: 120).description)
        #expect(entry["changed_at"]?.string == WebFixture.moment.adding(seconds: 13 * 60).description)
    }

    @Test(arguments: ["13", "14", "15", "99", "x"])
    func `edits, duplicates and what is blocked are no entries`(id: String) throws {
        #expect(try fixture.miniflux(.get, "/entries/\(id)").status == 404)
    }

    @Test func `an entry is found below its own feed alone`() throws {
        let (news, wire) = (try fixture.number("news"), try fixture.number("wire"))
        #expect(try fixture.miniflux(.get, "/feeds/\(news)/entries/3").json["id"]?.integer == 3)
        #expect(try fixture.miniflux(.get, "/feeds/\(wire)/entries/3").status == 404)
    }

    @Test func `entries come by their numbers, and total says how many there are`() throws {
        #expect(try fixture.entries("/entries?order=id&direction=asc") == Array(1...12))
        #expect(try fixture.entries("/entries?order=id&direction=desc&limit=3&offset=2") == [10, 9, 8])
        #expect(try fixture.entries("/entries?order=id&direction=asc&limit=3&offset=2") == [3, 4, 5])
        let page = try fixture.miniflux(.get, "/entries?limit=3&status=unread").json
        #expect(page["total"]?.integer == 11)
        #expect(page["entries"]?.array?.count == 3)
        #expect(try fixture.miniflux(.get, "/entries?limit=1").json["total"]?.integer == 12)
    }

    @Test func `a client that asks behind its last number gets each entry once`() throws {
        var all: [UInt64] = []
        while all.count < 99 {
            let more = try fixture.entries("/entries?after_entry_id=\(all.last ?? 0)&order=id&direction=asc&limit=5")
            if more.isEmpty { break }
            all += more
        }
        #expect(all == Array(1...12))
        #expect(try fixture.entries("/entries?before_entry_id=4&direction=desc") == [3, 2, 1])
    }

    @Test func `times sort the newest entries by number within the answer`() throws {
        #expect(try fixture.entries("/entries?order=published_at&direction=asc&limit=3") == [10, 11, 12])
        #expect(try fixture.entries("/entries?order=published_at&direction=desc&limit=3") == [12, 11, 10])
        #expect(
            try fixture.entries("/entries?order=changed_at&direction=desc&limit=11") == [
                2, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3,
            ])
        #expect(try fixture.entries("/entries?order=created_at&direction=asc&limit=2") == [11, 12])
        #expect(try fixture.entries("/entries?order=title&direction=asc&limit=2") == [1, 2])
    }

    @Test func `entries are chosen by feed, category, status and star`() throws {
        let (notes, world) = (try fixture.number("notes"), try fixture.number(ofTag: "world"))
        #expect(try fixture.entries("/feeds/\(notes)/entries?order=id") == [1, 4, 7, 10])
        #expect(try fixture.entries("/entries?feed_id=\(notes)&status=unread") == [4, 7, 10])
        #expect(try fixture.entries("/categories/\(world)/entries") == [2, 5, 8, 11])
        #expect(try fixture.entries("/entries?category_id=\(world)&status=read&status=unread") == [2, 5, 8, 11])
        #expect(try fixture.entries("/entries?status=read") == [1])
        #expect(try fixture.entries("/entries?status=removed") == [])
        _ = try fixture.miniflux(.put, "/entries/5/bookmark")
        #expect(try fixture.entries("/entries?starred=true") == [5])
        #expect(try fixture.entries("/entries?starred=True") == [5])
        #expect(try fixture.entries("/entries?starred=1&feed_id=\(notes)") == [])
        #expect(try fixture.entries("/entries?starred=false&category_id=\(world)") == [2, 8, 11])
    }

    @Test func `entries are chosen by when they were published or changed`() throws {
        let six = WebFixture.moment.adding(seconds: 6 * 60).seconds
        #expect(try fixture.entries("/entries?published_after=\(six)") == [7, 8, 9, 10, 11, 12])
        #expect(try fixture.entries("/entries?after=\(six)&before=\(six + 100)") == [7, 8])
        #expect(try fixture.entries("/entries?published_before=\(six)") == [1, 2, 3, 4, 5, 6])
        #expect(try fixture.entries("/entries?published_after=\(Timestamp(seconds: six))&status=unread&limit=1") == [7])
        #expect(try fixture.entries("/entries?changed_after=\(six + 60)") == [2, 8, 9, 10, 11, 12])
        #expect(try fixture.entries("/entries?changed_before=\(six)") == [1, 3, 4, 5])
        #expect(try fixture.entries("/entries?published_after=\(DialectFixture.now.seconds + 60)") == [])
    }

    @Test func `a search is in the query language, and a query that cannot be read is told with its place`() throws {
        #expect(try fixture.entries("/entries?search=corrected") == [2])
        #expect(try fixture.entries("/entries?search=story+12") == [12])
        #expect(try fixture.entries("/entries?search=feed:notes+story&status=unread") == [4, 7, 10])
        #expect(try fixture.miniflux(.get, "/entries?search=story").json["total"]?.integer == 12)
        #expect(
            try fixture.entries(
                "/entries?search=story&published_after=\(WebFixture.moment.adding(seconds: 660).seconds)") == [12])
        let wrong = try fixture.miniflux(.get, "/entries?search=titel:x")
        #expect(wrong.status == 400)
        #expect(wrong.json["error_message"]?.string?.contains("column") == true)
    }

    @Test(arguments: [
        "offset=10001", "limit=-1", "limit=x", "status=new", "published_after=yesterday", "after_entry_id=x",
    ])
    func `what cannot be meant is told`(query: String) throws {
        #expect(try fixture.miniflux(.get, "/entries?\(query)").status == 400)
    }

    @Test(arguments: [("", 100), ("limit=0", 1000), ("limit=5000", 1000), ("limit=7", 7)])
    func `no more entries come at a time than may`(query: String, limit: Int) throws {
        let pairs = query.split(separator: "=").map(String.init)
        let request = WebRequest(
            method: .get, path: "/", segments: [],
            query: WebFields(pairs.count == 2 ? [WebFields.Field(pairs[0], pairs[1])] : []),
            receivedAt: DialectFixture.now)
        let call = WebCall(request: request, caller: WebCaller(account: "desk", right: .read), house: fixture.house)
        #expect(try MinifluxEntryRequest(call, try ReaderDesk(call)).selection.limit == limit)
    }

    // MARK: - Marks

    @Test func `entries are marked read and unread`() throws {
        let answer = try fixture.miniflux(.put, "/entries", body: #"{"entry_ids":[3,4,99],"status":"read"}"#)
        #expect(answer.status == 204)
        #expect(answer.bytes == [])
        #expect(try fixture.entries("/entries?status=read") == [1, 3, 4])
        _ = try fixture.miniflux(.put, "/entries", body: #"{"entry_ids":[3],"status":"unread"}"#)
        #expect(try fixture.entries("/entries?status=read") == [1, 4])
        #expect(try fixture.miniflux(.get, "/entries/4").json["status"]?.string == "read")
    }

    @Test(arguments: [
        "", "{}", "[]", #"{"entry_ids":[],"status":"read"}"#, #"{"entry_ids":["3"],"status":"read"}"#,
        #"{"entry_ids":[3],"status":"removed"}"#, #"{"entry_ids":[3]}"#,
    ]) func `what is no list of entries with a status is told`(body: String) throws {
        #expect(try fixture.miniflux(.put, "/entries", body: body).status == 400)
        #expect(try fixture.entries("/entries?status=read") == [1])
    }

    @Test(arguments: ["bookmark", "star"]) func `a star is set, and taken away by the same`(word: String) throws {
        #expect(try fixture.miniflux(.put, "/entries/5/\(word)").status == 204)
        #expect(try fixture.miniflux(.get, "/entries/5").json["starred"]?.bool == true)
        #expect(try fixture.miniflux(.put, "/entries/5/\(word)").status == 204)
        #expect(try fixture.miniflux(.get, "/entries/5").json["starred"]?.bool == false)
        #expect(try fixture.miniflux(.put, "/entries/99/\(word)").status == 404)
    }

    @Test func `a feed, a category, everything is marked read`() throws {
        let (notes, world) = (try fixture.number("notes"), try fixture.number(ofTag: "world"))
        #expect(try fixture.miniflux(.put, "/feeds/\(notes)/mark-all-as-read").status == 204)
        #expect(try fixture.entries("/entries?status=unread") == [2, 3, 5, 6, 8, 9, 11, 12])
        #expect(try fixture.miniflux(.put, "/categories/\(world)/mark-all-as-read").status == 204)
        #expect(try fixture.entries("/entries?status=unread") == [3, 6, 9, 12])
        let user = try fixture.house.parts.numbers.number(ofAccount: "desk")
        #expect(try fixture.miniflux(.put, "/users/\(user + 1)/mark-all-as-read").status == 403)
        #expect(try fixture.entries("/entries?status=unread") == [3, 6, 9, 12])
        #expect(try fixture.miniflux(.put, "/users/\(user)/mark-all-as-read").status == 204)
        #expect(try fixture.entries("/entries?status=unread") == [])
        #expect(try fixture.miniflux(.get, "/entries?status=unread", token: "tok-o").json["total"]?.integer == 11)
    }

    @Test func `who may only read marks nothing, and polls nothing`() throws {
        let body = #"{"entry_ids":[3],"status":"read"}"#
        #expect(try fixture.miniflux(.put, "/entries", body: body, token: "tok-g").status == 403)
        #expect(try fixture.miniflux(.put, "/entries/3/star", token: "tok-g").status == 403)
        #expect(try fixture.miniflux(.put, "/feeds/refresh", token: "tok-o").status == 403)
        #expect(
            try fixture.miniflux(.put, "/feeds/\(try fixture.number("notes"))/refresh", token: "tok-o").status == 403)
    }

    @Test func `whoever may manage is told that no service runs`() throws {
        #expect(try fixture.miniflux(.put, "/feeds/refresh").status == 409)
        #expect(try fixture.miniflux(.put, "/feeds/\(try fixture.number("notes"))/refresh").status == 409)
        #expect(try fixture.miniflux(.put, "/feeds/7/refresh").status == 404)
    }

    @Test func `both dialects show the same marks`() throws {
        _ = try fixture.miniflux(.put, "/entries", body: #"{"entry_ids":[3,4],"status":"read"}"#)
        _ = try fixture.miniflux(.put, "/entries/4/star")
        #expect(try fixture.ids("s=user/-/state/com.google/read") == [4, 3, 1])
        #expect(try fixture.ids("s=user/-/state/com.google/starred") == [4])
    }
}
