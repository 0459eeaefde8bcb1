package import FeedModel
private import Text

/// Dates as feeds write them (identity.md §10).
///
/// Read are: RFC 822, 850, 1123, 2822 and 3339, asctime, W3CDTF at every precision with ISO 8601's week, ordinal and
/// basic forms, seconds and milliseconds since 1970, and what programs make of these in other languages. Weekdays are
/// passed over, right or wrong. Nothing is allocated.
package enum FeedDate {
    package struct Reading: Equatable {
        package var time: Timestamp
        /// The zone that the text named, in minutes east of Greenwich. It is nil where the text named none, or one that
        /// nobody knows: UTC was assumed.
        package var offset: Int?

        var assumedZone: Bool { offset == nil }
    }

    /// Longer texts are no dates, white space around them aside.
    private static let maximumLength = 200

    /// The instant, or nil where the text cannot be read or lies outside of the years 1 to 9999.
    ///
    /// - Parameter language: of the text around the date, as a tag. It decides what is in doubt without it, so that a date
    ///   that could be read need not be asked again.
    package static func parse(_ bytes: UnsafeBufferPointer<UInt8>, language: String? = nil) -> Reading? {
        let text = bytes.trimmed
        guard !text.isEmpty, text.count <= maximumLength else { return nil }
        if let reading = ISODateScanner.read(text) { return reading }
        var scanner = DateScanner(text)
        let languages = language.map { DateNames.languages(tag: $0) } ?? 0
        if let reading = scanner.read(languages) { return reading }
        return scanner.hasOtherDigits ? parseOtherDigits(text, languages) : nil
    }

    package static func parse(_ text: String, language: String? = nil) -> Reading? {
        var text = text
        return text.withUTF8 { parse($0, language: language) }
    }

    /// A date whose digits are of another script: ۲۰۲۵, २०२५, ๒๕๖๘.
    private static func parseOtherDigits(
        _ text: UnsafeBufferPointer<UInt8>, _ languages: DateLanguages
    ) -> Reading? {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: maximumLength) { copy in
            var count = 0
            var index = 0
            var isThai = false
            while let (scalar, length) = DateWord.scalar(text, at: index) {
                if let digit = DateWord.digit(scalar) {
                    copy[count] = UInt8(ascii: "0") + UInt8(digit)
                    count += 1
                    isThai = isThai || DateWord.isThai(scalar)
                } else {
                    for byte in text[index..<index + length] {
                        copy[count] = byte
                        count += 1
                    }
                }
                index += length
            }
            let copied = UnsafeBufferPointer(rebasing: copy[..<count])
            if !isThai, let reading = ISODateScanner.read(copied) { return reading }
            var scanner = DateScanner(copied, isThai: isThai)
            return scanner.read(languages)
        }
    }
}

/// What a date said, before it is known whether there is such a date.
struct DateFields {
    var year: Int?
    var month: Int?
    var day: Int?
    var hour = 0
    var minute = 0
    var second = 0
    var millisecond = 0
    /// Minutes east of Greenwich.
    var offset: Int?

    /// The instant; nil for what no calendar has and for years outside of 1 to 9999.
    ///
    /// 24:00 is the next day's midnight and second 60 the next minute.
    var reading: FeedDate.Reading? {
        let month = self.month ?? 1
        let day = self.day ?? 1
        guard let year, (1...9999).contains(year), (1...12).contains(month),
            day >= 1, day <= Timestamp.daysIn(month: month, year: year),
            (0..<24).contains(hour) || (hour == 24 && minute == 0 && second == 0),
            (0..<60).contains(minute), (0...60).contains(second)
        else { return nil }
        let time = Timestamp(
            year: year, month: month, day: day, hour: hour, minute: minute - (offset ?? 0), second: second,
            millisecond: millisecond)
        return Self.reading(of: time, offset: offset)
    }

    static func reading(of time: Timestamp, offset: Int?) -> FeedDate.Reading? {
        // 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z.
        guard time.seconds >= -62_135_596_800, time.seconds <= 253_402_300_799 else { return nil }
        // From 1300 to 1499: a year of Iran's or of the Islamic calendar, whose months are others.
        guard time.seconds < -21_143_116_800 || time.seconds >= -14_831_769_600 else { return nil }
        return FeedDate.Reading(time: time, offset: offset)
    }

    /// Sets the day that a week date of ISO 8601 means; weekday 1 is Monday.
    mutating func setWeek(_ week: Int, weekday: Int, of year: Int) -> Bool {
        guard (1...53).contains(week), (1...7).contains(weekday) else { return false }
        // Week 1 is the one with 4 January in it. 1970-01-01 was a Thursday.
        let fourth = Timestamp.days(year: year, month: 1, day: 4)
        let fourthWeekday = ((fourth + 3) % 7 + 7) % 7
        set(dayNumber: fourth - fourthWeekday + (week - 1) * 7 + weekday - 1)
        return true
    }

    /// Sets the day by its number in the year, from 1.
    mutating func setOrdinal(_ ordinal: Int, of year: Int) -> Bool {
        let length = 337 + Timestamp.daysIn(month: 2, year: year)
        guard ordinal >= 1, ordinal <= length else { return false }
        set(dayNumber: Timestamp.days(year: year, month: 1, day: 1) + ordinal - 1)
        return true
    }

    private mutating func set(dayNumber: Int) {
        let civil = Timestamp(seconds: Int64(dayNumber) * 86_400).civilDay
        year = civil.year
        month = civil.month
        day = civil.day
    }
}
