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
