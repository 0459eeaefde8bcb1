import FeedModel
private import Text

/// Everything but ISO 8601: goes through the text once, gathers numbers, words and the time, and then decides which
/// number is what.
struct DateScanner {
    struct Number {
        var value = 0
        var digits = 0
        /// What stands right behind it.
        var separator: UInt8 = 0
    }

    enum Meridiem {
        case am, pm
    }

    /// What a number counts.
    enum Marker {
        case year, month, day, weekday, hour, minute, second
    }

    let bytes: UnsafeBufferPointer<UInt8>
    var index = 0
    var fields = DateFields()
    private var numbers: InlineArray<3, Number> = .init(repeating: Number())
    var count = 0
    var hasTime = false
    var meridiem: Meridiem?
    /// The zone came as a name that an offset may follow, or not yet at all.
    var takesOffset = true
    var isBroken = false
    var month = DateMonth()
    /// What the number that follows counts, as a word in front of it said.
    var announced: Marker?
    /// The year before the first one of an era that years are counted in.
    var era = 0
    /// Years count from the Buddha's death, as in Thailand.
    var isThai: Bool
    private var wordCount = 0
    /// Bits: how many numbers stood in front of a time, of a word, and of a word that nothing is known about.
    private var times: UInt8 = 0
    private var words: UInt8 = 0
    private var strangers: UInt8 = 0
    /// It has digits of another script, and was read no further.
    var hasOtherDigits = false

    /// No date has more words, and each of them may be looked up among all names.
    private static let mostWords = 20

    init(_ bytes: UnsafeBufferPointer<UInt8>, isThai: Bool = false) {
        self.bytes = bytes
        self.isThai = isThai
    }

    /// - Parameter languages: decide where a month's name means several and the date itself does not say which.
    mutating func read(_ languages: DateLanguages) -> FeedDate.Reading? {
        while index < bytes.count, !isBroken {
            switch bytes[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                guard number() else { return nil }
            case UInt8(ascii: "+"), UInt8(ascii: "-"):
                if hasTime, takesOffset, digit(at: index + 1) != nil {
                    offset()
                } else {
                    // `30 Nov -0001`, as a database without a date has it.
                    if beginsNegativeYear() { return nil }
                    index += 1
                }
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x80...:
                word()
            case UInt8(ascii: "(") where fields.offset != nil:
                // The name of a zone that is known already.
                index = bytes[index...].firstIndex(of: UInt8(ascii: ")")).map { $0 + 1 } ?? bytes.count
            default: index += 1
            }
        }
        if let time = epoch() { return DateFields.reading(of: time, offset: 0) }
        guard !isBroken, !hasOtherDigits, settleMonth(languages), assignNumbers() else { return nil }
        if let meridiem, fields.hour <= 12 {
            fields.hour = fields.hour % 12 + (meridiem == .pm ? 12 : 0)
        }
        return fields.reading
    }

    /// A month has been named, although perhaps not which one.
    private var hasMonth: Bool { fields.month != nil || month.isNamed }

    private func beginsNegativeYear() -> Bool {
        count == 1 && hasMonth && bytes[index] == UInt8(ascii: "-") && byte(at: index - 1) == 0x20
            && digit(at: index + 1) != nil
    }

    func byte(at index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }

    func digit(at index: Int) -> Int? {
        byte(at: index).decimalValue.map(Int.init)
    }

    private mutating func digits() -> Number? {
        var number = Number()
        while let digit = digit(at: index) {
            number.digits += 1
            // Thirteen digits are milliseconds since 1970, and nothing has more.
            if number.digits > 13 { return nil }
            number.value = number.value * 10 + digit
            index += 1
        }
        number.separator = byte(at: index)
        return number
    }

    // MARK: - Numbers

    private mutating func number() -> Bool {
        guard var number = digits() else { return false }
        if number.digits <= 2, !hasTime, beginsTime(number) { return time(hour: number.value) }
        if let announced {
            self.announced = nil
            return assign(number, announced)
        }
        if let marker = marker() { return assign(number, marker) }
        guard count < 3 else { return false }
        if count == 0, number.digits == 8 {
            // 20040315 with a time that is not ISO's.
            fields.year = number.value / 10_000
            fields.month = number.value / 100 % 100
            number = Number(value: number.value % 100, digits: 2, separator: number.separator)
        }
        numbers[count] = number
        count += 1
        return true
    }

    private func beginsTime(_ number: Number) -> Bool {
        switch number.separator {
        case UInt8(ascii: ":"): return digit(at: index + 1) != nil
        case UInt8(ascii: "h"), UInt8(ascii: "H"): return digit(at: index + 1) != nil || !isLetter(byte(at: index + 1))
        case UInt8(ascii: "."):
            // 10.30 behind a whole date, with two digits and no third number.
            let hasDate = count == 3 || (hasMonth && (count == 2 || fields.day != nil))
            return hasDate && digit(at: index + 1) != nil && digit(at: index + 2) != nil && digit(at: index + 3) == nil
        default: return false
        }
    }

    func isLetter(_ byte: UInt8) -> Bool { DateWord.isLetter(UInt32(byte)) || byte >= 0x80 }

    /// `10:14`, `10:14:55`, `10:14:55.123`, `10h14`, `10.14`.
    private mutating func time(hour: Int) -> Bool {
        hasTime = true
        times |= 1 << UInt8(count)
        fields.hour = hour
        let separator = bytes[index] | 0x20 == UInt8(ascii: "h") ? UInt8(ascii: ":") : bytes[index]
        index += 1
        guard digit(at: index) != nil else { return true }
        guard let minute = digits(), minute.digits <= 2 else { return false }
        fields.minute = minute.value
        guard byte(at: index) == separator, digit(at: index + 1) != nil else { return true }
        index += 1
        guard let second = digits(), second.digits <= 2 else { return false }
        fields.second = second.value
        guard byte(at: index) == UInt8(ascii: ".") || byte(at: index) == UInt8(ascii: ","), digit(at: index + 1) != nil
        else { return true }
        index += 1
        var scale = 100
        while let digit = digit(at: index) {
            fields.millisecond += digit * scale
            scale /= 10
            index += 1
        }
        return true
    }

    /// `+0200`, `+02:00`, `+2`. One that cannot be is as good as none.
    private mutating func offset() {
        let isNegative = bytes[index] == UInt8(ascii: "-")
        index += 1
        guard let number = digits() else {
            while digit(at: index) != nil { index += 1 }
            return
        }
        var hours = number.value
        var minutes = 0
        if number.digits > 2 {
            hours = number.value / 100
            minutes = number.value % 100
        } else if number.separator == UInt8(ascii: ":"), digit(at: index + 1) != nil {
            index += 1
            minutes = digits()?.value ?? 0
        }
        takesOffset = false
        guard number.digits <= 4, hours <= DateZone.maximumHours, minutes < 60 else {
            fields.offset = nil
            return
        }
        fields.offset = (hours * 60 + minutes) * (isNegative ? -1 : 1)
    }

    // MARK: - What words say of numbers

    mutating func note(isStranger: Bool) {
        words |= 1 << UInt8(count)
        wordCount += 1
        if wordCount > Self.mostWords { isBroken = true }
        // What follows a time may be the name of a zone.
        if isStranger, times & 1 << UInt8(count) == 0 { strangers |= 1 << UInt8(count) }
    }

    private mutating func assign(_ number: Number, _ marker: Marker) -> Bool {
        switch marker {
        case .year:
            // 令和7年, and 25年 for short; a year 7 is none that an article can be of.
            guard era > 0 || number.digits == 2 || number.digits == 4 else { return false }
            fields.year = era > 0 ? era + number.value : year(number)
        case .month:
            fields.month = number.value
            month = DateMonth()
        case .day: fields.day = number.value
        case .weekday: break
        case .hour:
            fields.hour = number.value
            hasTime = true
        case .minute: fields.minute = number.value
        case .second: fields.second = number.value
        }
        return true
    }

    /// - Returns: false where a name means several months.
    private mutating func settleMonth(_ languages: DateLanguages) -> Bool {
        guard month.isNamed else { return true }
        // `mar. 03/02/2026`: a Tuesday.
        if count == 3, month.place == 0, month.mayBeDay(bytes) {
            fields.month = nil
            return true
        }
        if fields.month == nil || month.isDoubtful { fields.month = month.number(bytes, languages) }
        return fields.month != nil
    }

    // MARK: - Which number is what

    /// Seconds or milliseconds since 1970: ten or thirteen digits and nothing else.
    private func epoch() -> Timestamp? {
        guard count == 1, !hasTime, !hasMonth, numbers[0].digits == bytes.count else { return nil }
        switch numbers[0].digits {
        case 10: return Timestamp(seconds: Int64(numbers[0].value))
        case 13: return Timestamp(milliseconds: Int64(numbers[0].value))
        default: return nil
        }
    }

    private mutating func assignNumbers() -> Bool {
        if fields.year != nil {
            // By markers, or by eight digits with the day left over.
            guard count <= 1 else { return false }
            if count == 1 { fields.day = numbers[0].value }
            return fields.month != nil
        }
        if fields.month != nil { return assignAroundMonth() }
        switch count {
        case 3: return assignDate()
        case 2:
            // A word may be a month that nobody here knows, and the number its day.
            guard numbers[1].digits == 4, numbers[0].digits <= 2, (words | times) & 0b11 == 0 else { return false }
            fields.month = numbers[0].value
            fields.year = numbers[1].value
            return true
        default: return false
        }
    }

    /// Day and year, in either order, with a month that had a name.
    private mutating func assignAroundMonth() -> Bool {
        switch count {
        case 1:
            guard isYear(numbers[0]) else { return false }
            fields.year = year(numbers[0])
        case 2:
            // `Mar, 5 Xyz 2026`: whatever Xyz is, March was none.
            guard month.place == 1 || strangers & 0b10 == 0 else { return false }
            let yearFirst = isYear(numbers[0])
            fields.year = year(numbers[yearFirst ? 0 : 1])
            fields.day = numbers[yearFirst ? 1 : 0].value
        default: return false
        }
        return true
    }

    private func isYear(_ number: Number) -> Bool { number.digits >= 3 || number.value > 31 }

    /// Three numbers: `2004/3/15`, `15.3.2004`, `15-3-2004`, and with slashes, as in America, `3/15/2004`.
    private mutating func assignDate() -> Bool {
        guard strangers & 0b110 == 0 else { return false }
        if isYear(numbers[0]) {
            fields.year = year(numbers[0])
            fields.month = numbers[1].value
            fields.day = numbers[2].value
            return true
        }
        fields.year = year(numbers[2])
        let monthFirst = numbers[0].separator == UInt8(ascii: "/") ? numbers[0].value <= 12 : numbers[1].value > 12
        fields.month = numbers[monthFirst ? 0 : 1].value
        fields.day = numbers[monthFirst ? 1 : 0].value
        return true
    }

    /// RFC 5322 §4.3: two digits below 50 belong to this century, the others and all of three to the last one.
    private func year(_ number: Number) -> Int {
        if isThai { return thaiYear(number) }
        return switch number.digits {
        case ...2: number.value + (number.value < 50 ? 2000 : 1900)
        case 3: number.value + 1900
        default: number.value
        }
    }

    /// 2568, or in short 68, is 2025. No year, where two digits may be of either calendar.
    private func thaiYear(_ number: Number) -> Int {
        switch number.value {
        case 50..<100 where number.digits == 2: number.value + 1957
        case 2400..<2700: number.value - 543
        case 1900..<2100: number.value
        default: 0
        }
    }
}
