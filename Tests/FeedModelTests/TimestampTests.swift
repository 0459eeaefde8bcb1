import FeedModel
import Testing

@Suite struct TimestampTests {
    @Test(
        "Timestamp reads back the RFC 3339 text that it writes",
        arguments: [
            "1970-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "1969-12-31T23:59:59.999Z", "2000-02-29T12:00:00Z",
            "2026-03-03T10:14:55.007Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z", "0000-01-01T00:00:00Z",
            "1900-03-01T00:00:00Z",
        ])
    func roundTrip(text: String) throws {
        let time = try #require(Timestamp(rfc3339: text))
        #expect(time.description == text)
    }

    @Test(
        "Timestamp takes offsets, fractions and leap seconds of RFC 3339 into account",
        arguments: [
            ("2026-03-03T10:14:55+02:00", "2026-03-03T08:14:55Z"),
            ("2026-03-03 10:14:55-23:59", "2026-03-04T10:13:55Z"),
            ("2026-03-03t10:14:55z", "2026-03-03T10:14:55Z"),
            ("2026-03-03T10:14:55.1239999Z", "2026-03-03T10:14:55.123Z"),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
            ("2026-03-03T10:14:55.5+01:00", "2026-03-03T09:14:55.500Z"),
        ])
    func reading(text: String, expected: String) {
        #expect(Timestamp(rfc3339: text)?.description == expected)
    }

    @Test(
        "Timestamp reads nothing but RFC 3339",
        arguments: [
            "", "2026-03-03", "2026-03-03T10:14:55", "2026-03-03T10:14:55+0200", "2026-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z",
            "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00Zx",
            "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+00:60", "+026-01-01T00:00:00Z",
            "2026-01-01T00:00:00+1:00x",
            "2026/01/01T00:00:00Z", "２０26-01-01T00:00:00Z",
        ])
    func refused(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test("Timestamp's two calendar functions agree on every day of four centuries")
    func calendar() {
        var expected = Timestamp.days(year: 1800, month: 1, day: 1)
        for year in 1800..<2200 {
            for month in 1...12 {
                for day in 1...Timestamp.daysIn(month: month, year: year) {
                    let number = Timestamp.days(year: year, month: month, day: day)
                    guard number == expected, Timestamp(seconds: Int64(number) * 86_400).civilDay == (year, month, day)
                    else {
                        Issue.record("\(year)-\(month)-\(day)")
                        return
                    }
                    expected += 1
                }
            }
        }
    }

    @Test("Timestamp stops at the last instant for times that are too far away, without a trap")
    func extremes() {
        #expect(Timestamp(seconds: .max).milliseconds == .max)
        #expect(Timestamp(seconds: .min).milliseconds == .min)
        #expect(Timestamp(milliseconds: -1).seconds == -1)
        #expect(Timestamp(milliseconds: -1000).seconds == -1)
        #expect(Timestamp(milliseconds: -1001).seconds == -2)
        for time in [Timestamp(milliseconds: .min), Timestamp(milliseconds: .max)] {
            #expect(time.rfc3339.count >= 20)
        }
    }
}
