internal import Querying

extension OptionKind where Value == TextOrSecret {
    static var textOrSecret: Self {
        Self(
            read: { node, context in
                if node.kind == .table { return context.secret(node).map { .secret($0) } }
                return context.text(node).map { .text($0) }
            },
            text: { $0.toml })
    }
}

extension OptionKind where Value == [Secret] {
    /// A secret, or a list of them.
    static func secrets(limit: Int) -> Self {
        Self(
            read: { node, context in
                context.elements(node, limit: limit)?.compactMap { context.secret($0) }
            },
            text: { "[\($0.map(\.description).joined(separator: ", "))]" })
    }
}

extension OptionKind where Value == [String] {
    /// A text, or a list of them.
    static func textOrTexts(limit: Int) -> Self {
        Self(
            read: { node, context in context.elements(node, limit: limit)?.compactMap(context.text) },
            text: TOMLText.list)
    }

    /// A query for reading, or a list of them (filters.md §3.2), as they were written.
    static var queries: Self {
        Self(
            read: { node, context in
                context.elements(node, limit: 100)?.compactMap { element in
                    guard let text = context.text(element) else { return nil }
                    do throws(QueryIssue) {
                        _ = try Query(text, for: .reading)
                        return text
                    } catch {
                        context.error("\(error.place(in: text)): \(error.message)", at: element)
                        return nil
                    }
                }
            },
            text: TOMLText.list)
    }

    /// The words of a command, of which the first is its path or its name. A path is relative to the file.
    static var command: Self {
        Self(
            read: { node, context in
                guard var words = context.texts(node, limit: 1000)?.map(\.text) else { return nil }
                guard let name = words.first, !name.isEmpty else {
                    context.error("names no program; write a list such as \(context.example)", at: node)
                    return nil
                }
                guard !words.contains(where: { $0.utf8.contains(0) }) else {
                    context.error("there is a NUL in it, which no argument can have", at: node)
                    return nil
                }
                if name.contains("/") { words[0] = Path.join(context.file.directory, name) }
                return words
            },
            text: TOMLText.list)
    }

    /// Names of variables of the environment.
    static var variables: Self {
        Self(
            read: { node, context in
                context.texts(node, limit: 1000)?.compactMap { text, element in
                    let isName =
                        !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "=") }
                    if isName { return text }
                    context.error("\(OptionContext.shown(text)) is no name of a variable", at: element)
                    return nil
                }
            },
            text: TOMLText.list)
    }
}

extension OptionKind where Value == String {
    /// Where a consumer begins: a number, or a text for whoever knows the store to understand.
    static var start: Self {
        Self(
            read: { node, context in node.integer.map(String.init) ?? context.text(node) },
            text: TOMLText.quoted)
    }
}

extension OptionContext {
    /// The elements of a list, or the one value that stands in its place. An empty list is reported: it would mean what its
    /// absence means.
    fileprivate func elements(_ node: TOMLNode, limit: Int) -> [TOMLNode]? {
        guard node.kind == .array else { return [node] }
        guard (1...limit).contains(node.count) else {
            error(node.count == 0 ? "is empty; leave it out" : "may have \(limit) entries, not \(node.count)", at: node)
            return nil
        }
        return Array(node.children)
    }
}
