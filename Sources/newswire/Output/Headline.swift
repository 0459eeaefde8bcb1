package import FeedModel
internal import FeedParsing

extension Article {
    /// The title for formats that want one, and for readers, which show it: where there is none, the first line of the text,
    /// or the link.
    package var headline: String {
        if let title, !title.isEmpty { return title }
        let text =
            contentText ?? contentHTML.map { HTMLText.paragraphs($0) } ?? summary.map { HTMLText.paragraphs($0) } ?? ""
        let line = text.split(whereSeparator: \.isNewline).first.map { String($0.prefix(100)) } ?? ""
        return line.isEmpty ? url ?? "(no title)" : line
    }
}
