import FeedModel
import JSONText
import Testing

@testable import WebInterface

/// What readers of Debian 12 and of the Python package index really send, byte for byte, and what they need of the answers.
/// Numbers of feeds and keys of logins are put in where a reader has them from an earlier answer.
@Suite struct RecordedReaderTests {
    private let fixture: DialectFixture

    init() throws {
        fixture = try DialectFixture()
    }

    private var proof: String { fixture.house.parts.readerKey.proof(account: "desk", password: "secret") }

    // MARK: - newsboat 2.21

    private func newsboat(_ target: String) throws -> DialectFixture.Answer {
        try fixture.replay(
            """
            GET \(target) HTTP/1.1
            Host: 127.0.0.1:18090
            Authorization: Basic ZGVzazpzZWNyZXQ=
            User-Agent: newsboat/2.21.0 (Linux x86_64)
            Accept: */*
            Accept-Encoding: gzip, deflate


            """)
    }

    @Test func `newsboat gets categories, feeds and the entries of each`() throws {
        let categories = try newsboat("/v1/categories")
        #expect(categories.status == 200)
        #expect(categories.json.array?.count == 3)
        let feeds = try newsboat("/v1/feeds").json.array ?? []
        #expect(feeds.count == 3)
        for feed in feeds {
            // It reads 32-bit integers.
            #expect((1...Int64(Int32.max)).contains(feed["id"]?.integer ?? 0))
            let number = feed["id"]?.integer ?? 0
            let page = try newsboat("/v1/feeds/\(number)/entries?order=published_at&direction=desc").json
            let entries = page["entries"]?.array ?? []
            #expect(entries.count == 4)
            #expect(page["total"]?.integer == 4)
            #expect(
                entries.map { $0["published_at"]?.string ?? "" }
                    == entries.map { $0["published_at"]?.string ?? "" }.sorted(by: >))
            for key in ["title", "url", "author", "content", "status", "published_at"] {
                #expect(entries.allSatisfy { $0[key]?.string != nil }, "\(key)")
            }
        }
    }

    // MARK: - The Python client 1.1.6

    private func python(_ method: String, _ target: String, _ more: String = "", body: String = "") throws
        -> DialectFixture.Answer
    {
        try fixture.replay(
            """
            \(method) \(target) HTTP/1.1
            Host: 127.0.0.1:18090
            User-Agent: Miniflux Python Client Library
            Accept-Encoding: gzip, deflate
            Accept: */*
            Connection: keep-alive
            \(more)Authorization: Basic ZGVzazpzZWNyZXQ=

            \(body)
            """)
    }

    @Test func `the Python client gets, marks and is refused what it does not get here`() throws {
        #expect(try python("GET", "/v1/me").json["username"]?.string == "desk")
        #expect(try python("GET", "/v1/version").json["version"]?.string == "2.2.0")
        let page = try python("GET", "/v1/entries?after_entry_id=9&order=id&direction=asc&limit=3").json
        #expect(page["total"]?.integer == 3)
        #expect(page["entries"]?.array?.map { $0["id"]?.integer } == [10, 11, 12])
        #expect(try python("GET", "/v1/entries?search=story+7&status=unread").json["total"]?.integer == 1)
        #expect(try python("GET", "/v1/entries/7").json["title"]?.string == "Story 7")
        #expect(try python("GET", "/v1/feeds/counters").json["unreads"]?.object?.count == 3)
        let marked = try python(
            "PUT", "/v1/entries", "Content-Length: 39\nContent-Type: application/json\n",
            body: #"{"entry_ids": [3, 4], "status": "read"}"#)
        #expect(marked.status == 204)
        #expect(try python("PUT", "/v1/entries/3/bookmark", "Content-Length: 0\n").status == 204)
        let refused = try python(
            "POST", "/v1/feeds", "Content-Length: 55\nContent-Type: application/json\n",
            body: #"{"feed_url": "http://127.0.0.1/x", "category_id": null}"#)
        #expect(refused.status == 403)
        #expect(refused.json["error_message"]?.string != nil)
        let token = try fixture.replay(
            """
            GET /v1/me HTTP/1.1
            Host: 127.0.0.1:18090
            User-Agent: Miniflux Python Client Library
            Accept-Encoding: gzip, deflate
            Accept: */*
            Connection: keep-alive
            X-Auth-Token: tok-123


            """)
        #expect(token.status == 200)
    }

    // MARK: - miniflux-tui 0.8.22

    private func terminal(_ method: String, _ target: String, _ more: String = "", body: String = "") throws
        -> DialectFixture.Answer
    {
        try fixture.replay(
            """
            \(method) \(target) HTTP/1.1
            Host: 127.0.0.1:18090
            User-Agent: Miniflux Python Client Library
            Accept-Encoding: gzip, deflate
            Accept: */*
            Connection: keep-alive
            X-Auth-Token: tok-123
            \(more)
            \(body)
            """)
    }

    @Test func `miniflux-tui gets what is unread, and marks it`() throws {
        for category in try terminal("GET", "/v1/categories").json.array ?? [] {
            let page = try terminal("GET", "/v1/categories/\(category["id"]?.integer ?? 0)/entries?limit=100").json
            #expect(page["entries"]?.array?.count == 4)
        }
        let list = "/v1/entries?limit=100&offset=0&order=published_at&direction=desc&status=unread"
        #expect(try terminal("GET", list).json["total"]?.integer == 11)
        let marked = try terminal(
            "PUT", "/v1/entries", "Content-Length: 37\nContent-Type: application/json\n",
            body: #"{"entry_ids": [12], "status": "read"}"#)
        #expect(marked.status == 204)
        #expect(try terminal("GET", list).json["entries"]?.array?.first?["id"]?.integer == 11)
    }

    // MARK: - RSS Guard 4.0.4

    private func guarded(_ method: String, _ target: String, _ more: String = "", body: String = "") throws
        -> DialectFixture.Answer
    {
        try fixture.replay(
            """
            \(method) \(target) HTTP/1.1
            Host: 127.0.0.1:18090
            \(more)Cookie: JSESSIONID=\u{20}
            User-Agent: RSS Guard/4.0.4 (github.com/martinrotter/rssguard)
            Connection: Keep-Alive
            Accept-Encoding: gzip, deflate
            Accept-Language: en,*

            \(body)
            """)
    }

    private var authorization: String { "Authorization: GoogleLogin auth=\(proof)\n" }

    @Test func `RSS Guard logs in, compares the ids that it has, and takes the items that it lacks`() throws {
        let login = try guarded(
            "POST", "/accounts/ClientLogin", "Content-Type: application/x-www-form-urlencoded\nContent-Length: 24\n",
            body: "Email=desk&Passwd=secret")
        #expect(login.text == "SID=\(proof)\nLSID=null\nAuth=\(proof)\n")
        let tags = try guarded("GET", "/reader/api/0/tag/list?output=json", authorization).json
        #expect(tags["tags"]?.array?.contains { $0["type"]?.string == "folder" } == true)
        let feeds = try guarded("GET", "/reader/api/0/subscription/list?output=json", authorization).json
        #expect(feeds["subscriptions"]?.array?.count == 3)
        let list = "/reader/api/0/stream/items/ids?output=json&n=200000&s=user%2F-%2Fstate%2Fcom.google%2F"
        let starred = try guarded("GET", "\(list)starred&ot=1764460800", authorization).json
        #expect(starred["itemRefs"]?.array == [])
        let all = try guarded("GET", "\(list)reading-list&ot=1764460800", authorization).json
        #expect(all["itemRefs"]?.array?.count == 12)
        #expect(all["continuation"] == nil)
        let unread = try guarded(
            "GET", "\(list)reading-list&xt=user/-/state/com.google/read&ot=1764460800", authorization
        ).json
        #expect(unread["itemRefs"]?.array?.count == 11)
        let items = try guarded(
            "POST", "/reader/api/0/stream/items/contents?output=json&n=200000",
            "\(authorization)Content-Length: 119\nContent-Type: application/x-www-form-urlencoded\n",
            body: "i=tag%3Agoogle.com%2C2005%3Areader%2Fitem%2F0000000000000008&"
                + "i=tag%3Agoogle.com%2C2005%3Areader%2Fitem%2F000000000000000a"
        ).json
        #expect(items["items"]?.array?.map { $0["title"]?.string } == ["Story 8", "Story 10"])
        for item in items["items"]?.array ?? [] {
            #expect(item["origin"]?["streamId"]?.string?.hasPrefix("feed/") == true)
            #expect(item["alternate"]?.array?.first?["href"]?.string != nil)
        }
    }

    // MARK: - Liferea 1.14.4

    private func liferea(_ method: String, _ target: String, _ more: String = "", length: Int? = nil, body: String = "")
        throws
        -> DialectFixture.Answer
    {
        let form = method == "POST" ? "Content-Type: application/x-www-form-urlencoded\n" : ""
        return try fixture.replay(
            """
            \(method) \(target) HTTP/1.1
            Host: 127.0.0.1:18090
            \(form)Accept: application/atom+xml,application/xml;q=0.9,text/xml;q=0.8,*/*;q=0.7
            \(more)Accept-Encoding: gzip, deflate
            User-Agent: Liferea/1.14.4 (Android 12; Mobile; https://lzone.de/liferea/) AppleWebKit (KHTML, like Gecko)
            Connection: Keep-Alive
            \(length.map { "Content-Length: \($0)\n" } ?? "")
            \(body)
            """)
    }

    @Test func `Liferea logs in, asks for the ids of each feed, and for their items by T alone`() throws {
        let login = try liferea(
            "POST", "/accounts/ClientLogin", length: 86,
            body: "service=reader&Email=desk&Passwd=secret&source=liferea&continue=http://127.0.0.1:18090")
        #expect(login.text.contains("Auth=\(proof)\n"))
        let feeds = try liferea("GET", "/reader/api/0/subscription/list?output=json", authorization).json
        let ids = feeds["subscriptions"]?.array?.compactMap { $0["id"]?.string?.dropFirst(5) } ?? []
        #expect(ids.count == 3)
        for id in ids {
            let list = try liferea(
                "GET", "/reader/api/0/stream/items/ids?s=feed%2F\(id)&client=liferea&n=50&output=json&merge=true",
                authorization
            ).json
            let entries = list["itemRefs"]?.array?.compactMap { $0["id"]?.string } ?? []
            #expect(entries.count == 4)
            let items = try liferea(
                "POST", "/reader/api/0/stream/items/contents", length: 50,
                body: "output=json&mediaRss=true&T=\(proof)" + entries.map { "&i=\($0)" }.joined()
            ).json
            #expect(items["items"]?.array?.count == 4)
        }
    }
}
