import FeedParsing
private import Text

/// `DateInText` finds the first whole day in a short visible text: `Posted on May 20th, 2019 by …`, `20. mai 2019 kl. 9`,
/// `2019年5月20日`, `20/05/2019`.
///
/// A year of four digits is looked for, and what stands around it is read as a feed's date is, in the language of the page.
/// The time of day is not read: beside a visible date it has no zone, and often is that of another thing.
enum DateInText {
    /// Longer texts are cut: a line that tells a date is short.
    private static let longestText = 400
    /// No more years are tried.
    private static let mostYears = 8

    /// A run of digits or of other characters of a word.
    private struct Piece {
        var range: Range<Int>
        var isNumber: Bool
    }

    /// - Parameter language: of the page, as a tag.
    static func day(in text: String, language: String?) -> PageTime? {
        let bytes = Array(text.utf8.prefix(longestText))
        let pieces = pieces(bytes)
        var years = 0
        for (place, piece) in pieces.enumerated() where isYear(bytes, piece) {
            years += 1
            if years > mostYears { return nil }
            // Day and month come before the year, with a word between them perhaps, or behind it.
            for window in [
                place - 2...place, place - 3...place, place - 4...place, place...place + 2, place...place + 4,
            ] {
                guard pieces.indices.contains(window.lowerBound), pieces.indices.contains(window.upperBound),
                    let time = read(bytes, pieces[window], language)
                else { continue }
                return time
            }
        }
        return nil
    }

    private static func pieces(_ bytes: [UInt8]) -> [Piece] {
        var pieces: [Piece] = []
        var index = 0
        while index < bytes.count {
            let start = index
            let isNumber = bytes[index].isASCIIDigit
            while index < bytes.count, isInWord(bytes[index]), bytes[index].isASCIIDigit == isNumber { index += 1 }
            if index > start { pieces.append(Piece(range: start..<index, isNumber: isNumber)) } else { index += 1 }
        }
        return pieces
    }

    private static func isInWord(_ byte: UInt8) -> Bool { byte.isASCIIAlphanumeric || byte >= 0x80 }

    private static func isYear(_ bytes: [UInt8], _ piece: Piece) -> Bool {
        guard piece.isNumber, piece.range.count == 4, let year = bytes[piece.range].decimalNumber() else {
            return false
        }
        return (1990...2099).contains(year)
    }

    /// A window of two numbers and a word at least, or of three numbers, is written anew without what is behind ordinals.
    private static func read(_ bytes: [UInt8], _ pieces: ArraySlice<Piece>, _ language: String?) -> PageTime? {
        let numbers = pieces.filter(\.isNumber)
        let isAllNumbers = numbers.count == 3 && pieces.count == 3
        guard isAllNumbers || numbers.count == 2 || numbers.count == 3 && isCounted(bytes, pieces),
            numbers.allSatisfy({ $0.range.count <= 2 || $0.range.count == 4 && isYear(bytes, $0) }),
            numbers.count(where: { $0.range.count == 4 }) == 1
        else { return nil }
        var text: [UInt8] = []
        var end: Int?
        var wasNumber = false
        var hasName = isAllNumbers
        for piece in pieces {
            if let place = end {
                let between = bytes[place..<piece.range.lowerBound]
                // What belongs to one date stands close together.
                guard between.count <= 3 else { return nil }
                if wasNumber, between.isEmpty, isOrdinal(bytes[piece.range]) {
                    end = piece.range.upperBound
                    wasNumber = false
                    continue
                }
                let separatesDayFirst = isAllNumbers && isDayFirst(language)
                for byte in between {
                    text.append(separatesDayFirst && byte == UInt8(ascii: "/") ? UInt8(ascii: ".") : byte)
                }
            }
            text += bytes[piece.range]
            end = piece.range.upperBound
            wasNumber = piece.isNumber
            if !piece.isNumber { hasName = true }
        }
        // Two numbers alone would be a month and a year.
        guard hasName, let reading = FeedDate.parse(String(decoding: text, as: UTF8.self), language: language) else {
            return nil
        }
        return PageTime(instant: reading.time)
    }

    /// Whether words say which number is the month, as in 2019年5月20日.
    private static func isCounted(_ bytes: [UInt8], _ pieces: ArraySlice<Piece>) -> Bool {
        pieces.allSatisfy { $0.isNumber || bytes[$0.range.lowerBound] >= 0xe3 && $0.range.count <= 6 }
    }

    private static func isOrdinal(_ word: ArraySlice<UInt8>) -> Bool {
        let endings: [StaticString] = ["st", "nd", "rd", "th", "er", "re", "º", "ª", "°"]
        return endings.contains { ending in
            word.elementsEqual(UnsafeBufferPointer(start: ending.utf8Start, count: ending.utf8CodeUnitCount)) {
                $0 | 0x20 == $1 | 0x20
            }
        }
    }

    /// In a date of numbers with slashes the month is first in America alone, where pages are in English.
    private static func isDayFirst(_ language: String?) -> Bool {
        guard let language = language?.lowercased(), !language.isEmpty else { return false }
        let parts = language.split { $0 == "-" || $0 == "_" }
        guard parts.first == "en" else { return true }
        return parts.count > 1 && !["us", "ca", "ph"].contains(parts[1])
    }
}
