import FeedModel
import Testing

@Suite("Hours in which a feed is polled are those of the clocks in a time zone")
struct PollingHoursTests {
    /// A time zone file as RFC 9636 has it, without any transition: only the rule behind them.
    private static func file(_ rule: String) -> [UInt8] {
        func block(_ version: String) -> [UInt8] {
            var bytes = Array("TZif\(version)".utf8) + Array(repeating: 0, count: 15)
            for count in [0, 0, 0, 0, 1, 4] as [UInt8] { bytes += [0, 0, 0, count] }
            return bytes + [0, 0, 0, 0, 0, 0] + Array("UTC\0".utf8)
        }
        return block("2") + block("2") + Array("\n\(rule)\n".utf8)
    }

    private static let zones = [
        "Europe/Berlin": "CET-1CEST,M3.5.0,M10.5.0/3", "America/New_York": "EST5EDT,M3.2.0,M11.1.0",
        "Asia/Kolkata": "IST-5:30", "Australia/Sydney": "AEST-10AEDT,M10.1.0,M4.1.0/3",
        "Odd/Day": "<+01>-1<+02>,J60/0,J300/0",
    ]

    private func hours(_ text: String) throws(PollingHours.Refusal) -> PollingHours {
        try PollingHours(text) { name in Self.zones[name].flatMap { TimeZoneRules(Self.file($0)) } }
    }

    private func time(_ text: String) -> Timestamp { Timestamp(rfc3339: text) ?? Timestamp(seconds: 0) }

    @Test(
        "Summer time begins and ends when the zone's rule says",
        arguments: [
            ("Europe/Berlin", "2026-03-29T00:59:59Z", 3600), ("Europe/Berlin", "2026-03-29T01:00:00Z", 7200),
            ("Europe/Berlin", "2026-10-25T00:59:59Z", 7200), ("Europe/Berlin", "2026-10-25T01:00:00Z", 3600),
            ("America/New_York", "2026-03-08T06:59:59Z", -18_000),
            ("America/New_York", "2026-03-08T07:00:00Z", -14_400),
            ("Asia/Kolkata", "2026-07-01T00:00:00Z", 19_800), ("Australia/Sydney", "2026-01-01T00:00:00Z", 39_600),
            ("Australia/Sydney", "2026-07-01T00:00:00Z", 36_000), ("Odd/Day", "2028-02-29T23:00:00Z", 7200),
            ("Odd/Day", "2028-02-29T22:59:59Z", 3600),
        ])
    func offsets(zone: String, at text: String, offset: Int) throws {
        let rules = try #require(TimeZoneRules(Self.file(Self.zones[zone] ?? "")))
        #expect(rules.offset(at: time(text)) == offset)
    }

    @Test(
        "The zones of this system are read, with all that was and is to come",
        .enabled(if: SystemZones.exist),
        arguments: [("1970-07-01T00:00:00Z", 3600), ("2026-07-01T00:00:00Z", 7200), ("2077-12-01T00:00:00Z", 3600)])
    func systemZone(at text: String, offset: Int) throws {
        let rules = try #require(TimeZoneRules(SystemZones.berlin))
        #expect(rules.offset(at: time(text)) == offset)
    }

    @Test("What is no time zone file, or ends early, has no rules")
    func damaged() {
        let whole = Self.file("CET-1CEST,M3.5.0,M10.5.0/3")
        #expect(TimeZoneRules(whole) != nil)
        for length in 0..<whole.count { #expect(TimeZoneRules(Array(whole[..<length])) == nil) }
        for rule in ["C", "CET", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0", "CET-1 ", "CET-999"] {
            #expect(TimeZoneRules(Self.file(rule)) == nil, "\(rule)")
        }
        var counts = whole
        for index in 20..<44 { counts[index] = 0xff }
        #expect(TimeZoneRules(counts) == nil)
    }

    @Test("A window is one of the local clock, in summer and in winter")
    func windows() throws {
        let hours = try hours("06:00-22:00 Europe/Berlin")
        #expect(!hours.contains(time("2026-07-01T03:59:59Z")) && hours.contains(time("2026-07-01T04:00:00Z")))
        #expect(!hours.contains(time("2026-12-01T04:59:59Z")) && hours.contains(time("2026-12-01T05:00:00Z")))
        #expect(hours.contains(time("2026-12-01T20:59:59Z")) && !hours.contains(time("2026-12-01T21:00:00Z")))
        #expect(hours.next(from: time("2026-12-01T21:00:00Z")) == time("2026-12-02T05:00:00Z"))
        #expect(hours.next(from: time("2026-12-01T12:00:01Z")) == time("2026-12-01T12:00:01Z"))
        // The night in which the clocks are put forward.
        #expect(hours.next(from: time("2026-03-28T22:00:00Z")) == time("2026-03-29T04:00:00Z"))
    }

    @Test("There may be several windows, over midnight too, and without a zone they are UTC")
    func several() throws {
        let hours = try hours("22:30-01:00, 12:00-13:00")
        for (text, isOpen) in [("22:29", false), ("22:30", true), ("00:59", true), ("01:00", false), ("12:30", true)] {
            #expect(hours.contains(time("2026-05-05T\(text):00Z")) == isOpen, "\(text)")
        }
        #expect("\(hours)" == "22:30-01:00, 12:00-13:00 UTC")
        #expect(try self.hours("\(hours)") == hours)
        #expect(try self.hours("00:00-24:00").contains(time("2026-05-05T23:59:59Z")))
    }

    @Test("An hour that does not exist on the day the clocks are put forward is waited for until the next day")
    func gap() throws {
        let hours = try hours("02:00-03:00 Europe/Berlin")
        #expect(hours.next(from: time("2026-03-28T12:00:00Z")) == time("2026-03-30T00:00:00Z"))
        // It comes twice in autumn.
        #expect(hours.contains(time("2026-10-25T00:30:00Z")) && hours.contains(time("2026-10-25T01:30:00Z")))
    }

    @Test(
        "What is no window, and a zone that nobody knows, is refused with what is wrong",
        arguments: [
            ("", "names no time"), ("Europe/Berlin", "names no time from"), ("6-22", "no time from HH:MM"),
            ("06:00-25:00", "no time from HH:MM"), ("06:60-07:00", "no time from HH:MM"), ("06:00-06:00", "no time"),
            ("06:00-22:00 Mars/Base", "Mars/Base"), ("06:00-22:00,", "no time from HH:MM"),
            ("06:00", "no time from HH:MM"),
        ])
    func refusals(text: String, message: String) {
        do throws(PollingHours.Refusal) {
            _ = try hours(text)
            Issue.record("\(text) was read")
        } catch {
            #expect(error.message.contains(message))
        }
    }
}
