/// The categories of a feed or an item, each once, whatever element gives them.
struct TagList {
    private(set) var tags: [String] = []

    /// Begins a category with its term in an attribute or as its text.
    mutating func startCategory(
        _ element: Element, _ attributes: XMLAttributes, _ fields: inout FieldReader
    ) -> ElementUse {
        guard let term = attributes("term") ?? attributes("text") ?? attributes("label") else {
            return element == .podcastCategory ? .ignored : .field
        }
        add(TextValue(text: term, kind: .unknown).plain, &fields)
        // A podcast's category has the finer ones inside.
        return element == .podcastCategory ? .transparent : .ignored
    }

    /// Begins keywords as text, or in an attribute as categories have them.
    mutating func startKeywords(_ attributes: XMLAttributes, _ fields: inout FieldReader) -> ElementUse {
        guard let text = attributes("text") else { return .field }
        addKeywords(text, &fields)
        return .ignored
    }

    /// Takes the text of a category.
    mutating func finishCategory(_ fields: inout FieldReader) {
        if let tag = fields.title("tags") { add(tag, &fields) }
    }

    /// Takes the text of a list with commas.
    mutating func finishKeywords(_ fields: inout FieldReader) {
        if let text = fields.text { addKeywords(text, &fields) }
    }

    private mutating func addKeywords(_ text: String, _ fields: inout FieldReader) {
        for keyword in text.split(separator: ",", maxSplits: 4 * fields.limits.categories) {
            add(TextValue(text: String(keyword), kind: .unknown).plain, &fields)
        }
    }

    private mutating func add(_ tag: String, _ fields: inout FieldReader) {
        guard !tag.isEmpty else { return }
        let entry = fields.cut(tag, "tags")
        if !tags.add(entry, limit: fields.limits.categories) { fields.noteCut("tags") }
    }
}
