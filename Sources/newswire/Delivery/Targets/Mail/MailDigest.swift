internal import FeedModel

/// Several articles in one message: title, feed, link and beginning of each.
struct MailDigest {
    /// The most articles of a digest. What is shown of each is bounded, and so is the message.
    static let mostArticles = 1000
    /// Bytes of an article's text.
    private static let excerpt = 600

    private let records: [StoredRecord]

    /// - Parameter records: not empty.
    init(_ records: [StoredRecord]) {
        self.records = records
    }

    /// How many, and from which feeds.
    var subject: String {
        var feeds: [String] = []
        for record in records {
            let name = Self.feed(record)
            if !feeds.contains(name), feeds.count < 4 { feeds.append(name) }
        }
        let count = records.count == 1 ? "1 article" : "\(records.count) articles"
        return
            "\(count): \(feeds.count > 3 ? feeds.prefix(3).joined(separator: ", ") + ", …" : feeds.joined(separator: ", "))"
    }

    var body: MailBody {
        var page = MailPage(title: subject)
        var parts: [String] = []
        for record in records {
            let article = record.article
            let title = MailHeader.line(article.headline, limit: 400)
            let origin = Self.origin(record)
            let beginning = MailHeader.line(article.bodyText, limit: Self.excerpt)
            page.heading(title, article.url)
            page.paragraph(origin)
            if !beginning.isEmpty { page.paragraph(beginning) }
            let link = article.url.map { MailPage.Link(label: "", url: $0).text }
            parts.append(
                [title, origin, link, beginning].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: "\n"))
        }
        return MailBody(text: parts.joined(separator: "\n\n") + "\n", html: page.finished())
    }

    /// Feed, authors and date.
    private static func origin(_ record: StoredRecord) -> String {
        let date = record.publishedText ?? record.modifiedText ?? record.storedAtText
        let parts = [
            feed(record), record.authorNames.joined(separator: ", "), date.map(TextFormat.shown) ?? "",
            record.kind == .update ? "version \(record.version ?? 0)" : "",
        ]
        return MailHeader.line(parts.filter { !$0.isEmpty }.joined(separator: " | "), limit: 400)
    }

    private static func feed(_ record: StoredRecord) -> String { record.feedTitle ?? record.feed?.text ?? "newswire" }
}
