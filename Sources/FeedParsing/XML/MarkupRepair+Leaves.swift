private import Glibc
private import Text

extension MarkupRepair {
    /// Passes an element that holds nothing but a short text, and of which every byte is as it should be:
    /// `<pubDate>Mon, 01 Jan 2024 00:00:00 GMT</pubDate>`. Feeds are mostly made of them, and what opens and closes at
    /// once need not be remembered.
    ///
    /// - Parameter index: where its `<` is.
    /// - Returns: where it ends; nil where it has to be looked at more closely.
    static func leaf(_ input: UnsafeBufferPointer<UInt8>, _ index: Int) -> Int? {
        guard let base = input.baseAddress else { return nil }
        let start = index &+ 1
        var end = start
        var sawColon = false
        while end < input.count {
            if base[end].isASCIILetter {
                end &+= 1
            } else if base[end] == UInt8(ascii: ":"), !sawColon, end > start {
                sawColon = true
                end &+= 1
            } else {
                break
            }
        }
        let length = end &- start
        guard length > 1, end < input.count, base[end] == UInt8(ascii: ">"), base[end &- 1] != UInt8(ascii: ":") else {
            return nil
        }
        let name = UnsafeBufferPointer(start: base + start, count: length)
        if OpenElements.isItem(name) || length <= 3 && HTMLJunk.isVoid(name) { return nil }
        let close = input.firstSpecialByte(from: end &+ 1)
        // Longer text is set aside.
        guard close &- end <= AsideText.shortest, input.count &- close >= length &+ 3,
            base[close] == UInt8(ascii: "<"), base[close &+ 1] == UInt8(ascii: "/"),
            base[close &+ 2 &+ length] == UInt8(ascii: ">"), memcmp(base + close + 2, base + start, length) == 0
        else { return nil }
        return close &+ length &+ 3
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Where the next `<`, `&` or `]` is, or the end.
    func firstSpecialByte(from start: Int) -> Int {
        first(of: UInt8(ascii: "<"), UInt8(ascii: "&"), UInt8(ascii: "]"), from: start)
    }

    /// Where the next of three bytes is, or the end.
    @inline(__always)
    func first(of first: UInt8, _ second: UInt8, _ third: UInt8, from start: Int) -> Int {
        guard let base = baseAddress else { return 0 }
        let ones: UInt64 = 0x0101_0101_0101_0101
        let (firsts, seconds, thirds) = (ones &* UInt64(first), ones &* UInt64(second), ones &* UInt64(third))
        @inline(__always)
        func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & 0x8080_8080_8080_8080 }
        var index = start
        while count &- index >= 8 {
            let word = UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self)
            let hits = zeros(word ^ firsts) | zeros(word ^ seconds) | zeros(word ^ thirds)
            // The first hit is exact, those above it need not be.
            if hits != 0 { return index &+ hits.littleEndian.trailingZeroBitCount / 8 }
            index &+= 8
        }
        while index < count {
            let byte = base[index]
            if byte == first || byte == second || byte == third { break }
            index &+= 1
        }
        return index
    }
}
