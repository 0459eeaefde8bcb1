package import FeedModel
private import Text

/// `Freshness` says how long a response stays good by its own word (RFC 9111 §4.2, polling.md §3).
package struct Freshness: Sendable, Equatable {
    /// The lifetime comes from max-age, or else Expires − Date; 0 where the server wants none of it reused.
    package var lifetimeSeconds: Int
    /// The response was so old when it had been received.
    package var ageSeconds: Int

    /// A freshness that is known otherwise than by a header.
    package init(lifetimeSeconds: Int, ageSeconds: Int) {
        self.lifetimeSeconds = lifetimeSeconds
        self.ageSeconds = ageSeconds
    }

    /// Reads the header of any response; nil where it says nothing of freshness.
    ///
    /// - Parameters:
    ///   - receivedAt: when the header had arrived.
    ///   - responseDelayMilliseconds: from the request to the header.
    package init?(_ headers: HeaderFields, receivedAt: Timestamp, responseDelayMilliseconds: Int) {
        let date = headers.first("Date").flatMap(HTTPDate.parse)
        let control = CacheControl(headers.all("Cache-Control"))
        if control.forbidsReuse {
            lifetimeSeconds = 0
        } else if let maxAge = control.maxAge {
            lifetimeSeconds = maxAge
        } else if let expires = headers.first("Expires") {
            let from = date ?? receivedAt
            let until = HTTPDate.parse(expires) ?? from
            lifetimeSeconds = Int(clamping: min(max(0, until.seconds - from.seconds), Int64(DeltaSeconds.greatest)))
        } else {
            return nil
        }
        let stated = headers.first("Age").flatMap { DeltaSeconds.parse($0) } ?? 0
        var apparent = 0
        // A difference of a day or more is a wrong clock, not an age.
        if let date, date < receivedAt, receivedAt.seconds - date.seconds < 86_400 {
            apparent = Int(receivedAt.seconds - date.seconds)
        }
        ageSeconds = max(stated, apparent) + min(max(0, responseDelayMilliseconds / 1000), 86_400)
    }
}

/// `CacheControl` is what the header of that name says to a private cache (RFC 9111 §5.2.2), read as polling.md §3 has
/// it.
struct CacheControl: Equatable {
    /// Seconds of the first max-age; 0 where it is no non-negative integer.
    var maxAge: Int?
    /// `no-store`, or `no-cache` without a list of fields.
    var forbidsReuse = false

    /// - Parameter values: the Cache-Control fields in the order in which they came.
    init(_ values: [String]) {
        for value in values {
            for directive in Self.directives(value) {
                let parts = directive.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                switch Self.trimmed(parts[0]).lowercased() {
                case "max-age" where maxAge == nil:
                    maxAge = parts.count > 1 ? Self.seconds(parts[1]) ?? 0 : 0
                case "no-store": forbidsReuse = true
                case "no-cache" where parts.count == 1: forbidsReuse = true
                default: break
                }
            }
        }
    }

    /// The parts between commas that stand outside quotes.
    private static func directives(_ value: String) -> [Substring] {
        var isQuoted = false
        return value.split(maxSplits: 100) { character in
            if character == "\"" { isQuoted.toggle() }
            return character == "," && !isQuoted
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        text.trimming { $0 == " " || $0 == "\t" }
    }

    private static func seconds(_ text: Substring) -> Int? {
        var text = trimmed(text)
        if text.first == "\"", text.last == "\"", text.count >= 2 { text = text.dropFirst().dropLast() }
        return DeltaSeconds.parse(text)
    }
}

/// `DeltaSeconds` reads non-negative whole seconds (RFC 9111 §1.2.2).
enum DeltaSeconds {
    /// RFC 9111 lets a number too large to count in be 2^31.
    static let greatest = 1 << 31

    static func parse(_ text: some StringProtocol) -> Int? { text.utf8.decimalNumber(atMost: greatest) }
}

/// `RetryAfter` reads the header of that name (RFC 9110 §10.2.3, polling.md §8).
package enum RetryAfter {
    /// Whoever asks for more than seven days is asked again after those.
    package static let greatestSeconds = 7 * 86_400

    /// Returns the seconds to wait, counted from the response; nil where the value is missing, garbage, negative or
    /// zero.
    ///
    /// - Parameters:
    ///   - date: the response's Date, which an HTTP date in the value is compared with.
    ///   - receivedAt: stands in for `date` where the response has none.
    package static func parse(_ value: String?, date: Timestamp?, receivedAt: Timestamp) -> Int? {
        guard let value else { return nil }
        let seconds: Int
        if let delay = DeltaSeconds.parse(value) {
            seconds = delay
        } else if let until = HTTPDate.parse(value) {
            seconds = Int(clamping: until.seconds - (date ?? receivedAt).seconds)
        } else {
            return nil
        }
        return seconds > 0 ? min(seconds, greatestSeconds) : nil
    }
}

/// `HTTPDate` reads the dates of HTTP (RFC 9110 §5.6.7).
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
        func number(_ range: Range<Int>) -> Int? { bytes[range].decimalNumber() }
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
        digits.contains(text.utf8.count) ? text.utf8.decimalNumber() : nil
    }
}
