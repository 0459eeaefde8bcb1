internal import FeedModel
internal import FeedParsing

/// What a template can say of an article. The names are those of the places, and never change.
enum TemplateField: String, CaseIterable, Sendable {
    case title, url, summary, text, page, authors, tags, published, feed
    case feedTitle = "feed_title"
    case uid, version, seq, kind
    case storedAt = "stored_at"
    /// The record itself, an object on one line; it stands outside of strings.
    case json

    /// What it is of a record, empty where the record has none: plain text, of one line but for `summary`, `text` and
    /// `page`, without control characters and what turns the direction of text.
    func value(of record: StoredRecord) -> String {
        switch self {
        case .title: Self.line(record.title ?? "")
        case .url: Self.webURL(record.url ?? "")
        case .summary: Self.lines(record.summary.map { HTMLText.paragraphs($0) } ?? Self.content(record))
        case .text:
            Self.lines(
                Self.content(record).isEmpty
                    ? record.summary.map { HTMLText.paragraphs($0) } ?? "" : Self.content(record))
        case .page: Self.lines(PageBeside(record)?.text ?? "")
        case .authors: Self.line(record.authorNames.joined(separator: ", "))
        case .tags: Self.line(record.article.tags.joined(separator: ", "))
        case .published: record.publishedText ?? ""
        case .feed: Self.line(record.feed?.text ?? "")
        case .feedTitle: Self.line(record.feedTitle ?? record.feed?.text ?? "")
        case .uid: record.uid.map { "\($0)" } ?? ""
        case .version: record.version.map { "\($0)" } ?? ""
        case .seq: record.seq.map { "\($0)" } ?? ""
        case .kind: record.kind?.rawValue ?? ""
        case .storedAt: record.storedAtText ?? ""
        case .json: ""
        }
    }

    private static func content(_ record: StoredRecord) -> String {
        record.contentText ?? record.contentHTML.map { HTMLText.paragraphs($0) } ?? ""
    }

    /// http and https alone: nothing that a click would run. What could end a link in any markup is percent-encoded.
    private static func webURL(_ text: String) -> String {
        let scheme = text.prefix { $0 != ":" }.lowercased()
        guard scheme == "http" || scheme == "https" else { return "" }
        var url = ""
        for scalar in line(text).unicodeScalars {
            guard scalar.value < 0x80, "<>()[]{}|\\^`\"'* ".unicodeScalars.contains(scalar) else {
                url.unicodeScalars.append(scalar)
                continue
            }
            url += "%" + String(scalar.value, radix: 16, uppercase: true)
        }
        return url
    }

    private static func line(_ text: String) -> String {
        lines(text).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private static func lines(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: SafeText.isUnsafe) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where scalar == "\n" || !SafeText.isUnsafe(scalar) { result.append(scalar) }
        return String(result)
    }
}
