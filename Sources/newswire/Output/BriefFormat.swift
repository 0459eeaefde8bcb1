internal import FeedModel

/// An article on one line, for people: when it was published, the feed, the title. The machine's clock, and columns that
/// stay where they are, whatever script a title is in.
struct BriefFormat: ArticleFormat {
    /// Whether the URL follows; then nothing is cut, since a part of a URL is of no use.
    let urls: Bool
    /// Columns of the terminal; nil where there is none, and nothing is cut.
    let width: Int?

    private static let timeWidth = 16
    private static let gap = "  "
    /// Columns of the feed's id: on a narrow terminal it gives way to the title.
    private let feedWidth: Int

    init(urls: Bool, width: Int?) {
        self.urls = urls
        self.width = width
        let room = width.map { $0 - Self.timeWidth - 2 * Self.gap.count } ?? .max
        feedWidth = min(20, max(8, room - 20))
    }

    func append(_ record: StoredRecord, to bytes: inout [UInt8]) {
        let date = record.publishedText ?? record.modifiedText ?? record.storedAtText
        let time = date.flatMap { Timestamp(rfc3339: $0) }.map(TimeText.minute) ?? ""
        let feed = SafeText.line(record.feed?.text ?? "")
        let title = SafeText.line(record.title ?? record.url ?? "(no title)")
        let fitted = [(time, Self.timeWidth), (feed, feedWidth)].map {
            DisplayWidth.fitted($0.0, to: $0.1, isTerminal: width != nil)
        }
        var line = (fitted + [title]).joined(separator: Self.gap)
        if urls {
            line += record.title == nil ? "" : record.url.map { Self.gap + SafeText.line($0) } ?? ""
        } else if let width {
            line = DisplayWidth.cut(line, to: width)
        }
        bytes.append(contentsOf: "\(line)\n".utf8)
    }
}
