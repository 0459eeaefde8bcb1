internal import FeedModel
internal import FeedParsing

/// An article as a person reads it: headline, where and when, link, text. Nothing in it can steer a terminal.
struct TextFormat: ArticleFormat {
    func append(_ record: StoredRecord, to bytes: inout [UInt8]) {
        var lines = [SafeText.line(record.title ?? record.url ?? "(no title)")]
        var origin = [record.feedTitle ?? record.feed?.text ?? ""]
        let authors = record.authorNames
        if !authors.isEmpty { origin.append(authors.joined(separator: ", ")) }
        if let date = record.publishedText ?? record.storedAtText { origin.append(Self.shown(date)) }
        switch record.kind {
        case .update: origin.append("version \(record.version ?? 0)")
        case .duplicate: origin.append("the same as \(record.duplicateOf ?? 0)")
        case .new, .alias, nil: break
        }
        lines.append("  " + SafeText.line(origin.joined(separator: " | ")))
        if let url = record.url { lines.append("  " + SafeText.line(url)) }
        for text in [Self.text(record.summary, isHTML: true), Self.body(record)] {
            guard let text, !text.isEmpty else { continue }
            lines.append("")
            lines += text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "  \($0)" }
        }
        bytes.append(contentsOf: (lines.joined(separator: "\n") + "\n\n").utf8)
    }

    private static func body(_ record: StoredRecord) -> String? {
        text(record.contentHTML, isHTML: true) ?? text(record.contentText, isHTML: false)
    }

    private static func text(_ text: String?, isHTML: Bool) -> String? {
        text.map { SafeText.lines(isHTML ? HTMLText.paragraphs($0) : $0) }
    }

    /// `2026-11-22T08:00:03Z` without what nobody reads.
    static func shown(_ date: String) -> String {
        guard let time = Timestamp(rfc3339: date) else { return date }
        return String(Timestamp(seconds: time.seconds).description.prefix(16)).replacing("T", with: " ") + " UTC"
    }
}
