import FeedModel

/// Dates as feeds write them (identity.md §10).
///
/// Read are: RFC 822, 850, 1123, 2822 and 3339, asctime, W3CDTF at every precision with ISO 8601's week, ordinal and
/// basic forms, seconds and milliseconds since 1970, and what programs make of these in other languages. Weekdays are
/// passed over, right or wrong. Nothing is allocated.
enum FeedDate {
    struct Reading: Equatable {
        var time: Timestamp
        /// The text named no time zone, or one that nobody knows: UTC was assumed.
        var assumedZone: Bool
    }

    /// Longer texts are no dates, white space around them aside.
    private static let maximumLength = 200

    /// The instant, or nil where the text cannot be read or lies outside of the years 1 to 9999.
    static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> Reading? {
        var range = 0..<bytes.count
        while let first = range.first, bytes[first] <= 0x20 { range = first + 1..<range.upperBound }
        while let last = range.last, bytes[last] <= 0x20 { range = range.lowerBound..<last }
        guard !range.isEmpty, range.count <= maximumLength else { return nil }
        let text = UnsafeBufferPointer(rebasing: bytes[range])
        if let reading = ISODateScanner.read(text) { return reading }
        var scanner = DateScanner(text)
        return scanner.read()
    }

    static func parse(_ text: String) -> Reading? {
        var text = text
        return text.withUTF8 { parse($0) }
    }
}
