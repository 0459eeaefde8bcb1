private import Text

/// Which URLs may stand in sanitised HTML.
enum HTMLSafeURL {
    /// Appends the URL if its scheme is http, https or mailto, or if it is relative.
    ///
    /// - Parameter allowingImages: also `data:` with a raster image in it, which runs nothing.
    static func append(
        _ value: UnsafeBufferPointer<UInt8>, base: String?, _ budget: inout ResolutionBudget, allowingImages: Bool,
        to result: inout [UInt8]
    ) -> Bool {
        let start = result.count
        appendClean(value, to: &result)
        let cleanCount = result.count - start
        if cleanCount == 0 { return true }
        let scheme = result.withUnsafeBufferPointer { URLScheme(of: UnsafeBufferPointer(rebasing: $0[start...])) }
        switch scheme {
        case .web, .mailto: return true
        case .other:
            if allowingImages, isImage(result[start...]) { return true }
            result.removeLast(cleanCount)
            return false
        case nil:
            // A colon in front of everything else without a scheme before it is no relative URL (RFC 3986 §4.2), and
            // nobody knows what a browser will make of it.
            if hasStrayColon(result[start...]) {
                result.removeLast(cleanCount)
                return false
            }
            // Relative, and absolute only where that can be made out.
            guard var base else { return true }
            var absolute: [UInt8] = []
            let isResolved = result.withUnsafeBufferPointer { reference in
                base.withUTF8 {
                    URLResolution.resolve(
                        UnsafeBufferPointer(rebasing: reference[start...]), base: $0, &budget, into: &absolute)
                }
            }
            if isResolved {
                result.removeLast(cleanCount)
                result.append(contentsOf: absolute)
            }
            return true
        }
    }

    /// `srcset`: the candidates that are safe.
    static func appendSourceSet(
        _ value: UnsafeBufferPointer<UInt8>, base: String?, _ budget: inout ResolutionBudget, to result: inout [UInt8]
    ) -> Bool {
        SourceSet.withoutControls(value).withUnsafeBufferPointer { value in
            for candidate in SourceSet(value) {
                let separator = result.count
                if separator > 0 { result.append(contentsOf: [UInt8(ascii: ","), 0x20]) }
                let url = UnsafeBufferPointer(rebasing: value[candidate.url])
                guard append(url, base: base, &budget, allowingImages: false, to: &result) else {
                    result.removeLast(result.count - separator)
                    continue
                }
                guard !candidate.descriptor.isEmpty else { continue }
                result.append(0x20)
                result.append(contentsOf: value[candidate.descriptor])
            }
        }
        return !result.isEmpty
    }

    /// What a browser makes of it before it looks for the scheme: nothing around it, no tabs and line breaks inside. C1
    /// controls go as well, because `SanitizedHTML` would change them after the scheme was looked at.
    private static func appendClean(_ value: UnsafeBufferPointer<UInt8>, to result: inout [UInt8]) {
        let start = result.count
        for (index, byte) in value.enumerated() where !SourceSet.isPartOfC1(value, at: index) {
            if byte > 0x20 && byte != 0x7f || byte == 0x20 && result.count > start { result.append(byte) }
        }
        while result.count > start, result.last == 0x20 { result.removeLast() }
    }

    private static func hasStrayColon(_ url: ArraySlice<UInt8>) -> Bool {
        for byte in url {
            switch byte {
            case UInt8(ascii: ":"): return true
            case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "\\"): return false
            default: break
            }
        }
        return false
    }

    private static let images: [StaticString] = ["png", "gif", "jpeg", "jpg", "webp", "avif", "bmp"]

    private static func isImage(_ url: ArraySlice<UInt8>) -> Bool {
        url.withUnsafeBufferPointer { bytes in
            guard bytes.hasPrefixIgnoringCase("data:image/") else { return false }
            return images.contains { type in
                let end = 11 + type.utf8CodeUnitCount
                return end < bytes.count && bytes.hasPrefixIgnoringCase(type, at: 11)
                    && (bytes[end] == UInt8(ascii: ";") || bytes[end] == UInt8(ascii: ","))
            }
        }
    }
}

/// The candidates of a `srcset` attribute, by WHATWG HTML §4.8.4.2: a URL may hold commas, though not end in one.
struct SourceSet: Sequence, IteratorProtocol {
    struct Candidate {
        var url: Range<Int>
        var descriptor: Range<Int>
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    mutating func next() -> Candidate? {
        while index < bytes.count, HTMLTokenizer.isSpace(bytes[index]) || bytes[index] == UInt8(ascii: ",") {
            index += 1
        }
        guard index < bytes.count else { return nil }
        let start = index
        while index < bytes.count, !HTMLTokenizer.isSpace(bytes[index]) { index += 1 }
        var end = index
        while end > start, bytes[end - 1] == UInt8(ascii: ",") { end -= 1 }
        // A comma at the end of the URL ends the candidate: there is no descriptor.
        if end < index { return Candidate(url: start..<end, descriptor: end..<end) }
        while index < bytes.count, HTMLTokenizer.isSpace(bytes[index]) { index += 1 }
        let descriptor = index
        var isInParentheses = false
        while index < bytes.count, isInParentheses || bytes[index] != UInt8(ascii: ",") {
            if bytes[index] == UInt8(ascii: "(") { isInParentheses = true }
            if bytes[index] == UInt8(ascii: ")") { isInParentheses = false }
            index += 1
        }
        var last = index
        while last > descriptor, HTMLTokenizer.isSpace(bytes[last - 1]) { last -= 1 }
        return Candidate(url: start..<end, descriptor: descriptor..<last)
    }

    /// The value with nothing in it that is left out of URLs and on writing: otherwise a URL that is written may be empty
    /// or end in the comma of the next.
    static func withoutControls(_ value: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(value.count)
        for (index, byte) in value.enumerated() where !isPartOfC1(value, at: index) {
            if HTMLTokenizer.isSpace(byte) {
                result.append(0x20)
            } else if byte > 0x20 && byte != 0x7f {
                result.append(byte)
            }
        }
        return result
    }

    /// Whether the byte there is one of the two of a control character of U+0080 to U+009F.
    static func isPartOfC1(_ value: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
        if value[index] == 0xc2 { return index + 1 < value.count && value[index + 1] < 0xa0 }
        return value[index] >= 0x80 && value[index] < 0xa0 && index > 0 && value[index - 1] == 0xc2
    }
}

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
