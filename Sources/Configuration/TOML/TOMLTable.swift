/// Reads the keys of one table, each checked for its type and range, and reports those that nobody asked for.
///
/// A key that is wrong is reported and reads as not set.
struct TOMLTable {
    let node: TOMLNode
    let section: Section
    let file: ConfigurationFile
    let state: LoadingState
    private var found = 0

    init(_ node: TOMLNode, section: Section, file: ConfigurationFile, state: LoadingState) {
        self.node = node
        self.section = section
        self.file = file
        self.state = state
    }

    mutating func value(_ key: StaticString) -> TOMLNode? {
        guard let member = node.member(key) else { return nil }
        found += 1
        return member
    }

    /// Reports the keys that were not asked for.
    func finish() {
        guard found < node.count else { return }
        for child in node.children where !section.keys.contains(child.key) {
            let key = shown(child.key)
            state.error(
                "\(section.title)\(key): there is no such key; \(section.advice(forUnknown: child.key))",
                at: file.place(child.keyLine))
        }
    }

    func error(_ key: StaticString, _ message: String, at node: TOMLNode) {
        state.error("\(section.title)\(key): \(message)", at: file.place(node.keyLine))
    }

    mutating func text(_ key: StaticString, _ example: String) -> (text: String, node: TOMLNode)? {
        guard let node = value(key) else { return nil }
        guard let text = node.text else {
            error(key, "must be text such as \(example), not \(node.kind.name)", at: node)
            return nil
        }
        return (text, node)
    }

    /// Text for people: without control characters, at most `limit` bytes.
    mutating func label(_ key: StaticString, _ example: String, limit: Int) -> String? {
        guard let (text, node) = text(key, example) else { return nil }
        if let refusal = Self.refusal(label: text, limit: limit) {
            error(key, refusal, at: node)
            return nil
        }
        return text
    }

    static func refusal(label text: String, limit: Int) -> String? {
        if text.utf8.count > limit { return "is longer than \(limit) bytes" }
        return text.unicodeScalars.contains(where: TextRules.isInvisible) ? "holds a control character" : nil
    }

    mutating func boolean(_ key: StaticString) -> Bool? {
        guard let node = value(key) else { return nil }
        guard let value = node.boolean else {
            error(key, "must be true or false, not \(node.kind.name)", at: node)
            return nil
        }
        return value
    }

    mutating func integer(_ key: StaticString, in range: ClosedRange<Int>) -> Int? {
        guard let node = value(key) else { return nil }
        guard let value = node.integer else {
            error(key, "must be a number, not \(node.kind.name)", at: node)
            return nil
        }
        guard range.contains(value) else {
            error(key, "must be \(range.lowerBound) to \(range.upperBound), not \(value)", at: node)
            return nil
        }
        return value
    }

    mutating func span(_ key: StaticString, in range: ClosedRange<Duration>) -> Duration? {
        guard let node = value(key) else { return nil }
        guard let text = node.text else {
            error(key, "must be a span such as \"30s\", \"15m\", \"2h\" or \"7d\", not \(node.kind.name)", at: node)
            return nil
        }
        return span(text, key, in: range, at: node)
    }

    func span(_ text: String, _ key: StaticString, in range: ClosedRange<Duration>, at node: TOMLNode) -> Duration? {
        guard let span = Span.parse(text) else {
            error(key, "is no span; write \"30s\", \"15m\", \"2h\" or \"7d\", not \(shown(text))", at: node)
            return nil
        }
        guard range.contains(span) else {
            let bounds = "\(Span.text(range.lowerBound)) to \(Span.text(range.upperBound))"
            error(key, "must be \(bounds), not \(Span.text(span))", at: node)
            return nil
        }
        return span
    }

    /// A number of bytes.
    mutating func size(_ key: StaticString, in range: ClosedRange<Int>) -> Int? {
        guard let node = value(key) else { return nil }
        guard let text = node.text else {
            error(key, "must be a size such as \"512KiB\", \"64MiB\" or \"2GiB\", not \(node.kind.name)", at: node)
            return nil
        }
        guard let size = ByteSize.parse(text) else {
            error(key, "is no size; write \"512KiB\", \"64MiB\" or \"2GiB\", not \(shown(text))", at: node)
            return nil
        }
        guard range.contains(size) else {
            let bounds = "\(ByteSize.text(range.lowerBound)) to \(ByteSize.text(range.upperBound))"
            error(key, "must be \(bounds), not \(ByteSize.text(size))", at: node)
            return nil
        }
        return size
    }

    mutating func choice<Choice>(_ key: StaticString, _ type: Choice.Type) -> Choice?
    where Choice: RawRepresentable<String> & CaseIterable {
        guard let node = value(key) else { return nil }
        if let text = node.text, let choice = Choice(rawValue: text) { return choice }
        let names = Choice.allCases.map { "\"\($0.rawValue)\"" }
        let list = names.dropLast().joined(separator: ", ") + (names.count > 1 ? " or " : "") + (names.last ?? "")
        error(key, "must be \(list), not \(node.text.map(shown) ?? node.kind.name)", at: node)
        return nil
    }

    mutating func table(_ key: StaticString) -> TOMLNode? {
        guard let node = value(key) else { return nil }
        guard node.kind == .table else {
            error(key, "must be a table, not \(node.kind.name)", at: node)
            return nil
        }
        return node
    }

    /// Every element of a list of texts, with its node; what is no text is reported and left out.
    mutating func texts(_ key: StaticString, _ example: String, limit: Int) -> [(text: String, node: TOMLNode)]? {
        guard let node = value(key) else { return nil }
        guard node.kind == .array else {
            error(key, "must be a list such as \(example), not \(node.kind.name)", at: node)
            return nil
        }
        guard node.count <= limit else {
            error(key, "may have \(limit) entries, not \(node.count)", at: node)
            return nil
        }
        return node.children.compactMap { element in
            guard let text = element.text else {
                error(key, "must be a list of texts such as \(example); here is \(element.kind.name)", at: element)
                return nil
            }
            return (text, element)
        }
    }

    /// What a person wrote, quoted and cut for a message. Not for what may be a secret.
    private func shown(_ text: String) -> String {
        let cut = text.utf8.count > 60 ? text.prefix(40) + "…" : text[...]
        return TOMLText.quoted(String(cut))
    }
}
