package import FeedModel
internal import Text

/// `ArchiveFileName` is the name of a file of the archive: when it was begun, in UTC, and a serial number that no other file of
/// the archive ever has. Nothing of a feed is in it.
package struct ArchiveFileName: Sendable, Hashable, Comparable {
    /// The file was begun then.
    package let begun: Timestamp
    /// The files are in the order of these.
    package let serial: UInt64

    package init(begun: Timestamp, serial: UInt64) {
        self.begun = begun
        self.serial = serial
    }

    static let suffix = ".warc.gz"
    /// Stands behind the name of the file that is being written.
    static let openSuffix = ".open"
    private static let prefix = "newswire-"
    private static let serialDigits = 5

    /// Returns the name that the file has once it is closed, by which records name it from the start.
    package var text: String {
        let day = begun.civilDay
        let millisecond = begun.milliseconds - Timestamp(year: day.year, month: day.month, day: day.day).milliseconds
        let second = millisecond / 1000
        let numbers = [
            (Int64(day.year), 4), (Int64(day.month), 2), (Int64(day.day), 2), (second / 3600, 2), (second / 60 % 60, 2),
            (second % 60, 2), (millisecond % 1000, 3),
        ]
        let time = numbers.map { Self.padded(UInt64(max(0, $0.0)), $0.1) }.joined()
        return "\(Self.prefix)\(time)-\(Self.padded(serial, Self.serialDigits))\(Self.suffix)"
    }

    private static func padded(_ number: UInt64, _ digits: Int) -> String {
        let text = "\(number)"
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }

    /// Reads the name of a closed file; nil for any other.
    package init?(_ name: String) {
        guard name.hasPrefix(Self.prefix), name.hasSuffix(Self.suffix) else { return nil }
        let parts = name.dropFirst(Self.prefix.count).dropLast(Self.suffix.count).utf8.split(
            separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count == 17, (Self.serialDigits...18).contains(parts[1].count),
            let serial = parts[1].decimalNumber(atMost: .max / 16)
        else { return nil }
        var numbers: [Int] = []
        var rest = parts[0]
        for digits in [4, 2, 2, 2, 2, 2, 3] {
            guard let number = rest.prefix(digits).decimalNumber() else { return nil }
            numbers.append(number)
            rest = rest.dropFirst(digits)
        }
        begun = Timestamp(
            year: numbers[0], month: numbers[1], day: numbers[2], hour: numbers[3], minute: numbers[4],
            second: numbers[5],
            millisecond: numbers[6])
        self.serial = UInt64(serial)
        // A name that is written otherwise than newswire does is not one of its files.
        if text != name { return nil }
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.serial, left.begun) < (right.serial, right.begun)
    }
}

/// `ArchivePlace` says where a record of the archive is: how a line of the store names it.
package struct ArchivePlace: Sendable, Hashable, CustomStringConvertible {
    /// The file, whether it is closed by now or not.
    package let file: ArchiveFileName
    /// The record's first byte, compressed as it is.
    package let offset: UInt64

    package init(file: ArchiveFileName, offset: UInt64) {
        self.file = file
        self.offset = offset
    }

    /// Reads `file:offset`; nil where it is none that newswire writes.
    package init?(_ text: String) {
        guard text.utf8.count <= 128, let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")),
            let file = ArchiveFileName(String(text[..<colon])),
            let offset = text.utf8[text.utf8.index(after: colon)...].decimalNumber(atMost: 1 << 62)
        else { return nil }
        self.file = file
        self.offset = UInt64(offset)
    }

    /// The place as `file:offset`.
    package var description: String { "\(file.text):\(offset)" }
}
