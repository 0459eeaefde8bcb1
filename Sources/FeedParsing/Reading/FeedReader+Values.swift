import FeedModel
private import Text

/// What the bytes of a capture, or of an attribute, come to as a value.
///
/// Some of it is mutating only in name: what is not gets a copy of the whole reader on the stack each time.
extension FeedReader {
    /// The captured text without white space around it; nil where nothing is left.
    var capturedText: String? {
        mutating get {
            capture.bytes.withUnsafeBufferPointer { bytes in
                let text = bytes.trimmed
                return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
            }
        }
    }

    /// The captured text with its kind.
    ///
    /// - Parameter kind: what it is where no element stood in it.
    mutating func capturedValue(_ kind: TextValue.Kind) -> TextValue? {
        if capture.mode == .base64 { return decodedBase64(kind) }
        guard
            let text = capture.bytes.withUnsafeBufferPointer({ bytes -> String? in
                let text = bytes.trimmed.withoutCDATAMarks
                return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
            })
        else { return nil }
        return TextValue(text: text, kind: capture.holdsMarkup ? .html : kind, isCut: capture.isCut)
    }

    private mutating func decodedBase64(_ kind: TextValue.Kind) -> TextValue? {
        guard let bytes = Base64.bytes(capture.bytes) else {
            return capturedText.map { TextValue(text: $0, kind: kind, isCut: capture.isCut) }
        }
        var mended: [UInt8] = []
        var findings = UTF8Text.Findings()
        _ = bytes.withUnsafeBufferPointer {
            UTF8Text.appendMended($0, isFinal: true, into: &mended, findings: &findings)
        }
        // A picture, or something else that is no text.
        if findings.controls > 0 { return nil }
        let text = mended.withUnsafeBufferPointer { String(decoding: $0.trimmed, as: UTF8.self) }
        return text.isEmpty ? nil : TextValue(text: text, kind: kind, isCut: capture.isCut)
    }

    /// The captured date under the name of the field that it is meant for. One that cannot be read is kept as text.
    mutating func capturedDate(_ field: String) -> Timestamp? {
        let reading = capture.bytes.withUnsafeBufferPointer { bytes in
            let text = bytes.trimmed
            return text.isEmpty ? nil : FeedDate.parse(text)
        }
        return noted(reading, field) ?? unreadable(capturedText, field)
    }

    mutating func date(_ text: String?, _ field: String) -> Timestamp? {
        guard let text, !text.isEmpty else { return nil }
        return noted(FeedDate.parse(text), field) ?? unreadable(text, field)
    }

    private mutating func noted(_ reading: FeedDate.Reading?, _ field: String) -> Timestamp? {
        if reading?.assumedZone == true {
            notes.assumedZones += 1
            if isInItem { _ = item.assumedUTC.add(field, limit: 4) }
        }
        return reading?.time
    }

    private mutating func unreadable(_ text: String?, _ field: String) -> Timestamp? {
        guard let text else { return nil }
        // A month's name may mean several, unless its language is known (identity.md §10).
        let language = languages.current ?? (isInItem ? item.language : nil) ?? feed.language
        if let language, let reading = FeedDate.parse(text, language: language) { return noted(reading, field) }
        notes.unreadableDates += 1
        let raw = Article.RawDate(field: field, text: text.cut(toBytes: 256))
        if isInItem { item.rawDates.add(raw) } else { feed.rawDates.add(raw) }
        return nil
    }

    /// What relative URLs are resolved against. A document that came without a URL still tells where it lives.
    private var base: String? { mutating get { bases.current ?? feed.ownURL } }

    /// An absolute URL that may be followed: http, https or mailto. Anything else is kept as text with the item, or with
    /// the feed.
    mutating func url(_ reference: String?) -> String? {
        guard let reference, !reference.isEmpty else { return nil }
        guard reference.utf8.count <= limits.urlBytes else {
            noteUnsafe(reference.cut(toBytes: 2048))
            return nil
        }
        if reference.isPlainWebURL { return reference }
        guard let url = bases.resolve(reference, base: base), url.isFollowable else {
            noteUnsafe(reference)
            return nil
        }
        return url
    }

    private mutating func noteUnsafe(_ reference: String) {
        let isKept =
            isInItem
            ? item.unsafeURLs.add(reference, limit: limits.listEntries)
            : feed.unsafeURLs.add(reference, limit: limits.listEntries)
        if !isKept { noteCut("unsafe_urls") }
    }

    /// HTML with its relative URLs made absolute. What it is is decided with it: nobody has to look again.
    mutating func absolutized(_ value: TextValue) -> TextValue {
        var value = value
        value.kind = value.isHTML ? .html : .text
        guard value.kind == .html, let base else { return value }
        value.text = HTMLRewriter.absolutizing(value.text, base: base)
        return value
    }
}

extension [Article.RawDate] {
    /// Appends a date for a field that has none yet: each field is one member of an object, and several of one name are
    /// lost on most who read JSON.
    fileprivate mutating func add(_ date: Article.RawDate) {
        if !contains(where: { $0.field == date.field }) { append(date) }
    }
}

extension [String] {
    /// Appends a text that is not yet there.
    ///
    /// - Returns: false where there is no room for it.
    mutating func add(_ text: String, limit: Int) -> Bool {
        if contains(text) { return true }
        guard count < limit else { return false }
        append(text)
        return true
    }
}

extension String {
    /// Whether it is an http or https URL that needs no mending.
    var isPlainWebURL: Bool {
        var text = self
        return text.withUTF8 { bytes in
            let scheme = bytes.hasPrefix("https://") ? 8 : bytes.hasPrefix("http://") ? 7 : 0
            guard scheme > 0, bytes.count > scheme, bytes[scheme] != UInt8(ascii: "/") else { return false }
            for byte in bytes where byte <= 0x20 || byte == UInt8(ascii: "\\") { return false }
            return true
        }
    }

    fileprivate var isFollowable: Bool { URLResolution.isWeb(self) || URLResolution.scheme(of: self) == "mailto" }
}

extension UnsafeBufferPointer<UInt8> {
    fileprivate func hasPrefix(_ text: StaticString) -> Bool {
        guard count >= text.utf8CodeUnitCount else { return false }
        for index in 0..<text.utf8CodeUnitCount where self[index] != text.utf8Start[index] { return false }
        return true
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// What is inside `<![CDATA[` and `]]>` where they are the ends of it: a section that was escaped as if it were text.
    fileprivate var withoutCDATAMarks: UnsafeBufferPointer<UInt8> {
        guard count >= 12, self[1] == UInt8(ascii: "!"), self[count - 1] == UInt8(ascii: ">"), hasPrefix("<![CDATA["),
            self[count - 2] == UInt8(ascii: "]"), self[count - 3] == UInt8(ascii: "]")
        else { return self }
        let inside = UnsafeBufferPointer(rebasing: self[9..<count - 3])
        return inside.firstRange(of: "]]>", from: 0) == nil ? inside.trimmed : self
    }
}
