internal import FeedModel
internal import FeedParsing
internal import Querying
internal import newswire

/// `Snippet` is a headline and a few words of an article's text, with what was looked for marked (web.md §11.6).
struct Snippet {
    private static let headlineLength = 200
    private static let length = 160
    /// No more of a text is looked at where nothing was looked for.
    private static let glance = 4096

    let headline: HTML
    let text: HTML

    /// - Parameter matcher: of the query; nil where nothing was looked for.
    init(of record: StoredRecord, _ matcher: QueryMatcher?, now: Timestamp) {
        let article = record.article
        let words = matcher.map { $0.evaluation(of: QueriedArticle(record, now: now)).words(of: 0) } ?? []
        headline = Self.marked(article.headline.cut(Self.headlineLength), words)
        var body = ""
        if let html = article.contentHTML ?? article.summary {
            body = HTMLText.plainText(
                words.isEmpty ? String(decoding: html.utf8.prefix(Self.glance), as: UTF8.self) : html)
        } else if let text = article.contentText {
            body = text
        }
        // Where there is no title, the text is the headline already.
        text = article.title == nil ? HTML() : Self.marked(Self.cut(body, around: words), words)
    }

    /// The beginning of a text, or what is around the first of the words.
    private static func cut(_ text: String, around words: [String]) -> String {
        var best: String.Index?
        for word in words where !word.isEmpty {
            if let found = text.firstRange(of: word)?.lowerBound, found < best ?? text.endIndex { best = found }
        }
        guard let best else { return text.cut(length) }
        let start = text.index(best, offsetBy: -length / 3, limitedBy: text.startIndex) ?? text.startIndex
        // Not in the middle of a word, where there is a blank to begin behind.
        let begin = start == text.startIndex ? start : text[start..<best].firstIndex(of: " ") ?? start
        return (start == text.startIndex ? "" : "…") + String(text[begin...]).cut(length)
    }

    private static func marked(_ text: String, _ words: [String]) -> HTML {
        var result = HTML()
        var rest = text[...]
        while true {
            var next: Range<String.Index>?
            for word in words where !word.isEmpty {
                guard let found = rest.firstRange(of: word) else { continue }
                if let known = next, known.lowerBound <= found.lowerBound { continue }
                next = found
            }
            guard let next else { return result + "\(rest)" }
            result += "\(rest[..<next.lowerBound])<mark>\(rest[next])</mark>"
            rest = rest[next.upperBound...]
        }
    }
}
