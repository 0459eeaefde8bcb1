private import Text

/// `<base href>`: what the relative URLs of the HTML around it are resolved against (WHATWG HTML §4.2.3).
enum BaseElement {
    /// The URL that the first one with an `href` gives; nil where there is none, or it can lead to no page.
    ///
    /// - Parameter base: what it is relative to itself.
    static func url(in bytes: UnsafeBufferPointer<UInt8>, base: String?) -> String? {
        guard isLikely(in: bytes) else { return nil }
        var tokenizer = HTMLTokenizer(bytes)
        while let token = tokenizer.next() {
            guard case .tag(let tag) = token, !tag.isEnd, HTMLName(bytes, tag.name) == .base else { continue }
            var attributes = HTMLAttributes(bytes, of: tag)
            while let attribute = attributes.next() {
                guard !attribute.value.isEmpty, HTMLName(bytes, attribute.name) == .href else { continue }
                return url(UnsafeBufferPointer(rebasing: bytes[attribute.value]), base: base)
            }
        }
        return nil
    }

    private static func url(_ value: UnsafeBufferPointer<UInt8>, base: String?) -> String? {
        var reference: [UInt8] = []
        HTMLEntities.decode(value, inAttribute: true, into: &reference)
        // A longer one would be copied into every URL.
        guard reference.count <= 2048 else { return nil }
        let url = URLResolution.resolve(String(decoding: reference, as: UTF8.self), base: base)
        return url.flatMap { URLResolution.isBase($0) ? $0 : nil }
    }

    /// Whether its name stands behind any bracket: nearly no text has one, so that nearly none is taken apart for it.
    private static func isLikely(in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var index = 0
        while let open = bytes.first(UInt8(ascii: "<"), from: index) {
            index = open &+ 1
            guard index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "b") else { continue }
            if bytes.hasPrefixIgnoringCase("<base", at: open) { return true }
        }
        return false
    }
}
