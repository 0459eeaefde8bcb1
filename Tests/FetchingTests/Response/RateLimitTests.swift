import Digest
import FeedModel
import Testing

@testable import Fetching

@Suite("What servers say of how much they still allow (polling.md §8)")
struct RateLimitTests {
    private let now = Timestamp(rfc3339: "2026-11-02T12:00:00Z") ?? Timestamp(seconds: 0)

    private func limit(_ fields: (String, String)...) -> RateLimit? {
        RateLimit(HeaderFields(fields.map { (name: $0.0, value: $0.1) }), date: nil, receivedAt: now)
    }

    @Test(
        "All forms in use say when something is left again",
        arguments: [
            [("RateLimit", "\"default\";r=0;t=30")], [("ratelimit", "\"a;b,c\";r=50;t=900, \"day\";r=0;t=30")],
            [("RateLimit", "\"a\";r=0;t=10"), ("RateLimit", "\"b\" ; r=0 ; t=30")],
            [("RateLimit", "limit=100, remaining=0, reset=30")],
            [("RateLimit-Limit", "100, 100;w=60"), ("RateLimit-Remaining", "0"), ("RateLimit-Reset", "30")],
            [("X-RateLimit-Limit", "60"), ("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1793620830")],
            [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1793620830000")],
            [("x-rate-limit-remaining", "0"), ("x-rate-limit-reset", "1793620830")],
            [("x-ratelimit-remaining", "0.0"), ("x-ratelimit-reset", "29.4")],
            [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1793620830"), ("X-RateLimit-Reset-After", "30")],
            [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "2026-11-02T12:00:30Z")],
            [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "Mon, 02 Nov 2026 12:00:30 GMT")],
        ])
    func forms(fields: [(String, String)]) {
        let headers = HeaderFields(fields.map { (name: $0.0, value: $0.1) })
        let limit = RateLimit(headers, date: nil, receivedAt: now)
        #expect(limit?.exhaustedSeconds == 30)
        #expect(limit?.secondsAfterRefusal == 30)
    }

    @Test("A time of day is compared with the response's own Date")
    func serversClock() {
        let headers = HeaderFields([
            (name: "X-RateLimit-Remaining", value: "0"), (name: "X-RateLimit-Reset", value: "1793620830"),
        ])
        let ahead = RateLimit(headers, date: Timestamp(seconds: now.seconds + 20), receivedAt: now)
        #expect(ahead?.exhaustedSeconds == 10)
        #expect(RateLimit(headers, date: Timestamp(seconds: now.seconds + 60), receivedAt: now) == nil)
    }

    @Test("Something that is left, or of which it is not said, does not put a good answer's host off")
    func left() {
        #expect(limit(("RateLimit", "\"default\";r=50;t=30"))?.exhaustedSeconds == nil)
        #expect(limit(("X-RateLimit-Remaining", "98.0"), ("X-RateLimit-Reset", "300")) == nil)
        let unknown = limit(("X-RateLimit-Reset", "300"))
        #expect(unknown?.exhaustedSeconds == nil && unknown?.secondsAfterRefusal == 300)
    }

    @Test("A policy says how often one may ask: the narrowest counts")
    func policy() {
        #expect(limit(("RateLimit-Policy", "\"burst\";q=100;w=60, \"daily\";q=1000;w=86400"))?.quotaSeconds == 87)
        #expect(limit(("RateLimit-Policy", "10;w=600"))?.quotaSeconds == 60)
        let refused = limit(("RateLimit-Policy", "10;w=600"))
        #expect(refused?.secondsAfterRefusal == 60 && refused?.exhaustedSeconds == nil)
    }

    @Test(
        "Garbage says nothing",
        arguments: [
            [("RateLimit", "\"default\";r=0")], [("RateLimit", "\"default\";r=0;t=0")], [("RateLimit", ";;;=,=;r=,")],
            [("RateLimit", "\"unclosed;r=0;t=30")], [("RateLimit-Policy", "\"a\";q=0;w=60")],
            [("RateLimit-Policy", "\"a\";q=1;w=-60")], [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "-5")],
            [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1e9")],
            [("X-RateLimit-Remaining", "-1"), ("X-RateLimit-Reset", "soon")],
            [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1000000000")], [("X-Rated", "yes")], [],
        ])
    func garbage(fields: [(String, String)]) {
        let headers = HeaderFields(fields.map { (name: $0.0, value: $0.1) })
        #expect(RateLimit(headers, date: nil, receivedAt: now) == nil)
    }

    @Test("Nobody is believed for more than seven days, and a long field costs no more than its first members")
    func bounded() {
        let far = limit(("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "99999999999"))
        #expect(far?.exhaustedSeconds == 7 * 86_400)
        let many = (0..<10_000).map { "\"p\($0)\";r=0;t=\($0 + 1)" }.joined(separator: ",")
        #expect(limit(("RateLimit", many))?.exhaustedSeconds == 20)
    }

    @Test("Retry-After goes before a rate limit, and a refusal goes by either", arguments: [429, 503, 403, 404])
    func afterRefusal(status: Int) {
        func seconds(_ fields: [(String, String)]) -> Int? {
            ResponseHead(
                status: status, effectiveURL: "https://a.example/", redirects: [],
                fields: HeaderFields(fields.map { (name: $0.0, value: $0.1) }), receivedAt: now,
                responseDelayMilliseconds: 0, requestSignature: RequestSignature(hash: .init(high: 0, low: 0)),
                wasConditional: false
            ).retryAfterSeconds
        }
        let reset = [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "40")]
        #expect(seconds(reset) == (status == 404 ? nil : 40))
        #expect(seconds(reset + [("Retry-After", "90")]) == 90)
        #expect(seconds([("X-RateLimit-Reset", "40")]) == ([429, 503].contains(status) ? 40 : nil))
    }

    @Test("A 403 of a server by whose word nothing is left is a limit, and no refusal for good")
    func exhausted403() {
        let fields = HeaderFields([
            (name: "X-RateLimit-Remaining", value: "0"), (name: "X-RateLimit-Reset", value: "1700000000"),
        ])
        #expect(FetchFailure(StatusFacts(status: 403, headers: fields))?.kind == .rateLimited)
        #expect(FetchFailure(StatusFacts(status: 403))?.kind == .forbidden)
    }
}
