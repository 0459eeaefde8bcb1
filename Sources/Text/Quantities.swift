/// `ConfigDuration` reads and writes spans of time as people write them: `30s`, `15m`, `2h`, `7d`.
package enum ConfigDuration {
    /// Returns the span, or nil where the text is none. A span has digits and one unit, and at most 100 years.
    package static func parse(_ text: String) -> Duration? {
        var bytes = text.utf8[...]
        guard let unit = bytes.popLast(), let scale = seconds(in: unit) else { return nil }
        guard let count = Digits.value(of: bytes, limit: 100 * 366 * 86_400 / scale) else { return nil }
        return .seconds(count * scale)
    }

    /// Returns the span in the largest unit that says it whole. Parts of a second are dropped.
    package static func text(_ span: Duration) -> String {
        let seconds = span.components.seconds
        for (size, unit) in [(86_400, "d"), (3600, "h"), (60, "m")] as [(Int64, String)]
        where seconds != 0 && seconds.isMultiple(of: size) {
            return "\(seconds / size)\(unit)"
        }
        return "\(seconds)s"
    }

    private static func seconds(in unit: UInt8) -> Int? {
        switch unit {
        case UInt8(ascii: "s"): 1
        case UInt8(ascii: "m"): 60
        case UInt8(ascii: "h"): 3600
        case UInt8(ascii: "d"): 86_400
        default: nil
        }
    }
}

/// `ByteSize` reads and writes sizes as people write them: `512KiB`, `64MiB`, `2GiB`, `100B`.
package enum ByteSize {
    private static let units = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)]

    /// Returns the number of bytes, or nil where the text is no size. A size has digits and one unit, and at most 1024
    /// GiB.
    package static func parse(_ text: String) -> Int? {
        for (unit, scale) in units where text.hasSuffix(unit) {
            let digits = text.utf8.dropLast(unit.utf8.count)
            return Digits.value(of: digits, limit: (1 << 40) / scale).map { $0 * scale }
        }
        return nil
    }

    /// Returns the size in the largest unit that says it whole.
    package static func text(_ bytes: Int) -> String {
        for (unit, scale) in units where bytes != 0 && bytes.isMultiple(of: scale) { return "\(bytes / scale)\(unit)" }
        return "\(bytes)B"
    }
}

/// Decimal digits from outside, read without overflow.
enum Digits {
    /// The number, or nil where the text is empty, holds anything but digits, or says more than `limit`.
    static func value(of text: some Collection<UInt8>, limit: Int) -> Int? {
        guard !text.isEmpty else { return nil }
        var value = 0
        for character in text {
            guard character.isASCIIDigit else { return nil }
            let (tens, tooMany) = value.multipliedReportingOverflow(by: 10)
            let (sum, tooMuch) = tens.addingReportingOverflow(Int(character - UInt8(ascii: "0")))
            guard !tooMany, !tooMuch, sum <= limit else { return nil }
            value = sum
        }
        return value
    }
}
