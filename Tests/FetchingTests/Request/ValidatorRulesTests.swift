import Digest
import FeedModel
import TestSupport
import Testing

@testable import Fetching

@Suite("Validators are kept and sent by their rules (polling.md §2)")
struct ValidatorRulesTests {
    private let signature = RequestSignature(hash: Hash128(high: 1, low: 2))
    private let now = Timestamp(year: 2026, month: 11, day: 22, hour: 8)
    private func pair(_ etag: String?, _ lastModified: String?) -> FeedState.Validators {
        .init(etag: etag, lastModified: lastModified, request: signature.hash)
    }
    private func next(
        _ status: Int, _ headers: [(String, String)], _ previous: FeedState.Validators?, bodyIsOK: Bool = true
    ) -> FeedState.Validators? {
        ValidatorRules.next(
            status: status, headers: HeaderFields(headers.map { (name: $0.0, value: $0.1) }), signature: signature,
            previous: previous, bodyIsOK: bodyIsOK
        ).validators
    }

    @Test("polling.md §2.1: validators are opaque, quotes, W/ and what is malformed included")
    func opaque() {
        for etag in ["\"a\"", "W/\"a\"", "unquoted", "\"a-gzip\"", "\"half", "*", "\"a\" , \"b\"", "\u{e9}\u{ff}"] {
            #expect(next(200, [("ETag", etag)], nil)?.etag.map { HeaderFields.bytes($0) } == Array(etag.utf8))
        }
        let wrongDate = "Tuesday, sometime"
        #expect(next(200, [("Last-Modified", wrongDate)], nil)?.lastModified == wrongDate)
    }

    @Test("polling.md §2.2: both validators are sent")
    func both() {
        let sent = ValidatorRules.conditions(
            of: pair("\"a\"", "Sat, 21 Nov 2026 08:00:00 GMT"), mode: .both, signature: signature, now: now)
        #expect(sent.ifNoneMatch == "\"a\"")
        #expect(sent.ifModifiedSince == "Sat, 21 Nov 2026 08:00:00 GMT")
    }

    @Test("polling.md §2.3: a good 200 replaces the pair of validators as a set")
    func replaced() {
        #expect(next(200, [("ETag", "\"b\"")], pair("\"a\"", "old")) == pair("\"b\"", nil))
        #expect(next(200, [("Last-Modified", "new")], pair("\"a\"", "old")) == pair(nil, "new"))
        #expect(next(200, [], pair("\"a\"", "old")) == nil)
    }

    @Test("polling.md §2.4: a 304 overwrites the validators that it has and keeps the rest")
    func merged() {
        #expect(next(304, [("ETag", "\"b\"")], pair("\"a\"", "old")) == pair("\"b\"", "old"))
        #expect(next(304, [("Last-Modified", "new")], pair("\"a\"", "old")) == pair("\"a\"", "new"))
        #expect(next(304, [], pair("\"a\"", "old")) == pair("\"a\"", "old"))
    }

    @Test(
        "polling.md §2.5: a failure or a bad body keeps the old pair of validators",
        arguments: [301, 400, 404, 410, 429, 500, 503, 204])
    func kept(status: Int) {
        #expect(next(status, [("ETag", "\"b\"")], pair("\"a\"", "old")) == pair("\"a\"", "old"))
        #expect(next(200, [("ETag", "\"b\"")], pair("\"a\"", "old"), bodyIsOK: false) == pair("\"a\"", "old"))
    }

    @Test(
        "polling.md §2.1: a validator that cannot be sent back is left out when it comes, and the report says so",
        arguments: [
            ("\"a\u{1}b\"", "holds a control character"), ("\"\u{7f}\"", "holds a control character"),
            ("\u{1b}[31m", "holds a control character"),
            (String(repeating: "x", count: 8193), "is longer than 8192 bytes"),
        ])
    func unsendable(value: String, reason: String) {
        func next(_ status: Int, _ headers: [(name: String, value: String)], _ previous: FeedState.Validators?)
            -> ValidatorRules.Kept
        {
            ValidatorRules.next(
                status: status, headers: HeaderFields(headers), signature: signature, previous: previous, bodyIsOK: true
            )
        }
        let date = "Sat, 21 Nov 2026 08:00:00 GMT"
        let fresh = next(200, [("ETag", value), ("Last-Modified", date)], pair("\"old\"", nil))
        #expect(fresh.validators == pair(nil, date))
        #expect(fresh.refusals == ["the server's ETag \(reason), so it is not sent back"])
        #expect(next(200, [("ETag", value)], nil) == .init(validators: nil, refusals: fresh.refusals))
        // A 304 says that what was known is outdated, although what it says instead is of no use.
        #expect(next(304, [("ETag", value)], pair("\"old\"", date)).validators == pair(nil, date))
        #expect(next(304, [("Last-Modified", value)], pair("\"old\"", date)).validators == pair("\"old\"", nil))
        #expect(next(304, [("Last-Modified", value)], pair(nil, date)).validators == nil)
        #expect(next(304, [], pair("\"old\"", date)).refusals.isEmpty)
    }

    @Test("A server that finds fault with the request is asked once without a condition")
    func faultFound() {
        for status in [400, 412, 431] {
            #expect(ValidatorRules.mode(.both, afterStatus: status) == .none)
        }
        for status in [nil, 200, 304, 401, 403, 404, 429, 500, 503] {
            #expect(ValidatorRules.mode(.both, afterStatus: status) == .both)
            #expect(ValidatorRules.mode(.lastModifiedOnly, afterStatus: status) == .lastModifiedOnly)
        }
    }

    @Test("polling.md §2.7: validators of another request are not sent, and Vary: * gives none")
    func dropped() {
        var other = pair("\"a\"", "old")
        other.request = Hash128(high: 9, low: 9)
        #expect(ValidatorRules.conditions(of: other, mode: .both, signature: signature, now: now).isEmpty)
        #expect(next(200, [("ETag", "\"b\""), ("Vary", "Accept, *")], pair("\"a\"", "old")) == nil)
        #expect(next(200, [("ETag", "\"b\""), ("Vary", "Accept")], nil) == pair("\"b\"", nil))
    }

    @Test("polling.md §2.7: URL, User-Agent, Accept, headers and credentials make the signature")
    func signatures() {
        func make(
            _ url: String = "https://a/", _ agent: String = "n", _ accept: String = "x",
            _ headers: [FetchRequest.Header] = []
        ) -> RequestSignature {
            RequestSignature(url: url, userAgent: agent, accept: accept, headers: headers)
        }
        let all = [
            make(), make("https://b/"), make("https://a/", "m"), make("https://a/", "n", "y"),
            make("https://a/", "n", "x", [.init(name: "Accept-Language", value: "de")]),
            make("https://a/", "n", "x", [.init(name: "Accept-Language", value: "en")]),
            make("https://a/", "n", "x", [Credentials.bearer("1").header].compactMap(\.self)),
            make("https://a/", "n", "x", [Credentials.bearer("2").header].compactMap(\.self)),
        ]
        #expect(Set(all).count == all.count)
        #expect(make() == make())
    }

    @Test("polling.md §2.8: a Last-Modified of the future is kept but not sent")
    func future() {
        let far = pair("\"a\"", "Tue, 19 Jan 2038 03:14:07 GMT")
        let sent = ValidatorRules.conditions(of: far, mode: .both, signature: signature, now: now)
        #expect(sent == .init(ifNoneMatch: "\"a\"", ifModifiedSince: nil))
        let soon = pair(nil, "Mon, 23 Nov 2026 07:59:00 GMT")
        #expect(ValidatorRules.conditions(of: soon, mode: .both, signature: signature, now: now).ifModifiedSince != nil)
        #expect(next(304, [], far) == far)
    }

    @Test("polling.md §2.9: where the ETag is left out, Last-Modified is sent alone, or the ETag where there is none")
    func lastModifiedOnly() {
        let sent = ValidatorRules.conditions(
            of: pair("\"a-gzip\"", "Sat, 21 Nov 2026 08:00:00 GMT"), mode: .lastModifiedOnly, signature: signature,
            now: now)
        #expect(sent == .init(ifNoneMatch: nil, ifModifiedSince: "Sat, 21 Nov 2026 08:00:00 GMT"))
        let alone = ValidatorRules.conditions(
            of: pair("\"a\"", nil), mode: .lastModifiedOnly, signature: signature, now: now)
        #expect(alone.ifNoneMatch == "\"a\"")
        #expect(ValidatorRules.conditions(of: pair("\"a\"", nil), mode: .none, signature: signature, now: now).isEmpty)
    }
}

@Suite("The engine sends conditional requests (polling.md §2)")
struct ConditionalGetTests {
    let server = LoopbackServer()
    let engine: FetchEngine

    init() throws {
        engine = try FetchEngine()
    }

    @Test("polling.md §2.1: validators go back byte for byte")
    func validatorsGoBackByteForByte() async throws {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT"
        server.on("/feed") { request, connection in
            connection.write("HTTP/1.1 200 OK\r\nETag:  W/\"")
            connection.write([0xe9, 0xff, 0x80])
            connection.write("\"\t\r\nLast-Modified: \(date)\r\nContent-Length: 1\r\n\r\nx")
        }
        let first = await engine.fetch(server.url("/feed"))
        let validators = try #require(first.head?.validators(after: nil, bodyIsOK: true).validators)
        _ = await engine.fetch(server.url("/feed")) { $0.validators = validators }
        let request = try #require(server.requests.last)
        #expect(request.rawHead.contains([UInt8]("If-None-Match: W/\"".utf8) + [0xe9, 0xff, 0x80, 0x22, 13, 10]))
        #expect(request.header("If-Modified-Since") == date)
    }

    @Test("polling.md §2.4: a 304 to a conditional request is no failure")
    func notModifiedIsNoFailure() async throws {
        server.on("/feed") { request, connection in
            connection.send(
                .conditional(request, etag: "\"1\"", lastModified: "Sun, 06 Nov 1994 08:49:37 GMT", body: "x"))
        }
        let first = await engine.fetch(server.url("/feed"))
        #expect(first.head?.wasConditional == false)
        let second = await engine.fetch(server.url("/feed")) {
            $0.validators = first.head?.validators(after: nil, bodyIsOK: true).validators
        }
        #expect(second.head?.status == 304)
        #expect(second.head?.wasConditional == true)
        #expect(second.failure == nil)
        #expect(second.body.isEmpty)
        let changed = await engine.fetch(server.url("/feed")) {
            $0.validators = first.head?.validators(after: nil, bodyIsOK: true).validators
            $0.userAgent = "another"
        }
        #expect(changed.head?.status == 200)
    }

    @Test("polling.md §2.12: 304 to an unconditional request is an error")
    func unexpected() async {
        server.on("/feed", LoopbackResponse(status: 304))
        #expect(await engine.fetch(server.url("/feed")).failure?.kind == .unexpected304)
    }
}
