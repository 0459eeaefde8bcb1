internal import FeedModel
internal import FeedParsing
internal import JSONText

/// One field of an article that differs between two versions.
struct FieldChange {
    var field: String
    var diff: LineDiff
    /// The text is the same, only the markup differs.
    var isMarkupOnly = false

    private static let texts = ["title", "content_html", "content_text", "summary"]
    private static let others = [
        "url", "external_url", "date_published", "date_modified", "authors", "tags", "attachments", "language", "image",
    ]

    /// What differs, in the order in which people look at it. A short record has no content to compare with.
    static func all(from old: StoredRecord, to new: StoredRecord) -> [FieldChange] {
        let fields =
            old.isShort
            ? ["title", "url", "date_published"] : ["title", "url"] + texts.dropFirst() + others.dropFirst()
        return fields.compactMap { change(of: $0, from: old.json[$0], to: new.json[$0]) }
    }

    private static func change(of field: String, from old: JSONValue?, to new: JSONValue?) -> FieldChange? {
        guard old != new else { return nil }
        guard texts.contains(field) else {
            return FieldChange(field: field, diff: LineDiff(from: shown(old), to: shown(new)))
        }
        let holdsMarkup = field != "title" && field != "content_text"
        let diff = LineDiff(from: lines(old, holdsMarkup), to: lines(new, holdsMarkup))
        if holdsMarkup, diff.lines.isEmpty {
            return FieldChange(
                field: field, diff: LineDiff(from: markup(old), to: markup(new)), isMarkupOnly: true)
        }
        return diff.lines.isEmpty ? nil : FieldChange(field: field, diff: diff)
    }

    private static func lines(_ value: JSONValue?, _ holdsMarkup: Bool) -> [String] {
        guard let text = value?.string else { return [] }
        return split(holdsMarkup ? HTMLText.paragraphs(text) : text)
    }

    /// Markup with a line for each element, so that a changed attribute is found.
    private static func markup(_ value: JSONValue?) -> [String] {
        guard let text = value?.string else { return [] }
        var lines = [""]
        for character in text {
            if character == "<", lines.last?.isEmpty == false { lines.append("") }
            if character.isNewline {
                lines.append("")
            } else {
                lines[lines.count - 1].append(character)
            }
        }
        return lines
    }

    private static func split(_ text: String) -> [String] {
        text.split(omittingEmptySubsequences: false) { $0.isNewline }.map(String.init)
    }

    /// A value that is no text, a line for each entry of a list.
    private static func shown(_ value: JSONValue?) -> [String] {
        switch value {
        case nil: return []
        case .array(let values): return values.flatMap { shown($0) }
        case .string(let text): return [text]
        case .some(let value):
            if let name = value["name"]?.string ?? value["url"]?.string { return [name] }
            var json = JSONWriter()
            value.write(to: &json)
            return [String(decoding: json.bytes, as: UTF8.self)]
        }
    }
}
