import FeedModel
import JSONText
import Testing

@testable import WebInterface

@Suite struct GoogleReaderMarksTests {
    private let fixture: DialectFixture
    private let list = "s=user/-/state/com.google/reading-list"
    private let state = "user/-/state/com.google"

    init() throws {
        fixture = try DialectFixture()
    }

    private func unread(as account: String = "desk", password: String = "secret") throws -> [UInt64] {
        try fixture.ids("\(list)&xt=\(state)/read&r=o&n=100", as: account, password: password)
    }

    private func editTag(_ body: String) throws -> DialectFixture.Answer {
        try fixture.google(.post, "edit-tag?client=liferea", body: body)
    }

    @Test func `what is marked read, and unread again, is answered with OK exactly`() throws {
        let answer = try editTag("i=tag:google.com,2005:reader/item/0000000000000005&i=6&a=\(state)/read&T=x")
        #expect(answer.text == "OK")
        #expect(answer.status == 200)
        #expect(try unread() == [2, 3, 4, 7, 8, 9, 10, 11, 12])
        _ = try editTag("i=5&r=\(state)/read")
        #expect(try unread() == [2, 3, 4, 5, 7, 8, 9, 10, 11, 12])
        _ = try editTag("i=6&a=\(state)/kept-unread")
        #expect(try unread() == Array(2...12))
    }

    @Test func `one request may add and take away`() throws {
        _ = try editTag("i=5&i=6&a=\(state)/starred&a=\(state)/read")
        _ = try editTag("i=6&r=\(state)/starred&r=\(state)/read&a=user/-/state/com.google/tracking-kept-unread")
        #expect(try fixture.ids("s=\(state)/starred") == [5])
        #expect(try unread() == [2, 3, 4, 6, 7, 8, 9, 10, 11, 12])
    }

    @Test func `labels are refused, and then nothing else of the request is done either`() throws {
        let answer = try editTag("i=5&a=\(state)/read&a=user/-/label/mine")
        #expect(answer.status == 403)
        #expect(answer.text.contains("newswire.toml"))
        #expect(try unread() == Array(2...12))
    }

    @Test func `states that nobody knows, and entries that there are not, are taken and forgotten`() throws {
        #expect(try editTag("i=5&a=\(state)/broadcast").text == "OK")
        #expect(try editTag("i=14&i=15&i=999&i=x&a=\(state)/read&a=\(state)/starred").text == "OK")
        #expect(try unread() == Array(2...12))
        #expect(try fixture.ids("s=\(state)/starred") == [])
    }

    @Test func `all of everything is marked read, and what comes meanwhile stays unread`() throws {
        try fixture.web.store([DialectFixture.article(20).with { $0.stored = DialectFixture.now }])
        // Stored, and not in the index yet.
        #expect(try fixture.google(.post, "mark-all-as-read", body: list).text == "OK")
        try fixture.index()
        #expect(try unread() == [16])
    }

    @Test func `all of a feed or of a label is marked read`() throws {
        _ = try fixture.google(.post, "mark-all-as-read", body: "s=feed/notes")
        #expect(try unread() == [2, 3, 5, 6, 8, 9, 11, 12])
        _ = try fixture.google(.post, "mark-all-as-read", body: "s=user/-/label/world")
        #expect(try unread() == [3, 6, 9, 12])
        _ = try fixture.google(.post, "mark-all-as-read", body: "s=user/-/label/nothing")
        #expect(try unread() == [3, 6, 9, 12])
    }

    @Test func `what was stored behind ts stays unread, in whichever unit ts is`() throws {
        let six = WebFixture.moment.adding(seconds: 6 * 60).seconds
        _ = try fixture.google(.post, "mark-all-as-read", body: "\(list)&ts=\(six - 120)000004")
        #expect(try unread() == Array(5...12))
        _ = try fixture.google(.post, "mark-all-as-read", body: "\(list)&ts=\(six)000005")
        #expect(try unread() == Array(6...12))
        _ = try fixture.google(.post, "mark-all-as-read", body: "\(list)&ts=\(six)")
        #expect(try unread() == Array(7...12))
        _ = try fixture.google(.post, "mark-all-as-read", body: "s=feed/notes&ts=\((six + 60) * 1000)")
        #expect(try unread() == Array(8...12))
    }

    @Test func `two accounts share nothing`() throws {
        _ = try editTag("i=5&a=\(state)/read&a=\(state)/starred")
        #expect(try unread(as: "other", password: "o") == Array(2...12))
        #expect(try fixture.ids("s=\(state)/starred", as: "other", password: "o") == [])
    }

    @Test func `who may only read marks nothing`() throws {
        let answer = try fixture.google(.post, "edit-tag", body: "i=5&a=\(state)/read", as: "guest", password: "g")
        #expect(answer.status == 403)
        #expect(try fixture.google(.post, "mark-all-as-read", body: list, as: "guest", password: "g").status == 403)
        #expect(try unread(as: "guest", password: "g") == Array(2...12))
    }

    @Test func `T in the place of the header reads items and changes nothing`() throws {
        let proof = fixture.house.parts.readerKey.proof(account: "desk", password: "secret")
        let read = try fixture.send(
            .post, "/reader/api/0/stream/items/contents", headers: [], body: "output=json&T=\(proof)&i=5")
        #expect(read.json["items"]?.array?.count == 1)
        for path in ["edit-tag", "mark-all-as-read"] {
            let answer = try fixture.send(
                .post, "/reader/api/0/\(path)", headers: [], body: "\(list)&T=\(proof)&i=5&a=\(state)/read")
            #expect(answer.status == 401, "\(path)")
        }
        let wrong = try fixture.send(
            .post, "/reader/api/0/stream/items/contents", headers: [], body: "output=json&T=desk/abc&i=5")
        #expect(wrong.status == 401)
        #expect(try unread() == Array(2...12))
    }

    @Test func `marks touch neither the store nor what is dumped`() throws {
        let before = try fixture.web.line(5)
        _ = try editTag("i=5&a=\(state)/read&a=\(state)/starred")
        #expect(try fixture.web.line(5) == before)
    }
}
