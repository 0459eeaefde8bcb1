import FeedModel
import Testing

@testable import Fetching

@Suite("The headers of freshness and retrying are read (polling.md §3, §8)")
struct FreshnessTests {
    private let received = Timestamp(year: 2026, month: 11, day: 22, hour: 8, minute: 0, second: 10)
    private let date = "Sun, 22 Nov 2026 08:00:00 GMT"
    private func read(_ headers: [(String, String)], delay: Int = 0) -> Freshness? {
        Freshness(
            HeaderFields(headers.map { (name: $0.0, value: $0.1) }), receivedAt: received,
            responseDelayMilliseconds: delay)
    }

    @Test(
        "polling.md §3: max-age is read whichever way it is written",
        arguments: [
            ("max-age=3600", 3600), ("public, max-age=3600, s-maxage=9", 3600), ("MAX-AGE=60", 60),
            ("max-age=\"60\"", 60),
            ("max-age=60, max-age=90", 60), ("max-age=-1", 0), ("max-age=abc", 0), ("max-age", 0), ("max-age=", 0),
            ("max-age=1.5", 0), ("max-age=99999999999999999999999", 1 << 31), ("no-cache, max-age=60", 0),
            ("max-age=60, no-store", 0), ("no-cache=\"Set-Cookie, max-age=5\", max-age=60", 60), ("no-cache", 0),
            (" max-age = 60 ", 60),
        ])
    func maxAge(value: String, seconds: Int) {
        #expect(read([("Cache-Control", value)])?.lifetimeSeconds == seconds)
    }

    @Test("polling.md §3: the first max-age of several Cache-Control fields counts")
    func theFirstOfSeveralFieldsCounts() {
        #expect(
            read([("Cache-Control", "public"), ("cache-control", "max-age=5"), ("Cache-Control", "max-age=7")])?
                .lifetimeSeconds == 5)
    }

    @Test("polling.md §3: the lifetime is Expires minus Date, and 0 where Expires is no date")
    func expires() {
        #expect(read([("Date", date), ("Expires", "Sun, 22 Nov 2026 09:00:00 GMT")])?.lifetimeSeconds == 3600)
        #expect(read([("Date", date), ("Expires", "Sun, 22 Nov 2026 07:00:00 GMT")])?.lifetimeSeconds == 0)
        #expect(read([("Date", date), ("Expires", "0")])?.lifetimeSeconds == 0)
        #expect(read([("Expires", "Sun, 22 Nov 2026 08:00:40 GMT")])?.lifetimeSeconds == 30)
        #expect(
            read([("Expires", "Sun, 22 Nov 2026 08:00:40 GMT"), ("Cache-Control", "max-age=5")])?.lifetimeSeconds == 5)
        #expect(read([("Date", date), ("Expires", "Fri, 31 Dec 9999 23:59:59 GMT")])?.lifetimeSeconds == 1 << 31)
        #expect(read([("Date", date)]) == nil)
        #expect(read([("Cache-Control", "s-maxage=60")]) == nil)
    }

    @Test("polling.md §3: the age is the larger of Age and the time since Date, and the delay on top")
    func age() {
        let fresh = ("Cache-Control", "max-age=3600")
        #expect(read([fresh, ("Age", "100"), ("Date", date)])?.ageSeconds == 100)
        #expect(read([fresh, ("Age", "3"), ("Date", date)])?.ageSeconds == 10)
        #expect(read([fresh, ("Age", "3"), ("Date", date)], delay: 2500)?.ageSeconds == 12)
        #expect(read([fresh, ("Age", "-5")])?.ageSeconds == 0)
        #expect(read([fresh, ("Date", "Sun, 20 Nov 2026 08:00:00 GMT")])?.ageSeconds == 0)
        #expect(read([fresh, ("Date", "Sun, 29 Nov 2026 08:00:00 GMT")])?.ageSeconds == 0)
    }

    @Test(
        "polling.md §8: Retry-After is read in its forms",
        arguments: [
            ("120", 120), (" 120", nil), ("0", nil), ("-5", nil), ("soon", nil), ("", nil), ("1.5", nil),
            ("9999999999", 604_800),
            ("Sun, 22 Nov 2026 08:02:00 GMT", 120), ("Sunday, 22-Nov-26 08:02:00 GMT", 120),
            ("Sun Nov 22 08:02:00 2026", 120),
            ("Sun, 22 Nov 2026 07:00:00 GMT", nil), ("Fri, 31 Dec 9999 23:59:59 GMT", 604_800),
        ] as [(String, Int?)])
    func retryAfter(value: String, seconds: Int?) {
        #expect(RetryAfter.parse(value, date: HTTPDate.parse(date), receivedAt: received) == seconds)
    }

    @Test("polling.md §8: a Retry-After with a date counts from the receipt where the response has no Date")
    func retryAfterWithoutADateCountsFromTheReceipt() {
        #expect(RetryAfter.parse("Sun, 22 Nov 2026 08:00:30 GMT", date: nil, receivedAt: received) == 20)
        #expect(RetryAfter.parse(nil, date: nil, receivedAt: received) == nil)
    }

    @Test(
        "The dates of HTTP are read in their three forms",
        arguments: [
            "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        ])
    func datesOfHTTPAreRead(text: String) {
        #expect(HTTPDate.parse(text) == Timestamp(seconds: 784_111_777))
    }

    @Test(
        "Text that is no date of HTTP is not read as one",
        arguments: [
            "", "0", "Sun, 31 Feb 2026 08:00:00 GMT", "Sun, 06 Nov 1994 08:49:37 +0100",
            "Sun, 06 Nov 1994 24:00:00 GMT",
            "Sun, 06 Nov 123456789012345678901234567890 08:49:37 GMT", "Sun, 6 Foo 1994 08:49:37 GMT",
            "a b c d e f g h",
        ])
    func otherTextIsNoDate(text: String) {
        #expect(HTTPDate.parse(text) == nil)
    }
}
