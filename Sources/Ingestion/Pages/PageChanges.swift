package import FeedModel
package import JSONText

/// `PageChanges` say in what an article differs that was taken out of a page from what the store has of it.
package struct PageChanges: Sendable, Equatable {
    /// `Change` is a field of `_newswire.page` that has another value.
    package struct Change: Sendable, Equatable {
        package var field: String
        /// Nil where the field was not there.
        package var old: JSONValue?
        /// Nil where the field is not there any more.
        package var new: JSONValue?
    }

    /// These fields differ, in the order in which a record has them; `quality` only where nothing else does or it is asked for.
    package private(set) var values: [Change] = []
    /// So many words are in the text that were not, and so many are not any more.
    package private(set) var words: (added: Int, removed: Int)?
    /// The HTML differs, though the text does not.
    package private(set) var isMarkupChanged = false
    /// How sure it was that this is the article, where that is another figure.
    package private(set) var quality: Change?

    /// Compares what the store has with what was found.
    package init(from stored: StoredRecord, to content: PageContent) {
        let page = stored.page
        compare(page, "title", content.title.map(JSONValue.string))
        compare(page, "standfirst", content.standfirst.map(JSONValue.string))
        compare(page, "authors", content.authors.isEmpty ? nil : .array(content.authors.map(JSONValue.string)))
        compare(page, "published", content.published.map(JSONValue.string))
        compare(page, "modified", content.modified.map(JSONValue.string))
        compare(page, "image", content.image.map(JSONValue.string))
        compare(page, "language", content.language.map(JSONValue.string))
        compare(page, "paywall", content.isPaywalled ? .bool(true) : nil)
        if let text = stored.contentText, text != content.text {
            words = WordCount.difference(text, content.text)
        } else if stored.contentText == nil {
            words = WordCount.difference("", content.text)
        } else if stored.contentHTML != content.html {
            isMarkupChanged = true
        }
        let (old, new) = (page?["quality"]?.double, (content.quality * 100).rounded() / 100)
        if old != new { quality = Change(field: "quality", old: page?["quality"], new: .number("\(new)")) }
    }

    private mutating func compare(_ page: JSONValue?, _ field: StaticString, _ new: JSONValue?) {
        let old = page?[field]
        if old != new { values.append(Change(field: "\(field)", old: old, new: new)) }
    }

    /// Whether nothing differs.
    package var isEmpty: Bool { fields.isEmpty && quality == nil }

    /// The names of what differs, as `changed` of a record has them.
    package var fields: [String] {
        values.map(\.field) + (words != nil ? ["content_text"] : []) + (isMarkupChanged ? ["content_html"] : [])
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.values == right.values && left.words?.added == right.words?.added
            && left.words?.removed == right.words?.removed && left.isMarkupChanged == right.isMarkupChanged
            && left.quality == right.quality
    }
}

/// How many words of one text are not in another, each as often as it is there. What is written without spaces between words
/// counts by its characters.
enum WordCount {
    static func difference(_ old: String, _ new: String) -> (added: Int, removed: Int) {
        var counts: [Substring: Int] = [:]
        for word in words(old) { counts[word, default: 0] -= 1 }
        for word in words(new) { counts[word, default: 0] += 1 }
        return counts.values.reduce(into: (0, 0)) { sum, count in
            if count > 0 { sum.0 += count } else { sum.1 -= count }
        }
    }

    private static func words(_ text: String) -> [Substring] {
        var words: [Substring] = []
        var start: String.Index?
        let scalars = text.unicodeScalars
        var index = scalars.startIndex
        while index < scalars.endIndex {
            let (scalar, next) = (scalars[index], scalars.index(after: index))
            let isSpace = scalar.properties.isWhitespace
            let isWhole = standsAlone(scalar)
            if isSpace || isWhole, let begun = start {
                words.append(text[begun..<index])
                start = nil
            }
            if isWhole { words.append(text[index..<next]) } else if !isSpace, start == nil { start = index }
            index = next
        }
        if let start { words.append(text[start...]) }
        return words
    }

    /// Ideographs, kana and Thai.
    private static func standsAlone(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0e00...0x0e7f, 0x2e80...0x30ff, 0x3400...0x9fff, 0xf900...0xfaff, 0x20000...0x3ffff: true
        default: false
        }
    }
}
