private import FeedModel
private import Text

extension Query: CustomStringConvertible {
    /// The query as it is read again, in one form: an equal query comes of it.
    package var description: String { root.text(within: .query) }
}

/// What a part of a query stands in, by which it needs brackets or not.
private enum Surroundings {
    case query, sequence, negation
}

extension QueryNode {
    fileprivate func text(within surroundings: Surroundings) -> String {
        switch self {
        case .all(let nodes):
            let text = nodes.map { $0.text(within: .sequence) }.joined(separator: " ")
            return surroundings == .negation ? "(\(text))" : text
        case .any(let nodes):
            let text = nodes.map { $0.text(within: .query) }.joined(separator: " OR ")
            return surroundings == .query ? text : "(\(text))"
        case .not(let node):
            let text = "-\(node.text(within: .negation))"
            return surroundings == .negation ? "(\(text))" : text
        case .condition(let condition): return condition.description
        }
    }
}

extension QueryCondition: CustomStringConvertible {
    package var description: String {
        switch self {
        case .words(let field, let term): Self.prefix(field.rawValue) + Self.words(term)
        case .pattern(let field, let pattern): Self.prefix(field.rawValue) + "/\(pattern.text)/"
        case .host(let host): "host:\(Self.value(host))"
        case .feed(let feed): "feed:\(Self.value(feed))"
        case .tag(let tag): "tag:\(Self.value(tag))"
        case .category(let category): "category:\(Self.value(category))"
        case .language(let language): "lang:\(language)"
        case .olderThan(let span): "age:>\(ConfigDuration.text(span))"
        case .youngerThan(let span): "age:<\(ConfigDuration.text(span))"
        case .since(let time): "since:\(time)"
        case .until(let time): "until:\(time)"
        case .state(let state): "is:\(state.rawValue)"
        case .has(let part): "has:\(part.rawValue)"
        }
    }

    private static func prefix(_ field: String) -> String { field.isEmpty ? "" : "\(field):" }

    private static func words(_ term: WordsTerm) -> String {
        // What is a prefix was written without quotes, and stays so.
        term.isPrefix ? "\(term.text)*" : value(term.text)
    }

    /// A value in quotes, unless a word without them is read as the same.
    private static func value(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && text.unicodeScalars.allSatisfy { scalar in
                scalar.properties.isAlphabetic || (0x30...0x39).contains(scalar.value)
                    || "-_.'&+".unicodeScalars.contains(scalar)
            } && text.utf8.first != UInt8(ascii: "-") && !["OR", "AND", "NOT", "or", "not"].contains(text)
        if isPlain { return text }
        let escaped = text.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] }
        return "\"\(String(escaped))\""
    }
}
