/// The word of a date that names its month, and the days of the week around it, which say in which language.
///
/// Most dates have one such word, and it is English: nothing is looked up before there is a doubt.
struct DateMonth {
    /// Where the word begins; negative while there is none.
    private var start = -1
    /// How many numbers stand in front of it.
    private(set) var place = 0
    /// Where another name of a month stands beside it, as in حزيران/يونيو.
    private var other = -1
    /// The languages that the names of days are of. English ones stand in front of dates of any language.
    private var days: DateLanguages = 0

    var isNamed: Bool { start >= 0 }

    /// It may be another month than its first three letters are in English.
    var isDoubtful: Bool { days != 0 || other >= 0 }

    mutating func noteDay(_ languages: DateLanguages) {
        if languages & DateNames.english == 0 { days |= languages }
    }

    /// Takes notice of a name between the numbers, rather of one in front, and last of one behind.
    ///
    /// - Returns: whether it is the date's month, as far as is known.
    mutating func note(at index: Int, place: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard isNamed else {
            start = index
            self.place = place
            return true
        }
        let earlier = DateNames.read(bytes, at: start).meanings
        if place == 1, self.place == 0 || earlier.isPassedOver && self.place == 1 {
            // `mar, 3 feb` has a Tuesday in front.
            noteDay(earlier.days)
            start = index
            self.place = place
            return true
        }
        let later = DateNames.read(bytes, at: index).meanings
        if place > self.place || later.isPassedOver {
            noteDay(later.days)
        } else if earlier.isPassedOver {
            noteDay(earlier.days)
            start = index
            return true
        } else {
            other = index
        }
        return false
    }

    /// Whether the name is one of a day, too: mar, sub.
    func mayBeDay(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        DateNames.read(bytes, at: start).meanings.isPassedOver
    }

    /// The month from 1 to 12; nil where it may be several.
    ///
    /// - Parameter languages: those of the text around the date.
    func number(_ bytes: UnsafeBufferPointer<UInt8>, _ languages: DateLanguages) -> Int? {
        guard let month = number(at: start, bytes, languages) else { return nil }
        return other < 0 || number(at: other, bytes, languages) == month ? month : nil
    }

    /// What all languages agree upon; else what those say that the day's name is of; else English, which the standards
    /// have; else what the language around it says.
    private func number(at index: Int, _ bytes: UnsafeBufferPointer<UInt8>, _ languages: DateLanguages) -> Int? {
        let meanings = DateNames.read(bytes, at: index).meanings
        var known = meanings.languages
        if let month = meanings.month(in: known) { return month }
        if known & days != 0 {
            known &= days
        } else if known & DateNames.english != 0 {
            known = DateNames.english
        }
        return meanings.month(in: known) ?? meanings.month(in: known & languages)
    }
}
