/// Sizes as people write them: `512KiB`, `64MiB`, `2GiB`, `100B`.
package enum ByteSize {
    private static let units = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)]

    /// The number of bytes, or nil where the text is no size: digits and one unit, nothing else, at most 1024 GiB.
    package static func parse(_ text: String) -> Int? {
        for (unit, scale) in units where text.hasSuffix(unit) {
            let digits = text.utf8.dropLast(unit.utf8.count)
            return Digits.value(of: digits, limit: (1 << 40) / scale).map { $0 * scale }
        }
        return nil
    }

    /// The size in the largest unit that says it whole.
    package static func text(_ bytes: Int) -> String {
        for (unit, scale) in units where bytes != 0 && bytes.isMultiple(of: scale) { return "\(bytes / scale)\(unit)" }
        return "\(bytes)B"
    }
}
