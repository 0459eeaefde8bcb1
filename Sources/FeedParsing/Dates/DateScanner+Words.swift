private import Text

/// The words of a date: names of months, days and zones, and what says which half of the day or what a number counts.
extension DateScanner {
    mutating func word() {
        if takesEnglish() { return }
        let start = index
        let word = DateWord.read(bytes, at: &index)
        if word.count > 0 {
            if !take(word, from: start) { note(isStranger: DateNames.mayBeMonth(word)) }
        } else if index == start, let (scalar, length) = DateWord.scalar(bytes, at: index) {
            hasOtherDigits = hasOtherDigits || DateWord.digit(scalar) != nil
            index = hasOtherDigits ? bytes.count : index + length
        }
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
            guard let number = EnglishMonth.number(packed: ascii) else { return false }
            name(number, at: index)
        }
        note(isStranger: false)
        index += 3
        return true
    }

    /// A month, if none was said by a number already; nil while it is not settled which one.
    private mutating func name(_ number: Int?, at start: Int) {
        guard month.isNamed || fields.month == nil else { return }
        if month.note(at: start, place: min(count, 2), bytes) { fields.month = number }
    }

    /// - Returns: whether the word means something in a date.
    private mutating func take(_ word: DateWord, from start: Int) -> Bool {
        // A week that ISO does not have.
        if word.ascii == 0x77, count == 1, !hasTime { isBroken = true }
        if let meridiem = meridiem(word) {
            self.meridiem = meridiem
            return true
        }
        // a.m. and p.m.
        if hasTime, word.ascii == 0x61 || word.ascii == 0x70, byte(at: index) == UInt8(ascii: "."),
            byte(at: index + 1) | 0x20 == UInt8(ascii: "m")
        {
            meridiem = word.ascii == 0x70 ? .pm : .am
            index += 2
            return true
        }
        if hasTime, fields.offset == nil, takesOffset, let minutes = DateZone.minutes(word) {
            fields.offset = minutes
            return true
        }
        if let era = Self.era(word) {
            self.era = era
            return true
        }
        if DateWord.isThai(UInt32(word.letters[0] >> 48)) { isThai = true }
        if announces(word) { return true }
        let (meanings, end) = DateNames.read(bytes, at: start)
        index = end
        if meanings.languages != 0 {
            name(nil, at: start)
            note(isStranger: false)
            return true
        }
        if meanings.isPassedOver { note(isStranger: false) }
        if meanings.days != 0, count != 1 { month.noteDay(meanings.days) }
        return meanings.isPassedOver
    }

    private func meridiem(_ word: DateWord) -> Meridiem? {
        switch word.ascii {
        case 0x616d: return .am
        case 0x706d: return .pm
        default: break
        }
        switch word.letters[0] {
        // 上午, 午前, 오전.
        case 0x4e0a_5348_0000_0000, 0x5348_524d_0000_0000, 0xc624_c804_0000_0000: return .am
        // 下午, 午後, 오후.
        case 0x4e0b_5348_0000_0000, 0x5348_5f8c_0000_0000, 0xc624_d6c4_0000_0000: return .pm
        // Behind a time π.μ., ص and ق.ظ, or μ.μ., م and ب.ظ.
        case 0x3c0_03bc_0000_0000, 0x635_0000_0000_0000, 0x642_0638_0000_0000: return hasTime ? .am : nil
        case 0x3bc_03bc_0000_0000, 0x645_0000_0000_0000, 0x628_0638_0000_0000: return hasTime ? .pm : nil
        default: return nil
        }
    }

    // MARK: - What a number counts

    /// The year before the first one of an era of Japan or Taiwan.
    private static func era(_ word: DateWord) -> Int? {
        switch word.letters[0] {
        // 令和, 平成, 昭和.
        case 0x4ee4_548c_0000_0000: 2018
        case 0x5e73_6210_0000_0000: 1988
        case 0x662d_548c_0000_0000: 1925
        // 民國, 民国, 中華民國.
        case 0x6c11_570b_0000_0000, 0x6c11_56fd_0000_0000, 0x4e2d_83ef_6c11_570b: 1911
        default: nil
        }
    }

    /// `ngày 5 tháng 6 năm 2025` and `Thứ 5`: in Vietnamese such words stand in front of the number.
    private mutating func announces(_ word: DateWord) -> Bool {
        var place = index
        while byte(at: place) == 0x20 { place += 1 }
        guard digit(at: place) != nil else { return false }
        switch (word.letters[0], word.letters[1]) {
        // tháng, thg, and th where the digit follows at once.
        case (0x74_0068_0061_006e, 0x67_0000_0000_0000), (0x74_0068_0067_0000, 0): announced = .month
        case (0x74_0068_0000_0000, 0) where place == index: announced = .month
        // ngày, năm, thứ.
        case (0x6e_0067_0061_0079, 0): announced = .day
        case (0x6e_0061_006d_0000, 0): announced = .year
        case (0x74_0068_0075_0000, 0): announced = .weekday
        default: return false
        }
        note(isStranger: false)
        return true
    }

    /// The character behind a number that says what it counts.
    mutating func marker() -> Marker? {
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
}
