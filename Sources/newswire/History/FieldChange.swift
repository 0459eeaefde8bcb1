package import FeedModel
internal import FeedParsing
internal import JSONText

/// `FieldChange` is one field of an article that differs between two versions.
package struct FieldChange: Sendable {
    /// The field is called so in the record.
    package var field: String
    /// What went and what came.
    package var diff: LineDiff
    /// The text is the same, only the markup differs.
    package var isMarkupOnly = false

    private static let texts = ["title", "content_html", "content_text", "summary"]
    private static let others = [
        "url", "external_url", "date_published", "date_modified", "authors", "tags", "attachments", "language", "image",
    ]

    /// Tells what differs, in the order in which people look at it. A short record has no content to compare with.
    package static func all(from old: StoredRecord, to new: StoredRecord) -> [FieldChange] {
        let fields =
            old.isShort
            ? ["title", "url", "date_published"] : ["title", "url"] + texts.dropFirst() + others.dropFirst()
        let changes = fields.compactMap { change(of: $0, from: old.json[$0], to: new.json[$0]) }
        let podcast = LineDiff(from: self.podcast(of: old), to: self.podcast(of: new))
        return old.isShort || podcast.lines.isEmpty ? changes : changes + [FieldChange(field: "podcast", diff: podcast)]
    }

    /// A line for each thing that the vocabularies of podcasts say, with its name.
    private static func podcast(of record: StoredRecord) -> [String] {
        record.article.podcast.members.flatMap { member in shown(member.value).map { "\(member.key) \($0)" } }
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

/// `LineDiff` is what of a text went and what came, line by line.
package struct LineDiff: Sendable, Equatable {
    /// `Line` is a line of either text, or what stands for lines of both.
    package enum Line: Sendable, Equatable {
        case kept(String)
        case removed(String)
        case added(String)
        /// Unchanged lines that are not shown.
        case gap(Int)
    }

    /// The lines in the order of the texts.
    package var lines: [Line] = []

    /// Comparing costs more the more there is: beyond this all that differs counts as replaced.
    private static let costLimit = 4_000_000
    /// Unchanged lines that are shown before and after what differs.
    private static let context = 1

    /// Compares two texts. What costs too much to compare counts as replaced.
    package init(from old: [String], to new: [String]) {
        var start = 0
        while start < min(old.count, new.count), old[start] == new[start] { start += 1 }
        var end = 0
        while end < min(old.count, new.count) - start, old[old.count - 1 - end] == new[new.count - 1 - end] { end += 1 }
        var all = old[..<start].map(Line.kept)
        all += Self.middle(Array(old[start..<(old.count - end)]), Array(new[start..<(new.count - end)]))
        all += old[(old.count - end)...].map(Line.kept)
        lines = Self.folded(all)
    }

    /// The lines that went.
    package var removed: [String] {
        lines.compactMap { line in
            if case .removed(let text) = line { text } else { nil }
        }
    }

    /// The lines that came.
    package var added: [String] {
        lines.compactMap { line in
            if case .added(let text) = line { text } else { nil }
        }
    }

    private static func middle(_ old: [String], _ new: [String]) -> [Line] {
        guard old.count.multipliedReportingOverflow(by: new.count).partialValue <= costLimit else {
            return old.map(Line.removed) + new.map(Line.added)
        }
        var removals = Set<Int>()
        var insertions = Set<Int>()
        for change in new.difference(from: old) {
            switch change {
            case .remove(let offset, _, _): removals.insert(offset)
            case .insert(let offset, _, _): insertions.insert(offset)
            }
        }
        var result: [Line] = []
        var (left, right) = (0, 0)
        while left < old.count || right < new.count {
            if removals.contains(left) {
                result.append(.removed(old[left]))
                left += 1
            } else if insertions.contains(right) {
                result.append(.added(new[right]))
                right += 1
            } else {
                result.append(.kept(old[left]))
                left += 1
                right += 1
            }
        }
        return result
    }

    private static func folded(_ lines: [Line]) -> [Line] {
        var isShown = [Bool](repeating: false, count: lines.count)
        for (index, line) in lines.enumerated() {
            if case .kept = line { continue }
            for near in max(0, index - context)...min(lines.count - 1, index + context) { isShown[near] = true }
        }
        var result: [Line] = []
        var hidden = 0
        for (index, line) in lines.enumerated() {
            if !isShown[index] {
                hidden += 1
                continue
            }
            if hidden > 0 { result.append(.gap(hidden)) }
            hidden = 0
            result.append(line)
        }
        if hidden > 0, !result.isEmpty { result.append(.gap(hidden)) }
        return result
    }
}
