import FeedModel
import JSONText
import Testing

@testable import WebInterface

@Suite struct GoogleReaderTests {
    private let fixture: DialectFixture

    init() throws {
        fixture = try DialectFixture()
    }

    // MARK: - Who it is

    @Test func `a login answers the key that the next requests show`() throws {
        let answer = try fixture.send(
            .post, "/api/greader.php/accounts/ClientLogin", headers: [], body: "Email=desk&Passwd=secret")
        #expect(answer.status == 200)
        let lines = answer.text.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[0].hasPrefix("SID=desk/"))
        #expect(lines[1] == "LSID=null")
        #expect(lines[2].dropFirst(5) == lines[0].dropFirst(4))
        let info = try fixture.send(
            .get, "/api/greader.php/reader/api/0/user-info",
            headers: [("authorization", "GoogleLogin auth=\(lines[2].dropFirst(5))")])
        #expect(info.json["userName"]?.string == "desk")
    }

    @Test(arguments: ["Email=desk&Passwd=wrong", "Email=nobody&Passwd=secret", ""])
    func `a wrong login is told so in the words that readers know`(body: String) throws {
        let answer = try fixture.send(.post, "/accounts/ClientLogin", headers: [], body: body)
        #expect(answer.status == 401)
        #expect(answer.text.split(separator: "\n").first == "Error=BadAuthentication")
    }

    @Test(arguments: ["", "/greader", "/api/greader.php"])
    func `each folder that readers put in front leads to the same`(prefix: String) throws {
        let proof = fixture.house.parts.readerKey.proof(account: "desk", password: "secret")
        let answer = try fixture.send(
            .get, "\(prefix)/reader/api/0/token", headers: [("authorization", "GoogleLogin auth=\(proof)")])
        #expect(answer.status == 200)
        #expect(answer.text.count == 58)
    }

    @Test func `nothing is read without an account`() throws {
        let answer = try fixture.send(.get, "/greader/reader/api/0/subscription/list", headers: [])
        #expect(answer.status == 401)
    }

    // MARK: - Lists

    @Test func `subscriptions are the configured feeds with their first tag as category, and no secret`() throws {
        let answer = try fixture.google(.get, "subscription/list?output=json")
        #expect(
            answer.text == """
                {"subscriptions":[{"id":"feed/\(try fixture.number("notes"))","title":"Defence Notes",\
                "categories":[{"id":"user/-/label/defence","label":"defence"}],"url":"https://example.org/notes.xml",\
                "htmlUrl":"https://example.org/","iconUrl":""},\
                {"id":"feed/\(try fixture.number("wire"))","title":"World Wire",\
                "categories":[{"id":"user/-/label/world","label":"world"}],\
                "url":"https://example.org/wire.xml?token=***","htmlUrl":"https://example.org/","iconUrl":""},\
                {"id":"feed/\(try fixture.number("news"))","title":"news",\
                "categories":[{"id":"user/-/label/newswire","label":"newswire"}],"url":"https://example.org/news.xml",\
                "htmlUrl":"https://example.org/","iconUrl":""}]}
                """)
    }

    @Test func `tags are the categories as folders, further tags, and the labels of rules`() throws {
        #expect(
            try fixture.google(.get, "tag/list").text == """
                {"tags":[{"id":"user/-/state/com.google/starred"},{"id":"user/-/label/defence","type":"folder"},\
                {"id":"user/-/label/world","type":"folder"},{"id":"user/-/label/newswire","type":"folder"},\
                {"id":"user/-/label/late","type":"tag"},{"id":"user/-/label/drones","type":"tag"}]}
                """)
    }

    private func unread() throws -> [String: Int64] {
        let counts = try fixture.google(.get, "unread-count?all=true").json["unreadcounts"]?.array ?? []
        return Dictionary(uniqueKeysWithValues: counts.map { ($0["id"]?.string ?? "", $0["count"]?.integer ?? -1) })
    }

    @Test func `unread entries are counted for each feed, each label and everything`() throws {
        let notes = "feed/\(try fixture.number("notes"))"
        var counts = try unread()
        #expect(counts[notes] == 3)
        #expect(counts["feed/\(try fixture.number("wire"))"] == 4)
        #expect(counts["user/-/label/defence"] == 3)
        #expect(counts["user/-/label/late"] == 4)
        #expect(counts["user/-/label/newswire"] == 4)
        #expect(counts["user/-/state/com.google/reading-list"] == 11)
        _ = try fixture.google(.post, "edit-tag", body: "i=4&i=7&a=user/-/state/com.google/read")
        counts = try unread()
        #expect(counts[notes] == 1)
        #expect(counts["user/-/state/com.google/reading-list"] == 9)
    }

    // MARK: - Streams

    @Test func `entries come newest first, without duplicates, edits and what is blocked`() throws {
        #expect(try fixture.ids("s=user/-/state/com.google/reading-list") == Array((1...12).reversed()))
        #expect(try fixture.ids("s=user/-/state/com.google/reading-list&r=o") == Array(1...12))
        #expect(try fixture.ids("") == Array((1...12).reversed()))
    }

    @Test(arguments: ["n", "o"], ["", "&xt=user/-/state/com.google/read"])
    func `continuations lead to each entry once, whatever is left out`(order: String, without: String) throws {
        var all: [UInt64] = []
        var continuation = ""
        var pages = 0
        repeat {
            let answer = try fixture.google(
                .get, "stream/items/ids?s=user/-/state/com.google/reading-list&n=5&r=\(order)\(without)\(continuation)")
            all += answer.json["itemRefs"]?.array?.compactMap { $0["id"]?.string.flatMap { UInt64($0) } } ?? []
            continuation = answer.json["continuation"]?.string.map { "&c=\($0)" } ?? ""
            pages += 1
        } while !continuation.isEmpty && pages < 9
        let first: UInt64 = without.isEmpty ? 1 : 2
        #expect(all == (order == "o" ? Array(first...12) : (first...12).reversed()))
        #expect(pages == 3)
    }

    @Test func `a stream may be named by number, id or URL of a feed, and several are a union`() throws {
        let notes: [UInt64] = [10, 7, 4, 1]
        #expect(try fixture.ids("s=feed/\(try fixture.number("notes"))") == notes)
        #expect(try fixture.ids("s=feed/notes") == notes)
        #expect(try fixture.ids("s=feed%2Fhttps%3A%2F%2Fexample.org%2Fnotes.xml") == notes)
        #expect(try fixture.ids("s=feed/http://www.example.org/notes.xml") == notes)
        #expect(try fixture.ids("s=feed/https://example.org/wire.xml?token%3D***") == [11, 8, 5, 2])
        #expect(try fixture.ids("s=feed/notes&s=feed/wire") == [11, 10, 8, 7, 5, 4, 2, 1])
        #expect(try fixture.ids("s=user/-/label/late") == [11, 8, 5, 2])
        #expect(try fixture.ids("s=user/desk/label/World") == [11, 8, 5, 2])
        #expect(try fixture.ids("s=user/-/label/newswire") == [12, 9, 6, 3])
    }

    @Test(arguments: [
        "feed/nothing", "user/-/label/nothing", "user/other/label/world", "user/-/state/com.google/broadcast", "x",
        "user/-/label/drones",
    ]) func `a stream that there is not, or that has nothing, is empty`(name: String) throws {
        let answer = try fixture.google(.get, "stream/items/ids?s=\(name)")
        #expect(answer.text == #"{"itemRefs":[]}"#)
    }

    @Test func `xt leaves out and it keeps what is read, starred or of a stream`() throws {
        _ = try fixture.google(.post, "edit-tag", body: "i=5&i=6&a=user/-/state/com.google/read")
        _ = try fixture.google(.post, "edit-tag", body: "i=3&i=6&a=user/-/state/com.google/starred")
        let list = "s=user/-/state/com.google/reading-list"
        let state = "user/-/state/com.google"
        #expect(try fixture.ids("\(list)&xt=\(state)/read") == [12, 11, 10, 9, 8, 7, 4, 3, 2])
        #expect(try fixture.ids("\(list)&it=\(state)/read") == [6, 5, 1])
        #expect(try fixture.ids("\(list)&it=\(state)/starred") == [6, 3])
        #expect(try fixture.ids("s=\(state)/starred") == [6, 3])
        #expect(try fixture.ids("s=\(state)/starred&r=o") == [3, 6])
        #expect(try fixture.ids("s=\(state)/starred&xt=\(state)/read") == [3])
        #expect(try fixture.ids("s=\(state)/read") == [6, 5, 1])
        #expect(try fixture.ids("s=\(state)/kept-unread&n=3") == [12, 11, 10])
        #expect(try fixture.ids("\(list)&xt=feed/notes&xt=\(state)/read") == [12, 11, 9, 8, 3, 2])
        #expect(try fixture.ids("\(list)&it=feed/news&it=\(state)/starred") == [6, 3])
        #expect(try fixture.ids("s=\(state)/starred&s=feed/notes") == [10, 7, 6, 4, 3, 1])
    }

    @Test func `ot and nt are seconds of the time of storing, and both belong to what is asked for`() throws {
        let six = WebFixture.moment.adding(seconds: 6 * 60).seconds
        let list = "s=user/-/state/com.google/reading-list"
        #expect(try fixture.ids("\(list)&ot=\(six)") == [12, 11, 10, 9, 8, 7, 6])
        #expect(try fixture.ids("\(list)&nt=\(six)") == [6, 5, 4, 3, 2, 1])
        #expect(try fixture.ids("\(list)&ot=\(six)&nt=\(six)") == [6])
        #expect(try fixture.ids("\(list)&ot=\(six)&xt=user/-/state/com.google/read&n=2") == [12, 11])
        #expect(try fixture.ids("s=feed/notes&ot=\(six)&r=o") == [7, 10])
    }

    // MARK: - Items

    @Test func `an item has all that readers look for, and nothing that runs`() throws {
        _ = try fixture.google(.post, "edit-tag", body: "i=3&a=user/-/state/com.google/starred")
        let answer = try fixture.google(.post, "stream/items/contents", body: "i=3")
        let stored = WebFixture.moment.adding(seconds: 180)
        #expect(
            answer.text == """
                {"direction":"ltr","id":"user/-/state/com.google/reading-list","updated":\(DialectFixture.now.seconds),\
                "items":[{"id":"tag:google.com,2005:reader/item/0000000000000003",\
                "crawlTimeMsec":"\(stored.milliseconds)","timestampUsec":"\(stored.seconds)000003",\
                "published":\(stored.seconds - 30),"updated":\(stored.seconds - 30),"title":"Story 3","author":"Desk",\
                "canonical":[{"href":"https://example.org/3"}],\
                "alternate":[{"href":"https://example.org/3","type":"text/html"}],\
                "summary":{"direction":"ltr","content":"<p>Body of <b>3</b> 土耳其</p>"},\
                "categories":["user/-/state/com.google/reading-list","user/-/state/com.google/starred",\
                "user/-/label/newswire"],\
                "origin":{"streamId":"feed/\(try fixture.number("news"))","title":"news",\
                "htmlUrl":"https://example.org/"},\
                "enclosure":[{"href":"https://example.org/3.mp3","type":"audio/mpeg","length":1234}]}]}
                """)
    }

    private func titles(_ answer: DialectFixture.Answer) -> [String] {
        answer.json["items"]?.array?.compactMap { $0["title"]?.string } ?? []
    }

    @Test func `an entry keeps its number and is shown with its newest version`() throws {
        let answer = try fixture.google(.post, "stream/items/contents", body: "i=2")
        #expect(titles(answer) == ["Story 2, corrected"])
        #expect(answer.json["items"]?.array?[0]["id"]?.string == "tag:google.com,2005:reader/item/0000000000000002")
    }

    @Test func `items are asked for by ids in three forms, in any order, and what is none is left out`() throws {
        let body =
            "i=tag%3Agoogle.com%2C2005%3Areader%2Fitem%2F000000000000000c&i=10&i=0000000000000010&i=0000000000000009"
            + "&i=&i=x&i=13&i=15&i=999&i=10"
        #expect(
            titles(try fixture.google(.post, "stream/items/contents", body: body)) == [
                "Story 12", "Story 10", "Story 9",
            ])
        #expect(titles(try fixture.google(.get, "stream/items/contents?i=5&i=4")) == ["Story 5", "Story 4"])
    }

    @Test func `where items stop, their continuation goes on behind the last`() throws {
        #expect(
            titles(try fixture.google(.post, "stream/items/contents?c=10", body: "i=12&i=10&i=9&i=5")) == [
                "Story 9", "Story 5",
            ])
    }

    @Test(arguments: [
        "stream/contents/feed/notes", "stream/contents/feed%2Fnotes", "stream/contents?s=feed/notes",
        "stream/contents/feed/https://example.org/notes.xml",
        "stream/contents/feed%2Fhttps%3A%2F%2Fexample.org%2Fnotes.xml",
    ]) func `a stream's items come by its name in the path, encoded or not, or in the query`(path: String) throws {
        #expect(titles(try fixture.google(.get, path)) == ["Story 10", "Story 7", "Story 4", "Story 1"])
    }

    @Test func `a stream's items have a continuation, too`() throws {
        let answer = try fixture.google(.get, "stream/contents/user/-/state/com.google/reading-list?n=3")
        #expect(titles(answer) == ["Story 12", "Story 11", "Story 10"])
        #expect(answer.json["continuation"]?.string == "10")
        #expect(titles(try fixture.google(.get, "stream/contents?n=3&c=10")) == ["Story 9", "Story 8", "Story 7"])
    }

    @Test(arguments: [("", 20), ("n=200000", 10_000), ("n=7", 7), ("n=x", 20), ("n=0", 1), ("n=-5", 1)])
    func `no more ids come at a time than may`(query: String, limit: Int) throws {
        let call = try call(query)
        let selection = try GoogleReaderEndpoints.selection(
            of: [], GoogleReaderFields(call.request), atMost: 10_000, try ReaderDesk(call))
        #expect(selection.limit == limit)
    }

    private func call(_ query: String) throws -> WebCall {
        let request = WebRequest(
            method: .post, path: "/", segments: [], body: Array(query.utf8), receivedAt: DialectFixture.now)
        return WebCall(
            request: request, caller: WebCaller(account: "desk", right: .mark), house: fixture.house)
    }

    // MARK: - What is not done here

    @Test(arguments: ["subscription/edit", "subscription/quickadd", "rename-tag", "disable-tag"])
    func `feeds are not changed by readers, who are told where they are configured`(path: String) throws {
        let answer = try fixture.google(.post, path, body: "s=feed/http://example.org&ac=subscribe")
        #expect(answer.status == 403)
        #expect(answer.text.contains("newswire.toml"))
        #expect(answer.contentType.hasPrefix("text/plain"))
    }

    @Test func `what there is not is told as such`() throws {
        #expect(try fixture.google(.get, "stream/details").status == 404)
        #expect(try fixture.google(.get, "nothing").text.contains("newswire.toml"))
    }
}
