package import Digest
package import FeedModel

/// `ContentHash` makes the hash by which an edited article is told from an unchanged one (identity.md §8).
///
/// It is stored with each version, so its form is fixed: title, link, summary, content, authors, tags, attachments and
/// the date of publishing, and of a podcast its transcripts and chapters, without differences in white space and tracking
/// parameters. Everything else may change without a new version. One value serves many articles, so that its memory is
/// used again.
package struct ContentHash: ~Copyable {
    private var form: [UInt8] = []

    package init() {}

    /// Returns the hash of what counts of an article.
    package mutating func hash(of article: Article) -> Hash128 {
        hash(of: article, link: article.url.flatMap { CanonicalURL.key($0) })
    }

    /// - Parameter link: the key of the article's link, which others want too.
    mutating func hash(of article: Article, link: String?) -> Hash128 {
        form.removeAll(keepingCapacity: true)
        field(1, article.title)
        field(2, link ?? article.url)
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
        // Records of before had none, so that their hashes are the same.
        for url in article.podcast.readableURLs { field(11, CanonicalURL.key(url) ?? url) }
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
        let kept = form.withUnsafeMutableBufferPointer { bytes in
            var index = start
            var kept = start
            func keep(upTo end: Int) {
                if kept < index, index < end {
                    // Not nil: there are bytes between.
                    (bytes.baseAddress! + kept).update(from: bytes.baseAddress! + index, count: end - index)
                }
                kept += end - index
                index = end
            }
            while let begin = ByteSearch.first(UInt8(ascii: "?"), or: UInt8(ascii: "&"), in: bytes, from: index) {
                if let end = Self.trackingParameterEnd(at: begin, in: UnsafeBufferPointer(bytes)) {
                    keep(upTo: begin)
                    index = end
                } else {
                    keep(upTo: begin + 1)
                }
            }
            keep(upTo: bytes.count)
            return kept
        }
        form.removeLast(form.count - kept)
    }

    /// Returns where the parameter ends whose `?`, `&` or `&amp;` stands at `index`; nil where it is none of those.
    private static func trackingParameterEnd(at index: Int, in form: UnsafeBufferPointer<UInt8>) -> Int? {
        var name = index + 1
        if form[index] == UInt8(ascii: "&"), form[name...].starts(with: "amp;".utf8) { name += 4 }
        var equals = name
        while equals < form.count, equals - name <= 64, isNameByte(form[equals]) { equals += 1 }
        guard equals < form.count, form[equals] == UInt8(ascii: "="), TrackingParameters.isTracking(form[name..<equals])
        else { return nil }
        var end = equals + 1
        while end < form.count, !endsValue(form[end]) { end += 1 }
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

/// `ChangedFields` names the fields that make a version another one (identity.md §8).
package enum ChangedFields {
    /// Returns the names of the fields that differ, as in JSON Feed, in the order in which an item has them.
    ///
    /// - Parameter isShort: the old record was kept without its content, so only some fields can be compared.
    package static func names(from old: Article, to new: Article, isShort: Bool = false) -> [String] {
        var names: [String] = []
        func note(_ name: String, _ isSame: Bool) {
            if !isSame { names.append(name) }
        }
        if isShort {
            note("url", link(old.url) == link(new.url))
            note("title", collapsed(old.title) == collapsed(new.title))
            note("date_published", date(old) == date(new))
            return names
        }
        note("url", link(old.url) == link(new.url))
        note("title", collapsed(old.title) == collapsed(new.title))
        note("content_html", collapsed(old.contentHTML) == collapsed(new.contentHTML))
        note("content_text", collapsed(old.contentText) == collapsed(new.contentText))
        note("summary", collapsed(old.summary) == collapsed(new.summary))
        note("date_published", date(old) == date(new))
        note("authors", old.authors.map(person) == new.authors.map(person))
        note("tags", old.tags == new.tags)
        note("attachments", old.attachments.map { link($0.url) } == new.attachments.map { link($0.url) })
        note("podcast", old.podcast.readableURLs.map(link) == new.podcast.readableURLs.map(link))
        return names
    }

    private static func date(_ article: Article) -> String? {
        if let published = article.published { return String(published.seconds) }
        return article.rawDates.first { $0.field == "date_published" }?.text
    }

    /// An author without a name is stored under the address.
    private static func person(_ author: Author) -> [String?] {
        [author.name ?? author.email ?? author.url, author.email]
    }

    private static func link(_ url: String?) -> String? {
        url.map { CanonicalURL.key($0) ?? $0 }
    }

    private static func collapsed(_ text: String?) -> [UInt8]? {
        guard let text else { return nil }
        var bytes: [UInt8] = []
        NormalizedText.appendCollapsed(text, to: &bytes)
        return bytes
    }
}
