/// The lines of a robots.txt, whatever encodes them.
enum RobotsText {
    /// Returns the lines that are read.
    ///
    /// - Parameter longest: bytes; of a longer file the line in which they end is left out: half of a rule is another rule,
    ///   and a shorter path forbids or allows more than its author wrote.
    static func lines(of bytes: some Collection<UInt8>, longest: Int) -> [ArraySlice<UInt8>] {
        let isCut = bytes.count > longest
        var text = decoded(Array(bytes.prefix(longest)))
        if isCut { text = text[..<(text.lastIndex(where: isLineEnd) ?? text.startIndex)] }
        return text.split(whereSeparator: isLineEnd)
    }

    private static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0a || byte == 0x0d }

    /// The text in UTF-8, without a byte order mark.
    private static func decoded(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { return bytes[3...] }
        guard bytes.count >= 2 else { return bytes[...] }
        switch (bytes[0], bytes[1]) {
        case (0xff, 0xfe): return utf8(bytes[2...], highByteFirst: false)
        case (0xfe, 0xff): return utf8(bytes[2...], highByteFirst: true)
        // Without a mark: every robots.txt begins with a character of ASCII, and no text has a NUL.
        case (1..., 0): return utf8(bytes[...], highByteFirst: false)
        case (0, 1...): return utf8(bytes[...], highByteFirst: true)
        default: return bytes[...]
        }
    }

    private static func utf8(_ bytes: ArraySlice<UInt8>, highByteFirst: Bool) -> ArraySlice<UInt8> {
        var units: [UInt16] = []
        units.reserveCapacity(bytes.count / 2)
        var place = bytes.startIndex
        // A byte that is left over at the end is half of a unit.
        while place + 1 < bytes.endIndex {
            let (first, second) = (UInt16(bytes[place]), UInt16(bytes[place + 1]))
            units.append(highByteFirst ? first << 8 | second : second << 8 | first)
            place += 2
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)[...]
    }
}
