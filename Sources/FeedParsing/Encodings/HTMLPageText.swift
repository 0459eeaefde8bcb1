private import Text

/// `HTMLPageText` turns the bytes of an HTML page into UTF-8 that holds no control characters.
///
/// Pages say what they are less truly than feeds do: saved ones keep the label that they had before they were converted,
/// and servers name a default. So bytes that can hardly be anything but UTF-8 are read as that, whatever is said of them.
package enum HTMLPageText {
    /// No page declares its encoding behind that (WHATWG HTML §4.2.5.4 gives it 1024 bytes).
    private static let prescanBytes = 8192
    /// So much is decoded at a time.
    private static let pieceBytes = 1 << 18
    /// With more places that cannot be read, and so many among the text as `BinaryContent.isGarbled` allows, it is no page.
    private static let mostUnreadable = 20_000

    /// Returns the page as UTF-8, the same bytes where they are that already.
    ///
    /// In this order: a byte order mark, valid UTF-8 with a character beyond ASCII, the `Content-Type` header, the page's
    /// own `meta`, and what the letters of the text are likely to be. Linear in the bytes. Control characters of ASCII may
    /// be left. What can hardly be read at all is no text, and gives none.
    /// - Parameters:
    ///   - contentType: the value of the HTTP header, where there was one.
    ///   - maximumBytes: with more text than that nothing is decoded behind it; bytes that are UTF-8 already stay whole.
    package static func decode(
        _ page: consuming [UInt8], contentType: String?, maximumBytes: Int = .max
    ) -> [UInt8] {
        let decoded: [UInt8]? = page.withUnsafeBufferPointer { bytes in
            guard let (encoding, skipped) = encoding(of: bytes, contentType: contentType) else { return nil }
            var decoder = TextDecoder(encoding)
            var text: [UInt8] = []
            text.reserveCapacity(bytes.count + 16)
            var rest = bytes[skipped...]
            repeat {
                let piece = rest.prefix(pieceBytes)
                rest = rest.dropFirst(pieceBytes)
                decoder.decode(UnsafeBufferPointer(rebasing: piece), isFinal: rest.isEmpty, into: &text)
                // Each place that cannot be read costs as much as a hundred bytes that can.
                if decoder.unreadable > mostUnreadable, 32 * decoder.unreadable > text.count { return [] }
            } while !rest.isEmpty && text.count < maximumBytes
            return text
        }
        if let decoded { return decoded }
        return page
    }

    /// Nil where the bytes are UTF-8 without a mark and without a mistake.
    private static func encoding(
        of bytes: UnsafeBufferPointer<UInt8>, contentType: String?
    ) -> (encoding: CharacterEncoding, skipped: Int)? {
        if let marked = EncodingDecision.byteOrderMark(bytes) { return marked }
        if let wide = EncodingDecision.detected(bytes) { return (wide, 0) }
        let evidence = UTF8Evidence(bytes)
        if evidence.foreign == 0 { return nil }
        // A broken place or two in a page of UTF-8 are the work of whoever cut a text at a byte.
        if evidence.pairs + evidence.longer > 20 * evidence.foreign { return (.utf8, 0) }
        let header = contentType.flatMap { MediaType($0).charset }
        for label in [header, declaredLabel(bytes)] {
            if let label, let named = CharacterEncoding(label: label), named.isASCIICompatible, named.form != .utf8 {
                return (named, 0)
            }
        }
        if evidence.isMostlyUTF8 { return (.utf8, 0) }
        let window = UnsafeBufferPointer(rebasing: bytes.prefix(EncodingDecision.windowBytes))
        return (EncodingDetector.encoding(of: window) ?? .windows1252, 0)
    }

    /// The label of `<meta charset>` or `<meta http-equiv="content-type" content="…; charset=…">`.
    private static func declaredLabel(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
        let page = UnsafeBufferPointer(rebasing: bytes.prefix(prescanBytes))
        var tokenizer = HTMLTokenizer(page)
        while let token = tokenizer.next() {
            guard case .tag(let tag) = token, HTMLName(page, tag.name) == meta else { continue }
            var attributes = HTMLAttributes(page, of: tag)
            while let attribute = attributes.next() {
                let value = String(decoding: page[attribute.value], as: UTF8.self)
                switch HTMLName(page, attribute.name) {
                case charset: return value
                case content: if let label = MediaType(value).charset { return label }
                default: break
                }
            }
        }
        return nil
    }

    private static let meta = HTMLName("meta")
    private static let charset = HTMLName("charset")
    private static let content = HTMLName("content")
}
