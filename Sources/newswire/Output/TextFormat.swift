internal import FeedModel
internal import FeedParsing
internal import JSONText

/// An article as a person reads it: headline, where and when, link, text. Nothing in it can steer a terminal.
struct TextFormat: ArticleFormat {
    func append(_ record: JSONValue, to bytes: inout [UInt8]) {
        let own = record["_newswire"] ?? .null
        var lines = [SafeText.line(record["title"]?.string ?? record["url"]?.string ?? "(no title)")]
        var origin = [own["feed_title"]?.string ?? own["feed"]?.string ?? ""]
        if let names = record["authors"]?.array?.compactMap({ $0["name"]?.string }), !names.isEmpty {
            origin.append(names.joined(separator: ", "))
        }
        if let date = record["date_published"]?.string ?? own["stored_at"]?.string { origin.append(Self.shown(date)) }
        switch own["kind"]?.string {
        case "update": origin.append("version \(own["version"]?.integer ?? 0)")
        case "duplicate": origin.append("the same as \(own["duplicate_of"]?.integer ?? 0)")
        default: break
        }
        lines.append("  " + SafeText.line(origin.joined(separator: " | ")))
        if let url = record["url"]?.string { lines.append("  " + SafeText.line(url)) }
        for text in [Self.text(record["summary"]?.string, isHTML: true), Self.body(record)] {
            guard let text, !text.isEmpty else { continue }
            lines.append("")
            lines += text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "  \($0)" }
        }
        bytes.append(contentsOf: (lines.joined(separator: "\n") + "\n\n").utf8)
    }

    private static func body(_ record: JSONValue) -> String? {
        text(record["content_html"]?.string, isHTML: true) ?? text(record["content_text"]?.string, isHTML: false)
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
