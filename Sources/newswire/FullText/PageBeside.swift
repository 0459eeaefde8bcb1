internal import FeedModel
internal import FeedParsing

/// `PageBeside` is the text of its page that stands beside an article's own, as `--fulltext both` gives it, for formats that
/// show both.
struct PageBeside {
    private let html: String?
    private let plain: String
    /// The page was fetched for an earlier version of the article.
    private let isOlder: Bool

    /// Nil where no text stands beside the article's own.
    init?(_ record: StoredRecord) {
        guard record.kind != .fulltext, record.pageHTML != nil || record.pageText != nil else { return nil }
        html = record.pageHTML
        plain = record.pageText ?? ""
        isOlder = record.pageOf != record.seq
    }

    /// What stands above it.
    var heading: String { isOlder ? "The page, as it was before this version" : "The page" }

    /// Its text, with an empty line between two paragraphs.
    var text: String { html.map { HTMLText.paragraphs($0) } ?? plain }

    /// Its HTML.
    var markup: String { html ?? MarkupText.paragraphs(plain) }
}

/// `MarkupText` makes HTML of plain text.
enum MarkupText {
    /// Returns a paragraph for each run of lines between empty ones.
    static func paragraphs(_ text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.split { line in line.allSatisfy(\.isWhitespace) }
            .map {
                "<p>\($0.map { TemplateMarkup.html.escaped(String($0), isURL: false) }.joined(separator: "<br>"))</p>"
            }
            .joined(separator: "\n")
    }
}
