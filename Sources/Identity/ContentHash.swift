package import Digest
package import FeedModel

/// The hash by which an edited article is told from an unchanged one (identity.md §8).
///
/// It is stored with each version, so its form is fixed: title, link, summary, content, authors, tags, attachments and
/// the date of publishing, without differences in white space and tracking parameters. Everything else may change
/// without a new version.
package struct ContentHash: ~Copyable {
    private var form: [UInt8] = []

    package init() {}

    package mutating func hash(of article: Article) -> Hash128 {
        form.removeAll(keepingCapacity: true)
        field(1, article.title)
        field(2, article.url.map { CanonicalURL.key($0) ?? $0 })
        field(3, article.summary, holdsMarkup: true)
        field(4, article.contentHTML, holdsMarkup: true)
        field(5, article.contentText)
        for author in article.authors {
            field(6, author.name)
            field(7, author.email)
        }
        for tag in article.tags { field(8, tag) }
        for attachment in article.attachments { field(9, CanonicalURL.key(attachment.url) ?? attachment.url) }
        if let published = article.published {
            field(10, String(published.seconds))
        } else {
            field(10, article.rawDates.first { $0.field == "date_published" }?.text)
        }
        return form.withUnsafeBytes { XXH3.hash128($0) }
    }

    /// Fields are told apart by a byte that no UTF-8 text holds, and their number.
    private mutating func field(_ number: UInt8, _ text: String?, holdsMarkup: Bool = false) {
        guard let text else { return }
        form.append(0xff)
        form.append(number)
        let start = form.count
        NormalizedText.appendCollapsed(text, to: &form)
        if holdsMarkup { removeTrackingParameters(from: start) }
    }

    /// Takes tracking parameters out of the links in markup: publishers write new ones into the same text.
    private mutating func removeTrackingParameters(from start: Int) {
        guard var index = firstParameter(from: start) else { return }
        var kept = index
        while index < form.count {
            let byte = form[index]
            guard Self.beginsParameter(byte), let end = trackingParameterEnd(at: index) else {
                form[kept] = byte
                kept += 1
                index += 1
                continue
            }
            index = end
        }
        form.removeLast(form.count - kept)
    }

    private func firstParameter(from start: Int) -> Int? {
        form.withUnsafeBufferPointer { bytes in
            var index = start
            while index < bytes.count {
                if Self.beginsParameter(bytes[index]) { return index }
                index += 1
            }
            return nil
        }
    }

    @inline(__always)
    private static func beginsParameter(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "?") || byte == UInt8(ascii: "&")
    }

    /// Where the parameter ends whose `?`, `&` or `&amp;` stands at `index`; nil where it is none of those.
    private func trackingParameterEnd(at index: Int) -> Int? {
        var name = index + 1
        if form[index] == UInt8(ascii: "&"), form[name...].starts(with: "amp;".utf8) { name += 4 }
        var equals = name
        while equals < form.count, equals - name <= 64, Self.isNameByte(form[equals]) { equals += 1 }
        guard equals < form.count, form[equals] == UInt8(ascii: "="), TrackingParameters.isTracking(form[name..<equals])
        else { return nil }
        var end = equals + 1
        while end < form.count, !Self.endsValue(form[end]) { end += 1 }
        return end
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
            || byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
    }

    private static func endsValue(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "&"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "<"), UInt8(ascii: ">"),
            UInt8(ascii: "#"), 0x20:
            true
        default: false
        }
    }
}
