import FeedModel
import JSONText
private import Text

/// Reads what the vocabularies of podcasts say of a feed or an item (contract.md §3).
struct PodcastReader {
    private(set) var podcast = Podcast()
    /// The element whose text is gathered, with what its attributes say.
    private var open: Draft?
    /// The element that others stand in.
    private var container: Draft?
    /// How many bytes have been kept.
    private var bytes = 0

    /// Small, because each item has room for two.
    private struct Draft {
        let element: Element
        var content: Podcast
    }

    // MARK: - Start tags

    /// Begins an element that stands beside the fields of a feed or an item; it may be any.
    mutating func start(
        _ element: Element, _ attributes: XMLAttributes, _ fields: inout FieldReader
    ) -> ElementUse {
        guard let row = PodcastElement.named(element) else { return .ignored }
        let content = content(of: row, attributes, &fields)
        if row.isContainer {
            container = Draft(element: element, content: content)
            return .part(.podcast)
        }
        if case .none = row.text {
            Self.add(content, as: row, to: &podcast, &fields)
            return .ignored
        }
        open = Draft(element: element, content: content)
        return .plainText(limit: fields.limits.fieldBytes)
    }

    /// Takes an element inside a container; each of those says all in its attributes.
    mutating func startPart(
        _ element: Element, _ attributes: XMLAttributes, _ fields: inout FieldReader
    ) -> ElementUse {
        guard let row = PodcastElement.part(element), var outer = container else { return .ignored }
        container = nil
        Self.add(content(of: row, attributes, &fields), as: row, to: &outer.content, &fields)
        container = outer
        return .ignored
    }

    private mutating func content(
        of row: PodcastElement, _ attributes: XMLAttributes, _ fields: inout FieldReader
    ) -> Podcast {
        var content = Podcast()
        for attribute in row.attributes {
            guard let value = value(attributes(attribute.name), attribute.kind, &fields) else { continue }
            content.set("\(attribute.key)", to: value)
        }
        return content
    }

    // MARK: - Ends

    /// Takes the text of the element that is open.
    mutating func finish(_ fields: inout FieldReader) {
        guard var draft = open, let row = PodcastElement.named(draft.element) else { return }
        open = nil
        let text = fields.text.map { TextValue(text: $0, kind: .unknown).plain }
        switch row.text {
        case .none: break
        case .value(let kind):
            if let value = value(text, kind, &fields) { podcast.set("\(row.key)", to: value) }
        case .member(let key, let kind):
            if let value = value(text, kind, &fields) { draft.content.set("\(key)", to: value) }
            Self.add(draft.content, as: row, to: &podcast, &fields)
        }
    }

    /// Takes what the container has turned out to be.
    mutating func finishContainer(_ fields: inout FieldReader) {
        guard let draft = container, let row = PodcastElement.named(draft.element) else { return }
        container = nil
        Self.add(draft.content, as: row, to: &podcast, &fields)
    }

    private static func add(
        _ content: Podcast, as row: PodcastElement, to podcast: inout Podcast, _ fields: inout FieldReader
    ) {
        if content.isEmpty { return }
        let key = "\(row.key)"
        let value = JSONValue.object(content.members)
        if !row.isList {
            podcast.set(key, to: value)
        } else if !podcast.append(value, to: key, limit: fields.limits.listEntries) {
            fields.noteCut("podcast")
        }
    }

    // MARK: - Values

    private mutating func value(
        _ text: String?, _ kind: PodcastElement.Kind, _ fields: inout FieldReader
    ) -> JSONValue? {
        guard let text, !text.isEmpty else { return nil }
        bytes += text.utf8.count
        guard bytes <= fields.limits.contentBytes else {
            fields.noteCut("podcast")
            return nil
        }
        switch kind {
        case .url: return fields.url(text).map { .string($0) }
        case .text: return .string(fields.cut(text, "podcast"))
        case .number: return Self.number(text) ?? .string(fields.cut(text, "podcast"))
        case .flag: return Self.flag(text) ?? .string(fields.cut(text, "podcast"))
        }
    }

    private static func number(_ text: String) -> JSONValue? {
        if let value = Int64(text) { return .number(String(value)) }
        let isDecimal = text.utf8.count <= 32 && text.utf8.allSatisfy { $0.isASCIIDigit || $0 == 0x2e || $0 == 0x2d }
        guard isDecimal, let value = Double(text), value.isFinite else { return nil }
        return .number("\(value)")
    }

    private static func flag(_ text: String) -> JSONValue? {
        switch text.lowercasedASCII {
        case "yes", "true", "explicit", "1": .bool(true)
        case "no", "false", "clean", "0": .bool(false)
        default: nil
        }
    }
}
