package import FeedModel
private import Text

/// The dates of HTTP (RFC 9110 §5.6.7).
package enum HTTPDate {
    /// Reads `Sun, 06 Nov 1994 08:49:37 GMT` and its two obsolete forms, `Sunday, 06-Nov-94 08:49:37 GMT` and
    /// `Sun Nov  6 08:49:37 1994`; nil for anything else. The day's name is not compared with the date. A year of two
    /// digits lies in 1970 to 2069.
    package static func parse(_ text: String) -> Timestamp? {
        var text = text
        return text.withUTF8 { fixed($0) } ?? parseWords(text)
    }

    /// The first form, which is nearly all that is sent.
    private static func fixed(_ bytes: UnsafeBufferPointer<UInt8>) -> Timestamp? {
        // By the places of its separators; a form with others is read word by word.
        guard bytes.count == 29, bytes[3] == UInt8(ascii: ","), bytes[4] == 0x20, bytes[7] == 0x20, bytes[11] == 0x20,
            bytes[16] == 0x20, bytes[19] == UInt8(ascii: ":"), bytes[22] == UInt8(ascii: ":"), bytes[25] == 0x20,
            bytes[26...].elementsEqual("GMT".utf8)
        else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            var value = 0
            for byte in bytes[range] {
                guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
                value = value * 10 + Int(byte - UInt8(ascii: "0"))
            }
            return value
        }
        let name = bytes[8..<11]
        guard let month = EnglishMonth.number(name), let day = number(5..<7),
            let year = number(12..<16), let hour = number(17..<19), let minute = number(20..<22),
            let second = number(23..<25), hour < 24, minute < 60, second <= 60, day >= 1,
            day <= Timestamp.daysIn(month: month, year: year)
        else { return nil }
        return Timestamp(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    }

    private static func parseWords(_ text: String) -> Timestamp? {
        var words: [Substring] = []
        for word in text.split(whereSeparator: { $0 == " " || $0 == "," || $0 == "-" }) {
            guard words.count < 6 else { return nil }
            words.append(word)
        }
        let isShort = words.count == 6
        guard isShort || words.count == 5 else { return nil }
        if isShort {
            guard words[5] == "GMT" || words[5] == "UTC" else { return nil }
            return timestamp(day: words[1], month: words[2], year: words[3], time: words[4])
        }
        return timestamp(day: words[2], month: words[1], year: words[4], time: words[3])
    }

    private static func timestamp(day: Substring, month: Substring, year: Substring, time: Substring) -> Timestamp? {
        let parts = time.split(separator: ":", omittingEmptySubsequences: false)
        guard let monthNumber = EnglishMonth.number(month.utf8), let dayNumber = number(day, digits: 1...2),
            let yearNumber = fullYear(year), parts.count == 3,
            let hour = number(parts[0], digits: 2...2), hour < 24,
            let minute = number(parts[1], digits: 2...2), minute < 60,
            let second = number(parts[2], digits: 2...2), second <= 60,
            dayNumber >= 1, dayNumber <= Timestamp.daysIn(month: monthNumber, year: yearNumber)
        else { return nil }
        return Timestamp(
            year: yearNumber, month: monthNumber, day: dayNumber, hour: hour, minute: minute, second: second)
    }

    private static func fullYear(_ text: Substring) -> Int? {
        guard let year = number(text, digits: 2...4) else { return nil }
        switch text.utf8.count {
        case 2: return year < 70 ? 2000 + year : 1900 + year
        case 4: return year
        default: return nil
        }
    }

    private static func number(_ text: Substring, digits: ClosedRange<Int>) -> Int? {
        guard digits.contains(text.utf8.count) else { return nil }
        var value = 0
        for byte in text.utf8 {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return value
    }
}
