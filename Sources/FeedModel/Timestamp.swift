/// `Timestamp` is an instant: milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
package struct Timestamp: Hashable, Sendable, Comparable {
    /// Milliseconds since 1970-01-01T00:00:00Z; negative before.
    package var milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Takes seconds since 1970. An instant that is too far away to be counted in milliseconds is the nearest that can
    /// be.
    package init(seconds: Int64) {
        let (product, overflows) = seconds.multipliedReportingOverflow(by: 1000)
        milliseconds = overflows ? (seconds < 0 ? .min : .max) : product
    }

    /// Whole seconds, rounded down.
    package var seconds: Int64 {
        milliseconds / 1000 - (milliseconds % 1000 < 0 ? 1 : 0)
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

    /// Takes a day of the proleptic Gregorian calendar and a time of that day in UTC. Values out of range carry over.
    package init(
        year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0, millisecond: Int = 0
    ) {
        let days = Self.days(year: year, month: month, day: day)
        let seconds = Int64(days) * 86_400 + Int64(hour) * 3600 + Int64(minute) * 60 + Int64(second)
        milliseconds = seconds * 1000 + Int64(millisecond)
    }

    /// Returns the days since 1970-01-01; the algorithm is Howard Hinnant's `days_from_civil`.
    package static func days(year: Int, month: Int, day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// Gives the day in UTC that an instant falls on, by Howard Hinnant's `civil_from_days`.
    package var civilDay: (year: Int, month: Int, day: Int) {
        let seconds = self.seconds
        let days = Int(seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400) + 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }
}

extension Timestamp: CustomStringConvertible {
    /// The instant in RFC 3339 in UTC, with milliseconds only where there are any: `2026-11-22T08:00:03Z`.
    package var description: String {
        withRFC3339 { String(decoding: $0, as: UTF8.self) }
    }

    /// The bytes of `description`: 20 of them for a whole second of the years 0000 to 9999, which is all that is
    /// written.
    package var rfc3339: [UInt8] { withRFC3339 { Array($0) } }

    /// Calls `body` with the bytes of `description`, which are there only while it runs.
    package func withRFC3339<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { bytes in
            let count = write(to: bytes)
            return body(UnsafeBufferPointer(rebasing: bytes[..<count]))
        }
    }

    private func write(to bytes: UnsafeMutableBufferPointer<UInt8>) -> Int {
        let (year, month, day) = civilDay
        let secondOfDay = Int(seconds - Int64(Self.days(year: year, month: month, day: day)) * 86_400)
        var count = 0
        func put(_ byte: UInt8) {
            bytes[count] = byte
            count += 1
        }
        func append(_ value: Int, digits: Int) {
            var divisor = digits == 4 ? 1000 : digits == 3 ? 100 : 10
            while divisor > 0 {
                put(UInt8(ascii: "0") + UInt8(value / divisor % 10))
                divisor /= 10
            }
        }
        append(min(max(year, 0), 9999), digits: 4)
        put(UInt8(ascii: "-"))
        append(month, digits: 2)
        put(UInt8(ascii: "-"))
        append(day, digits: 2)
        put(UInt8(ascii: "T"))
        append(secondOfDay / 3600, digits: 2)
        put(UInt8(ascii: ":"))
        append(secondOfDay / 60 % 60, digits: 2)
        put(UInt8(ascii: ":"))
        append(secondOfDay % 60, digits: 2)
        let millisecond = Int((milliseconds % 1000 + 1000) % 1000)
        if millisecond > 0 {
            put(UInt8(ascii: "."))
            append(millisecond, digits: 3)
        }
        put(UInt8(ascii: "Z"))
        return count
    }

    /// Reads strict RFC 3339, which newswire or a person on the command line wrote; feeds' dates are read by
    /// FeedParsing.
    package init?(rfc3339 text: String) {
        var text = text
        guard let time = text.withUTF8({ Timestamp(rfc3339: UnsafeRawBufferPointer($0)) }) else { return nil }
        self = time
    }

    /// Reads the bytes of such a text.
    init?(rfc3339 bytes: UnsafeRawBufferPointer) {
        func number(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= bytes.count else { return nil }
            var value = 0
            for byte in bytes[range] {
                guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
                value = value * 10 + Int(byte - UInt8(ascii: "0"))
            }
            return value
        }
        guard bytes.count >= 20, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[10] | 0x20 == UInt8(ascii: "t") || bytes[10] == UInt8(ascii: " "),
            bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let year = number(0..<4), let month = number(5..<7), (1...12).contains(month),
            let day = number(8..<10), day >= 1, day <= Self.daysIn(month: month, year: year),
            let hour = number(11..<13), hour < 24, let minute = number(14..<16), minute < 60,
            let second = number(17..<19), second <= 60
        else { return nil }
        var index = 19
        var millisecond = 0
        if bytes[index] == UInt8(ascii: ".") {
            index += 1
            var scale = 100
            let start = index
            while index < bytes.count, let digit = number(index..<index + 1) {
                millisecond += digit * scale
                scale /= 10
                index += 1
            }
            guard index > start else { return nil }
        }
        guard index < bytes.count else { return nil }
        var offset = 0
        switch bytes[index] {
        case UInt8(ascii: "Z"), UInt8(ascii: "z"):
            guard index + 1 == bytes.count else { return nil }
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            guard index + 6 == bytes.count, bytes[index + 3] == UInt8(ascii: ":"),
                let hours = number(index + 1..<index + 3), hours < 24,
                let minutes = number(index + 4..<index + 6), minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * (bytes[index] == UInt8(ascii: "-") ? -1 : 1)
        default: return nil
        }
        self.init(
            year: year, month: month, day: day, hour: hour, minute: minute - offset, second: second,
            millisecond: millisecond)
    }

    /// Returns the number of days in a month, 1 to 12.
    package static func daysIn(month: Int, year: Int) -> Int {
        switch month {
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
