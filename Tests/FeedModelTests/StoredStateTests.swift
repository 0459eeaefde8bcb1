import Digest
import FeedModel
import JSONText
import Testing

@Suite("What a stored state holds of what servers sent is what can be sent and shown")
struct StoredStateTests {
    private let request = Hash128(high: 1, low: 2)

    private func read(_ members: String) throws -> FeedState {
        let line = Array("{\"feed\":\"f\",\"url\":\"https://h.example/feed\",\(members)}".utf8)
        return try #require(line.withUnsafeBytes { JSONMembers($0).flatMap { FeedState($0) } })
    }

    private func validators(etag: String?, lastModified: String?) throws -> FeedState.Validators? {
        var json = JSONWriter()
        json.beginObject()
        json.member("etag", etag)
        json.member("last_modified", lastModified)
        json.member("request", request.hex)
        json.endObject()
        return try read("\"validators\":" + String(decoding: json.finish().filter { $0 != 10 }, as: UTF8.self))
            .validators
    }

    @Test(
        "polling.md §2.1: half of a pair that no request can carry is absent, and so is a pair of which nothing is left",
        arguments: ["\"a\u{1}b\"", "\"a\u{7f}\"", "\"\u{1b}[31m\"", "a\r\nX: y", "\u{0}", " \t", ""])
    func controls(value: String) throws {
        let date = "Mon, 02 Nov 2026 00:00:00 GMT"
        #expect(
            try validators(etag: value, lastModified: date) == .init(etag: nil, lastModified: date, request: request))
        #expect(
            try validators(etag: "\"x\"", lastModified: value)
                == .init(etag: "\"x\"", lastModified: nil, request: request))
        #expect(try validators(etag: value, lastModified: nil) == nil)
        #expect(FeedState.Validators(etag: value, lastModified: value, request: request).isEmpty)
    }

    @Test("A validator of more than 8 KiB, or a date of more than 256 bytes, is not kept; what is odd and short is")
    func lengths() throws {
        let longest = String(repeating: "x", count: 8192)
        #expect(try validators(etag: longest, lastModified: nil)?.etag == longest)
        #expect(try validators(etag: longest + "x", lastModified: nil) == nil)
        #expect(try validators(etag: nil, lastModified: String(repeating: "x", count: 257)) == nil)
        for odd in ["W/\"a\" half", "\u{e9}\u{80}", "a\tb", "*", "\u{1f4f0}"] {
            #expect(try validators(etag: odd, lastModified: odd)?.etag == odd)
        }
    }

    @Test(
        "A move to a URL that cannot be asked, or that holds a secret, is forgotten",
        arguments: [
            "https://n.example/\(String(repeating: "a", count: 2048))", "https://n.example/a b",
            "https://n.example/\\u0007",
            "https://n.example/?passkey=A1",
        ])
    func moves(url: String) throws {
        let state = try read("\"moved_to\":\"\(url)\",\"moved_since\":\"2026-11-01T00:00:00Z\"")
        #expect(state.move.adopted == nil && state.move.target == nil)
        // By it the feed is recognised until it is polled.
        if url.contains("passkey") { #expect(state.knownURLs.last == "https://n.example/?passkey=***") }
        let counted = try read("\"redirect_to\":\"\(url)\",\"redirect_polls\":4")
        #expect(counted.move.polls == 0 && counted.move.target == nil)
    }

    @Test("A URL that an older version stored whole is redacted when it is read, and what is hidden is not known")
    func url() throws {
        let line = Array("{\"feed\":\"f\",\"url\":\"https://h.example/rss?passkey=A1&token=***\"}".utf8)
        let state = try #require(line.withUnsafeBytes { JSONMembers($0).flatMap { FeedState($0) } })
        #expect(state.url == "https://h.example/rss?passkey=***&token=***" && state.urlMark == nil)
        #expect(state.isOf("https://h.example/rss?passkey=A1&token=B2"))
    }

    @Test("identity.md §5.2: of what a file says of volatile parameters no more is kept than can have been found")
    func churn() throws {
        let long = String(repeating: "s", count: 65)
        let state = try read(
            #""churn":{"id_changes":200,"volatile_parameters":["","\#(long)","a","b","c","d","e"]}"#)
        #expect(state.churn?.volatileParameters == ["a", "b", "c", "d"])
        #expect(state.churn?.idChanges == FeedState.Churn.limit)
        #expect(state.churn?.idsMeanNothing == true)
        #expect(try read(#""churn":{"id_changes":0}"#).churn == nil)
        #expect(try read(#""churn":7"#).churn == nil)
    }

    @Test("A state comes back from its line as it was")
    func roundTrip() throws {
        var state = FeedState(feed: FeedIdentifier("f"), configured: "https://h.example/rss?code=1")
        state.move.adopted = "https://n.example/feed"
        state.move.isAmongPrivate = true
        state.validators = .init(etag: "\"\u{e9}\"", lastModified: nil, request: request)
        var json = JSONWriter()
        state.write(to: &json)
        let read = json.finish().withUnsafeBytes { JSONMembers($0).flatMap { FeedState($0) } }
        #expect(read == state && read?.urlMark != nil)
    }
}
