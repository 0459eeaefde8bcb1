private import Text
import Web

/// What the values of an option are: how one is read from TOML, what is refused, and how one is written.
struct OptionKind<Value: Sendable>: Sendable {
    /// What may be written, for the manual: `Range: 1 to 4096`; empty where only the option itself can say it.
    var form = ""
    /// All that may be written, where that is a few words.
    var words: [String] = []
    /// A value as TOML for options that name none of their own.
    var example = ""
    /// Returns nil once what is wrong has been reported.
    let read: @Sendable (TOMLNode, OptionContext) -> Value?
    /// The value as TOML; nil where there is nothing to write.
    let text: @Sendable (Value) -> String?
}

/// Where the value of an option stands, for messages about it and for the paths in it.
struct OptionContext {
    let table: OptionTable
    let key: StaticString
    var example: String
    let file: ConfigurationFile
    let state: LoadingState
    /// The member that is meant of a value that is a table itself: `.password`.
    var member = ""

    /// The option as it stands in messages: `[fetch] timeout`.
    var label: String { "\(table.prefix)\(key)\(member)" }

    func error(_ message: String, at node: TOMLNode) {
        state.error("\(label): \(message)", at: file.place(node.keyLine))
    }

    /// The context of one member of a value that is a table itself.
    func ofMember(_ name: String, example: String = "") -> OptionContext {
        var context = self
        context.example = example
        context.member = ".\(name)"
        return context
    }

    func text(_ node: TOMLNode) -> String? {
        if let text = node.text { return text }
        error("must be text such as \(example), not \(node.kind.name)", at: node)
        return nil
    }

    func table(_ node: TOMLNode) -> TOMLNode? {
        if node.kind == .table { return node }
        error("must be a table, not \(node.kind.name)", at: node)
        return nil
    }

    /// Every element of a list of texts, with its node; what is no text is reported and left out.
    func texts(_ node: TOMLNode, limit: Int) -> [(text: String, node: TOMLNode)]? {
        guard node.kind == .array else {
            error("must be a list such as \(example), not \(node.kind.name)", at: node)
            return nil
        }
        guard node.count <= limit else {
            error("may have \(limit) entries, not \(node.count)", at: node)
            return nil
        }
        return node.children.compactMap { element in
            guard let text = element.text else {
                error("must be a list of texts such as \(example); here is \(element.kind.name)", at: element)
                return nil
            }
            return (text, element)
        }
    }

    func span(_ text: String, in range: ClosedRange<Duration>, at node: TOMLNode) -> Duration? {
        guard let span = ConfigDuration.parse(text) else {
            error("is no span; write \"30s\", \"15m\", \"2h\" or \"7d\", not \(Self.shown(text))", at: node)
            return nil
        }
        return within(range, span, at: node, ConfigDuration.text)
    }

    /// The value where the range holds it.
    func within<Value>(
        _ range: ClosedRange<Value>, _ value: Value, at node: TOMLNode, _ text: (Value) -> String
    ) -> Value? {
        if range.contains(value) { return value }
        error("must be \(text(range.lowerBound)) to \(text(range.upperBound)), not \(text(value))", at: node)
        return nil
    }

    /// What a person wrote, quoted and cut for a message. Not for what may be a secret.
    static func shown(_ text: String) -> String {
        let cut = text.utf8.count > 60 ? text.prefix(40) + "…" : text[...]
        return TOMLText.quoted(String(cut))
    }
}

extension OptionKind where Value == Bool {
    static var boolean: Self {
        Self(
            read: { node, context in
                if let value = node.boolean { return value }
                context.error("must be true or false, not \(node.kind.name)", at: node)
                return nil
            },
            text: { "\($0)" })
    }
}

extension OptionKind where Value == Int {
    static func integer(in range: ClosedRange<Int>) -> Self {
        Self(
            form: "Range: \(range.lowerBound) to \(range.upperBound)",
            read: { node, context in
                if let value = node.integer { return context.within(range, value, at: node, String.init) }
                context.error("must be a number, not \(node.kind.name)", at: node)
                return nil
            },
            text: { "\($0)" })
    }

    /// A number of bytes.
    static func size(in range: ClosedRange<Int>) -> Self {
        let forms = "\"512KiB\", \"64MiB\" or \"2GiB\""
        return Self(
            form: "Range: \(ByteSize.text(range.lowerBound)) to \(ByteSize.text(range.upperBound))",
            read: { node, context in
                guard let text = node.text else {
                    context.error("must be a size such as \(forms), not \(node.kind.name)", at: node)
                    return nil
                }
                guard let size = ByteSize.parse(text) else {
                    context.error("is no size; write \(forms), not \(OptionContext.shown(text))", at: node)
                    return nil
                }
                return context.within(range, size, at: node, ByteSize.text)
            },
            text: { TOMLText.quoted(ByteSize.text($0)) })
    }
}

extension OptionKind where Value == Duration {
    static func span(in range: ClosedRange<Duration>) -> Self {
        Self(
            form: "Range: \(ConfigDuration.text(range.lowerBound)) to \(ConfigDuration.text(range.upperBound))",
            read: { node, context in
                if let text = node.text { return context.span(text, in: range, at: node) }
                context.error(
                    "must be a span such as \"30s\", \"15m\", \"2h\" or \"7d\", not \(node.kind.name)", at: node)
                return nil
            },
            text: { TOMLText.quoted(ConfigDuration.text($0)) })
    }
}

extension OptionKind where Value == StoreSettings.Retention {
    /// `"forever"` or a span.
    static func retention(in range: ClosedRange<Duration>) -> Self {
        Self(
            form:
                "Range: \"forever\", or \(ConfigDuration.text(range.lowerBound)) to \(ConfigDuration.text(range.upperBound))",
            example: "\"forever\" or \"90d\"",
            read: { node, context in
                guard let text = context.text(node) else { return nil }
                if text == "forever" { return .forever }
                return context.span(text, in: range, at: node).map { .span($0) }
            },
            text: { keep in
                switch keep {
                case .forever: TOMLText.quoted("forever")
                case .span(let span): TOMLText.quoted(ConfigDuration.text(span))
                }
            })
    }
}

extension OptionKind where Value: RawRepresentable<String> & CaseIterable {
    /// One of a few words.
    static var word: Self {
        let names = Value.allCases.map { "\"\($0.rawValue)\"" }
        let list = names.dropLast().joined(separator: ", ") + (names.count > 1 ? " or " : "") + (names.last ?? "")
        return Self(
            form: "One of \(list)", words: Value.allCases.map(\.rawValue),
            read: { node, context in
                if let text = node.text, let word = Value(rawValue: text) { return word }
                context.error("must be \(list), not \(node.text.map(OptionContext.shown) ?? node.kind.name)", at: node)
                return nil
            },
            text: { TOMLText.quoted($0.rawValue) })
    }
}

extension OptionKind where Value == String {
    /// - Parameter refusal: why a text cannot be the value, or nil where it can.
    static func text(refusal: @escaping @Sendable (String) -> String?) -> Self {
        Self(
            read: { node, context in
                guard let text = context.text(node) else { return nil }
                guard let refusal = refusal(text) else { return text }
                context.error(refusal, at: node)
                return nil
            },
            text: { TOMLText.quoted($0) })
    }

    /// Text for people: without control characters, at most `limit` bytes.
    static func label(limit: Int) -> Self {
        text { TextRules.refusal(label: $0, limit: limit) }
    }

    /// An absolute path, relative ones being relative to the file; never empty.
    static var requiredPath: Self {
        Self(
            read: { node, context in
                let path = context.path(node)
                guard path?.isEmpty == true else { return path }
                context.error("is empty; leave it out for the default", at: node)
                return nil
            },
            text: { TOMLText.quoted($0) })
    }
}

extension OptionKind where Value == String? {
    /// An absolute path, relative ones being relative to the file; an empty text for none.
    static var path: Self {
        Self(
            example: "\"PATH\"",
            read: { node, context in context.path(node).map { $0.isEmpty ? nil : $0 } },
            text: { TOMLText.quoted($0 ?? "") })
    }
}

extension OptionKind where Value == ProxyURL? {
    /// The URL of a proxy; an empty text for none.
    static var proxy: Self {
        Self(
            example: "\"http://proxy.example.org:3128\"",
            read: { node, context in context.proxy(node) },
            text: { TOMLText.quoted($0?.written ?? "") })
    }
}

extension OptionKind where Value == AddressPolicy {
    static var privateNetworks: Self {
        Self(
            read: { node, context in context.privateNetworks(node) },
            text: { networks in
                switch networks {
                case .deny: TOMLText.quoted("deny")
                case .allow: TOMLText.quoted("allow")
                case .list(let entries): TOMLText.list(entries.map(\.description))
                }
            })
    }
}

extension OptionKind where Value == [TopSettings.Include] {
    /// Files and patterns, which are looked for once the file has been read.
    static var includes: Self {
        Self(
            read: { node, context in
                context.texts(node, limit: LoadingState.Limit.files)?.map { text, element in
                    TopSettings.Include(entry: text, place: context.file.place(element.line))
                }
            },
            text: { _ in nil })
    }
}
