internal import FeedModel

/// An article on one line, for people: when it was published, the feed, the title. The machine's clock, and columns that
/// stay where they are, whatever script a title is in.
struct BriefFormat: ArticleFormat {
    /// Whether the URL follows; then nothing is cut, since a part of a URL is of no use.
    let urls: Bool
    /// Columns of the terminal; nil where there is none, and nothing is cut.
    let width: Int?

    private static let feedWidth = 20

    func append(_ record: StoredRecord, to bytes: inout [UInt8]) {
        let date = record.publishedText ?? record.modifiedText ?? record.storedAtText
        let time = date.flatMap { Timestamp(rfc3339: $0) }.map(TimeText.minute) ?? ""
        let feed = SafeText.line(record.feed?.text ?? "")
        let title = SafeText.line(record.title ?? record.url ?? "(no title)")
        let fitted = [(time, 16), (feed, Self.feedWidth)].map {
            DisplayWidth.fitted($0.0, to: $0.1, isTerminal: width != nil)
        }
        var line = fitted.joined(separator: "  ") + "  "
        if urls {
            line += title + (record.title == nil ? "" : record.url.map { "  \(SafeText.line($0))" } ?? "")
        } else {
            line += width.map { DisplayWidth.cut(title, to: max(20, $0 - 40)) } ?? title
        }
        bytes.append(contentsOf: "\(line)\n".utf8)
    }
}
