import FeedModel
import Testing

@testable import FeedParsing

/// identity.md §10.
@Suite struct FeedDateTests {
    @Test(
        "Dates are read in every form that the standards name",
        arguments: [
            // RFC 822, 1123, 2822, 5322
            ("Tue, 03 Mar 2026 10:14:55 GMT", "2026-03-03T10:14:55Z"),
            ("Tue, 3 Mar 2026 10:14:55 +0200", "2026-03-03T08:14:55Z"),
            ("3 Mar 26 10:14 EST", "2026-03-03T15:14:00Z"),
            ("Tue, 03 Mar 2026 10:14:55 -0000", "2026-03-03T10:14:55Z"),
            ("Tue, 03 Mar 99 10:14:55 UT", "1999-03-03T10:14:55Z"),
            ("Tue, 03 Mar 103 10:14:55 UT", "2003-03-03T10:14:55Z"),
            ("Tue,03 Mar 2026 10:14:55 +0530 (IST)", "2026-03-03T04:44:55Z"),
            ("Sun, 03 Mar 2026 10:14:55 GMT", "2026-03-03T10:14:55Z"),
            ("Tuesday, March 03, 2026 10:14:55 PDT", "2026-03-03T17:14:55Z"),
            // RFC 850
            ("Tuesday, 03-Mar-26 10:14:55 GMT", "2026-03-03T10:14:55Z"),
            ("Tue, 03-Mar-2026 10:14:55 GMT", "2026-03-03T10:14:55Z"),
            // asctime and Unix date
            ("Tue Mar 03 10:14:55 GMT 2026", "2026-03-03T10:14:55Z"),
            ("Tue Mar  3 10:14:55 -0500 2026", "2026-03-03T15:14:55Z"),
            // JavaScript
            ("Tue Mar 03 2026 10:14:55 GMT+0100 (Central European Standard Time)", "2026-03-03T09:14:55Z"),
            // RFC 3339
            ("2026-03-03T10:14:55Z", "2026-03-03T10:14:55Z"),
            ("2026-03-03t10:14:55z", "2026-03-03T10:14:55Z"),
            ("2026-03-03T10:14:55.123456-08:00", "2026-03-03T18:14:55.123Z"),
            ("2026-03-03 10:14:55+02:00", "2026-03-03T08:14:55Z"),
            ("2026-03-03T10:14:55,5+0200", "2026-03-03T08:14:55.500Z"),
            ("2026-03-03T10:14+02", "2026-03-03T08:14:00Z"),
            ("20260303T101455Z", "2026-03-03T10:14:55Z"),
            ("20260303T1014+0100", "2026-03-03T09:14:00Z"),
        ])
    func standards(text: String, expected: String) throws {
        let reading = try #require(FeedDate.parse(text))
        #expect(reading.time.description == expected)
        #expect(!reading.assumedZone)
    }

    @Test(
        "A date without a known time zone is read as UTC, and that is told",
        arguments: [
            ("2026", "2026-01-01T00:00:00Z"), ("2026-03", "2026-03-01T00:00:00Z"),
            ("2026-03-03", "2026-03-03T00:00:00Z"),
            ("2026-3-3", "2026-03-03T00:00:00Z"), ("20260303", "2026-03-03T00:00:00Z"),
            ("202603", "2026-03-01T00:00:00Z"), ("2026-062", "2026-03-03T00:00:00Z"),
            ("2026062", "2026-03-03T00:00:00Z"),
            ("2026-W10-2", "2026-03-03T00:00:00Z"), ("2026W102", "2026-03-03T00:00:00Z"),
            ("2026-W01", "2025-12-29T00:00:00Z"), ("2020-W53-7", "2021-01-03T00:00:00Z"),
            ("2026-03-03T10", "2026-03-03T10:00:00Z"), ("2026-03-03T10:14", "2026-03-03T10:14:00Z"),
            ("2026-03-03T10:14:55", "2026-03-03T10:14:55Z"), ("20260303101455", "2026-03-03T10:14:55Z"),
            ("2026/03/03 10:14", "2026-03-03T10:14:00Z"), ("Tue, 03 Mar 2026 10:14:55", "2026-03-03T10:14:55Z"),
            ("03 March 2026", "2026-03-03T00:00:00Z"), ("March 3rd, 2026", "2026-03-03T00:00:00Z"),
            ("March 2026", "2026-03-01T00:00:00Z"), ("Tue Mar  3 10:14:55 2026", "2026-03-03T10:14:55Z"),
            ("Tue, 03 Mar 2026 10:14:55 XYZT", "2026-03-03T10:14:55Z"),
            ("Tue, 03 Mar 2026 10:14:55 K", "2026-03-03T10:14:55Z"),
            ("Tue, 03 Mar 2026 10:14:55 +9900", "2026-03-03T10:14:55Z"),
            ("3/15/2026 10:14 PM", "2026-03-15T22:14:00Z"), ("15/3/2026", "2026-03-15T00:00:00Z"),
            ("15.3.2026 10:14", "2026-03-15T10:14:00Z"), ("15.03.2026 10.14", "2026-03-15T10:14:00Z"),
            ("15-03-2026", "2026-03-15T00:00:00Z"), ("Mar 3, 2026 12:30 am", "2026-03-03T00:30:00Z"),
            ("Mar 3, 2026 12:30 p.m.", "2026-03-03T12:30:00Z"),
        ])
    func assumedZone(text: String, expected: String) throws {
        let reading = try #require(FeedDate.parse(text))
        #expect(reading.time.description == expected)
        #expect(reading.assumedZone)
    }

    @Test(
        "The names of time zones in dates are known",
        arguments: [
            ("UT", 0), ("GMT", 0), ("UTC", 0), ("Z", 0), ("EST", -300), ("EDT", -240), ("CST", -360), ("CDT", -300),
            ("MST", -420), ("MDT", -360), ("PST", -480), ("PDT", -420), ("CET", 60), ("CEST", 120), ("MEZ", 60),
            ("MESZ", 120), ("BST", 60), ("EET", 120), ("EEST", 180), ("MSK", 180), ("JST", 540), ("KST", 540),
            ("AEST", 600), ("AEDT", 660), ("NZST", 720), ("IST", 330), ("HST", -600), ("AKDT", -480), ("est", -300),
        ])
    func namedZones(name: String, minutes: Int) throws {
        let reading = try #require(FeedDate.parse("03 Mar 2026 10:00:00 " + name))
        let base = Timestamp(year: 2026, month: 3, day: 3, hour: 10)
        #expect(reading.time.seconds == base.seconds - Int64(minutes) * 60)
        #expect(!reading.assumedZone)
    }

    @Test(
        "A date at 24:00 or in a leap second is read as the next day or minute",
        arguments: [
            ("2026-12-31T24:00:00Z", "2027-01-01T00:00:00Z"), ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
            ("Thu, 31 Dec 2026 24:00:00 GMT", "2027-01-01T00:00:00Z"),
            ("Sat, 31 Dec 2016 23:59:60 GMT", "2017-01-01T00:00:00Z"),
        ])
    func carrying(text: String, expected: String) {
        #expect(FeedDate.parse(text)?.time.description == expected)
    }

    @Test(
        "The names of months in dates are known in many languages",
        arguments: [
            ("Di, 3 Mär 2026 10:14:55 +0100", "2026-03-03T09:14:55Z"), ("3. Dezember 2026", "2026-12-03T00:00:00Z"),
            ("mar., 03 févr. 2026 10:14:55 +0100", "2026-02-03T09:14:55Z"),
            ("3 août 2026 à 10h14", "2026-08-03T10:14:00Z"),
            ("3 juin 2026", "2026-06-03T00:00:00Z"), ("3 juillet 2026", "2026-07-03T00:00:00Z"),
            ("3 de enero de 2026", "2026-01-03T00:00:00Z"), ("martes, 3 de noviembre de 2026", "2026-11-03T00:00:00Z"),
            ("martedì 3 giugno 2026", "2026-06-03T00:00:00Z"), ("mar, 03 mar 2026 10:14", "2026-03-03T10:14:00Z"),
            ("Ter, 03 Fev 2026 10:14:55 -0300", "2026-02-03T13:14:55Z"), ("3 de março de 2026", "2026-03-03T00:00:00Z"),
            ("3 października 2026", "2026-10-03T00:00:00Z"), ("3 stycznia 2026", "2026-01-03T00:00:00Z"),
            ("Вт, 3 мар 2026 10:14:55 +0300", "2026-03-03T07:14:55Z"), ("3 Января 2026 г.", "2026-01-03T00:00:00Z"),
            ("Τρι, 03 Μάρ 2026 10:14:55 EST", "2026-03-03T15:14:55Z"), ("3 Ιουνίου 2026", "2026-06-03T00:00:00Z"),
            ("3 Ιούλ 2026", "2026-07-03T00:00:00Z"), ("2026-július-3T9:15-05:00", "2026-07-03T14:15:00Z"),
            ("2026. szeptember 3.", "2026-09-03T00:00:00Z"), ("2026년 03월 03일 오후 3:14:55", "2026-03-03T15:14:55Z"),
            ("2026-03-03 오전 12:14:55", "2026-03-03T00:14:55Z"), ("2026年3月3日", "2026-03-03T00:00:00Z"),
            ("2026年3月3日 下午 3:14", "2026-03-03T15:14:00Z"), ("2026年3月3日(火) 午後3時14分55秒", "2026-03-03T15:14:55Z"),
            ("2026年3月3日 星期二 上午10点14分", "2026-03-03T10:14:00Z"), ("3 mei 2026", "2026-05-03T00:00:00Z"),
        ])
    func languages(text: String, expected: String) {
        #expect(FeedDate.parse(text)?.time.description == expected)
    }

    @Test("A date tells the zone that its text names")
    func offset() {
        #expect(FeedDate.parse("Tue, 3 Mar 2026 10:14:55 -0330")?.offset == -210)
        #expect(FeedDate.parse("2026-03-03T10:14:55+02:00")?.offset == 120)
        #expect(FeedDate.parse("3 Mar 2026 10:14 EST")?.offset == -300)
        #expect(FeedDate.parse("2026-03-03T10:14:55Z")?.offset == 0)
        #expect(FeedDate.parse("2026-03-03T10:14:55").map { $0.offset == nil } == true)
    }

    @Test("A date in seconds or milliseconds since 1970 is read as that instant")
    func epoch() {
        #expect(FeedDate.parse("1772533695")?.time.description == "2026-03-03T10:28:15Z")
        #expect(FeedDate.parse(" 1772533695123 ")?.time.description == "2026-03-03T10:28:15.123Z")
        #expect(FeedDate.parse("1772533695")?.assumedZone == false)
    }

    @Test(
        "A text that is no date gives none",
        arguments: [
            "", " ", "yesterday", "2026-02-30", "Thu, 30 Nov -0001 00:00:00 +0000", "2026-13-01", "2026-00-10",
            "31 Apr 2026", "0000-01-01T00:00:00Z",
            "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "10000-01-01", "2026-03-03T25:00:00Z",
            "2026-03-03T10:60:00Z", "2026-03-03T10:00:61Z", "2026-366", "2026-000", "2026-W54-1", "2026-W00",
            "2026-W10-8", "12", "12345", "99999999999999999999999", "3 Mar", "10:14:55", "Mar Mar", "1 2 3 4 Mar 2026",
            "\u{0}", "0", "++++", "2026-03-03T24:00:01Z", "Tue, 03 Mar 2026 10:99 GMT",
            "12:99999999999999999 3 Mar 2026",
        ])
    func unreadable(text: String) {
        #expect(FeedDate.parse(text) == nil)
    }

    @Test("A text longer than any date is not looked at, and white space around a date is no part of it")
    func length() {
        #expect(FeedDate.parse("3 Mar 2026 " + String(repeating: "x ", count: 200)) == nil)
        #expect(FeedDate.parse(String(repeating: " \n", count: 500) + "2026-03-03") != nil)
    }

    @Test("Bytes of a date that are no UTF-8 are passed over")
    func invalidBytes() {
        let bytes: [UInt8] = [0xff, 0xe3, 0x81] + Array("3 Mar 2026 10:14 GMT".utf8) + [0xe5, 0xb9]
        #expect(bytes.withUnsafeBufferPointer { FeedDate.parse($0) }?.time.description == "2026-03-03T10:14:00Z")
    }

    @Test("Any short text is read as a date, or not, without a crash")
    func randomText() {
        var state: UInt64 = 0x9e37_79b9_7f4a_7c15
        let alphabet = Array("0123456789 :-+/.,TZWaphmjun年월Марé(".utf8)
        for _ in 0..<20_000 {
            var text: [UInt8] = []
            for _ in 0..<24 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text.append(alphabet[Int(state >> 33) % alphabet.count])
            }
            if let reading = text.withUnsafeBufferPointer({ FeedDate.parse($0) }) {
                #expect(Timestamp(rfc3339: reading.time.description) == reading.time)
            }
        }
    }
}
