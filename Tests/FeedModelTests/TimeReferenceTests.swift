import FeedModel
import Testing

@Suite("A point in time as people write it: contract.md §1.5")
struct TimeReferenceTests {
    private let now = Timestamp(rfc3339: "2026-11-20T12:00:00Z")!

    @Test(
        "A time is RFC 3339, a date, or a span ago",
        arguments: [
            ("2026-11-01T10:30:00+02:00", "2026-11-01T08:30:00Z"), ("2026-11-01", "2026-11-01T00:00:00Z"),
            ("90m", "2026-11-20T10:30:00Z"), ("36h", "2026-11-19T00:00:00Z"), ("7d", "2026-11-13T12:00:00Z"),
            ("2w", "2026-11-06T12:00:00Z"), ("0s", "2026-11-20T12:00:00Z"),
        ])
    func times(text: String, time: String) throws {
        #expect(try #require(TimeReference(text)).time(now: now).description == time)
    }

    @Test(
        "What is no time is refused, and so is a span that no store is as old as",
        arguments: [
            "", "d", "-7d", "7", "7y", "yesterday", "2026-13-01", "99999999999999999999d", "100000000000s", "1.5h",
        ])
    func refused(text: String) {
        #expect(TimeReference(text) == nil)
    }

    @Test(
        "A reference is written as it is read again",
        arguments: ["2026-11-01T00:00:00Z", "90m", "36h", "10d", "2w", "0s", "45s"])
    func description(text: String) {
        #expect(TimeReference(text)?.description == text)
    }
}
