internal import FeedModel
internal import FeedParsing
internal import SearchIndex
internal import newswire

/// `EntryReading` is an entry with the record that is shown of it.
struct EntryReading: Sendable {
    let entry: IndexedEntry
    let record: StoredRecord
    let feed: ReaderFeed
    let article: Article

    init(entry: IndexedEntry, record: StoredRecord, feed: ReaderFeed) {
        self.entry = entry
        self.record = record
        self.feed = feed
        article = record.article
    }

    /// Plain text, never empty: RSS Guard does not keep an entry without a title.
    var title: String { article.headline }

    /// The article's page; that which it is about where it has none.
    var url: String { article.url ?? article.externalURL ?? "" }

    var author: String { record.authorNames.joined(separator: ", ") }

    /// When it was published, by what counts where the publisher's date lies in the future; when it was stored where there is
    /// no date.
    var published: Timestamp {
        record.effectiveDateText.flatMap(Timestamp.init(rfc3339:)) ?? article.published ?? entry.storedAt
    }

    /// The body as HTML in which nothing runs.
    var content: String {
        if let html = article.contentHTML { return HTMLSanitizer.sanitize(html, baseURL: article.url) }
        if let text = article.contentText { return Self.html(ofText: text) }
        return article.summary.map { HTMLSanitizer.sanitize($0, baseURL: article.url) } ?? ""
    }

    /// The times by which the Google Reader dialect tells entries apart: they rise with the numbers.
    var timestampMicroseconds: Int64 { Self.microseconds(entry.id, entry.storedAt) }

    static func microseconds(_ id: UInt64, _ storedAt: Timestamp) -> Int64 {
        let (product, overflows) = storedAt.seconds.multipliedReportingOverflow(by: 1_000_000)
        return overflows ? .max : product.addingOrClamping(Int64(id % 1_000_000))
    }

    var isRightToLeft: Bool {
        let language = article.language ?? record.feedLanguage ?? ""
        let primary = language.lowercased().prefix { $0 != "-" && $0 != "_" }
        return ["ar", "arc", "ckb", "dv", "fa", "he", "iw", "ji", "ps", "sd", "ug", "ur", "yi"].contains(primary)
    }

    private static func html(ofText text: String) -> String {
        var html = "<p>"
        for character in text.unicodeScalars {
            switch character {
            case "&": html += "&amp;"
            case "<": html += "&lt;"
            case ">": html += "&gt;"
            case "\n": html += "<br>"
            default: html.unicodeScalars.append(character)
            }
        }
        return html + "</p>"
    }
}
