/// `YearlyClockChange` is the rule by which clocks are put forward and back each year, or never, as POSIX writes it in TZ:
/// `CET-1CEST,M3.5.0,M10.5.0/3`.
struct YearlyClockChange: Sendable, Hashable {
    /// Seconds ahead of UTC.
    private var standard = 0
    private var summer: Summer?

    private struct Summer: Hashable {
        var offset: Int
        var begin: Day
        var end: Day
    }

    /// A day of a year, and seconds from its beginning on the clock that holds until then.
    private struct Day: Hashable {
        enum Kind: Hashable {
            /// Counts from 1, without 29 February.
            case julian(Int)
            /// Counts from 0, with it.
            case zeroBased(Int)
            /// The day of the week from Sunday on, its number in the month, where 5 is the last one.
            case weekday(month: Int, week: Int, day: Int)
        }
        var kind: Kind
        var seconds: Int
    }

    /// Reads the rule; nil where the text is none.
    init?(_ text: some Sequence<UInt8>) {
        var text = Reader(text: Array(text))
        guard text.name(), let offset = text.offset() else { return nil }
        standard = -offset
        if text.isAtEnd { return }
        guard text.name() else { return nil }
        var summerOffset = standard + 3600
        if !text.isAt(UInt8(ascii: ",")) {
            guard let offset = text.offset() else { return nil }
            summerOffset = -offset
        }
        guard text.take(UInt8(ascii: ",")), let begin = text.day(), text.take(UInt8(ascii: ",")), let end = text.day(),
            text.isAtEnd
        else { return nil }
        summer = Summer(offset: summerOffset, begin: begin, end: end)
    }

    /// - Parameter seconds: since 1970.
    func offset(at seconds: Int64) -> Int {
        guard let summer else { return standard }
        let year = Self.year(of: seconds + Int64(standard))
        let begin = Self.seconds(summer.begin, year) - Int64(standard)
        let end = Self.seconds(summer.end, year) - Int64(summer.offset)
        let isSummer = begin < end ? seconds >= begin && seconds < end : seconds < end || seconds >= begin
        return isSummer ? summer.offset : standard
    }

    private static func year(of seconds: Int64) -> Int {
        // Near enough to begin with; a year has 365.2425 days.
        var year = 1970 + Int(seconds / 31_556_952)
        while Timestamp(year: year + 1, month: 1, day: 1).seconds <= seconds { year += 1 }
        while Timestamp(year: year, month: 1, day: 1).seconds > seconds { year -= 1 }
        return year
    }

    /// Seconds since 1970, as if the clock were UTC.
    private static func seconds(_ day: Day, _ year: Int) -> Int64 {
        let start = Timestamp(year: year, month: 1, day: 1).seconds
        let days: Int
        switch day.kind {
        case .julian(let number):
            let isLeap = Timestamp.daysIn(month: 2, year: year) == 29
            days = number - 1 + (isLeap && number >= 60 ? 1 : 0)
        case .zeroBased(let number): days = number
        case .weekday(let month, let week, let weekday):
            let first = Timestamp(year: year, month: month, day: 1).seconds / 86_400
            // 1970-01-01 was a Thursday.
            let firstWeekday = Int(((first + 4) % 7 + 7) % 7)
            var date = 1 + (weekday - firstWeekday + 7) % 7 + (week - 1) * 7
            while date > Timestamp.daysIn(month: month, year: year) { date -= 7 }
            days = Int(first - start / 86_400) + date - 1
        }
        return start + Int64(days) * 86_400 + Int64(day.seconds)
    }

    private struct Reader {
        let text: [UInt8]
        var index = 0

        init(text: [UInt8]) { self.text = text }

        var isAtEnd: Bool { index == text.count }

        func isAt(_ byte: UInt8) -> Bool { index < text.count && text[index] == byte }

        mutating func take(_ byte: UInt8) -> Bool {
            guard isAt(byte) else { return false }
            index += 1
            return true
        }

        /// `CET`, `<+0330>`.
        mutating func name() -> Bool {
            let start = index
            if take(UInt8(ascii: "<")) {
                while index < text.count, !isAt(UInt8(ascii: ">")) { index += 1 }
                return take(UInt8(ascii: ">"))
            }
            while index < text.count, (0x61...0x7a).contains(text[index] | 0x20) { index += 1 }
            return index - start >= 3
        }

        mutating func number(upTo limit: Int) -> Int? {
            let start = index
            var value = 0
            while index < text.count, (0x30...0x39).contains(text[index]), index - start < 3 {
                value = value * 10 + Int(text[index] - 0x30)
                index += 1
            }
            return index > start && value <= limit ? value : nil
        }

        /// `-1`, `3:30`, in seconds: west of Greenwich is more than 0.
        mutating func offset() -> Int? {
            let isNegative = take(UInt8(ascii: "-"))
            if !isNegative { _ = take(UInt8(ascii: "+")) }
            guard let hours = number(upTo: 167) else { return nil }
            var seconds = hours * 3600
            for unit in [60, 1] where take(UInt8(ascii: ":")) {
                guard let part = number(upTo: 59) else { return nil }
                seconds += part * unit
            }
            return isNegative ? -seconds : seconds
        }

        mutating func day() -> Day? {
            var kind: Day.Kind
            if take(UInt8(ascii: "M")) {
                guard let month = number(upTo: 12), month > 0, take(UInt8(ascii: ".")), let week = number(upTo: 5),
                    week > 0, take(UInt8(ascii: ".")), let day = number(upTo: 6)
                else { return nil }
                kind = .weekday(month: month, week: week, day: day)
            } else if take(UInt8(ascii: "J")) {
                guard let number = number(upTo: 365), number > 0 else { return nil }
                kind = .julian(number)
            } else {
                guard let number = number(upTo: 365) else { return nil }
                kind = .zeroBased(number)
            }
            var seconds = 7200
            if take(UInt8(ascii: "/")) {
                guard let time = offset() else { return nil }
                seconds = time
            }
            return Day(kind: kind, seconds: seconds)
        }
    }
}
