internal import FeedModel

/// `ChangedParts` says for people what of an article changes time and again: `a counter in the title`, `link`, `date`.
enum ChangedParts {
    /// - Parameter fields: as `ChangedFields` names them.
    static func words(_ fields: [String], from old: Article, to new: Article) -> [String] {
        var words: [String] = []
        for field in fields {
            let word =
                switch field {
                case "url": "link"
                case "title": isCounter(old.title, new.title) ? "a counter in the title" : "title"
                case "content_html": text(old.contentHTML, new.contentHTML)
                case "content_text": text(old.contentText, new.contentText)
                case "summary": text(old.summary, new.summary)
                case "date_published": "date"
                default: field
                }
            if !words.contains(word) { words.append(word) }
        }
        return words
    }

    private static func text(_ old: String?, _ new: String?) -> String {
        isCounter(old, new) ? "a counter in the text" : "text"
    }

    /// Whether two texts differ in their numbers alone.
    private static func isCounter(_ old: String?, _ new: String?) -> Bool {
        guard let old, let new else { return false }
        return old.utf8.lazy.filter(isNoDigit).elementsEqual(new.utf8.lazy.filter(isNoDigit))
    }

    private static func isNoDigit(_ byte: UInt8) -> Bool { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
