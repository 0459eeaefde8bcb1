/// `NormalizedText` takes the differences out of a text that do not make another text.
package enum NormalizedText {
    /// Returns a title as titles are compared (identity.md §3, §9): runs of white space as one space, none at the ends,
    /// lower case.
    package static func title(_ title: String) -> String {
        var form: [UInt8] = []
        form.reserveCapacity(title.utf8.count)
        appendCollapsed(title, to: &form)
        return form.withUnsafeMutableBufferPointer { bytes in
            var isASCII = true
            for index in bytes.indices {
                let byte = bytes[index]
                if byte >= UInt8(ascii: "A"), byte <= UInt8(ascii: "Z") { bytes[index] = byte | 0x20 }
                if byte >= 0x80 { isASCII = false }
            }
            let lower = String(decoding: bytes, as: UTF8.self)
            return isASCII ? lower : lowercasedBeyondASCII(lower)
        }
    }

    /// Returns what `lowercased()` would, which is slow because it takes each letter of ASCII for a text of its own.
    private static func lowercasedBeyondASCII(_ text: String) -> String {
        var changed: [UInt8] = []
        var kept = text.startIndex
        for index in text.unicodeScalars.indices {
            let scalar = text.unicodeScalars[index]
            guard scalar.value >= 0x80, !isCaseless(scalar.value) else { continue }
            let lower = scalar.properties.lowercaseMapping
            if lower.unicodeScalars.elementsEqual(CollectionOfOne(scalar)) { continue }
            changed.append(contentsOf: text.utf8[kept..<index])
            changed.append(contentsOf: lower.utf8)
            kept = text.unicodeScalars.index(after: index)
        }
        if kept == text.startIndex { return text }
        changed.append(contentsOf: text.utf8[kept...])
        return String(decoding: changed, as: UTF8.self)
    }

    /// Whether a character surely has no lower case: small letters of Latin and Cyrillic, what is not Latin, Greek or
    /// Cyrillic up to the Georgian letters, and everything East Asian that is in common use.
    private static func isCaseless(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0xdf...0xff, 0x0430...0x045f, 0x0590...0x109f, 0x2010...0x2060, 0x3000...0xa63f, 0xac00...0xd7ff: true
        default: false
        }
    }

    /// Appends text with each run of white space as one space and none at the ends.
    static func appendCollapsed(_ text: String, to bytes: inout [UInt8]) {
        var text = text
        text.withUTF8 { utf8 in
            var isEmpty = true
            var start = 0
            var index = 0
            while index < utf8.count {
                // Text that needs no change is copied in one piece, with single spaces between words: that is nearly all.
                while index < utf8.count {
                    if let more = unchangedLength(utf8, index, isStart: index == start) {
                        index += more
                        continue
                    }
                    let byte = utf8[index]
                    if byte > 0x20, byte != 0xc2 {
                        index += 1
                    } else if spaceLength(utf8, index) == 0
                        || (byte == 0x20 && index > start && index + 1 < utf8.count
                            && spaceLength(utf8, index + 1) == 0)
                    {
                        index += 1
                    } else {
                        break
                    }
                }
                if start < index {
                    if !isEmpty { bytes.append(0x20) }
                    bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start..<index]))
                    isEmpty = false
                }
                while index < utf8.count {
                    let length = spaceLength(utf8, index)
                    if length == 0 { break }
                    index += length
                }
                start = index
            }
        }
    }

    /// How many of the next eight bytes surely stay as they are: nil where that is for a closer look at the next one to say.
    ///
    /// - Parameter isStart: nothing stands before them. Else they come behind what stays as it is, and if that ends with
    ///   a space they begin with something else.
    @inline(__always)
    private static func unchangedLength(_ utf8: UnsafeBufferPointer<UInt8>, _ index: Int, isStart: Bool) -> Int? {
        guard index + 8 <= utf8.count else { return nil }
        let bytes = UnsafeRawBufferPointer(utf8).loadUnaligned(fromByteOffset: index, as: UInt64.self).littleEndian
        let tops: UInt64 = 0x8080_8080_8080_8080
        let controls = (bytes &- 0x2020_2020_2020_2020) & ~bytes & tops
        let spaces = ByteSearch.mark(0x20, in: bytes)
        var unclear = controls | ByteSearch.mark(0xc2, in: bytes) | (spaces & spaces << 8)
        if isStart { unclear |= spaces & 0x80 }
        // Whether a space at the end needs a change depends on the byte that follows.
        if unclear == 0 { return spaces >> 63 == 0 ? 8 : 7 }
        // The first mark is exact; others need not be.
        let clear = unclear.trailingZeroBitCount / 8
        if clear == 0 { return nil }
        return utf8[index + clear - 1] == 0x20 ? (clear > 1 ? clear - 1 : nil) : clear
    }

    /// How many bytes of white space begin here: ASCII's, and the no-break space.
    @inline(__always)
    private static func spaceLength(_ utf8: UnsafeBufferPointer<UInt8>, _ index: Int) -> Int {
        let byte = utf8[index]
        if byte == 0x20 || (byte >= 0x09 && byte <= 0x0d) { return 1 }
        if byte == 0xc2, index + 1 < utf8.count, utf8[index + 1] == 0xa0 { return 2 }
        return 0
    }
}

/// Looks at eight bytes of text at a time.
enum ByteSearch {
    /// The upper bit of each of the eight bytes that is `byte`. Behind the first such byte others may be marked that are
    /// not; none is left out.
    @inline(__always)
    static func mark(_ byte: UInt8, in bytes: UInt64) -> UInt64 {
        let different = bytes ^ (0x0101_0101_0101_0101 &* UInt64(byte))
        return (different &- 0x0101_0101_0101_0101) & ~different & 0x8080_8080_8080_8080
    }

    /// Returns where the first of two bytes stands from `start` on.
    static func first(
        _ one: UInt8, or other: UInt8, in bytes: UnsafeMutableBufferPointer<UInt8>, from start: Int
    ) -> Int? {
        var index = start
        let raw = UnsafeRawBufferPointer(bytes)
        while index + 8 <= bytes.count {
            let eight = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self).littleEndian
            let found = mark(one, in: eight) | mark(other, in: eight)
            if found != 0 { return index + found.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < bytes.count {
            if bytes[index] == one || bytes[index] == other { return index }
            index += 1
        }
        return nil
    }
}
