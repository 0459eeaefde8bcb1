import FeedModel
private import Text

/// Everything but ISO 8601: goes through the text once, gathers numbers, words and the time, and then decides which
/// number is what.
struct DateScanner {
    private struct Number {
        var value = 0
        var digits = 0
        /// What stands right behind it.
        var separator: UInt8 = 0
    }

    private enum Meridiem {
        case am, pm
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0
    private var fields = DateFields()
    private var numbers: InlineArray<3, Number> = .init(repeating: Number())
    private var count = 0
    private var hasTime = false
    private var meridiem: Meridiem?
    /// The zone came as a name that an offset may follow, or not yet at all.
    private var takesOffset = true
    private var isBroken = false

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    mutating func read() -> FeedDate.Reading? {
        while index < bytes.count {
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
        if let time = epoch() { return DateFields.reading(of: time, assumedZone: false) }
        guard !isBroken, assignNumbers() else { return nil }
        if let meridiem, fields.hour <= 12 {
            fields.hour = fields.hour % 12 + (meridiem == .pm ? 12 : 0)
        }
        return fields.reading
    }

    private func beginsNegativeYear() -> Bool {
        count == 1 && fields.month != nil && bytes[index] == UInt8(ascii: "-") && byte(at: index - 1) == 0x20
            && digit(at: index + 1) != nil
    }

    private func byte(at index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }

    private func digit(at index: Int) -> Int? {
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
        if let marker = marker() { return assign(number.value, marker) }
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
            let hasDate = count == 3 || (fields.month != nil && (count == 2 || fields.day != nil))
            return hasDate && digit(at: index + 1) != nil && digit(at: index + 2) != nil && digit(at: index + 3) == nil
        default: return false
        }
    }

    private func isLetter(_ byte: UInt8) -> Bool { DateWord.isLetter(UInt32(byte)) || byte >= 0x80 }

    /// `10:14`, `10:14:55`, `10:14:55.123`, `10h14`, `10.14`.
    private mutating func time(hour: Int) -> Bool {
        hasTime = true
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

    // MARK: - Words

    private mutating func word() {
        if takesEnglish() { return }
        var word = DateWord()
        while let (scalar, length) = DateWord.scalar(bytes, at: index) {
            guard DateWord.isLetter(scalar) else {
                if word.count == 0 { index += length }
                break
            }
            word.append(scalar)
            index += length
        }
        if word.count > 0 { take(word) }
    }

    /// The words of nearly every feed, three letters each, without the way that all others take.
    private mutating func takesEnglish() -> Bool {
        guard bytes.count - index >= 3, index + 3 == bytes.count || !isLetter(bytes[index + 3]),
            isLetter(bytes[index + 1]), isLetter(bytes[index + 2])
        else { return false }
        let ascii =
            UInt64(bytes[index] | 0x20) << 16 | UInt64(bytes[index + 1] | 0x20) << 8 | UInt64(bytes[index + 2] | 0x20)
        switch ascii {
        // Mon, Tue, Wed, Thu, Fri, Sat, Sun.
        case 0x6d6f6e, 0x747565, 0x776564, 0x746875, 0x667269, 0x736174, 0x73756e: break
        // GMT, UTC.
        case 0x676d74, 0x757463:
            guard hasTime, fields.offset == nil, takesOffset else { return false }
            fields.offset = 0
        default:
            guard let month = EnglishMonth.number(packed: ascii) else { return false }
            fields.month = month
        }
        index += 3
        return true
    }

    private mutating func take(_ word: DateWord) {
        // A week that ISO does not have.
        if word.ascii == 0x77, count == 1, !hasTime { isBroken = true }
        if let meridiem = Self.meridiem(word) {
            self.meridiem = meridiem
            return
        }
        // a.m. and p.m.
        if hasTime, word.ascii == 0x61 || word.ascii == 0x70, byte(at: index) == UInt8(ascii: "."),
            byte(at: index + 1) | 0x20 == UInt8(ascii: "m")
        {
            meridiem = word.ascii == 0x70 ? .pm : .am
            index += 2
            return
        }
        if hasTime, fields.offset == nil, takesOffset, let minutes = DateZone.minutes(word) {
            fields.offset = minutes
            return
        }
        guard let month = DateMonth.number(word), month > 0 else { return }
        // The last one counts: `mar, 3 feb` has a Tuesday in front.
        fields.month = month
    }

    private static func meridiem(_ word: DateWord) -> Meridiem? {
        switch word.ascii {
        case 0x616d: return .am
        case 0x706d: return .pm
        default: break
        }
        switch word.letters {
        // 上午, 午前, 오전.
        case 0x4e0a_5348_0000_0000, 0x5348_524d_0000_0000, 0xc624_c804_0000_0000: return .am
        // 下午, 午後, 오후.
        case 0x4e0b_5348_0000_0000, 0x5348_5f8c_0000_0000, 0xc624_d6c4_0000_0000: return .pm
        default: return nil
        }
    }

    // MARK: - Markers of East Asia

    private enum Marker {
        case year, month, day, hour, minute, second
    }

    /// The character behind a number that says what it counts.
    private mutating func marker() -> Marker? {
        var place = index
        while byte(at: place) == 0x20 { place += 1 }
        guard byte(at: place) >= 0xe3, let (scalar, length) = DateWord.scalar(bytes, at: place) else { return nil }
        let marker: Marker
        switch scalar {
        case 0x5e74, 0xb144: marker = .year
        case 0x6708, 0xc6d4: marker = .month
        case 0x65e5, 0x53f7, 0x865f, 0xc77c: marker = .day
        case 0x65f6, 0x6642, 0x70b9, 0x9ede, 0xc2dc: marker = .hour
        case 0x5206, 0xbd84: marker = .minute
        case 0x79d2, 0xcd08: marker = .second
        default: return nil
        }
        index = place + length
        return marker
    }

    private mutating func assign(_ value: Int, _ marker: Marker) -> Bool {
        switch marker {
        case .year: fields.year = value
        case .month: fields.month = value
        case .day: fields.day = value
        case .hour:
            fields.hour = value
            hasTime = true
        case .minute: fields.minute = value
        case .second: fields.second = value
        }
        return true
    }

    // MARK: - Which number is what

    /// Seconds or milliseconds since 1970: ten or thirteen digits and nothing else.
    private func epoch() -> Timestamp? {
        guard count == 1, !hasTime, fields.month == nil, numbers[0].digits == bytes.count else { return nil }
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
            guard numbers[1].digits == 4, numbers[0].digits <= 2 else { return false }
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
            fields.year = Self.year(numbers[0])
        case 2:
            let yearFirst = isYear(numbers[0])
            fields.year = Self.year(numbers[yearFirst ? 0 : 1])
            fields.day = numbers[yearFirst ? 1 : 0].value
        default: return false
        }
        return true
    }

    private func isYear(_ number: Number) -> Bool { number.digits >= 3 || number.value > 31 }

    /// Three numbers: `2004/3/15`, `15.3.2004`, `15-3-2004`, and with slashes, as in America, `3/15/2004`.
    private mutating func assignDate() -> Bool {
        if isYear(numbers[0]) {
            fields.year = Self.year(numbers[0])
            fields.month = numbers[1].value
            fields.day = numbers[2].value
            return true
        }
        fields.year = Self.year(numbers[2])
        let monthFirst = numbers[0].separator == UInt8(ascii: "/") ? numbers[0].value <= 12 : numbers[1].value > 12
        fields.month = numbers[monthFirst ? 0 : 1].value
        fields.day = numbers[monthFirst ? 1 : 0].value
        return true
    }

    /// RFC 5322 §4.3: two digits below 50 belong to this century, the others and all of three to the last one.
    private static func year(_ number: Number) -> Int {
        switch number.digits {
        case ...2: number.value + (number.value < 50 ? 2000 : 1900)
        case 3: number.value + 1900
        default: number.value
        }
    }
}
