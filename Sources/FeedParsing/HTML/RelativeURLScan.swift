private import Text

/// Tells most HTML that holds no relative URL from the rest, without taking it apart.
///
/// Bodies of feeds are full of attributes, and nearly all URLs in them are absolute. Only equals signs are looked for,
/// with the name of an attribute that holds URLs before them. It may err, but only towards yes.
enum RelativeURLScan {
    static func mayFind(in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var index = 0
        while let equals = bytes.first(UInt8(ascii: "="), from: index) {
            index = equals + 1
            var end = equals
            while end > 0, bytes[end - 1] <= 0x20 { end -= 1 }
            var start = end
            while start > 0, end - start <= 11, bytes[start - 1].isASCIILetter { start -= 1 }
            guard end - start >= 3, end - start <= 11,
                let kind = URLAttribute.kind(of: HTMLName(bytes, start..<end))
            else { continue }
            while index < bytes.count, HTMLTokenizer.isSpace(bytes[index]) { index += 1 }
            guard index < bytes.count else { return false }
            let quote = bytes[index]
            let isQuoted = quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'")
            if isQuoted { index += 1 }
            guard hasScheme(bytes, at: index) else { return true }
            if kind == .sourceSet, !isQuoted || !isPlainSourceSet(bytes, from: index, quote) { return true }
        }
        return false
    }

    private static func hasScheme(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
        bytes.hasPrefixIgnoringCase("https:", at: index) || bytes.hasPrefixIgnoringCase("http:", at: index)
            || bytes.hasPrefixIgnoringCase("mailto:", at: index) || bytes.hasPrefixIgnoringCase("data:", at: index)
    }

    /// Whether each comma before the closing quote has white space and another absolute URL behind it, and no reference
    /// could hide one.
    private static func isPlainSourceSet(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, _ quote: UInt8) -> Bool {
        var index = start
        while true {
            index = bytes.first(of: quote, UInt8(ascii: ","), UInt8(ascii: "&"), from: index)
            guard index < bytes.count, bytes[index] != quote else { return true }
            if bytes[index] == UInt8(ascii: "&") {
                guard bytes.hasPrefixIgnoringCase("&amp;", at: index) else { return false }
                index += 5
                continue
            }
            index += 1
            let afterComma = index
            while index < bytes.count, HTMLTokenizer.isSpace(bytes[index]) { index += 1 }
            guard index > afterComma, hasScheme(bytes, at: index) else { return false }
        }
    }
}
