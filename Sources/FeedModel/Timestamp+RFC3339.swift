extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC, with milliseconds only where there are any: `2026-11-22T08:00:03Z`.
    package var description: String {
        withRFC3339 { String(decoding: $0, as: UTF8.self) }
    }

    /// `description` as bytes: 20 of them for a whole second of the years 0000 to 9999, which is all that is written.
    package var rfc3339: [UInt8] { withRFC3339 { Array($0) } }

    /// The same, for as long as `body` runs.
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

    /// Strict RFC 3339, for what newswire or a person on the command line wrote; feeds' dates are read by FeedParsing.
    package init?(rfc3339 text: String) {
        var text = text
        guard let time = text.withUTF8({ Timestamp(rfc3339: UnsafeRawBufferPointer($0)) }) else { return nil }
        self = time
    }

    /// The same of its bytes.
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

    package static func daysIn(month: Int, year: Int) -> Int {
        switch month {
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
