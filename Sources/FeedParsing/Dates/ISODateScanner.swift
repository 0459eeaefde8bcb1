private import Text

/// ISO 8601 with its profiles RFC 3339 and W3CDTF, extended and basic.
///
/// It takes what begins with a year of four digits and has nothing in it that is not ISO; everything else is left to
/// `DateScanner`.
struct ISODateScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0
    private var fields = DateFields()

    static func read(_ bytes: UnsafeBufferPointer<UInt8>) -> FeedDate.Reading? {
        guard bytes.count >= 4, bytes[0] >= UInt8(ascii: "0"), bytes[0] <= UInt8(ascii: "9") else { return nil }
        var scanner = ISODateScanner(bytes: bytes)
        return scanner.date() && scanner.time() ? scanner.fields.reading : nil
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    private func byte(at index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }

    private func digit(at index: Int) -> Int? {
        byte(at: index).decimalValue.map(Int.init)
    }

    /// How many digits follow.
    private func digits() -> Int {
        var end = index
        while end < bytes.count, digit(at: end) != nil { end += 1 }
        return end - index
    }

    /// Takes exactly so many digits, which must be there.
    private mutating func number(_ count: Int) -> Int {
        var value = 0
        for _ in 0..<count {
            value = value * 10 + (digit(at: index) ?? 0)
            index += 1
        }
        return value
    }

    private mutating func take(_ expected: UInt8) -> Bool {
        guard byte(at: index) == expected else { return false }
        index += 1
        return true
    }

    // MARK: - The day

    private mutating func date() -> Bool {
        switch digits() {
        case 4: return datedFrom(year: number(4))
        case 6:
            // YYYYMM; YYMMDD would be as likely but for the century.
            fields.year = number(4)
            fields.month = number(2)
            return fields.year.map { $0 >= 1900 } ?? false
        case 7:
            let year = number(4)
            return fields.setOrdinal(number(3), of: year)
        case 8: return basicDate()
        case 12, 14:
            let hasSeconds = digits() == 14
            guard basicDate() else { return false }
            fields.hour = number(2)
            fields.minute = number(2)
            if hasSeconds { fields.second = number(2) }
            return true
        default: return false
        }
    }

    private mutating func basicDate() -> Bool {
        fields.year = number(4)
        fields.month = number(2)
        fields.day = number(2)
        return true
    }

    private mutating func datedFrom(year: Int) -> Bool {
        fields.year = year
        let separator = byte(at: index)
        if take(UInt8(ascii: "W")) { return week(of: year, isExtended: false) }
        guard separator == UInt8(ascii: "-") || separator == UInt8(ascii: "/") || separator == UInt8(ascii: ".") else {
            return index == bytes.count
        }
        index += 1
        if take(UInt8(ascii: "W")) { return week(of: year, isExtended: true) }
        switch digits() {
        case 3: return fields.setOrdinal(number(3), of: year)
        case let count where count == 1 || count == 2: fields.month = number(count)
        default: return false
        }
        guard take(separator) else { return true }
        let count = digits()
        guard count == 1 || count == 2 else { return false }
        fields.day = number(count)
        return true
    }

    private mutating func week(of year: Int, isExtended: Bool) -> Bool {
        let count = digits()
        guard count == 2 || (count == 3 && !isExtended) else { return false }
        let week = number(2)
        var weekday = 1
        if isExtended {
            if take(UInt8(ascii: "-")) {
                guard digits() == 1 else { return false }
                weekday = number(1)
            }
        } else if count == 3 {
            weekday = number(1)
        }
        return fields.setWeek(week, weekday: weekday, of: year)
    }

    // MARK: - The time

    private mutating func time() -> Bool {
        if index == bytes.count { return true }
        // After a basic date with its time there is only a zone.
        if byte(at: index - 1) != 0, isZone(byte(at: index)), digitsBefore() >= 12 { return zone() }
        let before = index
        if !take(UInt8(ascii: "T")), !take(UInt8(ascii: "t")) {
            _ = take(UInt8(ascii: ","))
            while take(0x20) {}
        }
        guard index > before else { return false }
        switch digits() {
        case 4 where byte(at: index + 4) != UInt8(ascii: ":"):
            fields.hour = number(2)
            fields.minute = number(2)
        case 6:
            fields.hour = number(2)
            fields.minute = number(2)
            fields.second = number(2)
            fraction()
        case let count where count == 1 || count == 2:
            fields.hour = number(count)
            if take(UInt8(ascii: ":")) {
                guard takeMinuteAndSecond() else { return false }
            } else if count == 1 || isSeparatedFromZone() {
                return false
            }
        default: return false
        }
        return zone()
    }

    private mutating func takeMinuteAndSecond() -> Bool {
        var count = digits()
        guard count == 1 || count == 2 else { return false }
        fields.minute = number(count)
        guard take(UInt8(ascii: ":")) else { return true }
        count = digits()
        guard count == 1 || count == 2 else { return false }
        fields.second = number(count)
        fraction()
        return true
    }

    /// `2003-12-31 10 ...`: whatever it is, ten is no hour.
    private func isSeparatedFromZone() -> Bool { byte(at: index) == 0x20 }

    private func digitsBefore() -> Int {
        var start = index
        while start > 0, digit(at: start - 1) != nil { start -= 1 }
        return index - start
    }

    private mutating func fraction() {
        guard byte(at: index) == UInt8(ascii: ".") || byte(at: index) == UInt8(ascii: ","), digit(at: index + 1) != nil
        else { return }
        index += 1
        var scale = 100
        while let digit = digit(at: index) {
            fields.millisecond += digit * scale
            scale /= 10
            index += 1
        }
    }

    private func isZone(_ byte: UInt8) -> Bool {
        byte | 0x20 == UInt8(ascii: "z") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
    }

    private mutating func zone() -> Bool {
        while take(0x20) {}
        if index == bytes.count { return true }
        if take(UInt8(ascii: "Z")) || take(UInt8(ascii: "z")) {
            fields.offset = 0
            return index == bytes.count
        }
        let isNegative = byte(at: index) == UInt8(ascii: "-")
        guard isNegative || byte(at: index) == UInt8(ascii: "+") else { return false }
        index += 1
        let count = digits()
        let hours: Int
        var minutes = 0
        switch count {
        case 1, 2:
            hours = number(count)
            if take(UInt8(ascii: ":")) {
                guard digits() == 2 else { return false }
                minutes = number(2)
            }
        case 4:
            hours = number(2)
            minutes = number(2)
        default: return false
        }
        guard index == bytes.count, hours <= DateZone.maximumHours, minutes < 60 else { return false }
        fields.offset = (hours * 60 + minutes) * (isNegative ? -1 : 1)
        return true
    }
}
